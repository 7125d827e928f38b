/*
 * From a number's token to the nearest double, ties to even. The first 19 digits and one or two 64 x 64 bit products
 * decide nearly always (D. Lemire, "Number parsing at a gigabyte per second", 2021; that they always decide up to 19
 * digits: N. Mushtak and D. Lemire, "Fast number parsing without fallback", 2023). Only when digits beyond the 19th
 * could turn the last bit are all of them compared with the middle between two doubles, as big integers. No rounding
 * mode, no locale.
 */
#include "json_number.h"

#include <float.h>
#include <string.h>

#include "big_integer.h"
#include "json_power_table.h"

#define FRACTION_BITS 52
#define HIDDEN_BIT (UINT64_C(1) << FRACTION_BITS)
#define INFINITY_BITS UINT64_C(0x7FF0000000000000)
#define MAX_DIGITS 19        /* fit into 64 bits */
#define MAX_EXACT_DIGITS 769 /* no middle between two doubles has more than 767; one more stands for all that follow */
#define EXPONENT_CAP 1000000000000000 /* far beyond any double and any count of digits */

/* A number's digits without leading zeros: digits[0..count) * 10^exponent. */
struct digits {
    struct sb_text whole;
    struct sb_text fraction;
    size_t first; /* how many leading zeros whole and fraction have together */
    size_t count;
    int64_t exponent;
};

static uint32_t digit_at(const struct digits *digits, size_t index) {
    index += digits->first;
    char digit = index < digits->whole.len_bytes ? digits->whole.bytes[index]
                                                 : digits->fraction.bytes[index - digits->whole.len_bytes];
    return (uint32_t)(digit - '0');
}

static int64_t exponent_of(const struct sb_json_number_parts *parts) {
    int64_t exponent = 0;
    for (size_t i = 0; i < parts->exponent.len_bytes && exponent < EXPONENT_CAP; i++)
        exponent = exponent * 10 + (parts->exponent.bytes[i] - '0');
    return parts->exponent_is_negative ? -exponent : exponent;
}

static void digits_of(const struct sb_json_number_parts *parts, struct digits *digits) {
    digits->whole = parts->whole;
    digits->fraction = parts->fraction;
    digits->first = 0;
    digits->count = parts->whole.len_bytes + parts->fraction.len_bytes;
    digits->exponent = exponent_of(parts) - (int64_t)parts->fraction.len_bytes;
    while (digits->count > 0 && digit_at(digits, 0) == 0) {
        digits->first++;
        digits->count--;
    }
}

static bool is_zero_from(const struct digits *digits, size_t index) {
    for (; index < digits->count; index++) {
        if (digit_at(digits, index) != 0) return false;
    }
    return true;
}

/* ---- up to 19 digits --------------------------------------------------------------------------------------------- */

/* The first 128 bits of w * 10^q, as exact as its upper 55 bits need. */
static struct sb_json_power product_of(uint64_t w, int32_t q) {
    struct sb_json_power power = sb_json_powers[q - SB_JSON_POWER_MIN];
    if (q >= -27 && q < 0) power.low++; /* these are needed rounded up: then an exact quotient is seen as one */
    struct sb_json_power product = sb_json_multiply(w, power.high);
    if ((product.high & 0x1FF) == 0x1FF) {
        uint64_t below = sb_json_multiply(w, power.low).high;
        product.low += below;
        product.high += product.low < below;
    }
    return product;
}

/* The bits of the double nearest to w * 10^q. */
static uint64_t nearest(uint64_t w, int64_t wide_q) {
    if (w == 0 || wide_q < SB_JSON_POWER_MIN) return 0;
    if (wide_q > 308) return INFINITY_BITS;
    int32_t q = (int32_t)wide_q;
    int32_t zeros = __builtin_clzll(w);
    struct sb_json_power product = product_of(w << zeros, q);
    int32_t upper = (int32_t)(product.high >> 63);
    int32_t cut = upper + 64 - FRACTION_BITS - 3;
    uint64_t mantissa = product.high >> cut; /* 54 bits: the last one decides the rounding */
    int32_t exponent = sb_json_power_log2(q) + 63 + upper - zeros + 1023;
    if (exponent <= 0) {
        if (exponent < -62) return 0;
        mantissa >>= 1 - exponent;
        return (mantissa + (mantissa & 1)) >> 1; /* a carry makes the smallest normal number by itself */
    }
    if (product.low <= 1 && q >= -4 && q <= 23 && (mantissa & 3) == 1 && mantissa << cut == product.high)
        mantissa &= ~UINT64_C(1); /* exactly in the middle: to even */
    mantissa = (mantissa + (mantissa & 1)) >> 1;
    if (mantissa == HIDDEN_BIT << 1) {
        mantissa = HIDDEN_BIT;
        exponent++;
    }
    if (exponent >= 0x7FF) return INFINITY_BITS;
    return (uint64_t)exponent << FRACTION_BITS | (mantissa & (HIDDEN_BIT - 1));
}

/* ---- any digits -------------------------------------------------------------------------------------------------- */

/* How `digits` compares with mantissa * 2^exponent: negative, 0 or positive. */
static int compare_exactly(const struct digits *digits, uint64_t mantissa, int32_t exponent) {
    struct sb_big_integer left;
    struct sb_big_integer right;
    size_t count = digits->count < MAX_EXACT_DIGITS ? digits->count : MAX_EXACT_DIGITS;
    int32_t power = (int32_t)(digits->exponent + (int64_t)(digits->count - count));
    sb_big_set(&left, 0);
    for (size_t i = 0; i < count; i++) sb_big_multiply_add(&left, 10, digit_at(digits, i));
    if (!is_zero_from(digits, count)) {
        sb_big_multiply_add(&left, 10, 1);
        power--;
    }
    sb_big_set(&right, mantissa);
    sb_big_multiply_power_of_5(power < 0 ? &right : &left, (uint32_t)(power < 0 ? -power : power));
    int32_t shift = power - exponent; /* 10^power = 5^power * 2^power */
    sb_big_shift_left(shift < 0 ? &right : &left, (uint32_t)(shift < 0 ? -shift : shift));
    return sb_big_compare(&left, &right);
}

/* A finite double's magnitude is mantissa * 2^exponent. */
static uint64_t mantissa_of(uint64_t bits, int32_t *exponent) {
    int32_t biased = (int32_t)(bits >> FRACTION_BITS);
    uint64_t fraction = bits & (HIDDEN_BIT - 1);
    *exponent = (biased ? biased : 1) - 1075;
    return biased ? fraction | HIDDEN_BIT : fraction;
}

static uint64_t magnitude_bits(const struct digits *digits) {
    size_t taken = digits->count < MAX_DIGITS ? digits->count : MAX_DIGITS;
    uint64_t w = 0;
    for (size_t i = 0; i < taken; i++) w = w * 10 + digit_at(digits, i);
    int64_t q = digits->exponent + (int64_t)(digits->count - taken);
    uint64_t bits = nearest(w, q);
    if (is_zero_from(digits, taken) || nearest(w + 1, q) == bits) return bits;
    int32_t exponent;
    uint64_t mantissa = mantissa_of(bits, &exponent);
    int order = compare_exactly(digits, 2 * mantissa + 1, exponent - 1);
    return bits + (order > 0 || (order == 0 && (bits & 1)));
}

static double double_of(bool is_negative, uint64_t bits) {
    double value;
    bits |= (uint64_t)is_negative << 63;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Adding what is far below the last bit changes nothing either way when the nearest is taken; else it does on one side. */
static inline bool takes_nearest(void) {
    static const volatile double tiny = 0x1p-60;
    double least = tiny;
    return 1.0 + least == 1.0 - least;
}

/* A few digits and a small power of ten are doubles exactly, and what the processor makes of them is rounded once. */
double sb_json_nearest_double(bool is_negative, uint64_t digits, int64_t exponent) {
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (FLT_EVAL_METHOD == 0 && digits < HIDDEN_BIT << 1 && exponent <= 0 && exponent >= -22 && takes_nearest()) {
        double magnitude = (double)(int64_t)digits / powers[-exponent];
        return is_negative ? -magnitude : magnitude;
    }
    return double_of(is_negative, nearest(digits, exponent));
}

enum sb_json_number sb_json_read_double(struct sb_text token, double *value) {
    struct sb_json_number_parts parts;
    struct digits digits;
    enum sb_json_number shape = sb_json_number_parts(token, &parts);
    if (shape != SB_JSON_NUMBER_OK) return shape;
    digits_of(&parts, &digits);
    uint64_t bits = magnitude_bits(&digits);
    if (bits == INFINITY_BITS) return SB_JSON_NUMBER_OUT_OF_RANGE;
    *value = double_of(parts.is_negative, bits);
    if (parts.fraction.len_bytes || parts.exponent.len_bytes || digits.count <= 15) return SB_JSON_NUMBER_OK;
    int32_t exponent;
    uint64_t mantissa = mantissa_of(bits, &exponent);
    return compare_exactly(&digits, mantissa, exponent) == 0 ? SB_JSON_NUMBER_OK : SB_JSON_NUMBER_INEXACT;
}
