/*
 * The table of powers of ten, every row computed again by long multiplication and long division.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>

#include "json_power_table.h"

/* 2048 bits, the least first; slow on purpose. */
struct naive {
    uint32_t limbs[64];
};

static void naive_multiply(struct naive *naive, uint32_t factor) {
    uint64_t carry = 0;
    for (size_t i = 0; i < 64; i++) {
        carry += (uint64_t)naive->limbs[i] * factor;
        naive->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    assert_true(carry == 0);
}

static bool naive_bit(const struct naive *naive, int bit) {
    return bit >= 0 && (naive->limbs[bit / 32] >> (bit % 32) & 1);
}

static int naive_top(const struct naive *naive) {
    int bit = 2047;
    while (!naive_bit(naive, bit)) bit--;
    return bit;
}

static bool naive_subtract_if_not_less(struct naive *from, const struct naive *what) {
    for (size_t i = 64; i > 0; i--) {
        if (from->limbs[i - 1] < what->limbs[i - 1]) return false;
        if (from->limbs[i - 1] > what->limbs[i - 1]) break;
    }
    int64_t borrow = 0;
    for (size_t i = 0; i < 64; i++) {
        borrow += (int64_t)from->limbs[i] - what->limbs[i];
        from->limbs[i] = (uint32_t)borrow;
        borrow >>= 32;
    }
    return true;
}

static void push_bit(struct sb_json_power *power, bool bit) {
    power->high = power->high << 1 | power->low >> 63;
    power->low = power->low << 1 | bit;
}

static struct sb_json_power naive_power(int q) {
    struct naive ten = {{1}};
    struct sb_json_power power = {0, 0};
    for (int i = 0; i < abs(q); i++) naive_multiply(&ten, 10);
    int top = naive_top(&ten);
    if (q >= 0) {
        for (int i = 0; i < 128; i++) push_bit(&power, naive_bit(&ten, top - i));
        return power;
    }
    struct naive rest = {{0}};
    rest.limbs[top / 32] = UINT32_C(1) << (top % 32);
    for (int i = 0; i < 128; i++) {
        naive_multiply(&rest, 2);
        push_bit(&power, naive_subtract_if_not_less(&rest, &ten));
    }
    return power;
}

static void the_table_of_powers_is_what_long_division_gives(void **state) {
    (void)state;
    for (int q = SB_JSON_POWER_MIN; q <= SB_JSON_POWER_MAX; q++) {
        struct sb_json_power power = naive_power(q);
        assert_true(sb_json_powers[q - SB_JSON_POWER_MIN].high == power.high);
        assert_true(sb_json_powers[q - SB_JSON_POWER_MIN].low == power.low);
    }
}

static void the_binary_exponent_of_every_power_is_right(void **state) {
    (void)state;
    for (int q = 0; q <= SB_JSON_POWER_MAX; q++) {
        struct naive ten = {{1}};
        for (int i = 0; i < q; i++) naive_multiply(&ten, 10);
        assert_int_equal(sb_json_power_log2(q), naive_top(&ten));
        if (q > 0) assert_int_equal(sb_json_power_log2(-q), -naive_top(&ten) - 1); /* 10^q is no power of two */
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_of_powers_is_what_long_division_gives),
        cmocka_unit_test(the_binary_exponent_of_every_power_is_right),
    };
    return cmocka_run_group_tests_name("json_power_table", tests, NULL, NULL);
}
