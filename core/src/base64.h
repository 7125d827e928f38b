/*
 * Base64 as TYP-2 has it: the standard alphabet with padding, one spelling for each sequence of bytes (the unused bits are zero), nothing else.
 */
#ifndef SB_BASE64_H
#define SB_BASE64_H

#include <stdbool.h>

#include "text.h"

static inline size_t sb_base64_encoded_len_bytes(size_t len_bytes) {
    return (len_bytes + 2) / 3 * 4;
}

/* No text decodes to more than this. */
static inline size_t sb_base64_decoded_max_bytes(size_t len_bytes) {
    return len_bytes / 4 * 3;
}

/* Write to `to`, which has room for sb_base64_encoded_len_bytes; returns the end. */
char *sb_base64_encode(const char *bytes, size_t len_bytes, char *to);

/* Decode to `to`, which has room for sb_base64_decoded_max_bytes, or only check when it is NULL. false: it is no base64. */
bool sb_base64_decode(struct sb_text text, char *to, size_t *len_bytes);

#endif
