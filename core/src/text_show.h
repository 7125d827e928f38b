/*
 * A text of somebody else's in the words of an error: cut to fit, always UTF-8, no control characters.
 */
#ifndef SB_TEXT_SHOW_H
#define SB_TEXT_SHOW_H

#include "text.h"

#define SB_SHOWN_BYTES 48       /* of a value's text, with NUL */
#define SB_SHOWN_LONG_BYTES 128 /* of what is itself the matter: an endpoint, a kind */

/* Write `text` into `shown`, which has `capacity_bytes` (at least 8); returns it. */
const char *sb_text_show(struct sb_text text, char *shown, size_t capacity_bytes);

#endif
