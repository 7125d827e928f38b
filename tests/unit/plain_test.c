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

#include "alloc.h"
#include "codec.h"
#include "json_reader.h"
#include "plain.h"

#define TICK_FIELDS(F)                                                                                                 \
    F(SABIR_INT64, number)                                                                                             \
    F(SABIR_INT32, place) F(SABIR_UINT64, size) F(SABIR_DOUBLE, price) F(SABIR_BOOL, is_firm)
SABIR_MESSAGE(PlainTick, TICK_FIELDS);
#define LEG_FIELDS(F)                                                                                                  \
    F(SABIR_INT64, id) F(SABIR_DOUBLE, price) F(SABIR_STRING, name) F(SABIR_BOOL, a_name_beyond_eight_bytes)
SABIR_MESSAGE(PlainLeg, LEG_FIELDS);
#define BASKET_FIELDS(F)                                                                                               \
    F(SABIR_STRING, name)                                                                                              \
    F(SABIR_STRUCT(PlainLeg), first)                                                                                   \
    F(SABIR_LIST(SABIR_STRUCT(PlainLeg)), legs) F(SABIR_LIST(SABIR_STRING), words) F(SABIR_LIST(SABIR_BOOL), flags)
SABIR_MESSAGE(PlainBasket, BASKET_FIELDS);
#define SUMS_FIELDS(F) F(SABIR_LIST(SABIR_INT64), numbers) F(SABIR_LIST(SABIR_DOUBLE), reals)
SABIR_MESSAGE(PlainSums, SUMS_FIELDS);
#define MAYBE_FIELDS(F) F(SABIR_INT64, number) F(SABIR_OPTIONAL(SABIR_INT64), maybe)
SABIR_MESSAGE(NotPlainMaybe, MAYBE_FIELDS);
#define NESTED_FIELDS(F) F(SABIR_LIST(SABIR_LIST(SABIR_INT64)), rows)
SABIR_MESSAGE(NotPlainRows, NESTED_FIELDS);
#define DEEPER_FIELDS(F) F(SABIR_LIST(SABIR_STRUCT(PlainBasket)), baskets)
SABIR_MESSAGE(NotPlainBaskets, DEEPER_FIELDS);
#define BYTES_FIELDS(F) F(SABIR_BYTES, data)
SABIR_MESSAGE(NotPlainBytes, BYTES_FIELDS);

#define TICK "{\"number\":-7,\"place\":3,\"size\":9,\"price\":1.5,\"is_firm\":true}"

#define LEG(id, price, name)                                                                                           \
    "{\"id\":" id ",\"price\":" price ",\"name\":\"" name "\",\"a_name_beyond_eight_bytes\":false}"
#define BASKET                                                                                                         \
    "{\"name\":\"\xc3\xa9t\xc3\xa9\",\"first\":" LEG("1", "-0.5", "") ",\"legs\":[" LEG("2", "101.25", "leg") "," LEG( \
        "-3", "7", "a name of more than sixteen bytes") "],\"words\":[\"\",\"b\"],\"flags\":[]}"

/* In a block of its length, so that a sanitizer sees a step beyond its end. */
static size_t read_exactly(const sabir_type *type, const char *text, size_t len_bytes, void *value) {
    char *block = malloc(len_bytes ? len_bytes : 1);
    memcpy(block, text, len_bytes);
    struct sb_plain_room room;
    memset(value, 0, type->size_bytes);
    size_t read = sb_plain_read(type, (struct sb_text){block, len_bytes}, value, type->size_bytes, &room);
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
    assert_int_equal(read_exactly(PlainTick_type(), TICK "}\x01}", strlen(TICK) + 3, &tick), strlen(TICK));
    assert_int_equal(read_exactly(PlainTick_type(), TICK "}}\x01", strlen(TICK) + 3, &tick),
                     0); /* but for a last brace */
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

static bool same_text(const struct sabir_string *text, const struct sabir_string *other) {
    return text->len_bytes == other->len_bytes && (text->bytes == NULL) == (other->bytes == NULL) &&
           (text->len_bytes == 0 || memcmp(text->bytes, other->bytes, text->len_bytes) == 0);
}

static bool same_leg(const struct PlainLeg *leg, const struct PlainLeg *other) {
    return leg->id == other->id && memcmp(&leg->price, &other->price, sizeof leg->price) == 0 &&
           same_text(&leg->name, &other->name) && leg->a_name_beyond_eight_bytes == other->a_name_beyond_eight_bytes;
}

static bool same_basket(const struct PlainBasket *basket, const struct PlainBasket *other) {
    if (!same_text(&basket->name, &other->name) || !same_leg(&basket->first, &other->first)) return false;
    if (basket->legs.count != other->legs.count || basket->words.count != other->words.count) return false;
    const struct PlainLeg *legs = basket->legs.items, *other_legs = other->legs.items;
    for (size_t i = 0; i < basket->legs.count; i++)
        if (!same_leg(&legs[i], &other_legs[i])) return false;
    const struct sabir_string *words = basket->words.items, *other_words = other->words.items;
    for (size_t i = 0; i < basket->words.count; i++)
        if (!same_text(&words[i], &other_words[i])) return false;
    return basket->flags.count == other->flags.count &&
           (basket->flags.count == 0 || memcmp(basket->flags.items, other->flags.items, basket->flags.count) == 0);
}

/* Through the plain form if it is accepted there, and with a blank before it, which no plain text has: the other way. */
static bool decodes_alike(const char *text, size_t len_bytes) {
    struct sb_plain_room room;
    struct sb_fault fault;
    char *exact = malloc(len_bytes ? len_bytes : 1), *spaced = malloc(len_bytes + 2);
    memcpy(exact, text, len_bytes);
    size_t read = sb_plain_check(PlainBasket_type(), (struct sb_text){exact, len_bytes}, &room);
    (void)snprintf(spaced, len_bytes + 2, " %.*s", (int)read, text);
    if (read > 0) {
        void *plain = NULL, *other = NULL;
        struct sb_text whole = {exact, read}, walked = {spaced, read + 1};
        if (sb_json_check(whole, 63, &fault) != SABIR_OK) fail_msg("no JSON: %s", text);
        if (sb_decode(PlainBasket_type(), whole, &plain) != SABIR_OK) fail_msg("not decoded: %s", text);
        if (sb_decode(PlainBasket_type(), walked, &other) != SABIR_OK) fail_msg("refused: %s", text);
        if (!same_basket(plain, other)) fail_msg("another value: %s", text);
        free(plain), free(other);
    }
    free(exact), free(spaced);
    return read > 0;
}

static void a_plain_text_with_strings_and_lists_is_read(void **state) {
    (void)state;
    struct sb_plain_room room;
    assert_int_equal(sb_plain_check(PlainBasket_type(), SB_TEXT(BASKET), &room), strlen(BASKET));
    assert_int_equal(room.items_bytes, 2 * sizeof(struct PlainLeg) + 2 * sizeof(struct sabir_string));
    assert_int_equal(room.bytes_bytes, strlen("\xc3\xa9t\xc3\xa9leg"
                                              "a name of more than sixteen bytes"
                                              "b"));
    assert_true(decodes_alike(BASKET, strlen(BASKET)));
    assert_false(decodes_alike(BASKET, strlen(BASKET) - 1));
}

static void with_any_byte_changed_both_ways_still_agree(void **state) {
    (void)state;
    size_t accepted = 0;
    for (size_t at = 0; at < strlen(BASKET); at++) {
        for (int byte = 1; byte < 256; byte++) {
            char text[] = BASKET;
            text[at] = (char)byte;
            accepted += decodes_alike(text, strlen(text));
        }
    }
    assert_true(accepted > 3000); /* other letters and digits */
}

static void strings_that_need_a_look_are_left_alone(void **state) {
    (void)state;
    static const char *const others[] = {
        "{\"id\":1,\"price\":1,\"name\":\"a\\n\",\"a_name_beyond_eight_bytes\":true}",
        "{\"id\":1,\"price\":1,\"name\":\"a\nb\",\"a_name_beyond_eight_bytes\":true}",
        "{\"id\":1,\"price\":1,\"name\":\"\xff\",\"a_name_beyond_eight_bytes\":true}",
        "{\"id\":1,\"price\":1,\"name\":\"\xed\xa0\x80\",\"a_name_beyond_eight_bytes\":true}",
        "{\"id\":1,\"price\":1,\"name\":\"\xc3\",\"a_name_beyond_eight_bytes\":true}",
        "{\"id\":1,\"price\":1,\"name\":null,\"a_name_beyond_eight_bytes\":true}",
        "{\"id\":1,\"price\":1,\"name\":\"a\",\"a_name_beyond_eight_byteS\":true}",
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct sb_plain_room room;
        assert_int_equal(sb_plain_check(PlainLeg_type(), sb_text_of(others[i]), &room), 0);
    }
}

/* ---- Desks ------------------------------------------------------------------------------------------------------------------- */

static char *copy_of(struct sb_text text) {
    char *copy = malloc(text.len_bytes);
    assert_non_null(copy);
    return memcpy(copy, text.bytes, text.len_bytes);
}

/* On a desk of each size, in a block of that size: all or nothing, and never a step beyond it. */
static void a_desk_that_is_too_small_leaves_a_check(void **state) {
    (void)state;
    void *expected;
    struct sb_plain_room whole, room;
    assert_int_equal(sb_decode(PlainBasket_type(), SB_TEXT(" " BASKET), &expected), SABIR_OK);
    assert_int_equal(sb_plain_check(PlainBasket_type(), SB_TEXT(BASKET), &whole), strlen(BASKET));
    size_t needed = sb_plain_on_desk_bytes(PlainBasket_type(), &whole);
    assert_int_equal(needed, sizeof(struct PlainBasket) + whole.items_bytes);
    for (size_t desk_bytes = 0; desk_bytes < needed + 20; desk_bytes++) {
        char *text = copy_of(SB_TEXT(BASKET)), *desk = malloc(desk_bytes ? desk_bytes : 1);
        memset(desk, 0xa5, desk_bytes);
        size_t read =
            sb_plain_read(PlainBasket_type(), (struct sb_text){text, strlen(BASKET)}, desk, desk_bytes, &room);
        assert_int_equal(read, strlen(BASKET));
        assert_memory_equal(&room, &whole, sizeof room);
        if (desk_bytes >= needed) {
            char *block = malloc(sb_plain_block_bytes(PlainBasket_type(), &room));
            sb_plain_move(PlainBasket_type(), desk, &room, block);
            memset(text, 0xa5, strlen(BASKET)); /* the block is its own */
            memset(desk, 0xa5, desk_bytes);
            assert_true(same_basket((const void *)block, expected));
            free(block);
        }
        free(text), free(desk);
    }
    free(expected);
}

/* A list of `count` items, each of them `item`. */
static struct sb_text many(const char *begin, const char *item, size_t count, const char *end, char **text) {
    size_t item_bytes = strlen(item), len_bytes = strlen(begin);
    *text = malloc(len_bytes + count * (item_bytes + 1) + strlen(end) + 1);
    memcpy(*text, begin, len_bytes);
    for (size_t i = 0; i < count; i++) {
        memcpy(*text + len_bytes, item, item_bytes);
        len_bytes += item_bytes;
        (*text)[len_bytes++] = ',';
    }
    memcpy(*text + len_bytes - 1, end, strlen(end) + 1);
    return (struct sb_text){*text, strlen(*text)};
}

/* What takes much more room than its text gets no value in passing, and the right one when it is asked for. */
static void a_crowd_of_empty_items_has_no_value_in_passing(void **state) {
    (void)state;
    char *bytes;
    void *block;
    struct sb_plain_room room;
    struct sb_text text = many("{\"name\":\"\",\"first\":" LEG("1", "1", "") ",\"legs\":[],\"words\":[", "\"\"", 100000,
                               "],\"flags\":[]}", &bytes);
    size_t desk_bytes = sb_plain_desk_bytes(PlainBasket_type(), text);
    assert_true(desk_bytes <= 4 * text.len_bytes + sizeof(struct PlainBasket));
    char *desk = malloc(desk_bytes);
    assert_int_equal(sb_plain_read(PlainBasket_type(), text, desk, desk_bytes, &room), text.len_bytes);
    assert_true(sb_plain_on_desk_bytes(PlainBasket_type(), &room) > desk_bytes);
    assert_int_equal(sb_check(PlainBasket_type(), text), SABIR_OK);
    assert_int_equal(sb_decode(PlainBasket_type(), text, &block), SABIR_OK);
    const struct PlainBasket *basket = block;
    assert_int_equal(basket->words.count, 100000);
    assert_int_equal(((const struct sabir_string *)basket->words.items)[99999].len_bytes, 0);
    free(block), free(desk), free(bytes);
}

static void without_memory_nothing_is_decoded(void **state) {
    (void)state;
    char *bytes;
    struct sb_text texts[] = {SB_TEXT(BASKET), many("{\"numbers\":[", "1", 4000, "],\"reals\":[]}", &bytes)};
    const sabir_type *types[] = {PlainBasket_type(), PlainSums_type()};
    for (size_t i = 0; i < 2; i++) {
        int code = SABIR_ENOMEM;
        unsigned long k = 0;
        while (code == SABIR_ENOMEM) {
            void *block = NULL;
            sb_alloc_fail_after(++k);
            code = sb_decode(types[i], texts[i], &block);
            sb_alloc_fail_after(0);
            assert_true((block != NULL) == (code == SABIR_OK));
            free(block);
        }
        assert_int_equal(code, SABIR_OK);
        assert_int_equal(k, i + 2); /* the block; a desk too, where the text is long */
    }
    free(bytes);
}

/* ---- Writing ----------------------------------------------------------------------------------------------------------------- */

static struct sb_text written(const sabir_type *type, const void *value, struct sb_buffer *out) {
    sb_buffer_clear(out);
    assert_true(sb_plain_write(type, value, out));
    return (struct sb_text){out->bytes, out->len_bytes};
}

static void what_is_written_is_read_again(void **state) {
    (void)state;
    static const struct PlainTick ticks[] = {
        {.number = 0},
        {.number = INT64_MAX, .place = INT32_MAX, .size = UINT64_MAX, .price = DBL_MAX, .is_firm = true},
        {.number = INT64_MIN, .place = INT32_MIN, .size = 1, .price = -5e-324},
        {.number = 999999999999999999, .place = -1, .size = 10, .price = 0.1, .is_firm = true},
    };
    struct sb_buffer out = SB_BUFFER_INIT;
    for (size_t i = 0; i < sizeof ticks / sizeof ticks[0]; i++) {
        void *block;
        assert_int_equal(sb_decode(PlainTick_type(), written(PlainTick_type(), &ticks[i], &out), &block), SABIR_OK);
        const struct PlainTick *read = block;
        assert_true(read->number == ticks[i].number && read->place == ticks[i].place && read->size == ticks[i].size);
        assert_true(read->price == ticks[i].price && read->is_firm == ticks[i].is_firm);
        free(block);
    }
    sb_buffer_free(&out);
}

static void strings_and_lists_are_written_as_they_were_read(void **state) {
    (void)state;
    void *block;
    struct sb_buffer out = SB_BUFFER_INIT;
    sb_buffer_append(&out, "before", 6);
    assert_int_equal(sb_decode(PlainBasket_type(), SB_TEXT(BASKET), &block), SABIR_OK);
    assert_true(sb_plain_write(PlainBasket_type(), block, &out));
    sb_buffer_append_byte(&out, '\0');
    assert_string_equal(
        out.bytes,
        "before" /* what stands there stays */
        "{\"name\":\"\xc3\xa9t\xc3\xa9\",\"first\":" LEG("1", "-0.5", "") ",\"legs\":[" LEG(
            "2", "101.25", "leg") "," LEG("-3", "7.0",
                                          "a name of more than sixteen bytes") "],"
                                                                               "\"words\":[\"\",\"b\"],\"flags\":[]}");
    free(block);
    sb_buffer_free(&out);
}

/* The walk of the encoder writes the escapes, or says what is wrong. */
static void what_is_not_plain_is_left_to_the_encoder(void **state) {
    (void)state;
    static const struct {
        struct PlainLeg leg;
        int code;
    } cases[] = {{{.price = (double)NAN}, SABIR_EVALUE},
                 {{.name = {"\xff", 1}}, SABIR_EVALUE},
                 {{.name = {NULL, 1}}, SABIR_EVALUE},
                 {{.name = {"a\"b", 3}}, SABIR_OK},
                 {{.name = {"a\nb", 3}}, SABIR_OK}};
    struct sb_buffer out = SB_BUFFER_INIT;
    sb_buffer_append(&out, "before", 6);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_false(sb_plain_write(PlainLeg_type(), &cases[i].leg, &out));
        assert_int_equal(out.len_bytes, 6);
        assert_int_equal(sb_encode(PlainLeg_type(), &cases[i].leg, &out), cases[i].code);
        out.len_bytes = 6;
    }
    struct PlainBasket basket = {.words = {NULL, 1}};
    assert_false(sb_plain_write(PlainBasket_type(), &basket, &out));
    assert_int_equal(sb_encode(PlainBasket_type(), &basket, &out), SABIR_EVALUE);
    sb_buffer_free(&out);
}

static void without_memory_nothing_is_written(void **state) {
    (void)state;
    void *block;
    assert_int_equal(sb_decode(PlainBasket_type(), SB_TEXT(BASKET), &block), SABIR_OK);
    bool is_written = false;
    for (unsigned long k = 1; !is_written; k++) {
        struct sb_buffer out = SB_BUFFER_INIT;
        sb_alloc_fail_after(k);
        is_written = sb_plain_write(PlainBasket_type(), block, &out);
        sb_alloc_fail_after(0);
        if (!is_written) assert_int_equal(out.len_bytes, 0);
        sb_buffer_free(&out);
        assert_true(k < 20);
    }
    free(block);
}

static void a_bool_of_another_language_may_hold_any_byte(void **state) {
    (void)state;
    struct PlainTick tick = {.number = 1};
    unsigned char odd = 0xfe;
    struct sb_buffer out = SB_BUFFER_INIT;
    memcpy(&tick.is_firm, &odd, 1);
    struct sb_text text = written(PlainTick_type(), &tick, &out);
    assert_memory_equal(text.bytes + text.len_bytes - 5, "true}", 5);
    sb_buffer_free(&out);
}

static void only_types_whose_every_value_has_a_plain_form_are_plain(void **state) {
    (void)state;
    struct sb_plain_room room;
    struct sb_buffer out = SB_BUFFER_INIT;
    assert_true(PlainTick_type()->is_plain && PlainLeg_type()->is_plain && PlainBasket_type()->is_plain);
    assert_false(NotPlainMaybe_type()->is_plain);
    assert_false(NotPlainRows_type()->is_plain);
    assert_false(NotPlainBaskets_type()->is_plain);
    assert_false(NotPlainBytes_type()->is_plain);
    assert_int_equal(sb_plain_check(NotPlainRows_type(), SB_TEXT("{\"rows\":[[1]]}"), &room), 0);
    assert_false(sb_plain_write(NotPlainRows_type(), &(struct NotPlainRows){{NULL, 0}}, &out));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_text_is_read),
        cmocka_unit_test(what_follows_the_object_is_not_looked_at),
        cmocka_unit_test(a_text_that_looks_otherwise_is_left_alone),
        cmocka_unit_test(every_cut_text_is_left_alone),
        cmocka_unit_test(what_is_read_is_what_the_strict_way_reads),
        cmocka_unit_test(a_plain_text_with_strings_and_lists_is_read),
        cmocka_unit_test(with_any_byte_changed_both_ways_still_agree),
        cmocka_unit_test(strings_that_need_a_look_are_left_alone),
        cmocka_unit_test(a_desk_that_is_too_small_leaves_a_check),
        cmocka_unit_test(a_crowd_of_empty_items_has_no_value_in_passing),
        cmocka_unit_test(without_memory_nothing_is_decoded),
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(strings_and_lists_are_written_as_they_were_read),
        cmocka_unit_test(what_is_not_plain_is_left_to_the_encoder),
        cmocka_unit_test(without_memory_nothing_is_written),
        cmocka_unit_test(a_bool_of_another_language_may_hold_any_byte),
        cmocka_unit_test(only_types_whose_every_value_has_a_plain_form_are_plain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
