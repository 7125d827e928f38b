/*
 * Schoolbook arithmetic on 32-bit limbs.
 */
#include "big_integer.h"

#include <string.h>

void sb_big_set(struct sb_big_integer *big, uint64_t value) {
    big->limbs[0] = (uint32_t)value;
    big->limbs[1] = (uint32_t)(value >> 32);
    big->count = big->limbs[1] ? 2 : big->limbs[0] != 0;
}

static void push_limb(struct sb_big_integer *big, uint32_t limb) {
    if (limb && big->count < SB_BIG_LIMBS) big->limbs[big->count++] = limb;
}

void sb_big_multiply_add(struct sb_big_integer *big, uint32_t factor, uint32_t addend) {
    uint64_t carry = addend;
    for (uint32_t i = 0; i < big->count; i++) {
        carry += (uint64_t)big->limbs[i] * factor;
        big->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    push_limb(big, (uint32_t)carry);
}

void sb_big_multiply_power_of_5(struct sb_big_integer *big, uint32_t exponent) {
    const uint32_t step = 13; /* 5^13 is the largest power of 5 in 32 bits */
    uint32_t rest = 1;
    for (; exponent >= step; exponent -= step) sb_big_multiply_add(big, 1220703125, 0);
    for (; exponent > 0; exponent--) rest *= 5;
    sb_big_multiply_add(big, rest, 0);
}

void sb_big_shift_left(struct sb_big_integer *big, uint32_t bits) {
    uint32_t limbs = bits / 32;
    sb_big_multiply_add(big, UINT32_C(1) << bits % 32, 0);
    if (big->count == 0 || limbs == 0 || big->count + limbs > SB_BIG_LIMBS) return;
    memmove(big->limbs + limbs, big->limbs, big->count * sizeof big->limbs[0]);
    memset(big->limbs, 0, limbs * sizeof big->limbs[0]);
    big->count += limbs;
}

int sb_big_compare(const struct sb_big_integer *a, const struct sb_big_integer *b) {
    if (a->count != b->count) return a->count < b->count ? -1 : 1;
    for (uint32_t i = a->count; i > 0; i--) {
        if (a->limbs[i - 1] != b->limbs[i - 1]) return a->limbs[i - 1] < b->limbs[i - 1] ? -1 : 1;
    }
    return 0;
}
