/*
 * Messages that ended nowhere: counted by reason, and told to whoever subscribed.
 */
#ifndef SB_DEAD_LETTER_H
#define SB_DEAD_LETTER_H

#include <sabir/manager.h>
#include <stdatomic.h>

#include "text.h"

/*
 * Count one and tell the subscriber. `target` and `type` may be {NULL, 0}; detail NULL or one line. Any thread; calls user code, so
 * hold no lock.
 */
void sb_dead_letter(sabir_manager *manager, uint32_t reason, struct sb_text target, struct sb_text type, const char *detail);

#endif
