/*
 * Decimal digits, eight at once: the bytes of a word are looked at and added up together, without a branch for each. Where the first byte
 * in memory is not the lowest of a word, one by one.
 */
#ifndef SB_JSON_DIGITS_H
#define SB_JSON_DIGITS_H

#include <stdint.h>

#include "json_scan.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define SB_JSON_DIGITS_AT_ONCE 8
#else
#define SB_JSON_DIGITS_AT_ONCE 0
#endif

/* How many of a word's bytes are digits, from the first in memory on. What is none disturbs only those behind it. */
static inline unsigned sb_json_count_digits(uint64_t word) {
    uint64_t others = ((word + SB_JSON_EACH_BYTE(0x46)) | (word - SB_JSON_EACH_BYTE('0'))) & SB_JSON_EACH_BYTE(0x80);
    return others ? (unsigned)__builtin_ctzll(others) / 8 : 8;
}

/* What the first `count` bytes of a word say, of which it has so many digits; 0 for none. Pairs, then fours, then all. */
static inline uint64_t sb_json_value_of_digits(uint64_t word, unsigned count) {
    if (count == 0) return 0;
    word <<= 64 - 8 * count; /* as if zeros stood before them */
    word = (word & SB_JSON_EACH_BYTE(0x0f)) * (10 * 256 + 1) >> 8;
    word = (word & UINT64_C(0x00ff00ff00ff00ff)) * (100 * 65536 + 1) >> 16;
    return (word & UINT64_C(0x0000ffff0000ffff)) * (UINT64_C(10000) * 4294967296 + 1) >> 32;
}

/* What one byte adds; more than 9: it is no digit. */
static inline unsigned sb_json_digit(char byte) {
    return (unsigned)byte - (unsigned)'0';
}

/* The digits from `at` to the first byte that is none, which must come before `end`, behind those that *value has, modulo 2^64. */
static inline const char *sb_json_read_more_digits(const char *at, const char *end, uint64_t *value) {
    static const uint64_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
    uint64_t sum = *value;
    unsigned count = 8;
    while (SB_JSON_DIGITS_AT_ONCE && count == 8 && end - at >= 8) {
        uint64_t word = sb_json_load8(at);
        count = sb_json_count_digits(word);
        sum = sum * powers[count] + sb_json_value_of_digits(word, count);
        at += count;
    }
    for (unsigned digit; (digit = sb_json_digit(*at)) <= 9; at++) sum = sum * 10 + digit;
    *value = sum;
    return at;
}

/* The same. Most numbers have few digits, and the processor guesses how many. */
static inline const char *sb_json_read_digits(const char *at, const char *end, uint64_t *value) {
    uint64_t sum = *value;
    unsigned digit;
    for (int i = 0; i < 4; i++, at++) {
        if ((digit = sb_json_digit(*at)) > 9) {
            *value = sum;
            return at;
        }
        sum = sum * 10 + digit;
    }
    *value = sum;
    return sb_json_digit(*at) > 9 ? at : sb_json_read_more_digits(at, end, value);
}

#endif
