/*
 * UTF-8 as Unicode defines it: shortest forms only, no surrogates, nothing beyond U+10FFFF.
 */
#ifndef SB_UTF8_H
#define SB_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

/* The length (1 to 4) of the valid sequence at `at` (at < end), or 0. */
size_t sb_utf8_sequence_len_bytes(const char *at, const char *end);

/* How many of the first bytes are valid; text.len_bytes if all are. */
size_t sb_utf8_valid_len_bytes(struct sb_text text);

static inline bool sb_utf8_is_valid(struct sb_text text) {
    return sb_utf8_valid_len_bytes(text) == text.len_bytes;
}

/* Write `code`, a Unicode scalar value, to `to` (room for 4); returns the end. */
char *sb_utf8_encode(uint32_t code, char *to);

#endif
