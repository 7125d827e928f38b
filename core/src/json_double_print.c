/*
 * A double as the shortest text that reads back equal, by R. Giulietti's Schubfach ("The Schubfach way to render
 * doubles", 2020): one candidate of two lengths each, decided with three 64 x 128 bit products, no division by big
 * numbers, no rounding mode.
 */
#include "json_number.h"

#include <string.h>

#include "json_power_table.h"

#define HIDDEN_BIT (UINT64_C(1) << 52)
#define EXPONENT_BIAS 1075

/* value = digits * 10^exponent */
struct decimal {
    uint64_t digits;
    int32_t exponent;
};

/* 10^q to 128 bits, rounded up. */
static struct sb_json_power power_above(int32_t q) {
    struct sb_json_power power = sb_json_powers[q - SB_JSON_POWER_MIN];
    if (q < 0 || q > SB_JSON_POWER_EXACT_MAX) {
        power.low++;
        power.high += power.low == 0;
    }
    return power;
}

/* The product's upper 64 bits; the last bit also stands for everything below ("round to odd"). */
static uint64_t multiply_to_odd(struct sb_json_power power, uint64_t factor) {
    uint64_t below = sb_json_multiply(power.low, factor).high;
    struct sb_json_power product = sb_json_multiply(power.high, factor);
    product.low += below;
    product.high += product.low < below;
    return product.high | (product.low > 1);
}

/* The shortest decimal in the interval that rounds to `significand * 2^exponent`; of several the closest. */
static struct decimal shortest(uint64_t significand, int32_t exponent, bool lower_is_closer) {
    bool is_even = significand % 2 == 0;
    int32_t k = (exponent * 1262611 - (lower_is_closer ? 524031 : 0)) >> 22; /* floor(log10(width of the interval)) */
    int32_t shift = exponent + sb_json_power_log2(-k) + 1;
    struct sb_json_power power = power_above(-k);
    uint64_t lower = multiply_to_odd(power, (4 * significand - 2 + lower_is_closer) << shift) + !is_even;
    uint64_t value = multiply_to_odd(power, (4 * significand) << shift);
    uint64_t upper = multiply_to_odd(power, (4 * significand + 2) << shift) - !is_even;

    uint64_t s = value / 4;
    if (s >= 10) {
        uint64_t tens = s / 10;
        bool down = lower <= 40 * tens;
        bool up = 40 * tens + 40 <= upper;
        if (down != up) return (struct decimal){tens + up, k + 1};
    }
    bool down = lower <= 4 * s;
    bool up = 4 * s + 4 <= upper;
    if (down != up) return (struct decimal){s + up, k};
    uint64_t middle = 4 * s + 2;
    bool rounds_up = value > middle || (value == middle && s % 2 == 1);
    return (struct decimal){s + rounds_up, k};
}

static struct decimal decimal_of(uint64_t fraction, uint32_t biased_exponent) {
    if (biased_exponent == 0) return shortest(fraction, 1 - EXPONENT_BIAS, false);
    uint64_t significand = fraction | HIDDEN_BIT;
    int32_t exponent = (int32_t)biased_exponent - EXPONENT_BIAS;
    if (exponent <= 0 && exponent > -53 && (significand & ((UINT64_C(1) << -exponent) - 1)) == 0)
        return (struct decimal){significand >> -exponent, 0}; /* a whole number below 2^53 */
    return shortest(significand, exponent, fraction == 0 && biased_exponent > 1);
}

static void strip(struct decimal *decimal, uint64_t power, int32_t zeros) {
    if (decimal->digits % power != 0) return;
    decimal->digits /= power;
    decimal->exponent += zeros;
}

/* Less than 10^18 and not 0, so it ends in 17 zeros at most: in halves, for short decimals come with many. */
static void strip_zeros(struct decimal *decimal) {
    strip(decimal, 100000000, 8);
    strip(decimal, 100000000, 8);
    strip(decimal, 10000, 4);
    strip(decimal, 100, 2);
    strip(decimal, 10, 1);
}

/* Decimal point or exponent, whichever reads better: 0.0001 to 9999999999999998.0 stand without exponent. */
static char *print_decimal(struct decimal decimal, char *to) {
    char digits[20];
    strip_zeros(&decimal);
    int32_t count = (int32_t)(sb_json_print_uint64(decimal.digits, digits) - digits);
    int32_t point = count + decimal.exponent; /* the decimal point stands behind so many digits */
    if (point > 16 || point < -3) {
        *to++ = digits[0];
        if (count > 1) {
            *to++ = '.';
            memcpy(to, digits + 1, (size_t)count - 1);
            to += count - 1;
        }
        *to++ = 'e';
        return sb_json_print_int64(point - 1, to);
    }
    if (point <= 0) {
        *to++ = '0';
        *to++ = '.';
        for (; point < 0; point++) *to++ = '0';
        memcpy(to, digits, (size_t)count);
        return to + count;
    }
    int32_t before = count < point ? count : point;
    memcpy(to, digits, (size_t)before);
    to += before;
    for (; before < point; before++) *to++ = '0';
    *to++ = '.';
    if (count <= point) {
        *to++ = '0';
        return to;
    }
    memcpy(to, digits + point, (size_t)(count - point));
    return to + (count - point);
}

char *sb_json_print_double(double value, char *to) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    if (bits >> 63) *to++ = '-';
    uint64_t fraction = bits & (HIDDEN_BIT - 1);
    uint32_t biased_exponent = (uint32_t)(bits >> 52) & 0x7FF;
    if (fraction == 0 && biased_exponent == 0) {
        *to++ = '0';
        *to++ = '.';
        *to++ = '0';
        return to;
    }
    return print_decimal(decimal_of(fraction, biased_exponent), to);
}
