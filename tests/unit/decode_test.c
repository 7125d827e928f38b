/*
 * JSON into structs: what each kind takes and refuses, the path in the words, and that the check agrees with the result.
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
#include "json_reader.h"
#include "support/messages.h"

/* In memory of exactly its length, as it may lie at the end of a received frame. */
static char *exact(const char *json, size_t len_bytes) {
    char *copy = malloc(len_bytes ? len_bytes : 1);
    memcpy(copy, json, len_bytes);
    return copy;
}

static void *decode_text(const sabir_type *type, struct sb_text json) {
    struct sb_fault fault;
    void *block = NULL;
    if (sb_json_check(json, 63, &fault)) fail_msg("not a test of decode: %s at %zu", fault.reason, fault.offset_bytes);
    char *copy = exact(json.bytes, json.len_bytes);
    struct sb_text text = {copy, json.len_bytes};
    if (sb_check(type, text) != SABIR_OK) fail_msg("sb_check: %s", sb_error_detail());
    if (sb_decode(type, text, &block) != SABIR_OK) fail_msg("sb_decode: %s", sb_error_detail());
    free(copy); /* the block keeps nothing of it */
    return block;
}

static void *decode(const sabir_type *type, const char *json) {
    return decode_text(type, sb_text_of(json));
}

static void assert_refused_text(const sabir_type *type, struct sb_text json, const char *detail) {
    struct sb_fault fault;
    void *block = NULL;
    if (sb_json_check(json, 63, &fault)) fail_msg("not a test of decode: %s at %zu", fault.reason, fault.offset_bytes);
    if (sb_decode(type, json, &block) != SABIR_EBADPAYLOAD) fail_msg("accepted: %.*s", (int)json.len_bytes, json.bytes);
    assert_string_equal(sb_error_detail(), detail);
    assert_null(block);
    sb_error(SABIR_EINVAL, "other words");
    assert_int_equal(sb_check(type, json), SABIR_EBADPAYLOAD);
    assert_string_equal(sb_error_detail(), detail);
}

static void assert_refused(const sabir_type *type, const char *json, const char *detail) {
    assert_refused_text(type, sb_text_of(json), detail);
}

static void assert_bytes(const void *text, const char *expected, size_t len_bytes) {
    const struct sabir_string *string = text;
    assert_int_equal(string->len_bytes, len_bytes);
    if (len_bytes > 0) assert_memory_equal(string->bytes, expected, len_bytes);
}

#define ONE_OF_EACH(F)                                                                                                 \
    F(SABIR_OPTIONAL(SABIR_BOOL), b)                                                                                   \
    F(SABIR_OPTIONAL(SABIR_INT32), i)                                                                                  \
    F(SABIR_OPTIONAL(SABIR_INT64), l)                                                                                  \
    F(SABIR_OPTIONAL(SABIR_UINT64), u)                                                                                 \
    F(SABIR_OPTIONAL(SABIR_DOUBLE), f)                                                                                 \
    F(SABIR_OPTIONAL(SABIR_STRING), s) F(SABIR_OPTIONAL(SABIR_BYTES), d) F(SABIR_OPTIONAL(SABIR_JSON), j)
SABIR_MESSAGE(Each, ONE_OF_EACH);

/* ---- Scalars ------------------------------------------------------------------------------------------------------------- */

#define ASSERT_FIELD(json, member, expected)                                                                           \
    do {                                                                                                               \
        struct Each *each = decode(Each_type(), json);                                                                 \
        assert_true(each->member.present);                                                                             \
        assert_true(each->member.value == (expected));                                                                 \
        sb_free(each);                                                                                                 \
    } while (0)

static void integers_arrive_exactly(void **state) {
    (void)state;
    ASSERT_FIELD("{\"b\":true}", b, true);
    ASSERT_FIELD("{\"b\":false}", b, false);
    ASSERT_FIELD("{\"i\":-2147483648}", i, INT32_MIN);
    ASSERT_FIELD("{\"i\":2147483647}", i, INT32_MAX);
    ASSERT_FIELD("{\"i\":-0}", i, 0);
    ASSERT_FIELD("{\"l\":-9223372036854775808}", l, INT64_MIN);
    ASSERT_FIELD("{\"l\":9223372036854775807}", l, INT64_MAX);
    ASSERT_FIELD("{\"l\":9007199254740993}", l, INT64_C(9007199254740993));
    ASSERT_FIELD("{\"l\":-0}", l, 0);
    ASSERT_FIELD("{\"u\":18446744073709551615}", u, UINT64_MAX);
    ASSERT_FIELD("{\"u\":-0}", u, 0u);
    ASSERT_FIELD(" {\n\"l\"\t: 7 }\r\n", l, 7);
}

static void integers_take_no_other_number(void **state) {
    (void)state;
    assert_refused(Each_type(), "{\"i\":1.0}", "i: 1.0 is not an integer");
    assert_refused(Each_type(), "{\"l\":1E2}", "l: 1E2 is not an integer");
    assert_refused(Each_type(), "{\"u\":1.5}", "u: 1.5 is not an integer");
    assert_refused(Each_type(), "{\"i\":2147483648}", "i: 2147483648 is beyond the range of INT32");
    assert_refused(Each_type(), "{\"i\":-2147483649}", "i: -2147483649 is beyond the range of INT32");
    assert_refused(Each_type(), "{\"i\":9999999999999999999}", "i: 9999999999999999999 is beyond the range of INT32");
    assert_refused(Each_type(), "{\"l\":9223372036854775808}", "l: 9223372036854775808 is beyond the range of INT64");
    assert_refused(Each_type(), "{\"l\":-9223372036854775809}", "l: -9223372036854775809 is beyond the range of INT64");
    assert_refused(Each_type(), "{\"u\":18446744073709551616}",
                   "u: 18446744073709551616 is beyond the range of UINT64");
    assert_refused(Each_type(), "{\"u\":-1}", "u: -1 is beyond the range of UINT64");
}

static void doubles_arrive_bit_for_bit(void **state) {
    (void)state;
    ASSERT_FIELD("{\"f\":0.30000000000000004}", f, 0.30000000000000004);
    ASSERT_FIELD("{\"f\":1e-400}", f, 0.0); /* underflow rounds */
    ASSERT_FIELD("{\"f\":5e-324}", f, 5e-324);
    ASSERT_FIELD("{\"f\":1.7976931348623157e308}", f, 1.7976931348623157e308);
    ASSERT_FIELD("{\"f\":1}", f, 1.0);
    ASSERT_FIELD("{\"f\":9007199254740992}", f, 9007199254740992.0);
    ASSERT_FIELD("{\"f\":100000000000000000000}", f, 1e20); /* beyond UINT64, but a double holds it */
    struct Each *each = decode(Each_type(), "{\"f\":-0.0}");
    assert_true(signbit(each->f.value));
    sb_free(each);
    each = decode(Each_type(), "{\"f\":-0}");
    assert_true(signbit(each->f.value));
    sb_free(each);
    assert_refused(Each_type(), "{\"f\":9007199254740993}",
                   "f: 9007199254740993 is an integer that no DOUBLE holds exactly");
    assert_refused(Each_type(), "{\"f\":1e400}", "f: 1e400 is beyond the range of DOUBLE");
    assert_refused(Each_type(), "{\"f\":-1.8e308}", "f: -1.8e308 is beyond the range of DOUBLE");
    assert_refused(Each_type(), "{\"f\":\"1\"}", "f: \"1\" is not a number");
}

static void strings_are_unescaped(void **state) {
    (void)state;
    struct Each *each = decode(Each_type(), "{\"s\":\"a\\u0000b\\n\\\"\\/\\ud83d\\ude00\xc3\xa9\"}");
    assert_bytes(&each->s.value, "a\0b\n\"/\xf0\x9f\x98\x80\xc3\xa9", 12);
    sb_free(each);
    each = decode(Each_type(), "{\"s\":\"\"}");
    assert_true(each->s.present);
    assert_bytes(&each->s.value, "", 0);
    assert_null(each->s.value.bytes);
    sb_free(each);
    assert_refused(Each_type(), "{\"s\":12}", "s: 12 is not a string");
    assert_refused(Each_type(), "{\"s\":[\"a\"]}", "s: an array is not a string");
    assert_refused(Each_type(), "{\"s\":true}", "s: true is not a string");
}

static void bytes_are_strict_base64(void **state) {
    (void)state;
    char json[2048];
    struct Each *each = decode(Each_type(), "{\"d\":\"+//+AA==\"}");
    assert_bytes(&each->d.value, "\xfb\xff\xfe\0", 4);
    sb_free(each);
    each = decode(Each_type(), "{\"d\":\"+\\/\\u002f+AA\\u003d=\"}");
    assert_bytes(&each->d.value, "\xfb\xff\xfe\0", 4);
    sb_free(each);
    assert_refused(Each_type(), "{\"d\":\"YQ\"}", "d: \"YQ\" is not base64 with padding");
    assert_refused(Each_type(), "{\"d\":\"YR==\"}", "d: \"YR==\" is not base64 with padding");
    assert_refused(Each_type(), "{\"d\":\"YQ==YQ==\"}", "d: \"YQ==YQ==\" is not base64 with padding");
    assert_refused(Each_type(), "{\"d\":\"Y\\nQ=\"}", "d: \"Y\\nQ=\" is not base64 with padding");
    assert_refused(Each_type(), "{\"d\":\"\\u00e9\\u00e9\"}", "d: \"\\u00e9\\u00e9\" is not base64 with padding");
    assert_refused(Each_type(), "{\"d\":5}", "d: 5 is not a string of base64");
    /* longer than what is resolved at once, with padding at the end, and then in the middle */
    size_t used = (size_t)sprintf(json, "{\"d\":\"");
    for (int i = 0; i < 600; i++) used += (size_t)sprintf(json + used, i % 300 == 299 ? "\\u0041" : "A");
    strcpy(json + used, "AA==\"}");
    each = decode(Each_type(), json);
    assert_int_equal(each->d.value.len_bytes, 451);
    sb_free(each);
    json[6 + 254] = '=';
    json[6 + 255] = '=';
    assert_refused(Each_type(), json,
                   "d: \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA...\" is not base64 with padding");
}

static void json_is_kept_as_it_stands(void **state) {
    (void)state;
    static const char *const texts[] = {"1",
                                        "-0.50",
                                        "true",
                                        "\"\\u0041\"",
                                        "[1, {\"a\" : [ ]}]",
                                        "{}",
                                        "18446744073709551615",
                                        "-9223372036854775808"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char json[64];
        snprintf(json, sizeof json, "{\"j\": %s ,\"i\":7}", texts[i]);
        struct Each *each = decode(Each_type(), json);
        assert_bytes(&each->j.value, texts[i], strlen(texts[i]));
        assert_int_equal(each->i.value, 7);
        sb_free(each);
    }
    assert_refused(Each_type(), "{\"j\":[1,{\"a\":18446744073709551616}]}",
                   "j: 18446744073709551616 is beyond the range of INT64 and UINT64");
    assert_refused(Each_type(), "{\"j\":-9223372036854775809}",
                   "j: -9223372036854775809 is beyond the range of INT64 and UINT64");
    assert_refused(Each_type(), "{\"j\":[1e999]}", "j: 1e999 is beyond the range of DOUBLE");
}

#define JSON_FIELDS(F) F(SABIR_JSON, j)
SABIR_MESSAGE(Json, JSON_FIELDS);

static void null_is_a_value_for_json_only(void **state) {
    (void)state;
    struct Json *json = decode(Json_type(), "{\"j\":null}");
    assert_bytes(&json->j, "null", 4);
    sb_free(json);
    struct Each *each = decode(Each_type(), "{\"j\":null,\"i\":null,\"s\":null}");
    assert_false(each->j.present);
    assert_false(each->i.present);
    assert_false(each->s.present);
    sb_free(each);
    assert_refused(Point_type(), "{\"x\":null,\"y\":1}", "x: null is not an integer");
}

static void wrong_kinds_are_called_what_they_are(void **state) {
    (void)state;
    assert_refused(Each_type(), "{\"b\":1}", "b: 1 is not true or false");
    assert_refused(Each_type(), "{\"b\":\"true\"}", "b: \"true\" is not true or false");
    assert_refused(Each_type(), "{\"i\":\"1\"}", "i: \"1\" is not an integer");
    assert_refused(Each_type(), "{\"l\":{}}", "l: an object is not an integer");
    assert_refused(Each_type(), "{\"u\":[]}", "u: an array is not an integer");
    assert_refused(Each_type(),
                   "{\"i\":\"a\\n\x7f very long text \xc3\xa9 with a character at the cut \xc3\xa9\xc3\xa9\xc3\xa9\"}",
                   "i: \"a\\n? very long text \xc3\xa9 with a character at t...\" is not an integer");
    /* cut in front of the character that the limit would halve */
    assert_refused(Each_type(), "{\"i\":\"0123456789012345678901234567890123456789012\xc3\xa9\"}",
                   "i: \"0123456789012345678901234567890123456789012...\" is not an integer");
}

/* ---- Holders ------------------------------------------------------------------------------------------------------------- */

static void every_kind_is_filled(void **state) {
    (void)state;
    struct Everything *all =
        decode(Everything_type(), "{\"flag\":true,\"small\":-1,\"large\":2,\"huge\":3,\"real\":0.5,\"text\":\"t\","
                                  "\"data\":\"AAE=\",\"any\":[1],\"numbers\":[4,5],"
                                  "\"words\":{\"k\\n\":[\"a\",\"\"],\"\":[]},\"maybe_text\":\"m\",\"maybe_point\":{"
                                  "\"y\":7,\"x\":6},\"point\":{\"x\":8,\"y\":9},"
                                  "\"gaps\":[1,null,2],\"points\":[{\"x\":1,\"y\":2},{\"x\":3,\"y\":4}]}");
    const int64_t *numbers = all->numbers.items;
    const struct sabir_list *lists = all->words.values;
    const struct {
        bool present;
        int32_t value;
    } *gaps = all->gaps.items;
    const struct Point *points = all->points.items;
    assert_true(all->flag && all->small == -1 && all->large == 2 && all->huge == 3 && all->real == 0.5);
    assert_bytes(&all->text, "t", 1);
    assert_bytes(&all->data, "\0\1", 2);
    assert_bytes(&all->any, "[1]", 3);
    assert_int_equal(all->numbers.count, 2);
    assert_true(numbers[0] == 4 && numbers[1] == 5);
    assert_int_equal(all->words.count, 2);
    assert_bytes(&all->words.keys[0], "k\n", 2);
    assert_bytes(&all->words.keys[1], "", 0);
    assert_int_equal(lists[0].count, 2);
    assert_bytes(lists[0].items, "a", 1);
    assert_int_equal(lists[1].count, 0);
    assert_null(lists[1].items);
    assert_false(all->maybe_flag.present);
    assert_bytes(&all->maybe_text.value, "m", 1);
    assert_true(all->maybe_point.present && all->maybe_point.value.x == 6 && all->maybe_point.value.y == 7);
    assert_true(all->point.x == 8 && all->point.y == 9);
    assert_true(all->gaps.count == 3 && gaps[0].value == 1 && !gaps[1].present && gaps[2].value == 2);
    assert_true(all->points.count == 2 && points[0].y == 2 && points[1].x == 3);
    sb_free(all);
}

#define PATHS_FIELDS(F)                                                                                                \
    F(SABIR_OPTIONAL(SABIR_LIST(SABIR_INT64)), l)                                                                      \
    F(SABIR_OPTIONAL(SABIR_MAP(SABIR_LIST(SABIR_STRUCT(Point)))), m) F(SABIR_OPTIONAL(SABIR_STRUCT(Point)), p)
SABIR_MESSAGE(Paths, PATHS_FIELDS);

static void the_path_leads_to_the_fault(void **state) {
    (void)state;
    assert_refused(Paths_type(), "{\"l\":[1,2,3,1.5]}", "l[3]: 1.5 is not an integer");
    assert_refused(Paths_type(), "{\"l\":[1,[2]]}", "l[1]: an array is not an integer");
    assert_refused(Paths_type(), "{\"l\":[null]}", "l[0]: null is not an integer");
    assert_refused(Paths_type(), "{\"l\":{\"a\":1}}", "l: an object is not an array");
    assert_refused(Paths_type(), "{\"l\":3}", "l: 3 is not an array");
    assert_refused(Paths_type(), "{\"m\":[]}", "m: an array is not an object");
    assert_refused(Paths_type(), "{\"m\":{\"a\":[],\"b\":[{\"x\":1,\"y\":2},{\"x\":1}]}}",
                   "m[\"b\"][1].y: the field is missing");
    assert_refused(Paths_type(), "{\"m\":{\"a\":[{\"x\":1,\"y\":\"2\"}]}}", "m[\"a\"][0].y: \"2\" is not an integer");
    assert_refused(Paths_type(), "{\"p\":{\"x\":2147483648,\"y\":0}}", "p.x: 2147483648 is beyond the range of INT32");
    assert_refused(Paths_type(), "{\"p\":\"x\"}", "p: \"x\" is not an object");
}

static void a_missing_field_is_named(void **state) {
    (void)state;
    assert_refused(Point_type(), "{}", "x: the field is missing");
    assert_refused(Point_type(), "{\"x\":1}", "y: the field is missing");
    assert_refused(Point_type(), "{\"X\":1,\"y\":2}", "x: the field is missing");
    void *block = decode(Each_type(), "{}");
    sb_free(block);
}

static void unknown_fields_are_ignored(void **state) {
    (void)state;
    struct Point *point = decode(Point_type(), "{\"z\":[1,{\"x\":5}],\"y\":2,\"\":1e999,\"x\":1,\"w\":{}}");
    assert_true(point->x == 1 && point->y == 2);
    sb_free(point);
    sb_free(decode(Increment_type(), "{\"anything\":[1,2]}"));
    sb_free(decode(sabir_type_shutdown(), "{}"));
}

static void a_key_is_compared_unescaped(void **state) {
    (void)state;
    struct Point *point = decode(Point_type(), "{\"\\u0079\":2,\"\\u0078\":1}");
    assert_true(point->x == 1 && point->y == 2);
    sb_free(point);
    const struct sabir_field rows[] = {{"a\"\xc3\xa9", "INT32", SABIR_OFFSET_AUTO, 0}};
    const sabir_type *type;
    assert_int_equal(sabir_type_register("decode.Quote", rows, 1, 0, &type), SABIR_OK);
    int32_t *value = decode(type, "{\"a\\\"\\u00e9\":3}");
    assert_int_equal(*value, 3);
    sb_free(value);
}

static void an_open_payload_is_kept_as_it_stands(void **state) {
    (void)state;
    struct sabir_json *json = decode(Anything_type(), " {\"a\" : [1, 2.50, null]}\n");
    assert_bytes(json, " {\"a\" : [1, 2.50, null]}\n", 25);
    sb_free(json);
    assert_refused(Anything_type(), "{\"a\":[18446744073709551616]}",
                   "18446744073709551616 is beyond the range of INT64 and UINT64");
    assert_refused(Anything_type(), "{\"a\":1e400}", "1e400 is beyond the range of DOUBLE");
}

/* What a sender writes: a receiver without the type would have to refuse it. */
static void numbers_of_unknown_fields_are_checked_for_senders(void **state) {
    (void)state;
    const struct sb_text fits =
        SB_TEXT("{\"x\":1,\"y\":2,\"z\":[18446744073709551615,-9223372036854775808,1e308,1e-400]}");
    const struct sb_text exceeds = SB_TEXT("{\"x\":1,\"y\":2,\"z\":[{\"a\":18446744073709551616}]}");
    assert_int_equal(sb_check_numbers(fits), SABIR_OK);
    assert_int_equal(sb_check(Point_type(), exceeds), SABIR_OK);
    assert_int_equal(sb_check_numbers(exceeds), SABIR_EBADPAYLOAD);
    assert_string_equal(sb_error_detail(), "18446744073709551616 is beyond the range of INT64 and UINT64");
}

/* ---- Large ones ---------------------------------------------------------------------------------------------------------- */

/* Types of strings alone are filled at once up to some length, and measured beyond it: both sides of it, to the byte. */
static void strings_of_every_length_arrive(void **state) {
    (void)state;
    for (size_t len_bytes = 4060; len_bytes < 4110; len_bytes++) {
        char json[4200] = "{\"s\":\"";
        memset(json + 6, 'x', len_bytes);
        strcpy(json + 6 + len_bytes, "\\n\"}");
        struct Each *each = decode(Each_type(), json);
        assert_int_equal(each->s.value.len_bytes, len_bytes + 1);
        assert_int_equal(each->s.value.bytes[len_bytes], '\n');
        sb_free(each);
    }
}

#define LISTS_FIELDS(F) F(SABIR_LIST(SABIR_LIST(SABIR_BOOL)), l)
SABIR_MESSAGE(Lists, LISTS_FIELDS);

static void many_lists_are_counted(void **state) {
    (void)state;
    struct sb_buffer json = SB_BUFFER_INIT;
    sb_buffer_append(&json, "{\"l\":[[]", 8);
    for (size_t i = 1; i < 1000; i++) {
        sb_buffer_append(&json, ",[", 2);
        for (size_t j = 0; j < i % 7; j++) {
            if (j > 0) sb_buffer_append_byte(&json, ',');
            sb_buffer_append(&json, "true", 4);
        }
        sb_buffer_append(&json, "]", 1);
    }
    sb_buffer_append(&json, "]}", 2);
    struct Lists *lists = decode_text(Lists_type(), (struct sb_text){json.bytes, json.len_bytes});
    const struct sabir_list *inner = lists->l.items;
    assert_int_equal(lists->l.count, 1000);
    for (size_t i = 0; i < 1000; i++) {
        assert_int_equal(inner[i].count, i % 7);
        for (size_t j = 0; j < i % 7; j++) assert_true(((const bool *)inner[i].items)[j]);
    }
    sb_free(lists);
    sb_buffer_free(&json);
}

/* A stranger's short text must not become a large block. */
static void a_value_has_a_largest_size(void **state) {
    (void)state;
    enum { FIELDS = 1000, ITEMS = 3000 };
    static struct sabir_field rows[FIELDS];
    static char names[FIELDS][8];
    const sabir_type *wide, *list;
    for (size_t i = 0; i < FIELDS; i++) {
        snprintf(names[i], sizeof names[i], "f%zu", i);
        rows[i] = (struct sabir_field){names[i], "OPTIONAL(MAP(BOOL))", SABIR_OFFSET_AUTO, 0};
    }
    assert_int_equal(sabir_type_register("decode.Wide", rows, FIELDS, 0, &wide), SABIR_OK);
    const struct sabir_field row = {"l", "LIST(OPTIONAL(STRUCT(decode.Wide)))", SABIR_OFFSET_AUTO, 0};
    assert_int_equal(sabir_type_register("decode.WideList", &row, 1, 0, &list), SABIR_OK);
    struct sb_buffer json = SB_BUFFER_INIT;
    sb_buffer_append(&json, "{\"l\":[null", 10);
    for (size_t i = 1; i < ITEMS; i++) sb_buffer_append(&json, ",null", 5);
    sb_buffer_append(&json, "]}", 2);
    assert_refused_text(list, (struct sb_text){json.bytes, json.len_bytes}, "the value would take more than 64 MiB");
    sb_buffer_free(&json);
}

static void no_memory_is_said_for_every_allocation(void **state) {
    (void)state;
    struct sb_buffer json = SB_BUFFER_INIT;
    sb_buffer_append(&json, "{\"l\":[[]", 8);
    for (size_t i = 1; i < 100; i++) sb_buffer_append(&json, ",[true]", 7);
    sb_buffer_append(&json, "]}", 2);
    struct sb_text text = {json.bytes, json.len_bytes};
    unsigned long k = 0;
    void *block = NULL;
    int code;
    do {
        sb_alloc_fail_after(++k);
        code = sb_decode(Lists_type(), text, &block);
        sb_alloc_fail_after(0);
        if (code != SABIR_OK) assert_int_equal(code, SABIR_ENOMEM);
        if (code != SABIR_OK) assert_null(block);
    } while (code != SABIR_OK && k < 100);
    assert_int_equal(code, SABIR_OK);
    assert_int_equal(k, 4); /* the counts twice, the block */
    sb_free(block);
    sb_buffer_free(&json);
    sb_alloc_fail_after(1);
    assert_int_equal(sb_decode(Anything_type(), SB_TEXT("{}"), &block), SABIR_ENOMEM);
    sb_alloc_fail_after(1);
    assert_int_equal(sb_decode(Point_type(), SB_TEXT("{\"x\":1,\"y\":2}"), &block), SABIR_ENOMEM);
    sb_alloc_fail_after(1);
    assert_int_equal(sb_check(Lists_type(), text = SB_TEXT("{\"l\":[[],[true]]}")), SABIR_OK); /* a check needs none */
    sb_alloc_fail_after(0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_arrive_exactly),
        cmocka_unit_test(integers_take_no_other_number),
        cmocka_unit_test(doubles_arrive_bit_for_bit),
        cmocka_unit_test(strings_are_unescaped),
        cmocka_unit_test(bytes_are_strict_base64),
        cmocka_unit_test(json_is_kept_as_it_stands),
        cmocka_unit_test(null_is_a_value_for_json_only),
        cmocka_unit_test(wrong_kinds_are_called_what_they_are),
        cmocka_unit_test(every_kind_is_filled),
        cmocka_unit_test(the_path_leads_to_the_fault),
        cmocka_unit_test(a_missing_field_is_named),
        cmocka_unit_test(unknown_fields_are_ignored),
        cmocka_unit_test(a_key_is_compared_unescaped),
        cmocka_unit_test(an_open_payload_is_kept_as_it_stands),
        cmocka_unit_test(strings_of_every_length_arrive),
        cmocka_unit_test(many_lists_are_counted),
        cmocka_unit_test(numbers_of_unknown_fields_are_checked_for_senders),
        cmocka_unit_test(a_value_has_a_largest_size),
        cmocka_unit_test(no_memory_is_said_for_every_allocation),
    };
    return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
