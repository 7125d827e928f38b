/*
 * Non-negative integers as large as the decision about a double's last bit can need (4096 bits); for those rare
 * numbers where 64 bits and a table do not decide.
 */
#ifndef SB_BIG_INTEGER_H
#define SB_BIG_INTEGER_H

#include <stdint.h>

#define SB_BIG_LIMBS 128

struct sb_big_integer {
    uint32_t limbs[SB_BIG_LIMBS]; /* the least first */
    uint32_t count;               /* limbs in use; the last is not 0 */
};

void sb_big_set(struct sb_big_integer *big, uint64_t value);

/* big = big * factor + addend. The caller keeps within 4096 bits, as in the next two. */
void sb_big_multiply_add(struct sb_big_integer *big, uint32_t factor, uint32_t addend);
void sb_big_multiply_power_of_5(struct sb_big_integer *big, uint32_t exponent);
void sb_big_shift_left(struct sb_big_integer *big, uint32_t bits);

/* Negative, 0 or positive, as a is less than, equal to or greater than b. */
int sb_big_compare(const struct sb_big_integer *a, const struct sb_big_integer *b);

#endif
