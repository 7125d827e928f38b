/*
 * What the checks of an envelope's fields share; the checks themselves stand in envelope.h.
 */
#ifndef SB_ENVELOPE_FIELD_H
#define SB_ENVELOPE_FIELD_H

#include <stdbool.h>

#include "text.h"

/* Whether a text that is known to be UTF-8 holds no code point of category Cc (U+0000-001F, U+007F-009F). */
bool sb_text_has_no_control(struct sb_text text);

#endif
