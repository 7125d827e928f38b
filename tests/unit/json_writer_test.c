/*
 * The writer: OUT-1's spelling, tokens that cannot stand somewhere, and random token lists that the reader gives back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <sabir/error.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "json_reader.h"
#include "json_writer.h"
#include "support/random_value.h"

/* A writer over a buffer, begun anew by each test. */
static struct sb_buffer out;
static struct sb_json_writer writer;

static void begin(uint32_t max_depth) {
    sb_buffer_free(&out);
    sb_json_writer_init(&writer, &out, max_depth);
}

static int end(void **state) {
    (void)state;
    sb_buffer_free(&out);
    return 0;
}

static void assert_written(const char *expected) {
    assert_true(sb_json_writer_is_done(&writer));
    assert_true(sb_text_equal((struct sb_text){out.bytes, out.len_bytes}, sb_text_of(expected)));
}

static void commas_and_colons_come_by_themselves(void **state) {
    (void)state;
    begin(64);
    assert_int_equal(sb_json_write_object_begin(&writer), SABIR_OK);
    assert_int_equal(sb_json_write_key(&writer, SB_TEXT("a")), SABIR_OK);
    assert_int_equal(sb_json_write_array_begin(&writer), SABIR_OK);
    assert_int_equal(sb_json_write_int64(&writer, -1), SABIR_OK);
    assert_int_equal(sb_json_write_uint64(&writer, UINT64_MAX), SABIR_OK);
    assert_int_equal(sb_json_write_double(&writer, 1), SABIR_OK);
    assert_int_equal(sb_json_write_bool(&writer, true), SABIR_OK);
    assert_int_equal(sb_json_write_bool(&writer, false), SABIR_OK);
    assert_int_equal(sb_json_write_null(&writer), SABIR_OK);
    assert_int_equal(sb_json_write_array_end(&writer), SABIR_OK);
    assert_int_equal(sb_json_write_key(&writer, SB_TEXT("")), SABIR_OK);
    assert_int_equal(sb_json_write_object_begin(&writer), SABIR_OK);
    assert_int_equal(sb_json_write_object_end(&writer), SABIR_OK);
    assert_int_equal(sb_json_write_key(&writer, SB_TEXT("b")), SABIR_OK);
    assert_int_equal(sb_json_write_trusted(&writer, SB_TEXT("[ 1 ]")), SABIR_OK);
    assert_int_equal(sb_json_write_key(&writer, SB_TEXT("c")), SABIR_OK);
    assert_int_equal(sb_json_write_string(&writer, SB_TEXT("d")), SABIR_OK);
    assert_false(sb_json_writer_is_done(&writer));
    assert_int_equal(sb_json_write_object_end(&writer), SABIR_OK);
    assert_written("{\"a\":[-1,18446744073709551615,1.0,true,false,null],\"\":{},\"b\":[ 1 ],\"c\":\"d\"}");
}

static void only_what_must_be_escaped_is(void **state) {
    (void)state;
    static const char *const controls[32] = {
        "\\u0000", "\\u0001", "\\u0002", "\\u0003", "\\u0004", "\\u0005", "\\u0006", "\\u0007",
        "\\b",     "\\t",     "\\n",     "\\u000b", "\\f",     "\\r",     "\\u000e", "\\u000f",
        "\\u0010", "\\u0011", "\\u0012", "\\u0013", "\\u0014", "\\u0015", "\\u0016", "\\u0017",
        "\\u0018", "\\u0019", "\\u001a", "\\u001b", "\\u001c", "\\u001d", "\\u001e", "\\u001f"};
    for (int byte = 0; byte < 128; byte++) {
        char text[1] = {(char)byte}, expected[16], raw[4] = {(char)byte, 0};
        const char *inner = byte < 32 ? controls[byte] : byte == '"' ? "\\\"" : byte == '\\' ? "\\\\" : raw;
        (void)snprintf(expected, sizeof expected, "\"%s\"", inner);
        begin(0);
        assert_int_equal(sb_json_write_string(&writer, (struct sb_text){text, 1}), SABIR_OK);
        assert_written(expected);
    }
    begin(0);
    assert_int_equal(
        sb_json_write_string(&writer, SB_TEXT("/ \x7f \xc2\x80 \xe2\x80\xa8 \xef\xbf\xbf \xf4\x8f\xbf\xbf")), SABIR_OK);
    assert_written("\"/ \x7f \xc2\x80 \xe2\x80\xa8 \xef\xbf\xbf \xf4\x8f\xbf\xbf\"");
}

/* At each length and place, so that every way of scanning meets it. */
static void one_special_byte_is_found_wherever_it_stands(void **state) {
    (void)state;
    static const char specials[] = {'"', '\\', '\n', '\0', 0x1f};
    for (size_t len = 1; len <= 40; len++) {
        for (size_t at = 0; at < len; at++) {
            char text[40], escaped[300], back[300];
            memset(text, (int)('a' + at % 26), sizeof text);
            text[at] = specials[(len + at) % sizeof specials];
            struct sb_text plain = {text, len};
            size_t escaped_len = (size_t)(sb_json_escape(plain, escaped) - escaped);
            assert_int_equal(sb_json_escaped_len_bytes(plain), escaped_len);
            assert_true(escaped_len > len);
            size_t back_len = (size_t)(sb_json_unescape((struct sb_text){escaped, escaped_len}, back) - back);
            assert_int_equal(back_len, len);
            assert_memory_equal(back, text, len);
        }
    }
}

static void assert_stuck(int error) {
    assert_int_equal(writer.error, error);
    assert_int_equal(sb_json_write_null(&writer), error);
    assert_int_equal(sb_json_write_array_end(&writer), error);
    assert_int_equal(sb_json_write_key(&writer, SB_TEXT("k")), error);
    assert_int_equal(sb_json_write_double(&writer, NAN), error);
    assert_false(sb_json_writer_is_done(&writer));
}

static void what_json_cannot_carry_is_refused_and_sticks(void **state) {
    (void)state;
    static const double no_numbers[] = {NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < 3; i++) {
        begin(64);
        assert_int_equal(sb_json_write_double(&writer, no_numbers[i]), SABIR_EVALUE);
        assert_stuck(SABIR_EVALUE);
    }
    begin(64);
    assert_int_equal(sb_json_write_string(&writer, SB_TEXT("\xed\xa0\x80")), SABIR_EVALUE);
    assert_stuck(SABIR_EVALUE);
    begin(64);
    assert_int_equal(sb_json_write_object_begin(&writer), SABIR_OK);
    assert_int_equal(sb_json_write_key(&writer, SB_TEXT("\xff")), SABIR_EVALUE);
    assert_stuck(SABIR_EVALUE);
}

static void a_level_too_many_is_refused(void **state) {
    (void)state;
    for (uint32_t max_depth = 0; max_depth <= 65; max_depth++) {
        uint32_t allowed = max_depth < 64 ? max_depth : 64;
        begin(max_depth);
        for (uint32_t i = 0; i < allowed; i++) assert_int_equal(sb_json_write_array_begin(&writer), SABIR_OK);
        assert_int_equal(sb_json_write_object_begin(&writer), SABIR_EVALUE);
        assert_stuck(SABIR_EVALUE);
    }
}

/* Each letter one call: { } [ ] k(ey) n(ull). The last call must not be possible there. */
static int write_letter(char letter) {
    switch (letter) {
    case '{':
        return sb_json_write_object_begin(&writer);
    case '}':
        return sb_json_write_object_end(&writer);
    case '[':
        return sb_json_write_array_begin(&writer);
    case ']':
        return sb_json_write_array_end(&writer);
    case 'k':
        return sb_json_write_key(&writer, SB_TEXT("k"));
    default:
        return sb_json_write_null(&writer);
    }
}

static void a_token_that_cannot_stand_somewhere_is_refused(void **state) {
    (void)state;
    static const char *const impossible[] = {"}",  "]",  "k",   "nn",  "n[",  "n{",   "nk",   "n]",
                                             "{n", "{[", "{{",  "{]",  "{kk", "{k}",  "{knn", "{kn]",
                                             "[}", "[k", "[n}", "{}n", "[]{", "{k[}", "[{]"};
    for (size_t i = 0; i < sizeof impossible / sizeof impossible[0]; i++) {
        begin(64);
        const char *letter = impossible[i];
        for (; letter[1]; letter++) assert_int_equal(write_letter(*letter), SABIR_OK);
        if (write_letter(*letter) != SABIR_ESTATE) fail_msg("%s can be written", impossible[i]);
        assert_stuck(SABIR_ESTATE);
    }
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    unsigned long countdown = 0;
    do {
        begin(64);
        sb_alloc_fail_after(++countdown);
        (void)sb_json_write_array_begin(&writer);
        for (int i = 0; i < 100; i++) (void)sb_json_write_string(&writer, SB_TEXT("0123456789"));
        for (int i = 0; i < 100; i++) (void)sb_json_write_int64(&writer, i);
        (void)sb_json_write_array_end(&writer);
        sb_alloc_fail_after(0);
        assert_true(writer.error == SABIR_OK || writer.error == SABIR_ENOMEM);
    } while (writer.error);
    assert_true(countdown > 3);
}

/* ---- random lists of tokens -------------------------------------------------------------------------------------- */

enum { MAX_TOKENS = 400, MAX_TEXT = 48 };

/* The model: what was written, in order. */
struct item {
    uint32_t event;
    char text[MAX_TEXT]; /* of keys and strings; the token of a number */
    size_t len;
};

static struct item items[MAX_TOKENS + 200];
static size_t item_count;
static struct random random_source;

static struct item *add(uint32_t event) {
    items[item_count] = (struct item){.event = event};
    return &items[item_count++];
}

static void random_text(struct item *item, size_t unique) {
    static const char *const pieces[] = {"a",     "\"", "\\",       "\n",           "\x1f",
                                         "\x7f",  "/",  "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9d\x84\x9e",
                                         "u0041", " ",  "",         "\xef\xbf\xbf"};
    size_t count = random_below(&random_source, 8);
    item->len = unique ? (size_t)snprintf(item->text, MAX_TEXT, "%zu", unique) : 0;
    for (size_t i = 0; i < count; i++) {
        const char *piece = pieces[random_below(&random_source, sizeof pieces / sizeof pieces[0])];
        size_t len = *piece ? strlen(piece) : 1; /* the empty one stands for NUL */
        memcpy(item->text + item->len, piece, len);
        item->len += len;
    }
}

static void write_scalar(void) {
    switch (random_below(&random_source, 6)) {
    case 0: {
        struct item *item = add(SABIR_JSON_STRING);
        random_text(item, 0);
        assert_int_equal(sb_json_write_string(&writer, (struct sb_text){item->text, item->len}), SABIR_OK);
        break;
    }
    case 1: {
        int64_t value = (int64_t)(random_next(&random_source) >> random_below(&random_source, 64));
        struct item *item = add(SABIR_JSON_INTEGER);
        item->len = (size_t)snprintf(item->text, MAX_TEXT, "%lld", (long long)value);
        assert_int_equal(sb_json_write_int64(&writer, value), SABIR_OK);
        break;
    }
    case 2: {
        double value = (double)random_next(&random_source) / 1e7;
        struct item *item = add(SABIR_JSON_DOUBLE);
        item->len = (size_t)(sb_json_print_double(value, item->text) - item->text);
        assert_int_equal(sb_json_write_double(&writer, value), SABIR_OK);
        break;
    }
    case 3:
        (void)add(SABIR_JSON_NULL);
        assert_int_equal(sb_json_write_null(&writer), SABIR_OK);
        break;
    default: {
        bool value = random_below(&random_source, 2) == 0;
        (void)add(value ? SABIR_JSON_TRUE : SABIR_JSON_FALSE);
        assert_int_equal(sb_json_write_bool(&writer, value), SABIR_OK);
    }
    }
}

static void write_value(unsigned depth) {
    size_t kind = depth < 40 && item_count < MAX_TOKENS ? random_below(&random_source, 5) : 4;
    size_t count = item_count < MAX_TOKENS ? random_below(&random_source, 6) : 0;
    if (kind >= 2) {
        write_scalar();
        return;
    }
    bool is_object = kind == 0;
    (void)add(is_object ? SABIR_JSON_OBJECT_BEGIN : SABIR_JSON_ARRAY_BEGIN);
    assert_int_equal(is_object ? sb_json_write_object_begin(&writer) : sb_json_write_array_begin(&writer), SABIR_OK);
    for (size_t i = 0; i < count && item_count < MAX_TOKENS; i++) {
        if (is_object) {
            struct item *item = add(SABIR_JSON_KEY);
            random_text(item, i + 1);
            assert_int_equal(sb_json_write_key(&writer, (struct sb_text){item->text, item->len}), SABIR_OK);
        }
        write_value(depth + 1);
    }
    (void)add(is_object ? SABIR_JSON_OBJECT_END : SABIR_JSON_ARRAY_END);
    assert_int_equal(is_object ? sb_json_write_object_end(&writer) : sb_json_write_array_end(&writer), SABIR_OK);
}

static void assert_item(const struct item *item, const struct sb_json_token *token) {
    assert_int_equal(token->event, item->event);
    struct sb_text text = {item->text, item->len};
    if (item->event == SABIR_JSON_KEY || item->event == SABIR_JSON_STRING) {
        char plain[6 * MAX_TEXT];
        assert_true(sb_json_token_is(token, text));
        size_t len = (size_t)(sb_json_unescape(token->raw, plain) - plain);
        assert_true(sb_text_equal((struct sb_text){plain, len}, text));
    } else if (item->len) {
        assert_true(sb_text_equal(token->raw, text));
    }
}

static void random_tokens_come_back(void **state) {
    (void)state;
    random_source = random_new();
    for (int round = 0; round < 3000; round++) {
        item_count = 0;
        begin(64);
        write_value(0);
        assert_true(sb_json_writer_is_done(&writer));
        struct sb_json_reader reader;
        struct sb_json_token token;
        sb_json_reader_init(&reader, (struct sb_text){out.bytes, out.len_bytes}, 64,
                            round % 2 ? SB_JSON_TRUSTED : SB_JSON_STRICT);
        for (size_t i = 0; i < item_count; i++) {
            assert_int_equal(sb_json_reader_next(&reader, &token), SABIR_OK);
            assert_item(&items[i], &token);
        }
        assert_int_equal(sb_json_reader_next(&reader, &token), SABIR_OK);
        assert_int_equal(token.event, SABIR_JSON_END);
        sb_json_reader_free(&reader);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commas_and_colons_come_by_themselves),
        cmocka_unit_test(only_what_must_be_escaped_is),
        cmocka_unit_test(one_special_byte_is_found_wherever_it_stands),
        cmocka_unit_test(what_json_cannot_carry_is_refused_and_sticks),
        cmocka_unit_test(a_level_too_many_is_refused),
        cmocka_unit_test(a_token_that_cannot_stand_somewhere_is_refused),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(random_tokens_come_back),
    };
    return cmocka_run_group_tests_name("json_writer", tests, NULL, end);
}
