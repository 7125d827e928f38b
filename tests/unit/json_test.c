/*
 * The public reader and writer: tokens unescaped, errors in words, wrong arguments.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <sabir/error.h>
#include <sabir/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "error.h"

static void assert_detail(const char *part) {
    if (!strstr(sb_error_detail(), part)) fail_msg("%s does not say %s", sb_error_detail(), part);
}

/* ---- reader ------------------------------------------------------------------------------------------------------ */

static sabir_json_reader *reader_of(const char *text) {
    sabir_json_reader *reader = NULL;
    assert_int_equal(sabir_json_reader_new(text, strlen(text), &reader), SABIR_OK);
    return reader;
}

static void assert_next(sabir_json_reader *reader, uint32_t expected, const char *text, size_t len, size_t offset) {
    uint32_t event = 99;
    struct sabir_string string = {NULL, 0};
    assert_int_equal(sabir_json_reader_next(reader, &event, &string), SABIR_OK);
    assert_int_equal(event, expected);
    assert_int_equal(string.len_bytes, len);
    assert_memory_equal(string.bytes, text, len);
    assert_int_equal(sabir_json_reader_offset_bytes(reader), offset);
}

static void tokens_come_unescaped_with_their_place(void **state) {
    (void)state;
    sabir_json_reader *reader = reader_of("{\"a\\u0000b\": [\"\\ud834\\udd1e\\n\", \"\", -12, 1e2], \"c\": true}");
    assert_next(reader, SABIR_JSON_OBJECT_BEGIN, "{", 1, 0);
    assert_next(reader, SABIR_JSON_KEY, "a\0b", 3, 1);
    assert_next(reader, SABIR_JSON_ARRAY_BEGIN, "[", 1, 13);
    assert_next(reader, SABIR_JSON_STRING, "\xf0\x9d\x84\x9e\n", 5, 14);
    assert_next(reader, SABIR_JSON_STRING, "", 0, 32);
    assert_next(reader, SABIR_JSON_INTEGER, "-12", 3, 36);
    assert_next(reader, SABIR_JSON_DOUBLE, "1e2", 3, 41);
    assert_next(reader, SABIR_JSON_ARRAY_END, "]", 1, 44);
    uint32_t event;
    assert_int_equal(sabir_json_reader_next(reader, &event, NULL), SABIR_OK); /* nobody wants the text */
    assert_int_equal(event, SABIR_JSON_KEY);
    assert_next(reader, SABIR_JSON_TRUE, "true", 4, 52);
    assert_next(reader, SABIR_JSON_OBJECT_END, "}", 1, 56);
    assert_next(reader, SABIR_JSON_END, "", 0, 57);
    assert_next(reader, SABIR_JSON_END, "", 0, 57);
    sabir_json_reader_free(reader);
}

static void a_fault_is_told_in_words(void **state) {
    (void)state;
    sabir_json_reader *reader = reader_of("[1,\n01]");
    uint32_t event;
    assert_int_equal(sabir_json_reader_next(reader, &event, NULL), SABIR_OK);
    assert_int_equal(sabir_json_reader_next(reader, &event, NULL), SABIR_OK);
    assert_int_equal(sabir_json_reader_next(reader, &event, NULL), SABIR_EMALFORMED);
    assert_detail("ENV-2 at byte 4: a number must not begin with a needless 0");
    assert_int_equal(sabir_json_reader_offset_bytes(reader), 4);
    sabir_json_reader_free(reader);
}

static void a_reader_says_which_argument_is_wrong(void **state) {
    (void)state;
    sabir_json_reader *reader = NULL;
    uint32_t event;
    assert_int_equal(sabir_json_reader_new(NULL, 1, &reader), SABIR_EINVAL);
    assert_detail("json is NULL");
    assert_int_equal(sabir_json_reader_new("1", 1, NULL), SABIR_EINVAL);
    assert_int_equal(sabir_json_reader_new(NULL, 0, &reader), SABIR_OK);
    assert_int_equal(sabir_json_reader_next(reader, &event, NULL), SABIR_EMALFORMED);
    assert_int_equal(sabir_json_reader_next(reader, NULL, NULL), SABIR_EINVAL);
    assert_int_equal(sabir_json_reader_next(NULL, &event, NULL), SABIR_EINVAL);
    assert_int_equal(sabir_json_reader_offset_bytes(NULL), 0);
    sabir_json_reader_free(reader);
    sabir_json_reader_free(NULL);
}

static void a_reader_without_memory_says_so(void **state) {
    (void)state;
    sabir_json_reader *reader = NULL;
    uint32_t event;
    struct sabir_string text;
    sb_alloc_fail_after(1);
    assert_int_equal(sabir_json_reader_new("1", 1, &reader), SABIR_ENOMEM);
    sb_alloc_fail_after(0);
    assert_null(reader);
    reader = reader_of("\"\\n\"");
    sb_alloc_fail_after(1);
    assert_int_equal(sabir_json_reader_next(reader, &event, &text), SABIR_ENOMEM);
    sb_alloc_fail_after(0);
    assert_detail("no memory for a string");
    sabir_json_reader_free(reader);
}

/* ---- numbers ----------------------------------------------------------------------------------------------------- */

static void numbers_are_read_or_refused_in_words(void **state) {
    (void)state;
    int64_t int64 = 7;
    uint64_t uint64 = 7;
    double number = 7;
    assert_int_equal(sabir_json_int64_get(SABIR_STR("-9223372036854775808"), &int64), SABIR_OK);
    assert_true(int64 == INT64_MIN);
    assert_int_equal(sabir_json_int64_get(SABIR_STR("9223372036854775808"), &int64), SABIR_EBADPAYLOAD);
    assert_detail("9223372036854775808 is out of the range of int64");
    assert_int_equal(sabir_json_uint64_get(SABIR_STR("18446744073709551615"), &uint64), SABIR_OK);
    assert_true(uint64 == UINT64_MAX);
    assert_int_equal(sabir_json_uint64_get(SABIR_STR("-1"), &uint64), SABIR_EBADPAYLOAD);
    assert_int_equal(sabir_json_uint64_get(SABIR_STR("1.0"), &uint64), SABIR_EBADPAYLOAD);
    assert_detail("1.0 is not an integer");
    assert_int_equal(sabir_json_double_get(SABIR_STR("0.1"), &number), SABIR_OK);
    assert_true(number == 0.1);
    assert_int_equal(sabir_json_double_get(SABIR_STR("9007199254740993"), &number), SABIR_OK);
    assert_true(number == 9007199254740992.0);
    assert_int_equal(sabir_json_double_get(SABIR_STR("1e400"), &number), SABIR_EBADPAYLOAD);
    assert_detail("1e400 is out of the range of a double");
    assert_int_equal(sabir_json_double_get(SABIR_STR("one"), &number), SABIR_EBADPAYLOAD);
    assert_detail("'one' is no JSON number");
    assert_int_equal(sabir_json_double_get((struct sabir_string){NULL, 3}, &number), SABIR_EBADPAYLOAD);
    char digits[5000];
    memset(digits, '1', sizeof digits);
    assert_int_equal(sabir_json_int64_get((struct sabir_string){digits, sizeof digits}, &int64), SABIR_EBADPAYLOAD);
    assert_detail("111... is out of");
    assert_int_equal(sabir_json_int64_get(SABIR_STR("1"), NULL), SABIR_EINVAL);
    assert_int_equal(sabir_json_uint64_get(SABIR_STR("1"), NULL), SABIR_EINVAL);
    assert_int_equal(sabir_json_double_get(SABIR_STR("1"), NULL), SABIR_EINVAL);
}

/* ---- writer ------------------------------------------------------------------------------------------------------ */

static sabir_json_writer *new_writer(void) {
    sabir_json_writer *writer = NULL;
    assert_int_equal(sabir_json_writer_new(&writer), SABIR_OK);
    return writer;
}

static void a_text_is_written_token_by_token(void **state) {
    (void)state;
    sabir_json_writer *writer = new_writer();
    const char *json;
    size_t len;
    assert_int_equal(sabir_json_writer_text_get(writer, &json, &len), SABIR_ESTATE);
    assert_int_equal(sabir_json_writer_object_begin(writer), SABIR_OK);
    assert_int_equal(sabir_json_writer_key(writer, "a", 1), SABIR_OK);
    assert_int_equal(sabir_json_writer_array_begin(writer), SABIR_OK);
    assert_int_equal(sabir_json_writer_int64(writer, INT64_MIN), SABIR_OK);
    assert_int_equal(sabir_json_writer_uint64(writer, UINT64_MAX), SABIR_OK);
    assert_int_equal(sabir_json_writer_double(writer, 0.5), SABIR_OK);
    assert_int_equal(sabir_json_writer_bool(writer, true), SABIR_OK);
    assert_int_equal(sabir_json_writer_null(writer), SABIR_OK);
    assert_int_equal(sabir_json_writer_string(writer, "\0\"", 2), SABIR_OK);
    assert_int_equal(sabir_json_writer_string(writer, NULL, 0), SABIR_OK);
    assert_int_equal(sabir_json_writer_json(writer, "{\"b\": 1}", 8), SABIR_OK);
    assert_int_equal(sabir_json_writer_array_end(writer), SABIR_OK);
    assert_int_equal(sabir_json_writer_text_get(writer, &json, &len), SABIR_ESTATE);
    assert_detail("1 objects or arrays are open");
    assert_int_equal(sabir_json_writer_object_end(writer), SABIR_OK);
    assert_int_equal(sabir_json_writer_text_get(writer, &json, &len), SABIR_OK);
    static const char expected[] =
        "{\"a\":[-9223372036854775808,18446744073709551615,0.5,true,null,\"\\u0000\\\"\",\"\",{\"b\": 1}]}";
    assert_int_equal(len, sizeof expected - 1);
    assert_memory_equal(json, expected, len);
    sabir_json_writer_free(writer);
}

static void assert_broken(sabir_json_writer *writer, int error) {
    const char *json;
    size_t len;
    assert_int_equal(sabir_json_writer_null(writer), error);
    assert_detail("an earlier call");
    assert_int_equal(sabir_json_writer_json(writer, "1", 1), error);
    assert_int_equal(sabir_json_writer_text_get(writer, &json, &len), error);
    sabir_json_writer_free(writer);
}

static void the_first_error_sticks(void **state) {
    (void)state;
    sabir_json_writer *writer = new_writer();
    assert_int_equal(sabir_json_writer_double(writer, NAN), SABIR_EVALUE);
    assert_detail("JSON cannot carry this double");
    assert_broken(writer, SABIR_EVALUE);
    writer = new_writer();
    assert_int_equal(sabir_json_writer_object_end(writer), SABIR_ESTATE);
    assert_detail("an object's end cannot stand here");
    assert_broken(writer, SABIR_ESTATE);
    writer = new_writer();
    assert_int_equal(sabir_json_writer_string(writer, "\xff", 1), SABIR_EVALUE);
    assert_broken(writer, SABIR_EVALUE);
    writer = new_writer();
    sb_alloc_fail_after(1);
    assert_int_equal(sabir_json_writer_null(writer), SABIR_ENOMEM);
    sb_alloc_fail_after(0);
    assert_broken(writer, SABIR_ENOMEM);
}

static void inserted_json_is_checked(void **state) {
    (void)state;
    static const char *const wrong[] = {"", "01", "[1,]", "{\"a\":1,\"a\":2}", "1 2", "\"\\ud800\""};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        sabir_json_writer *writer = new_writer();
        assert_int_equal(sabir_json_writer_json(writer, wrong[i], strlen(wrong[i])), SABIR_EVALUE);
        assert_detail("the JSON text to insert breaks ");
        assert_broken(writer, SABIR_EVALUE);
    }
    sabir_json_writer *writer = new_writer();
    for (int i = 0; i < 63; i++) assert_int_equal(sabir_json_writer_array_begin(writer), SABIR_OK);
    assert_int_equal(sabir_json_writer_json(writer, "[1]", 3), SABIR_OK);
    assert_int_equal(sabir_json_writer_json(writer, "[[]]", 4), SABIR_EVALUE); /* level 65 */
    assert_detail("LIM-1");
    sabir_json_writer_free(writer);
}

static void inserting_json_without_memory_breaks_the_writer(void **state) {
    (void)state;
    char json[1000] = "{\"k\":0";
    for (int i = 0; i < 40; i++) (void)snprintf(json + strlen(json), sizeof json - strlen(json), ",\"k%d\":0", i);
    strcat(json, "}");
    sabir_json_writer *writer = new_writer();
    sb_alloc_fail_after(1);
    assert_int_equal(sabir_json_writer_json(writer, json, strlen(json)), SABIR_ENOMEM);
    sb_alloc_fail_after(0);
    assert_broken(writer, SABIR_ENOMEM);
}

static void a_writer_says_which_argument_is_wrong(void **state) {
    (void)state;
    sabir_json_writer *writer = new_writer();
    const char *json;
    size_t len;
    assert_int_equal(sabir_json_writer_new(NULL), SABIR_EINVAL);
    assert_int_equal(sabir_json_writer_string(writer, NULL, 1), SABIR_EINVAL);
    assert_int_equal(sabir_json_writer_key(writer, NULL, 1), SABIR_EINVAL);
    assert_int_equal(sabir_json_writer_json(writer, NULL, 1), SABIR_EINVAL);
    assert_int_equal(sabir_json_writer_null(writer), SABIR_OK); /* a wrong argument breaks nothing */
    assert_int_equal(sabir_json_writer_text_get(writer, NULL, &len), SABIR_EINVAL);
    assert_int_equal(sabir_json_writer_text_get(writer, &json, NULL), SABIR_EINVAL);
    assert_int_equal(sabir_json_writer_text_get(NULL, &json, &len), SABIR_EINVAL);
    sabir_json_writer_free(writer);
    sabir_json_writer_free(NULL);
    assert_int_equal(sabir_json_writer_object_begin(NULL), SABIR_EINVAL);
    assert_int_equal(sabir_json_writer_object_end(NULL), SABIR_EINVAL);
    assert_int_equal(sabir_json_writer_array_begin(NULL), SABIR_EINVAL);
    assert_int_equal(sabir_json_writer_array_end(NULL), SABIR_EINVAL);
    assert_int_equal(sabir_json_writer_key(NULL, "a", 1), SABIR_EINVAL);
    assert_int_equal(sabir_json_writer_string(NULL, "a", 1), SABIR_EINVAL);
    assert_int_equal(sabir_json_writer_int64(NULL, 1), SABIR_EINVAL);
    assert_int_equal(sabir_json_writer_uint64(NULL, 1), SABIR_EINVAL);
    assert_int_equal(sabir_json_writer_double(NULL, 1), SABIR_EINVAL);
    assert_int_equal(sabir_json_writer_bool(NULL, true), SABIR_EINVAL);
    assert_int_equal(sabir_json_writer_null(NULL), SABIR_EINVAL);
    assert_int_equal(sabir_json_writer_json(NULL, "1", 1), SABIR_EINVAL);
    assert_detail("it is NULL");
    sb_alloc_fail_after(1);
    assert_int_equal(sabir_json_writer_new(&writer), SABIR_ENOMEM);
    sb_alloc_fail_after(0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_come_unescaped_with_their_place),
        cmocka_unit_test(a_fault_is_told_in_words),
        cmocka_unit_test(a_reader_says_which_argument_is_wrong),
        cmocka_unit_test(a_reader_without_memory_says_so),
        cmocka_unit_test(numbers_are_read_or_refused_in_words),
        cmocka_unit_test(a_text_is_written_token_by_token),
        cmocka_unit_test(the_first_error_sticks),
        cmocka_unit_test(inserted_json_is_checked),
        cmocka_unit_test(inserting_json_without_memory_breaks_the_writer),
        cmocka_unit_test(a_writer_says_which_argument_is_wrong),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
