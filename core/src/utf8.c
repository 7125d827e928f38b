/*
 * UTF-8 by the table of well-formed byte sequences (Unicode 15, table 3-7): the second byte's range depends on the
 * first.
 */
#include "utf8.h"

#include <string.h>

static bool is_continuation(unsigned char byte) {
    return (byte & 0xC0) == 0x80;
}

static bool is_three(const unsigned char *at) {
    unsigned char low = at[0] == 0xE0 ? 0xA0 : 0x80;  /* below: overlong */
    unsigned char high = at[0] == 0xED ? 0x9F : 0xBF; /* above: a surrogate */
    return at[1] >= low && at[1] <= high && is_continuation(at[2]);
}

static bool is_four(const unsigned char *at) {
    unsigned char low = at[0] == 0xF0 ? 0x90 : 0x80;  /* below: overlong */
    unsigned char high = at[0] == 0xF4 ? 0x8F : 0xBF; /* above: beyond U+10FFFF */
    return at[1] >= low && at[1] <= high && is_continuation(at[2]) && is_continuation(at[3]);
}

size_t sb_utf8_sequence_len_bytes(const char *at, const char *end) {
    const unsigned char *bytes = (const unsigned char *)at;
    size_t left = (size_t)(end - at);
    if (bytes[0] < 0x80) return 1;
    if (bytes[0] < 0xC2) return 0; /* a continuation byte, or an overlong form of ASCII */
    if (bytes[0] < 0xE0) return left >= 2 && is_continuation(bytes[1]) ? 2 : 0;
    if (bytes[0] < 0xF0) return left >= 3 && is_three(bytes) ? 3 : 0;
    if (bytes[0] < 0xF5) return left >= 4 && is_four(bytes) ? 4 : 0;
    return 0;
}

size_t sb_utf8_valid_len_bytes(struct sb_text text) {
    if (text.len_bytes == 0) return 0; /* `bytes` may be NULL */
    const char *at = text.bytes;
    const char *end = text.bytes + text.len_bytes;
    while (at != end) {
        uint64_t word;
        if ((size_t)(end - at) >= sizeof word) {
            memcpy(&word, at, sizeof word);
            if (!(word & UINT64_C(0x8080808080808080))) {
                at += sizeof word;
                continue;
            }
        }
        size_t len = sb_utf8_sequence_len_bytes(at, end);
        if (len == 0) break;
        at += len;
    }
    return (size_t)(at - text.bytes);
}

char *sb_utf8_encode(uint32_t code, char *to) {
    if (code < 0x80) {
        *to++ = (char)code;
        return to;
    }
    if (code < 0x800) {
        *to++ = (char)(0xC0 | code >> 6);
    } else {
        if (code < 0x10000) {
            *to++ = (char)(0xE0 | code >> 12);
        } else {
            *to++ = (char)(0xF0 | code >> 18);
            *to++ = (char)(0x80 | (code >> 12 & 0x3F));
        }
        *to++ = (char)(0x80 | (code >> 6 & 0x3F));
    }
    *to++ = (char)(0x80 | (code & 0x3F));
    return to;
}
