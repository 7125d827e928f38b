/*
 * The plain form: what it reads is what the strict reader and the decoder read, what it writes is what the encoder's walk would write, and
 * all else it leaves alone.
 */
#include <float.h>
#include <math.h>
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
#include "json_reader.h"
#include "plain.h"

#define TICK_FIELDS(F)                                                                                                 \
    F(SABIR_INT64, number)                                                                                             \
    F(SABIR_INT32, place) F(SABIR_UINT64, size) F(SABIR_DOUBLE, price) F(SABIR_BOOL, is_firm)
SABIR_MESSAGE(PlainTick, TICK_FIELDS);
#define NAMED_FIELDS(F) F(SABIR_INT64, number) F(SABIR_STRING, name)
SABIR_MESSAGE(PlainNamed, NAMED_FIELDS);

#define TICK "{\"number\":-7,\"place\":3,\"size\":9,\"price\":1.5,\"is_firm\":true}"

/* In a block of its length, so that a sanitizer sees a step beyond its end. */
static size_t read_exactly(const sabir_type *type, const char *text, size_t len_bytes, void *value) {
    char *block = malloc(len_bytes ? len_bytes : 1);
    memcpy(block, text, len_bytes);
    size_t read = sb_plain_read(type, (struct sb_text){block, len_bytes}, value);
    free(block);
    return read;
}

static void a_plain_text_is_read(void **state) {
    (void)state;
    struct PlainTick tick;
    assert_int_equal(read_exactly(PlainTick_type(), TICK, strlen(TICK), &tick), strlen(TICK));
    assert_true(tick.number == -7 && tick.place == 3 && tick.size == 9 && tick.price == 1.5 && tick.is_firm);
}

static void what_follows_the_object_is_not_looked_at(void **state) {
    (void)state;
    struct PlainTick tick;
    assert_int_equal(read_exactly(PlainTick_type(), TICK "}}\x01", strlen(TICK) + 3, &tick), strlen(TICK));
}

static void a_text_that_looks_otherwise_is_left_alone(void **state) {
    (void)state;
    static const char *const others[] = {
        "",
        "{",
        "{}",
        "[]",
        "{ \"number\":1,\"place\":3,\"size\":9,\"price\":1.5,\"is_firm\":true}",
        "{\"place\":3,\"number\":1,\"size\":9,\"price\":1.5,\"is_firm\":true}",
        "{\"number\":1,\"place\":3,\"size\":9,\"price\":1.5}",
        "{\"number\":1,\"place\":3,\"size\":9,\"price\":1.5,\"is_firm\":true,\"more\":1}",
        "{\"number\":1,\"place\":3,\"size\":9,\"price\":1.5,\"is_firm\":null}",
        "{\"number\":1,\"place\":3,\"size\":9,\"price\":1.5,\"is_firm\":tru}",
        "{\"number\":1,\"place\":3,\"size\":9,\"price\":,\"is_firm\":true}",
        "{\"number\":1,\"place\":3,\"size\":9,\"price\":1.,\"is_firm\":true}",
        "{\"number\":1,\"place\":3,\"size\":9,\"price\":1-2,\"is_firm\":true}",
        "{\"number\":1,\"place\":3,\"size\":9,\"price\":1e999,\"is_firm\":true}",
        "{\"number\":1,\"place\":3,\"size\":9,\"price\":9007199254740993,\"is_firm\":true}",
        "{\"number\":01,\"place\":3,\"size\":9,\"price\":1.5,\"is_firm\":true}",
        "{\"number\":-0,\"place\":3,\"size\":9,\"price\":1.5,\"is_firm\":true}",
        "{\"number\":-,\"place\":3,\"size\":9,\"price\":1.5,\"is_firm\":true}",
        "{\"number\":1.0,\"place\":3,\"size\":9,\"price\":1.5,\"is_firm\":true}",
        "{\"number\":1e2,\"place\":3,\"size\":9,\"price\":1.5,\"is_firm\":true}",
        "{\"number\":99999999999999999999,\"place\":3,\"size\":9,\"price\":1.5,\"is_firm\":true}",
        "{\"number\":1,\"place\":2147483648,\"size\":9,\"price\":1.5,\"is_firm\":true}",
        "{\"number\":1,\"place\":-2147483649,\"size\":9,\"price\":1.5,\"is_firm\":true}",
        "{\"number\":1,\"place\":3,\"size\":-9,\"price\":1.5,\"is_firm\":true}",
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct PlainTick tick;
        if (read_exactly(PlainTick_type(), others[i], strlen(others[i]), &tick) != 0) fail_msg("read: %s", others[i]);
    }
}

static void every_cut_text_is_left_alone(void **state) {
    (void)state;
    struct PlainTick tick;
    for (size_t len_bytes = 0; len_bytes < strlen(TICK); len_bytes++)
        assert_int_equal(read_exactly(PlainTick_type(), TICK, len_bytes, &tick), 0);
}

/* One byte of a plain text changed to any other: what is still read is what the strict reader accepts and the decoder reads. */
static void what_is_read_is_what_the_strict_way_reads(void **state) {
    (void)state;
    size_t read_count = 0;
    for (size_t at = 0; at < strlen(TICK); at++) {
        for (int byte = 1; byte < 256; byte++) {
            char text[] = TICK;
            struct PlainTick tick;
            struct sb_fault fault;
            void *block;
            text[at] = (char)byte;
            size_t len_bytes = read_exactly(PlainTick_type(), text, strlen(text), &tick);
            if (len_bytes == 0) continue;
            struct sb_text whole = {text, len_bytes};
            if (sb_json_check(whole, 63, &fault) != SABIR_OK) fail_msg("no JSON: %s", text);
            char spaced[sizeof text + 1]; /* another form of the same, for the other way */
            (void)snprintf(spaced, sizeof spaced, " %.*s", (int)len_bytes, text);
            if (sb_decode(PlainTick_type(), sb_text_of(spaced), &block) != SABIR_OK) fail_msg("refused: %s", text);
            assert_memory_equal(block, &tick, sizeof tick);
            free(block);
            read_count++;
        }
    }
    assert_true(read_count > 60); /* other digits, at least */
}

static void what_is_written_is_read_again(void **state) {
    (void)state;
    static const struct PlainTick ticks[] = {
        {.number = 0},
        {.number = INT64_MAX, .place = INT32_MAX, .size = UINT64_MAX, .price = DBL_MAX, .is_firm = true},
        {.number = INT64_MIN, .place = INT32_MIN, .size = 1, .price = -5e-324},
        {.number = 999999999999999999, .place = -1, .size = 10, .price = 0.1, .is_firm = true},
    };
    for (size_t i = 0; i < sizeof ticks / sizeof ticks[0]; i++) {
        char text[512];
        void *block;
        assert_true(PlainTick_type()->plain_max_bytes <= sizeof text);
        char *end = sb_plain_write(PlainTick_type(), &ticks[i], text);
        assert_true(end <= text + PlainTick_type()->plain_max_bytes);
        struct sb_text written = {text, (size_t)(end - text)};
        assert_int_equal(sb_decode(PlainTick_type(), written, &block), SABIR_OK);
        const struct PlainTick *read = block;
        assert_true(read->number == ticks[i].number && read->place == ticks[i].place && read->size == ticks[i].size);
        assert_true(read->price == ticks[i].price && read->is_firm == ticks[i].is_firm);
        free(block);
    }
}

static void a_number_that_is_not_finite_is_left_to_the_encoder(void **state) {
    (void)state;
    struct PlainTick tick = {.price = (double)NAN};
    char text[512];
    struct sb_buffer out = SB_BUFFER_INIT;
    assert_null(sb_plain_write(PlainTick_type(), &tick, text));
    assert_int_equal(sb_encode(PlainTick_type(), &tick, &out), SABIR_EVALUE); /* which says why */
    assert_int_equal(out.len_bytes, 0);
    sb_buffer_free(&out);
}

static void a_bool_of_another_language_may_hold_any_byte(void **state) {
    (void)state;
    struct PlainTick tick = {.number = 1};
    unsigned char odd = 0xfe;
    char text[512];
    memcpy(&tick.is_firm, &odd, 1);
    char *end = sb_plain_write(PlainTick_type(), &tick, text);
    assert_memory_equal(end - 5, "true}", 5);
}

static void a_type_that_holds_more_than_numbers_has_no_plain_form(void **state) {
    (void)state;
    assert_int_equal(PlainNamed_type()->plain_max_bytes, 0);
    assert_true(PlainTick_type()->plain_max_bytes > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_text_is_read),
        cmocka_unit_test(what_follows_the_object_is_not_looked_at),
        cmocka_unit_test(a_text_that_looks_otherwise_is_left_alone),
        cmocka_unit_test(every_cut_text_is_left_alone),
        cmocka_unit_test(what_is_read_is_what_the_strict_way_reads),
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(a_number_that_is_not_finite_is_left_to_the_encoder),
        cmocka_unit_test(a_bool_of_another_language_may_hold_any_byte),
        cmocka_unit_test(a_type_that_holds_more_than_numbers_has_no_plain_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
