/*
 * Structs into JSON: the exact text of every kind, and everything that cannot be carried with the path to it.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alloc.h"
#include "codec.h"
#include "error.h"
#include "support/messages.h"

static struct sb_buffer out = SB_BUFFER_INIT;

static void assert_encoded(const sabir_type *type, const void *value, const char *expected) {
    sb_buffer_clear(&out);
    if (sb_encode(type, value, &out) != SABIR_OK) fail_msg("%s", sb_error_detail());
    assert_int_equal(sb_value_check(type, value), SABIR_OK);
    sb_buffer_append_byte(&out, '\0');
    assert_string_equal(out.bytes, expected);
}

/* What sb_encode refuses sb_value_check refuses, in the same words; and nothing of it stays behind. */
static void assert_refused(const sabir_type *type, const void *value, const char *detail) {
    sb_buffer_clear(&out);
    sb_buffer_append(&out, "before", 6);
    assert_int_equal(sb_encode(type, value, &out), SABIR_EVALUE);
    assert_string_equal(sb_error_detail(), detail);
    assert_int_equal(out.len_bytes, 6);
    sb_error(SABIR_EINVAL, "other words");
    assert_int_equal(sb_value_check(type, value), SABIR_EVALUE);
    assert_string_equal(sb_error_detail(), detail);
}

#define SCALARS_FIELDS(F)                                                                                              \
    F(SABIR_BOOL, b)                                                                                                   \
    F(SABIR_INT32, i)                                                                                                  \
    F(SABIR_INT64, l) F(SABIR_UINT64, u) F(SABIR_DOUBLE, f) F(SABIR_STRING, s) F(SABIR_BYTES, d) F(SABIR_JSON, j)
SABIR_MESSAGE(Scalars, SCALARS_FIELDS);

static void zeros_are_written_out(void **state) {
    (void)state;
    const struct Scalars value = {0};
    assert_encoded(Scalars_type(), &value,
                   "{\"b\":false,\"i\":0,\"l\":0,\"u\":0,\"f\":0.0,\"s\":\"\",\"d\":\"\",\"j\":null}");
}

static void numbers_keep_every_bit(void **state) {
    (void)state;
    struct Scalars value = {.b = true, .i = INT32_MIN, .l = INT64_MIN, .u = UINT64_MAX, .f = -0.0};
    assert_encoded(Scalars_type(), &value,
                   "{\"b\":true,\"i\":-2147483648,\"l\":-9223372036854775808,\"u\":18446744073709551615,\"f\":-0.0,"
                   "\"s\":\"\",\"d\":\"\",\"j\":null}");
    value = (struct Scalars){.i = INT32_MAX, .l = INT64_C(9007199254740993), .u = 1, .f = 0.30000000000000004};
    assert_encoded(Scalars_type(), &value,
                   "{\"b\":false,\"i\":2147483647,\"l\":9007199254740993,\"u\":1,\"f\":0.30000000000000004,"
                   "\"s\":\"\",\"d\":\"\",\"j\":null}");
}

static void texts_are_escaped_no_more_than_needed(void **state) {
    (void)state;
    struct Scalars value = {
        .s = {"a\0\"\\/\n\x1f\x7f\xc3\xa9\xf0\x9f\x98\x80", 14}, .d = {"\xfb\xff\xfe\0", 4}, .j = {" [1, {}] ", 9}};
    assert_encoded(Scalars_type(), &value,
                   "{\"b\":false,\"i\":0,\"l\":0,\"u\":0,\"f\":0.0,\"s\":\"a\\u0000\\\"\\\\/"
                   "\\n\\u001f\x7f\xc3\xa9\xf0\x9f\x98\x80\","
                   "\"d\":\"+//+AA==\",\"j\": [1, {}] }");
}

/* Another language may have written any byte that is not zero. */
static void any_byte_but_zero_is_true(void **state) {
    (void)state;
    struct Scalars value = {0};
    memset(&value.b, 0x40, 1);
    assert_encoded(Scalars_type(), &value,
                   "{\"b\":true,\"i\":0,\"l\":0,\"u\":0,\"f\":0.0,\"s\":\"\",\"d\":\"\",\"j\":null}");
}

#define HOLDERS_FIELDS(F)                                                                                              \
    F(SABIR_LIST(SABIR_INT64), l)                                                                                      \
    F(SABIR_MAP(SABIR_LIST(SABIR_STRING)), m)                                                                          \
    F(SABIR_OPTIONAL(SABIR_STRUCT(Point)), o)                                                                          \
    F(SABIR_LIST(SABIR_OPTIONAL(SABIR_INT32)), g)                                                                      \
    F(SABIR_LIST(SABIR_STRUCT(Point)), p) F(SABIR_MAP(SABIR_OPTIONAL(SABIR_BOOL)), q)
SABIR_MESSAGE(Holders, HOLDERS_FIELDS);

struct gap {
    bool present;
    int32_t value;
};

static void holders_hold_in_order(void **state) {
    (void)state;
    const struct Holders empty = {0};
    assert_encoded(Holders_type(), &empty, "{\"l\":[],\"m\":{},\"g\":[],\"p\":[],\"q\":{}}");
    const int64_t numbers[] = {3, -1, 2};
    const struct sabir_string keys[] = {{"z\"", 2}, {NULL, 0}}, words[] = {{"a", 1}, {"", 0}};
    const struct sabir_list lists[] = {{words, 2}, {NULL, 0}};
    const struct gap gaps[] = {{false, 7}, {true, 8}, {false, 9}};
    const struct Point points[] = {{1, 2}, {3, 4}};
    const bool flags[][2] = {{true, false}, {false, true}};
    const struct Holders full = {.l = {numbers, 3},
                                 .m = {keys, lists, 2},
                                 .o = {true, {5, -6}},
                                 .g = {gaps, 3},
                                 .p = {points, 2},
                                 .q = {keys, flags, 2}};
    assert_encoded(
        Holders_type(), &full,
        "{\"l\":[3,-1,2],\"m\":{\"z\\\"\":[\"a\",\"\"],\"\":[]},\"o\":{\"x\":5,\"y\":-6},\"g\":[null,8,null],"
        "\"p\":[{\"x\":1,\"y\":2},{\"x\":3,\"y\":4}],\"q\":{\"z\\\"\":false,\"\":null}}");
}

#define MAYBE_FIELDS(F) F(SABIR_OPTIONAL(SABIR_INT32), a) F(SABIR_OPTIONAL(SABIR_STRING), b)
SABIR_MESSAGE(Maybe, MAYBE_FIELDS);
SABIR_SIGNAL(Nothing);

static void what_is_absent_is_not_written(void **state) {
    (void)state;
    struct Maybe value = {0};
    assert_encoded(Maybe_type(), &value, "{}");
    value.b.present = true;
    assert_encoded(Maybe_type(), &value, "{\"b\":\"\"}");
    assert_encoded(Nothing_type(), &(struct Nothing){0}, "{}");
    assert_encoded(sabir_type_start(), "", "{}");
}

static void names_are_escaped_too(void **state) {
    (void)state;
    const struct sabir_field rows[] = {{"a\"\\\xc3\xa9", "BOOL", SABIR_OFFSET_AUTO, 0}};
    const sabir_type *type;
    const bool value = true;
    assert_int_equal(sabir_type_register("encode.Quote", rows, 1, 0, &type), SABIR_OK);
    assert_encoded(type, &value, "{\"a\\\"\\\\\xc3\xa9\":true}");
}

static void an_open_payload_is_passed_on_as_it_is(void **state) {
    (void)state;
    const struct sabir_json value = {" {\"a\" : 1e2}\n", 13}, nothing = {NULL, 0};
    assert_encoded(Anything_type(), &value, " {\"a\" : 1e2}\n");
    assert_encoded(Anything_type(), &nothing, "{}");
    assert_refused(Anything_type(), &(struct sabir_json){"[1]", 3}, "an open payload is a JSON object");
    assert_refused(Anything_type(), &(struct sabir_json){"  ", 2}, "an open payload is a JSON object");
    assert_refused(Anything_type(), &(struct sabir_json){"{\"a\":1,\"a\":2}", 13},
                   "no JSON, at offset 7: the object has this key already");
    assert_refused(Anything_type(), &(struct sabir_json){"{\"a\":[18446744073709551616]}", 28},
                   "18446744073709551616 is beyond the range of INT64 and UINT64");
    assert_refused(Anything_type(), &(struct sabir_json){"{\"a\":-1e400}", 12}, "-1e400 is beyond the range of DOUBLE");
    assert_refused(Anything_type(), &(struct sabir_json){"{}{}", 4},
                   "no JSON, at offset 2: there is more behind the value");
}

/* ---- What cannot be carried ---------------------------------------------------------------------------------------------- */

static void numbers_that_are_none_are_refused(void **state) {
    (void)state;
    struct Scalars value = {.f = (double)NAN};
    assert_refused(Scalars_type(), &value, "f: NaN cannot be carried");
    value.f = (double)INFINITY;
    assert_refused(Scalars_type(), &value, "f: an infinity cannot be carried");
    value.f = -(double)INFINITY;
    assert_refused(Scalars_type(), &value, "f: an infinity cannot be carried");
}

static void bytes_that_are_no_text_are_refused(void **state) {
    (void)state;
    static const char *const wrong[] = {"ab\xff", "ab\xc0\xaf", "ab\xed\xa0\x80", "ab\xf4\x90\x80\x80",
                                        "ab\xc3", "ab\x80"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char detail[64];
        struct Scalars value = {.s = SABIR_STR(wrong[i])};
        snprintf(detail, sizeof detail, "s: the byte 0x%02x at offset 2 is not UTF-8", (unsigned char)wrong[i][2]);
        assert_refused(Scalars_type(), &value, detail);
    }
}

static void json_that_is_none_is_refused(void **state) {
    (void)state;
    static const char *const wrong[][2] = {
        {"nul", "j: no JSON, at offset 3: the text ends before its value is complete"},
        {" ", "j: no JSON, at offset 1: the text ends where a value is expected"},
        {"{\"a\":1,\"\\u0061\":2}", "j: no JSON, at offset 7: the object has this key already"},
        {"NaN", "j: no JSON, at offset 0: no JSON value begins with this"},
        {"1,2", "j: no JSON, at offset 1: there is more behind the value"},
        {"\"\\ud800\"", "j: no JSON, at offset 1: a surrogate without its partner is no character"},
        {"99999999999999999999", "j: 99999999999999999999 is beyond the range of INT64 and UINT64"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct Scalars value = {.j = {wrong[i][0], strlen(wrong[i][0])}};
        assert_refused(Scalars_type(), &value, wrong[i][1]);
    }
}

static void null_with_a_length_is_refused(void **state) {
    (void)state;
    const struct Scalars text = {.s = {NULL, 3}}, bytes = {.d = {NULL, 1}}, json = {.j = {NULL, 1}};
    assert_refused(Scalars_type(), &text, "s: its bytes are NULL, its length is 3");
    assert_refused(Scalars_type(), &bytes, "d: its bytes are NULL, its length is 1");
    assert_refused(Scalars_type(), &json, "j: its bytes are NULL, its length is 1");
    const struct sabir_string keys[] = {{NULL, 2}};
    const bool flags[1][2] = {{true, true}};
    const struct Holders list = {.l = {NULL, 2}}, no_keys = {.m = {NULL, keys, 1}}, no_values = {.q = {keys, NULL, 1}},
                         key = {.q = {keys, flags, 1}};
    assert_refused(Holders_type(), &list, "l: its items are NULL, its count is 2");
    assert_refused(Holders_type(), &no_keys, "m: its keys are NULL, its count is 1");
    assert_refused(Holders_type(), &no_values, "q: its values are NULL, its count is 1");
    assert_refused(Holders_type(), &key, "q[0]: its bytes are NULL, its length is 2");
}

static void a_key_stands_once_in_a_map(void **state) {
    (void)state;
    enum { MANY = 1000 };
    static struct sabir_string keys[MANY];
    static char names[MANY][8];
    static bool flags[MANY][2];
    for (size_t i = 0; i < MANY; i++) {
        snprintf(names[i], sizeof names[i], "k%zu", i);
        keys[i] = SABIR_STR(names[i]);
    }
    struct Holders value = {.q = {keys, flags, MANY}};
    assert_int_equal(sb_value_check(Holders_type(), &value), SABIR_OK);
    keys[MANY - 1] = SABIR_STR("k17");
    assert_refused(Holders_type(), &value, "q: the key \"k17\" is there twice");
    value.q.count = 2;
    keys[1] = SABIR_STR("k0");
    assert_refused(Holders_type(), &value, "q: the key \"k0\" is there twice");
    keys[1] = SABIR_STR("k\xff");
    assert_refused(Holders_type(), &value, "q[1]: the byte 0xff at offset 1 is not UTF-8");
    keys[1] = SABIR_STR("\\u006b0"); /* a backslash, not an escape */
    assert_int_equal(sb_value_check(Holders_type(), &value), SABIR_OK);
}

#define DEEP_FIELDS(F) F(SABIR_OPTIONAL(SABIR_STRUCT(Holders)), h) F(SABIR_MAP(SABIR_LIST(SABIR_MAP(SABIR_DOUBLE))), m)
SABIR_MESSAGE(Deep, DEEP_FIELDS);

static void the_path_leads_to_the_fault(void **state) {
    (void)state;
    const struct sabir_string words[] = {SABIR_STR("a"), SABIR_STR("\xff")}, keys[] = {SABIR_STR("k\ne\"y")};
    const struct sabir_list lists[] = {{words, 2}};
    struct Deep value = {.h = {true, {.m = {keys, lists, 1}}}};
    assert_refused(Deep_type(), &value, "h.m[\"k?e\"y\"][1]: the byte 0xff at offset 0 is not UTF-8");
    const double reals[] = {(double)NAN};
    const struct sabir_string x[] = {SABIR_STR("x")};
    const struct sabir_map maps[] = {{NULL, NULL, 0}, {x, reals, 1}};
    const struct sabir_list outer[] = {{maps, 2}};
    value = (struct Deep){.m = {x, outer, 1}};
    assert_refused(Deep_type(), &value, "m[\"x\"][1][\"x\"]: NaN cannot be carried");
}

static void a_long_path_is_cut_at_its_beginning(void **state) {
    (void)state;
    char name[201];
    memset(name, 'n', 200);
    name[200] = '\0';
    const struct sabir_field rows[] = {{name, "LIST(DOUBLE)", SABIR_OFFSET_AUTO, 0}};
    const sabir_type *type;
    assert_int_equal(sabir_type_register("encode.Long", rows, 1, 0, &type), SABIR_OK);
    const double reals[] = {0, (double)NAN};
    assert_refused(type, &(struct sabir_list){reals, 2}, "...[1]: NaN cannot be carried");
}

/* ---- Depth and memory ---------------------------------------------------------------------------------------------------- */

static char *arrays(size_t depth) {
    char *text = calloc(1, 2 * depth + 1);
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    return text;
}

/* The envelope is level 1, the payload 2: 62 are left for a JSON field, 61 for one inside a list. */
static void json_is_no_deeper_than_the_envelope_allows(void **state) {
    (void)state;
    char *fits = arrays(62), *exceeds = arrays(63), *fits_list = arrays(61);
    struct Scalars value = {.j = {fits, 124}};
    assert_int_equal(sb_value_check(Scalars_type(), &value), SABIR_OK);
    value.j = (struct sabir_json){exceeds, 126};
    assert_refused(Scalars_type(), &value, "j: no JSON, at offset 62: objects and arrays are nested too deeply");
    const struct sabir_field rows[] = {{"l", "LIST(JSON)", SABIR_OFFSET_AUTO, 0}};
    const sabir_type *type;
    assert_int_equal(sabir_type_register("encode.Depth", rows, 1, 0, &type), SABIR_OK);
    struct sabir_json item = {fits_list, 122};
    assert_int_equal(sb_value_check(type, &(struct sabir_list){&item, 1}), SABIR_OK);
    item = (struct sabir_json){fits, 124};
    assert_refused(type, &(struct sabir_list){&item, 1},
                   "l[0]: no JSON, at offset 61: objects and arrays are nested too deeply");
    free(fits);
    free(exceeds);
    free(fits_list);
}

static void no_memory_is_said_for_every_allocation(void **state) {
    (void)state;
    struct sabir_string keys[40];
    bool flags[40][2] = {{false, false}};
    char names[40][4];
    for (size_t i = 0; i < 40; i++) {
        snprintf(names[i], sizeof names[i], "%zu", i);
        keys[i] = SABIR_STR(names[i]);
    }
    const struct Holders value = {.q = {keys, flags, 40}};
    unsigned long k = 0;
    int code;
    do {
        struct sb_buffer fresh = SB_BUFFER_INIT;
        sb_alloc_fail_after(++k);
        code = sb_encode(Holders_type(), &value, &fresh);
        sb_alloc_fail_after(0);
        if (code != SABIR_OK) {
            assert_int_equal(code, SABIR_ENOMEM);
            assert_string_equal(sb_error_detail(), "no memory for the value");
            assert_int_equal(fresh.len_bytes, 0);
        }
        sb_buffer_free(&fresh);
    } while (code != SABIR_OK && k < 100);
    assert_int_equal(code, SABIR_OK);
    assert_true(k > 4); /* the buffer grew, the keys were hashed */
}

static int free_out(void **state) {
    (void)state;
    sb_buffer_free(&out);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zeros_are_written_out),
        cmocka_unit_test(numbers_keep_every_bit),
        cmocka_unit_test(texts_are_escaped_no_more_than_needed),
        cmocka_unit_test(any_byte_but_zero_is_true),
        cmocka_unit_test(holders_hold_in_order),
        cmocka_unit_test(what_is_absent_is_not_written),
        cmocka_unit_test(names_are_escaped_too),
        cmocka_unit_test(an_open_payload_is_passed_on_as_it_is),
        cmocka_unit_test(numbers_that_are_none_are_refused),
        cmocka_unit_test(bytes_that_are_no_text_are_refused),
        cmocka_unit_test(json_that_is_none_is_refused),
        cmocka_unit_test(null_with_a_length_is_refused),
        cmocka_unit_test(a_key_stands_once_in_a_map),
        cmocka_unit_test(the_path_leads_to_the_fault),
        cmocka_unit_test(a_long_path_is_cut_at_its_beginning),
        cmocka_unit_test(json_is_no_deeper_than_the_envelope_allows),
        cmocka_unit_test(no_memory_is_said_for_every_allocation),
    };
    return cmocka_run_group_tests_name("encode", tests, NULL, free_out);
}
