/*
 * The one loop in which a reader of JSON spends its time: from here to the next byte that means something. Sixteen bytes at once where the
 * processor can, byte by byte near the end (nothing is read beyond it).
 */
#ifndef SB_JSON_SCAN_H
#define SB_JSON_SCAN_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static inline bool sb_json_is_plain(char byte) {
    unsigned char code = (unsigned char)byte;
    return code >= 0x20 && code < 0x80 && byte != '"' && byte != '\\';
}

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
