#include "base64.h"

#include <stdint.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* The value of each letter, plus one, so that all others are 0. */
#define V(letter, value) [letter] = (value) + 1
static const uint8_t values[256] = {
    V('A', 0),  V('B', 1),  V('C', 2),  V('D', 3),  V('E', 4),  V('F', 5),  V('G', 6),  V('H', 7),
    V('I', 8),  V('J', 9),  V('K', 10), V('L', 11), V('M', 12), V('N', 13), V('O', 14), V('P', 15),
    V('Q', 16), V('R', 17), V('S', 18), V('T', 19), V('U', 20), V('V', 21), V('W', 22), V('X', 23),
    V('Y', 24), V('Z', 25), V('a', 26), V('b', 27), V('c', 28), V('d', 29), V('e', 30), V('f', 31),
    V('g', 32), V('h', 33), V('i', 34), V('j', 35), V('k', 36), V('l', 37), V('m', 38), V('n', 39),
    V('o', 40), V('p', 41), V('q', 42), V('r', 43), V('s', 44), V('t', 45), V('u', 46), V('v', 47),
    V('w', 48), V('x', 49), V('y', 50), V('z', 51), V('0', 52), V('1', 53), V('2', 54), V('3', 55),
    V('4', 56), V('5', 57), V('6', 58), V('7', 59), V('8', 60), V('9', 61), V('+', 62), V('/', 63),
};

char *sb_base64_encode(const char *bytes, size_t len_bytes, char *to) {
    const unsigned char *at = (const unsigned char *)bytes;
    for (; len_bytes >= 3; len_bytes -= 3, at += 3) {
        uint32_t bits = (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
        *to++ = alphabet[bits >> 18];
        *to++ = alphabet[bits >> 12 & 63];
        *to++ = alphabet[bits >> 6 & 63];
        *to++ = alphabet[bits & 63];
    }
    if (len_bytes > 0) {
        uint32_t bits = (uint32_t)at[0] << 16 | (len_bytes == 2 ? (uint32_t)at[1] << 8 : 0);
        *to++ = alphabet[bits >> 18];
        *to++ = alphabet[bits >> 12 & 63];
        *to++ = len_bytes == 2 ? alphabet[bits >> 6 & 63] : '=';
        *to++ = '=';
    }
    return to;
}

static bool value_of(char letter, uint32_t *bits) {
    uint8_t value = values[(unsigned char)letter];
    *bits = *bits << 6 | (uint32_t)(value - 1);
    return value != 0;
}

/* The last four letters when they end with padding: one or two bytes. */
static bool decode_padded(const char *at, char *to, size_t *len_bytes) {
    uint32_t bits = 0;
    size_t letters = at[2] == '=' ? 2 : 3;
    for (size_t i = 0; i < letters; i++)
        if (!value_of(at[i], &bits)) return false;
    unsigned unused = letters == 2 ? 4 : 2;
    if (bits & ((1u << unused) - 1)) return false;
    bits >>= unused;
    *len_bytes = letters - 1;
    if (to && letters == 3) to[1] = (char)(bits & 0xff);
    if (to) to[0] = (char)(bits >> (letters == 3 ? 8 : 0) & 0xff);
    return true;
}

bool sb_base64_decode(struct sb_text text, char *to, size_t *len_bytes) {
    *len_bytes = 0;
    if (text.len_bytes % 4 != 0) return false;
    for (size_t i = 0; i < text.len_bytes; i += 4) {
        const char *at = text.bytes + i;
        size_t more = 3;
        uint32_t bits = 0;
        if (i + 4 == text.len_bytes && at[3] == '=') {
            if (!decode_padded(at, to, &more)) return false;
        } else {
            if (!value_of(at[0], &bits) || !value_of(at[1], &bits) || !value_of(at[2], &bits) ||
                !value_of(at[3], &bits))
                return false;
            if (to) {
                to[0] = (char)(bits >> 16 & 0xff);
                to[1] = (char)(bits >> 8 & 0xff);
                to[2] = (char)(bits & 0xff);
            }
        }
        *len_bytes += more;
        if (to) to += more;
    }
    return true;
}
