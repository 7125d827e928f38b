/*
 * The one loop in which a reader of JSON spends its time: from here to the next byte that means something. Sixteen
 * bytes at once where the processor can, byte by byte near the end (nothing is read beyond it).
 */
#ifndef SB_JSON_SCAN_H
#define SB_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "text.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static inline bool sb_json_is_plain(char byte) {
    unsigned char code = (unsigned char)byte;
    return code >= 0x20 && code < 0x80 && byte != '"' && byte != '\\';
}

/* ---- eight bytes at once, for short texts ------------------------------------------------------------------------ */

#define SB_JSON_EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

static inline uint64_t sb_json_load8(const char *at) {
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

/* All bytes of a text of less than 8, some of them twice, filled up with letters. */
static inline uint64_t sb_json_load_short(const char *at, size_t len_bytes) {
    uint32_t first;
    uint32_t last;
    if (len_bytes < 4) {
        if (len_bytes == 0) return SB_JSON_EACH_BYTE('a');
        uint64_t bytes = (uint64_t)(unsigned char)at[0] << 16 | (uint64_t)(unsigned char)at[len_bytes / 2] << 8 |
                         (unsigned char)at[len_bytes - 1];
        return SB_JSON_EACH_BYTE('a') << 24 | bytes;
    }
    memcpy(&first, at, sizeof first);
    memcpy(&last, at + len_bytes - sizeof last, sizeof last);
    return (uint64_t)first << 32 | last;
}

/* Not 0 if a byte is 0. */
static inline uint64_t sb_json_has_zero(uint64_t word) {
    return (word - SB_JSON_EACH_BYTE(1)) & ~word & SB_JSON_EACH_BYTE(0x80);
}

/* Not 0 if a byte is a quote, a backslash or a control character. */
static inline uint64_t sb_json_has_special(uint64_t word) {
    uint64_t is_control = (word - SB_JSON_EACH_BYTE(0x20)) & ~word & SB_JSON_EACH_BYTE(0x80);
    return is_control | sb_json_has_zero(word ^ SB_JSON_EACH_BYTE('"')) |
           sb_json_has_zero(word ^ SB_JSON_EACH_BYTE('\\'));
}

/* Whether a text stands between quotes as it is. */
static inline bool sb_json_needs_no_escape(struct sb_text text) {
    const char *at = text.bytes;
    size_t len = text.len_bytes;
    if (len < 8) return !sb_json_has_special(sb_json_load_short(at, len));
    for (size_t i = 0; i < len - 8; i += 8) {
        if (sb_json_has_special(sb_json_load8(at + i))) return false;
    }
    return !sb_json_has_special(sb_json_load8(at + len - 8));
}

/* Not 0 if a byte is no printable ASCII: below the blank, DEL or above. */
static inline uint64_t sb_json_has_unprintable(uint64_t word) {
    return (word | (word + SB_JSON_EACH_BYTE(1)) | (word - SB_JSON_EACH_BYTE(0x20))) & SB_JSON_EACH_BYTE(0x80);
}

/* Whether every byte of a text is printable ASCII. */
static inline bool sb_json_is_print(struct sb_text text) {
    const char *at = text.bytes;
    size_t len = text.len_bytes;
    if (len < 8) return !sb_json_has_unprintable(sb_json_load_short(at, len));
    uint64_t found = sb_json_has_unprintable(sb_json_load8(at + len - 8));
    for (size_t i = 0; i < len - 8; i += 8) found |= sb_json_has_unprintable(sb_json_load8(at + i));
    return !found;
}

/* ---- sixteen bytes at once --------------------------------------------------------------------------------------- */

/* The first byte in [at, end) that is a quote, a backslash, a control character or not ASCII; end if there is none. */
static inline const char *sb_json_plain_end(const char *at, const char *end) {
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');
    const __m128i blank = _mm_set1_epi8(' ');
    for (; end - at >= 16; at += 16) {
        __m128i block = _mm_loadu_si128((const __m128i *)(const void *)at);
        /* signed: what is not ASCII is below the blank, too */
        __m128i special = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, backslash)),
                                       _mm_cmplt_epi8(block, blank));
        int mask = _mm_movemask_epi8(special);
        if (mask) return at + __builtin_ctz((unsigned)mask);
    }
#endif
    while (at != end && sb_json_is_plain(*at)) at++;
    return at;
}

/* The first quote or backslash in [at, end); end if there is none. */
static inline const char *sb_json_quote_or_backslash(const char *at, const char *end) {
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');
    for (; end - at >= 16; at += 16) {
        __m128i block = _mm_loadu_si128((const __m128i *)(const void *)at);
        int mask = _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, backslash)));
        if (mask) return at + __builtin_ctz((unsigned)mask);
    }
#endif
    while (at != end && *at != '"' && *at != '\\') at++;
    return at;
}

#endif
