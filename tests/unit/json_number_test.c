/*
 * Numbers: integers at their edges, doubles against the C library on random bits and on the cases that break naive
 * readers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

#include "json_number.h"
#include "support/random_value.h"

static uint64_t bits_of(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static double double_of(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* ---- integers ---------------------------------------------------------------------------------------------------- */

static void assert_int64(int64_t value, const char *text) {
    char printed[SB_JSON_NUMBER_BYTES + 1];
    *sb_json_print_int64(value, printed) = '\0';
    assert_string_equal(printed, text);
    int64_t back = ~value;
    assert_int_equal(sb_json_read_int64(sb_text_of(text), &back), SB_JSON_NUMBER_OK);
    assert_true(back == value);
}

static void assert_uint64(uint64_t value, const char *text) {
    char printed[SB_JSON_NUMBER_BYTES + 1];
    *sb_json_print_uint64(value, printed) = '\0';
    assert_string_equal(printed, text);
    uint64_t back = ~value;
    assert_int_equal(sb_json_read_uint64(sb_text_of(text), &back), SB_JSON_NUMBER_OK);
    assert_true(back == value);
}

static void integers_are_exact_to_their_edges(void **state) {
    (void)state;
    assert_int64(0, "0");
    assert_int64(-1, "-1");
    assert_int64(9, "9");
    assert_int64(10, "10");
    assert_int64(99, "99");
    assert_int64(100, "100");
    assert_int64(-12345, "-12345");
    assert_int64(9007199254740993, "9007199254740993");
    assert_int64(1785000000000000, "1785000000000000");
    assert_int64(INT64_MAX, "9223372036854775807");
    assert_int64(INT64_MIN, "-9223372036854775808");
    assert_uint64(0, "0");
    assert_uint64(UINT64_MAX, "18446744073709551615");
    assert_uint64(UINT64_C(10000000000000000000), "10000000000000000000");
}

static void random_integers_come_back(void **state) {
    (void)state;
    struct random random = random_new();
    for (int i = 0; i < 200000; i++) {
        char text[32];
        uint64_t value = random_next(&random) >> random_below(&random, 64);
        (void)snprintf(text, sizeof text, "%llu", (unsigned long long)value);
        assert_uint64(value, text);
        int64_t negative = -(int64_t)(value >> 1);
        (void)snprintf(text, sizeof text, "%lld", (long long)negative);
        assert_int64(negative, text);
    }
}

static void assert_no_int64(const char *text, enum sb_json_number expected) {
    int64_t value = 77;
    assert_int_equal(sb_json_read_int64(sb_text_of(text), &value), expected);
    assert_int_equal(value, 77);
}

static void assert_no_uint64(const char *text, enum sb_json_number expected) {
    uint64_t value = 77;
    assert_int_equal(sb_json_read_uint64(sb_text_of(text), &value), expected);
    assert_int_equal(value, 77);
}

static void what_is_no_integer_of_the_range_says_why(void **state) {
    (void)state;
    assert_no_int64("9223372036854775808", SB_JSON_NUMBER_OUT_OF_RANGE);
    assert_no_int64("-9223372036854775809", SB_JSON_NUMBER_OUT_OF_RANGE);
    assert_no_int64("18446744073709551616", SB_JSON_NUMBER_OUT_OF_RANGE);
    assert_no_int64("100000000000000000000000000000000000000000", SB_JSON_NUMBER_OUT_OF_RANGE);
    assert_no_uint64("18446744073709551616", SB_JSON_NUMBER_OUT_OF_RANGE);
    assert_no_uint64("99999999999999999999", SB_JSON_NUMBER_OUT_OF_RANGE);
    assert_no_uint64("-1", SB_JSON_NUMBER_OUT_OF_RANGE);
    assert_no_int64("1.0", SB_JSON_NUMBER_NO_INTEGER);
    assert_no_int64("1E2", SB_JSON_NUMBER_NO_INTEGER);
    assert_no_uint64("1e0", SB_JSON_NUMBER_NO_INTEGER);
    static const char *const no_numbers[] = {"",    "-",  "+1", "01", "-01",   "1.",   ".5",  "1e", "1e+",
                                             "0x1", "1 ", " 1", "1a", "1.2.3", "1e5e", "nan", "--1"};
    for (size_t i = 0; i < sizeof no_numbers / sizeof no_numbers[0]; i++) {
        double value = 7;
        assert_no_int64(no_numbers[i], SB_JSON_NUMBER_NO_NUMBER);
        assert_no_uint64(no_numbers[i], SB_JSON_NUMBER_NO_NUMBER);
        assert_int_equal(sb_json_read_double(sb_text_of(no_numbers[i]), &value), SB_JSON_NUMBER_NO_NUMBER);
        assert_true(value == 7);
    }
}

static void minus_zero_is_zero_for_integers_and_keeps_its_sign_for_a_double(void **state) {
    (void)state;
    int64_t signed_value = 7;
    uint64_t unsigned_value = 7;
    double value = 7;
    assert_int_equal(sb_json_read_int64(SB_TEXT("-0"), &signed_value), SB_JSON_NUMBER_OK);
    assert_int_equal(sb_json_read_uint64(SB_TEXT("-0"), &unsigned_value), SB_JSON_NUMBER_OK);
    assert_int_equal(sb_json_read_double(SB_TEXT("-0"), &value), SB_JSON_NUMBER_OK);
    assert_int_equal(signed_value, 0);
    assert_int_equal(unsigned_value, 0);
    assert_true(bits_of(value) == bits_of(-0.0));
}

/* ---- doubles to text --------------------------------------------------------------------------------------------- */

static const char *printed(double value) {
    static char text[SB_JSON_NUMBER_BYTES + 1];
    memset(text, '#', sizeof text);
    *sb_json_print_double(value, text) = '\0';
    return text;
}

static void doubles_are_written_as_people_expect(void **state) {
    (void)state;
    static const struct {
        double value;
        const char *text;
    } known[] = {
        {0.0, "0.0"},
        {-0.0, "-0.0"},
        {1.0, "1.0"},
        {-1.0, "-1.0"},
        {0.1, "0.1"},
        {100, "100.0"},
        {123.456, "123.456"},
        {0.30000000000000004, "0.30000000000000004"},
        {5e-324, "5e-324"},
        {1.7976931348623157e308, "1.7976931348623157e308"},
        {-1.7976931348623157e308, "-1.7976931348623157e308"},
        {2.2250738585072014e-308, "2.2250738585072014e-308"},
        {1e22, "1e22"},
        {1e23, "1e23"},
        {9.5e22, "9.5e22"},
        {9007199254740991, "9007199254740991.0"},
        {9007199254740992, "9007199254740992.0"},
        {9007199254740994, "9007199254740994.0"},
        {1e15, "1000000000000000.0"},
        {1e16, "1e16"},
        {0.001, "0.001"},
        {0.0001, "0.0001"},
        {0.00001, "1e-5"},
        {1.5e-7, "1.5e-7"},
        {1785000000000000, "1785000000000000.0"},
        {4.4501477170144023e-308, "4.4501477170144023e-308"},
        {-1.2345678901234567e-300, "-1.2345678901234568e-300"},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        assert_string_equal(printed(known[i].value), known[i].text);
}

/* The significant digits of a printed number; returns how many. */
static int significant(const char *text, char *digits) {
    int count = 0;
    for (; *text && *text != 'e'; text++) {
        if (*text >= '0' && *text <= '9' && (count > 0 || *text != '0')) digits[count++] = *text;
    }
    while (count > 0 && digits[count - 1] == '0') count--;
    digits[count] = '\0';
    return count;
}

/* It reads back equal; no shorter text does; of that length it is the nearest. */
static void assert_shortest(double value) {
    char text[SB_JSON_NUMBER_BYTES + 1], other[64], digits[40], other_digits[70];
    strcpy(text, printed(value));
    assert_true(strlen(text) <= 24);
    assert_true(strpbrk(text, ".e") != NULL);
    if (bits_of(strtod(text, NULL)) != bits_of(value)) fail_msg("%.17g is written %s", value, text);
    if (value == 0) return;
    int count = significant(text, digits);
    (void)snprintf(other, sizeof other, "%.*e", count - 1, value);
    if (strtod(other, NULL) == value) {
        (void)significant(other, other_digits);
        assert_string_equal(digits, other_digits);
    }
    if (count < 2) return;
    (void)snprintf(other, sizeof other, "%.*e", count - 2, value);
    if (strtod(other, NULL) == value) fail_msg("%s is shorter than %s", other, text);
}

static void assert_read_as_the_library_does(const char *text) {
    double expected = strtod(text, NULL);
    double value = 7;
    enum sb_json_number result = sb_json_read_double(sb_text_of(text), &value);
    if (isinf(expected)) {
        assert_int_equal(result, SB_JSON_NUMBER_OUT_OF_RANGE);
        assert_true(value == 7);
        return;
    }
    assert_true(result == SB_JSON_NUMBER_OK || result == SB_JSON_NUMBER_INEXACT);
    if (bits_of(value) != bits_of(expected)) fail_msg("%.60s is read as %.17g, not %.17g", text, value, expected);
}

static void random_doubles_are_written_shortest_and_come_back(void **state) {
    (void)state;
    struct random random = random_new();
    for (int i = 0; i < 300000; i++) {
        double value = double_of(random_next(&random));
        if (!isfinite(value)) continue;
        assert_shortest(value);
        assert_read_as_the_library_does(printed(value));
    }
}

static void every_power_of_two_and_ten_is_written_shortest(void **state) {
    (void)state;
    for (uint64_t exponent = 0; exponent < 0x7FF; exponent++) {
        assert_shortest(double_of(exponent << 52));
        assert_shortest(double_of((exponent << 52) + 1));
        assert_shortest(double_of((exponent << 52 | 0xFFFFFFFFFFFFF)));
    }
    for (int exponent = -323; exponent <= 308; exponent++) {
        char text[16];
        (void)snprintf(text, sizeof text, "1e%d", exponent);
        assert_shortest(strtod(text, NULL));
        assert_read_as_the_library_does(text);
    }
    for (int bit = 0; bit < 52; bit++) assert_shortest(double_of(UINT64_C(1) << bit));
}

/* ---- text to doubles --------------------------------------------------------------------------------------------- */

static void hard_texts_are_rounded_correctly(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint64_t bits;
    } hard[] = {
        {"2.2250738585072011e-308", 0x000FFFFFFFFFFFFF},
        {"2.2250738585072012e-308", 0x0010000000000000},
        {"2.2250738585072014e-308", 0x0010000000000000},
        {"4.9406564584124654e-324", 1},
        {"5e-324", 1},
        {"2.4703282292062327e-324", 0},
        {"2.4703282292062328e-324", 1},
        {"1e-400", 0},
        {"-1e-400", 0x8000000000000000},
        {"0e999999999999999999999999", 0},
        {"1e-999999999999999999999999", 0},
        {"1.7976931348623157e308", 0x7FEFFFFFFFFFFFFF},
        {"1.7976931348623158e308", 0x7FEFFFFFFFFFFFFF},
        {"1.797693134862315807e308", 0x7FEFFFFFFFFFFFFF},
        {"9007199254740993.0", 0x4340000000000000},
        {"9007199254740993.0000000000000000000000000000000001", 0x4340000000000001},
        {"9007199254740992.9999999999999999999999999999", 0x4340000000000000},
        {"9007199254740995.0", 0x4340000000000002},
        {"1e23", 0x44B52D02C7E14AF6},
        {"8.988465674311580e307", 0x7FE0000000000000},
        {"0.000000000000000000000000000000000000000000000000001e51", 0x3FF0000000000000},
        {"7.2057594037927933e16", 0x4370000000000000},
        {"179769313486231570000000000000000000000e270", 0x7FEFFFFFFFFFFFFF},
        {"6929495644600919.5", 0x43389E56EE5E7A58},
        {"3.0540412E5", 0x4112a3f07ae147ae},
        {"1.1920928955078125e-7", 0x3E80000000000000},
    };
    for (size_t i = 0; i < sizeof hard / sizeof hard[0]; i++) {
        double value = 7;
        assert_int_equal(sb_json_read_double(sb_text_of(hard[i].text), &value), SB_JSON_NUMBER_OK);
        if (bits_of(value) != hard[i].bits) fail_msg("%s is read as %.17g", hard[i].text, value);
        assert_read_as_the_library_does(hard[i].text);
    }
}

static void overflow_is_said_and_not_rounded(void **state) {
    (void)state;
    static const char *const texts[] = {
        "1e400",
        "-1e400",
        "1e309",
        "1.7976931348623159e308",
        "1.797693134862315808e308",
        "2e308",
        "1e999999999999999999999999999999",
        "1797693134862315807937289714053034150799341327100378269361737789804449682927647509466490179775872070"
        "9633028641669288791094655554785194040263065748867150582068190890200070838367627385484581771153176447"
        "5730270069855571366959622842914819860834936475292719074168444365510704342711559699508093042880177904174497"
        "792" /* the middle between the largest double and 2^1024 */};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        double value = 7;
        assert_int_equal(sb_json_read_double(sb_text_of(texts[i]), &value), SB_JSON_NUMBER_OUT_OF_RANGE);
        assert_true(value == 7);
    }
}

static void an_integer_that_no_double_equals_is_inexact(void **state) {
    (void)state;
    static const struct {
        const char *text;
        enum sb_json_number result;
    } integers[] = {
        {"9007199254740991", SB_JSON_NUMBER_OK},
        {"9007199254740992", SB_JSON_NUMBER_OK},
        {"9007199254740993", SB_JSON_NUMBER_INEXACT},
        {"-9007199254740993", SB_JSON_NUMBER_INEXACT},
        {"9007199254740994", SB_JSON_NUMBER_OK},
        {"18446744073709551615", SB_JSON_NUMBER_INEXACT},
        {"18446744073709551616", SB_JSON_NUMBER_OK},
        {"100000000000000000000000", SB_JSON_NUMBER_INEXACT},
        {"10000000000000000000000", SB_JSON_NUMBER_OK},
        {"1180591620717411303424", SB_JSON_NUMBER_OK},
        {"1180591620717411303425", SB_JSON_NUMBER_INEXACT},
        {"9007199254740993.0", SB_JSON_NUMBER_OK},
        {"9007199254740993e0", SB_JSON_NUMBER_OK},
    };
    for (size_t i = 0; i < sizeof integers / sizeof integers[0]; i++) {
        double value;
        assert_int_equal(sb_json_read_double(sb_text_of(integers[i].text), &value), integers[i].result);
    }
}

static void random_texts_are_read_as_the_library_does(void **state) {
    (void)state;
    struct random random = random_new();
    for (int i = 0; i < 300000; i++) {
        char text[120];
        size_t len = 0, before = 1 + random_below(&random, 40), behind = random_below(&random, 40);
        text[len++] = (char)('1' + random_below(&random, 9));
        while (len < before) text[len++] = (char)('0' + random_below(&random, 10));
        if (behind) text[len++] = '.';
        for (size_t k = 0; k < behind; k++) text[len++] = (char)('0' + random_below(&random, 10));
        (void)snprintf(text + len, sizeof text - len, "e%d", (int)random_below(&random, 720) - 380);
        assert_read_as_the_library_does(text);
    }
}

/* Make a text of the form d.ddd...e7 smaller by less than one in its last place. */
static void make_smaller(char *text) {
    char *digit = strchr(text, 'e');
    (void)memmove(digit + 1, digit, strlen(digit) + 1);
    *digit = '9';
    do {
        digit--;
        if (*digit == '.') digit--;
        *digit = *digit == '0' ? '9' : (char)(*digit - 1);
    } while (*digit == '9');
}

/* The hardest texts there are: the exact middle of two neighbouring doubles, and hardly more or less. */
static void middles_between_doubles_go_to_even(void **state) {
    (void)state;
    assert_true(LDBL_MANT_DIG > DBL_MANT_DIG); /* the middle is a long double */
    volatile long double one = 1;
    if (one + LDBL_EPSILON == one) skip(); /* valgrind computes them with 64 bits */
    struct random random = random_new();
    for (int i = 0; i < 20000; i++) {
        static char text[2000];
        uint64_t bits = random_next(&random) >> 1;
        if (i % 4 == 0) bits >>= 11; /* subnormal */
        double low = double_of(bits), high = double_of(bits + 1);
        if (!isfinite(low) || !isfinite(high)) continue;
        (void)snprintf(text, sizeof text, "%.800Le", ((long double)low + (long double)high) / 2);
        double value;
        assert_int_equal(sb_json_read_double(sb_text_of(text), &value), SB_JSON_NUMBER_OK);
        assert_true(bits_of(value) == bits + (bits & 1));
        char *exponent = strchr(text, 'e');
        char smaller[sizeof text + 1];
        strcpy(smaller, text);
        make_smaller(smaller);
        assert_int_equal(sb_json_read_double(sb_text_of(smaller), &value), SB_JSON_NUMBER_OK);
        assert_true(bits_of(value) == bits);
        exponent[-1] = '1'; /* 800 digits hold every middle: the last of them is 0 */
        assert_int_equal(sb_json_read_double(sb_text_of(text), &value), SB_JSON_NUMBER_OK);
        assert_true(bits_of(value) == bits + 1);
    }
}

static void a_number_of_any_length_is_read(void **state) {
    (void)state;
    enum { ZEROS = 1000000 };
    char *text = malloc(2 * ZEROS + 100);
    assert_non_null(text);
    double value = 7;
    size_t len = (size_t)sprintf(text, "0.");
    memset(text + len, '0', ZEROS);
    len += ZEROS;
    len += (size_t)sprintf(text + len, "15e%d", ZEROS + 1);
    assert_int_equal(sb_json_read_double((struct sb_text){text, len}, &value), SB_JSON_NUMBER_OK);
    assert_true(value == 1.5);
    text[0] = '1';
    memset(text + 1, '0', ZEROS);
    len = 1 + ZEROS + (size_t)sprintf(text + 1 + ZEROS, ".5e-%d", ZEROS);
    assert_int_equal(sb_json_read_double((struct sb_text){text, len}, &value), SB_JSON_NUMBER_OK);
    assert_true(value == 1.0);
    assert_int_equal(sb_json_read_double((struct sb_text){text, 1 + ZEROS}, &value), SB_JSON_NUMBER_OUT_OF_RANGE);
    free(text);
}

#if defined(__SSE2__)
/* A program may round otherwise; what a text says does not change. */
static void texts_are_read_alike_in_every_rounding_mode(void **state) {
    (void)state;
    static const unsigned modes[] = {_MM_ROUND_DOWN, _MM_ROUND_UP, _MM_ROUND_TOWARD_ZERO, _MM_ROUND_NEAREST};
    unsigned before = _MM_GET_ROUNDING_MODE();
    for (size_t i = 0; i < 4; i++) {
        for (uint64_t digits = 1; digits < 100000; digits += 7) {
            for (int64_t exponent = -22; exponent <= 0; exponent += 5) {
                char text[40];
                snprintf(text, sizeof text, "%llue%lld", (unsigned long long)digits, (long long)exponent);
                double expected = strtod(text, NULL);
                _MM_SET_ROUNDING_MODE(modes[i]);
                double read = sb_json_nearest_double(false, digits, exponent);
                double negative = sb_json_nearest_double(true, digits, exponent);
                _MM_SET_ROUNDING_MODE(before);
                assert_true(bits_of(read) == bits_of(expected) && bits_of(negative) == bits_of(-expected));
            }
        }
    }
    assert_true(bits_of(sb_json_nearest_double(true, 0, -3)) == bits_of(-0.0));
}
#endif

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_exact_to_their_edges),
        cmocka_unit_test(random_integers_come_back),
        cmocka_unit_test(what_is_no_integer_of_the_range_says_why),
        cmocka_unit_test(minus_zero_is_zero_for_integers_and_keeps_its_sign_for_a_double),
        cmocka_unit_test(doubles_are_written_as_people_expect),
        cmocka_unit_test(random_doubles_are_written_shortest_and_come_back),
        cmocka_unit_test(every_power_of_two_and_ten_is_written_shortest),
        cmocka_unit_test(hard_texts_are_rounded_correctly),
        cmocka_unit_test(overflow_is_said_and_not_rounded),
        cmocka_unit_test(an_integer_that_no_double_equals_is_inexact),
        cmocka_unit_test(random_texts_are_read_as_the_library_does),
        cmocka_unit_test(middles_between_doubles_go_to_even),
        cmocka_unit_test(a_number_of_any_length_is_read),
#if defined(__SSE2__)
        cmocka_unit_test(texts_are_read_alike_in_every_rounding_mode),
#endif
    };
    return cmocka_run_group_tests_name("json_number", tests, NULL, NULL);
}
