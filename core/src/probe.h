/*
 * What a manager knows of its probes (sabir/kit.h).
 */
#ifndef SB_PROBE_H
#define SB_PROBE_H

#include <sabir/kit.h>

#include "text.h"

/* The probe of that name with a count for the caller, or NULL. */
sabir_ref *sb_probe_find(sabir_manager *manager, struct sb_text name);

/* `ref` is a probe's. Takes the probe's lock. */
bool sb_probe_is_closed(const sabir_ref *ref);

/* The manager is about to go, and probes that were not freed outlive it. */
void sb_probes_detach(sabir_manager *manager);

#endif
