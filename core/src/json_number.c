/*
 * Integers, printed and read, and the shape of a number's token.
 */
#include "json_number.h"

#include <stdbool.h>
#include <string.h>

/* "00" to "99": two digits at once. */
static const char digit_pairs[] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354"
    "5556575859606162636465666768697071727374757677787980818283848586878889909192939495969798"
    "99";

/* How many decimal digits `value` has; 1 for 0. */
static size_t digits_in(uint64_t value) {
    static const uint64_t least[] = {0, /* the least of so many digits */
                                     0,
                                     10,
                                     100,
                                     1000,
                                     10000,
                                     100000,
                                     1000000,
                                     10000000,
                                     100000000,
                                     1000000000,
                                     10000000000,
                                     100000000000,
                                     1000000000000,
                                     10000000000000,
                                     100000000000000,
                                     1000000000000000,
                                     10000000000000000,
                                     100000000000000000,
                                     1000000000000000000,
                                     UINT64_C(10000000000000000000)};
    size_t bits = 64 - (size_t)__builtin_clzll(value | 1);
    size_t guess = bits * 1233 / 4096 + 1; /* log10(2) = 0.30103, 1233 / 4096 = 0.30102: right, or one too many */
    return guess - (value < least[guess]);
}

char *sb_json_print_uint64(uint64_t value, char *to) {
    char *end = to + digits_in(value), *at = end;
    while (value >= 100) {
        at -= 2;
        memcpy(at, digit_pairs + value % 100 * 2, 2);
        value /= 100;
    }
    if (value >= 10)
        memcpy(at - 2, digit_pairs + value * 2, 2);
    else
        at[-1] = (char)('0' + value);
    return end;
}

char *sb_json_print_int64(int64_t value, char *to) {
    uint64_t magnitude = (uint64_t)value;
    if (value < 0) {
        *to++ = '-';
        magnitude = 0 - magnitude;
    }
    return sb_json_print_uint64(magnitude, to);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static size_t digit_count(struct sb_text token, size_t at) {
    size_t begin = at;
    while (at < token.len_bytes && token.bytes[at] >= '0' && token.bytes[at] <= '9') at++;
    return at - begin;
}

enum sb_json_number sb_json_number_parts(struct sb_text token, struct sb_json_number_parts *parts) {
    size_t at = 0;
    *parts = (struct sb_json_number_parts){0};
    parts->is_negative = token.len_bytes > 0 && token.bytes[0] == '-';
    at += parts->is_negative;
    size_t count = digit_count(token, at);
    if (count == 0 || (count > 1 && token.bytes[at] == '0')) return SB_JSON_NUMBER_NO_NUMBER;
    parts->whole = (struct sb_text){token.bytes + at, count};
    at += count;
    if (at < token.len_bytes && token.bytes[at] == '.') {
        count = digit_count(token, at + 1);
        if (count == 0) return SB_JSON_NUMBER_NO_NUMBER;
        parts->fraction = (struct sb_text){token.bytes + at + 1, count};
        at += 1 + count;
    }
    if (at < token.len_bytes && (token.bytes[at] | 0x20) == 'e') {
        at++;
        if (at < token.len_bytes && (token.bytes[at] == '+' || token.bytes[at] == '-'))
            parts->exponent_is_negative = token.bytes[at++] == '-';
        count = digit_count(token, at);
        if (count == 0) return SB_JSON_NUMBER_NO_NUMBER;
        parts->exponent = (struct sb_text){token.bytes + at, count};
        at += count;
    }
    return at == token.len_bytes ? SB_JSON_NUMBER_OK : SB_JSON_NUMBER_NO_NUMBER;
}

/* The magnitude of an integer token. */
static enum sb_json_number read_magnitude(struct sb_text token, bool *is_negative, uint64_t *magnitude) {
    struct sb_json_number_parts parts;
    enum sb_json_number shape = sb_json_number_parts(token, &parts);
    if (shape != SB_JSON_NUMBER_OK) return shape;
    if (parts.fraction.len_bytes || parts.exponent.len_bytes) return SB_JSON_NUMBER_NO_INTEGER;
    uint64_t value = 0;
    for (size_t i = 0; i < parts.whole.len_bytes; i++) {
        uint64_t digit = (uint64_t)(parts.whole.bytes[i] - '0');
        if (value > (UINT64_MAX - digit) / 10) return SB_JSON_NUMBER_OUT_OF_RANGE;
        value = value * 10 + digit;
    }
    *is_negative = parts.is_negative;
    *magnitude = value;
    return SB_JSON_NUMBER_OK;
}

enum sb_json_number sb_json_read_uint64(struct sb_text token, uint64_t *value) {
    bool is_negative;
    uint64_t magnitude;
    enum sb_json_number result = read_magnitude(token, &is_negative, &magnitude);
    if (result != SB_JSON_NUMBER_OK) return result;
    if (is_negative && magnitude > 0) return SB_JSON_NUMBER_OUT_OF_RANGE;
    *value = magnitude;
    return SB_JSON_NUMBER_OK;
}

enum sb_json_number sb_json_read_int64(struct sb_text token, int64_t *value) {
    bool is_negative;
    uint64_t magnitude;
    enum sb_json_number result = read_magnitude(token, &is_negative, &magnitude);
    if (result != SB_JSON_NUMBER_OK) return result;
    if (magnitude > (uint64_t)INT64_MAX + is_negative) return SB_JSON_NUMBER_OUT_OF_RANGE;
    if (magnitude > INT64_MAX)
        *value = INT64_MIN;
    else
        *value = is_negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return SB_JSON_NUMBER_OK;
}
