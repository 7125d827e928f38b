/*
 * Reading the plain form: numbers of every length, and what lies between the fields of a struct. (plain_test.c has the rest.)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sabir/sabir.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec.h"
#include "plain.h"

#define PADDED_FIELDS(F) F(SABIR_BOOL, first) F(SABIR_INT64, number) F(SABIR_BOOL, last)
SABIR_MESSAGE(PlainPadded, PADDED_FIELDS);
#define PADDEDS_FIELDS(F) F(SABIR_LIST(SABIR_STRUCT(PlainPadded)), list)
SABIR_MESSAGE(PlainPaddeds, PADDEDS_FIELDS);
#define SUMS_FIELDS(F) F(SABIR_LIST(SABIR_INT64), numbers) F(SABIR_LIST(SABIR_DOUBLE), reals)
SABIR_MESSAGE(PlainSums, SUMS_FIELDS);
static char *copy_of(struct sb_text text) {
    char *copy = malloc(text.len_bytes);
    assert_non_null(copy);
    return memcpy(copy, text.bytes, text.len_bytes);
}

/* Numbers of every length, so that each is read at each distance from the end of the text, and by each of the ways. */
static void numbers_of_any_length_are_read(void **state) {
    (void)state;
    for (int digits = 1; digits <= 24; digits++) {
        for (int fraction = 0; fraction <= 24; fraction++) {
            char text[256], spaced[sizeof text + 1];
            void *plain = NULL, *other = NULL;
            const char *nines = "999999999999999999999999", *mixed = "123456789012345678901234";
            int len = snprintf(text, sizeof text, "{\"numbers\":[%.*s,-%.*s],\"reals\":[%.*s.%.*s5,-%.*s.0%.*s]}",
                               digits < 19 ? digits : 18, mixed, digits < 19 ? digits : 18, nines, digits, mixed,
                               fraction, nines, digits, nines, fraction, mixed);
            snprintf(spaced, sizeof spaced, " %s", text);
            struct sb_plain_room room;
            char *exact = copy_of((struct sb_text){text, (size_t)len});
            assert_int_equal(sb_plain_check(PlainSums_type(), (struct sb_text){exact, (size_t)len}, &room), len);
            assert_int_equal(sb_decode(PlainSums_type(), (struct sb_text){exact, (size_t)len}, &plain), SABIR_OK);
            assert_int_equal(sb_decode(PlainSums_type(), sb_text_of(spaced), &other), SABIR_OK);
            const struct PlainSums *sums = plain, *others = other;
            assert_true(sums->numbers.count == 2 && sums->reals.count == 2);
            assert_memory_equal(sums->numbers.items, others->numbers.items, 2 * sizeof(int64_t));
            assert_memory_equal(sums->reals.items, others->reals.items, 2 * sizeof(double));
            free(plain), free(other), free(exact);
        }
    }
}

static void padding_is_zero(void **state) {
    (void)state;
    void *block;
    struct sb_plain_room room;
    const struct PlainPadded expected[] = {{true, 7, false}, {false, -7, true}};
    struct sb_text text = SB_TEXT("{\"list\":[{\"first\":true,\"number\":7,\"last\":false},"
                                  "{\"first\":false,\"number\":-7,\"last\":true}]}");
    _Alignas(8) char clean[2 * sizeof(struct PlainPadded)] = {0};
    for (int i = 0; i < 2; i++) { /* field by field: the compiler's own padding is anything */
        struct PlainPadded *item = (struct PlainPadded *)(void *)(clean + (size_t)i * sizeof *item);
        item->first = expected[i].first, item->number = expected[i].number, item->last = expected[i].last;
    }
    assert_true(PlainPadded_type()->is_padded && !PlainPaddeds_type()->is_padded);
    assert_int_equal(sb_decode(PlainPaddeds_type(), text, &block), SABIR_OK);
    assert_memory_equal(((const struct PlainPaddeds *)block)->list.items, clean, sizeof clean);
    free(block);
    _Alignas(8) char dirty[512];
    memset(dirty, 0xa5, sizeof dirty);
    assert_int_equal(sb_plain_read(PlainPaddeds_type(), text, dirty, sizeof dirty, &room), text.len_bytes);
    assert_memory_equal(dirty + sizeof(struct PlainPaddeds), clean, sizeof clean);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_of_any_length_are_read),
        cmocka_unit_test(padding_is_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
