/*
 * The strict reader: exact faults, depth, duplicate keys in objects of any size, tokens. (Whole documents:
 * json_corpus_test.c.)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sabir/error.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "json_reader.h"

/* A text in a block of exactly its size, so that a read beyond its end is seen. */
struct document {
    char *bytes;
    size_t len;
};

static struct document copy_of(const char *bytes, size_t len) {
    struct document document = {malloc(len ? len : 1), len};
    assert_non_null(document.bytes);
    memcpy(document.bytes, bytes, len);
    return document;
}

static int check(const char *bytes, size_t len, struct sb_fault *fault) {
    return sb_json_check((struct sb_text){bytes, len}, SB_JSON_MAX_DEPTH, fault);
}

static void a_fault_has_clause_reason_and_place(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *clause;
        size_t offset;
        const char *reason; /* part of it */
    } faults[] = {
        {"", "ENV-2", 0, "no text"},
        {"  ", "ENV-2", 2, "the text ends where a value is expected"},
        {"{\"a\":1,\"b\":2,\"a\":3}", "ENV-4", 13, "this key already"},
        {"{\"a\":{\"b\":1,\"\\u0062\":2}}", "ENV-4", 12, "this key already"},
        {"[1,2", "ENV-2", 4, "ends before"},
        {"[1 2]", "ENV-2", 3, "a comma or ] must follow"},
        {"{\"a\":1 \"b\":2}", "ENV-2", 7, "a comma or } must follow"},
        {"{\"a\" 1}", "ENV-2", 5, "a colon must follow"},
        {"{a:1}", "ENV-2", 1, "a key in double quotes"},
        {"{\"a\":1,}", "ENV-2", 7, "a key in double quotes"},
        {"[1,]", "ENV-2", 3, "a value is missing"},
        {"{\"a\":}", "ENV-2", 5, "a value is missing"},
        {"['a']", "ENV-2", 1, "double quotes"},
        {"[01]", "ENV-2", 1, "needless 0"},
        {"[-]", "ENV-2", 2, "minus sign"},
        {"[1.]", "ENV-2", 3, "decimal point"},
        {"[1e+]", "ENV-2", 4, "exponent"},
        {"[+1]", "ENV-2", 1, "no JSON value"},
        {"[NaN]", "ENV-2", 1, "no JSON value"},
        {"[nan]", "ENV-2", 1, "true, false and null"},
        {"[tru", "ENV-2", 4, "ends before"},
        {"[\"\\x\"]", "ENV-2", 2, "no such escape"},
        {"[\"\\u12g4\"]", "ENV-2", 6, "four hexadecimal"},
        {"[\"\\u12", "ENV-2", 6, "ends before"},
        {"[\"a\nb\"]", "TXT-1", 3, "control character"},
        {"[\"0123456789abcdef\x1f\"]", "TXT-1", 18, "control character"},
        {"[\"a\xff\"]", "TXT-1", 3, "not UTF-8"},
        {"[\"\\ud800x\"]", "TXT-1", 2, "surrogate"},
        {"[\"abc", "ENV-2", 5, "inside a string"},
        {"{} {}", "ENV-2", 3, "more behind"},
        {"1 x", "ENV-2", 2, "more behind"},
    };
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        struct document document = copy_of(faults[i].text, strlen(faults[i].text));
        struct sb_fault fault = {0};
        assert_int_equal(check(document.bytes, document.len, &fault), SABIR_EMALFORMED);
        if (strcmp(fault.clause, faults[i].clause) != 0 || fault.offset_bytes != faults[i].offset ||
            !strstr(fault.reason, faults[i].reason))
            fail_msg("%s: %s at %zu: %s", faults[i].text, fault.clause, fault.offset_bytes, fault.reason);
        free(document.bytes);
    }
}

/* ---- depth ------------------------------------------------------------------------------------------------------- */

static char *repeated(const char *piece, size_t times, size_t *len) {
    size_t piece_len = strlen(piece);
    char *text = malloc(piece_len * times + 1);
    assert_non_null(text);
    for (size_t i = 0; i < times; i++) memcpy(text + i * piece_len, piece, piece_len);
    *len = piece_len * times;
    return text;
}

static void a_hundred_thousand_levels_end_at_the_limit(void **state) {
    (void)state;
    static const struct {
        const char *piece;
        size_t offset;
    } bombs[] = {{"[", 64}, {"[{\"\":", 5 * 32}, {"{\"a\":", 5 * 64}};
    for (size_t i = 0; i < sizeof bombs / sizeof bombs[0]; i++) {
        size_t len;
        char *text = repeated(bombs[i].piece, 100000, &len);
        struct sb_fault fault = {0};
        assert_int_equal(check(text, len, &fault), SABIR_EMALFORMED);
        assert_string_equal(fault.clause, "LIM-1");
        assert_int_equal(fault.offset_bytes, bombs[i].offset);
        free(text);
    }
}

static void the_depth_limit_is_the_callers(void **state) {
    (void)state;
    struct sb_fault fault;
    assert_int_equal(sb_json_check(SB_TEXT("1"), 0, &fault), SABIR_OK);
    assert_int_equal(sb_json_check(SB_TEXT("[]"), 0, &fault), SABIR_EMALFORMED);
    assert_int_equal(sb_json_check(SB_TEXT("[[],{}]"), 2, &fault), SABIR_OK);
    assert_int_equal(sb_json_check(SB_TEXT("[[],{\"a\":[]}]"), 2, &fault), SABIR_EMALFORMED);
    assert_string_equal(fault.clause, "LIM-1");
    assert_int_equal(fault.offset_bytes, 9);
    size_t len;
    char *text = repeated("[", 65, &len);
    assert_int_equal(sb_json_check((struct sb_text){text, len}, 1000, &fault), SABIR_EMALFORMED);
    assert_string_equal(fault.clause, "LIM-1"); /* not more than the bits of one word */
    free(text);
}

/* ---- keys -------------------------------------------------------------------------------------------------------- */

/* {"k0":0,"k1":0,...} with `count` keys and, unless it is SIZE_MAX, the key `again` once more at the end. */
static char *object_of(size_t count, size_t again, const char *format, size_t *len, size_t *last_key) {
    char *text = malloc(count * 32 + 64);
    assert_non_null(text);
    char *at = text;
    *at++ = '{';
    for (size_t i = 0; i < count + (again != SIZE_MAX); i++) {
        if (i > 0) *at++ = ',';
        *last_key = (size_t)(at - text);
        at += sprintf(at, i == count ? format : "\"k%zu\":0", i == count ? again : i);
    }
    *at++ = '}';
    *len = (size_t)(at - text);
    return text;
}

static void duplicates_are_found_in_objects_of_any_size(void **state) {
    (void)state;
    static const size_t sizes[] = {1, 2, 15, 16, 17, 18, 31, 32, 33, 34, 64, 65, 1000, 100000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const size_t places[] = {SIZE_MAX, 0, sizes[i] / 2, sizes[i] - 1};
        for (size_t k = 0; k < 8; k++) {
            size_t len, last_key;
            const char *format = k < 4 ? "\"k%zu\":0" : "\"\\u006b%zu\":0";
            char *text = object_of(sizes[i], places[k % 4], format, &len, &last_key);
            struct sb_fault fault = {0};
            int error = check(text, len, &fault);
            assert_int_equal(error, k % 4 == 0 ? SABIR_OK : SABIR_EMALFORMED);
            if (error) assert_string_equal(fault.clause, "ENV-4");
            if (error) assert_int_equal(fault.offset_bytes, last_key);
            free(text);
        }
    }
}

static void keys_of_inner_objects_are_their_own(void **state) {
    (void)state;
    char text[8000];
    char *at = text;
    for (int i = 0; i < 60; i++) at += sprintf(at, "{\"a\":1,\"b\":2,\"x%d\":3,\"c\":", i);
    at += sprintf(at, "null");
    for (int i = 0; i < 60; i++) at += sprintf(at, ",\"d\":4}");
    struct sb_fault fault = {0};
    assert_int_equal(check(text, (size_t)(at - text), &fault), SABIR_OK);
    at[-7] = ',';
    memcpy(at - 7, ",\"b\":4}", 7); /* the outermost object's b once more, after everything within was forgotten */
    assert_int_equal(check(text, (size_t)(at - text), &fault), SABIR_EMALFORMED);
    assert_string_equal(fault.clause, "ENV-4");
    assert_int_equal(fault.offset_bytes, (size_t)(at - text) - 6);
}

static void ordinary_text_takes_no_memory(void **state) {
    (void)state;
    static const char text[] =
        "{\"a\":{\"b\":[1,2,{\"c\":\"\\u0041\",\"d\":null}]},\"e\":\"x\",\"f\":1,\"g\":2,\"h\":3,\"i\":4,\"j\":5}";
    struct sb_fault fault;
    sb_alloc_fail_after(1);
    int error = check(text, sizeof text - 1, &fault);
    sb_alloc_fail_after(0);
    assert_int_equal(error, SABIR_OK);
}

static void without_memory_a_large_object_is_no_fault_of_the_text(void **state) {
    (void)state;
    size_t len, last_key;
    char *text = object_of(200, SIZE_MAX, "", &len, &last_key);
    unsigned long countdown = 0;
    int error;
    do {
        struct sb_json_reader reader;
        struct sb_json_token token;
        sb_json_reader_init(&reader, (struct sb_text){text, len}, SB_JSON_MAX_DEPTH, SB_JSON_STRICT);
        sb_alloc_fail_after(++countdown);
        do error = sb_json_reader_next(&reader, &token);
        while (!error && token.event != SABIR_JSON_END);
        sb_alloc_fail_after(0);
        assert_true(error == SABIR_OK || error == SABIR_ENOMEM);
        assert_int_equal(sb_json_reader_next(&reader, &token), error);
        sb_json_reader_free(&reader);
    } while (error);
    assert_true(countdown > 4); /* the list and the table, and both once more as they grow */
    free(text);
}

/* ---- tokens ------------------------------------------------------------------------------------------------------ */

static void assert_next(struct sb_json_reader *reader, uint32_t event, const char *raw, size_t offset) {
    struct sb_json_token token;
    assert_int_equal(sb_json_reader_next(reader, &token), SABIR_OK);
    assert_int_equal(token.event, event);
    assert_int_equal(token.offset_bytes, offset);
    assert_true(sb_text_equal(token.raw, sb_text_of(raw)));
    assert_true(token.has_escapes == (strchr(raw, '\\') != NULL));
}

static void tokens_come_in_order_with_their_places(void **state) {
    (void)state;
    static const char text[] = " {\"a\" : [1, -2.5e3,true] ,\"b\\n\":{\"\":null},\"c\":\"x\\u0041\",\"d\":false} ";
    for (int trust = SB_JSON_STRICT; trust <= SB_JSON_TRUSTED; trust++) {
        struct sb_json_reader reader;
        sb_json_reader_init(&reader, SB_TEXT(text), SB_JSON_MAX_DEPTH, (enum sb_json_trust)trust);
        assert_next(&reader, SABIR_JSON_OBJECT_BEGIN, "{", 1);
        assert_next(&reader, SABIR_JSON_KEY, "a", 2);
        assert_next(&reader, SABIR_JSON_ARRAY_BEGIN, "[", 8);
        assert_next(&reader, SABIR_JSON_INTEGER, "1", 9);
        assert_next(&reader, SABIR_JSON_DOUBLE, "-2.5e3", 12);
        assert_next(&reader, SABIR_JSON_TRUE, "true", 19);
        assert_next(&reader, SABIR_JSON_ARRAY_END, "]", 23);
        assert_next(&reader, SABIR_JSON_KEY, "b\\n", 26);
        assert_next(&reader, SABIR_JSON_OBJECT_BEGIN, "{", 32);
        assert_next(&reader, SABIR_JSON_KEY, "", 33);
        assert_next(&reader, SABIR_JSON_NULL, "null", 36);
        assert_next(&reader, SABIR_JSON_OBJECT_END, "}", 40);
        assert_next(&reader, SABIR_JSON_KEY, "c", 42);
        assert_next(&reader, SABIR_JSON_STRING, "x\\u0041", 46);
        assert_next(&reader, SABIR_JSON_KEY, "d", 56);
        assert_next(&reader, SABIR_JSON_FALSE, "false", 60);
        assert_next(&reader, SABIR_JSON_OBJECT_END, "}", 65);
        assert_next(&reader, SABIR_JSON_END, "", 67);
        assert_next(&reader, SABIR_JSON_END, "", 67);
        sb_json_reader_free(&reader);
    }
}

static void a_fault_comes_again_at_every_later_call(void **state) {
    (void)state;
    struct sb_json_reader reader;
    struct sb_json_token token;
    sb_json_reader_init(&reader, SB_TEXT("[1,?]"), SB_JSON_MAX_DEPTH, SB_JSON_STRICT);
    assert_next(&reader, SABIR_JSON_ARRAY_BEGIN, "[", 0);
    assert_next(&reader, SABIR_JSON_INTEGER, "1", 1);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(sb_json_reader_next(&reader, &token), SABIR_EMALFORMED);
        assert_int_equal(reader.fault.offset_bytes, 3);
    }
    sb_json_reader_free(&reader);
}

static void the_rest_of_a_value_is_the_value_as_it_stands(void **state) {
    (void)state;
    struct sb_json_reader reader;
    struct sb_json_token token;
    struct sb_text value;
    sb_json_reader_init(&reader, SB_TEXT("[ {\"a\": [1, {}]} ,\"x\\\"\", [], -1.50 , true]"), SB_JSON_MAX_DEPTH,
                        SB_JSON_STRICT);
    static const char *const values[] = {"{\"a\": [1, {}]}", "\"x\\\"\"", "[]", "-1.50", "true"};
    assert_next(&reader, SABIR_JSON_ARRAY_BEGIN, "[", 0);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        assert_int_equal(sb_json_reader_next(&reader, &token), SABIR_OK);
        assert_int_equal(sb_json_reader_rest(&reader, &token, &value), SABIR_OK);
        assert_true(sb_text_equal(value, sb_text_of(values[i])));
    }
    assert_next(&reader, SABIR_JSON_ARRAY_END, "]", 41);
    sb_json_reader_free(&reader);

    sb_json_reader_init(&reader, SB_TEXT("[1,}"), SB_JSON_MAX_DEPTH, SB_JSON_STRICT);
    assert_int_equal(sb_json_reader_next(&reader, &token), SABIR_OK);
    assert_int_equal(sb_json_reader_rest(&reader, &token, &value), SABIR_EMALFORMED);
    assert_int_equal(reader.fault.offset_bytes, 3);
    sb_json_reader_free(&reader);
}

static void a_token_is_compared_after_unescaping(void **state) {
    (void)state;
    struct sb_json_reader reader;
    struct sb_json_token token;
    sb_json_reader_init(&reader, SB_TEXT("\"\\u0074arget\\u0000\\ud834\\udd1e\""), SB_JSON_MAX_DEPTH, SB_JSON_STRICT);
    assert_int_equal(sb_json_reader_next(&reader, &token), SABIR_OK);
    assert_true(sb_json_token_is(&token, SB_TEXT("target\0\xf0\x9d\x84\x9e")));
    assert_false(sb_json_token_is(&token, SB_TEXT("target\0\xf0\x9d\x84")));
    assert_false(sb_json_token_is(&token, SB_TEXT("target\0\xf0\x9d\x84\x9ex")));
    assert_false(sb_json_token_is(&token, SB_TEXT("Target\0\xf0\x9d\x84\x9e")));
    assert_false(sb_json_token_is(&token, SB_TEXT("")));
    sb_json_reader_free(&reader);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fault_has_clause_reason_and_place),
        cmocka_unit_test(a_hundred_thousand_levels_end_at_the_limit),
        cmocka_unit_test(the_depth_limit_is_the_callers),
        cmocka_unit_test(duplicates_are_found_in_objects_of_any_size),
        cmocka_unit_test(keys_of_inner_objects_are_their_own),
        cmocka_unit_test(ordinary_text_takes_no_memory),
        cmocka_unit_test(without_memory_a_large_object_is_no_fault_of_the_text),
        cmocka_unit_test(tokens_come_in_order_with_their_places),
        cmocka_unit_test(a_fault_comes_again_at_every_later_call),
        cmocka_unit_test(the_rest_of_a_value_is_the_value_as_it_stands),
        cmocka_unit_test(a_token_is_compared_after_unescaping),
    };
    return cmocka_run_group_tests_name("json_reader", tests, NULL, NULL);
}
