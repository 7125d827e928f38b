/*
 * Kinds: what is read, in which words the rest is refused, and that the room is the C compiler's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <sabir/error.h>

#include "alloc.h"
#include "kind.h"
#include "support/messages.h"

static const struct sb_kind *parse(const char *text) {
    struct sb_kind_fault fault;
    const struct sb_kind *kind;
    if (sb_kind_parse(text, &kind, &fault) == SABIR_OK) return kind;
    fail_msg("\"%s\", column %zu: %s", text, fault.column, fault.reason);
    return NULL;
}

static void assert_text(const char *text, const char *expected) {
    const struct sb_kind *kind = parse(text);
    char *normal = sb_kind_text(kind);
    assert_string_equal(normal, expected);
    sb_free(normal);
    sb_kind_free(kind);
}

static void assert_fault(const char *text, size_t column, const char *reason) {
    struct sb_kind_fault fault = {0, ""};
    const struct sb_kind *kind = (const struct sb_kind *)&fault;
    if (sb_kind_parse(text, &kind, &fault) != SABIR_EINVAL) fail_msg("\"%s\" was accepted", text);
    assert_null(kind);
    if (fault.column != column || !strstr(fault.reason, reason))
        fail_msg("\"%s\": expected column %zu, \"%s\"; got column %zu, \"%s\"", text, column, reason, fault.column,
                 fault.reason);
}

static void every_word_is_normalised(void **state) {
    (void)state;
    assert_text("BOOL", "BOOL");
    assert_text("SABIR_INT32", "INT32");
    assert_text("SABIR_LIST(SABIR_OPTIONAL(SABIR_STRING))", "LIST(OPTIONAL(STRING))");
    assert_text(" MAP ( LIST( SABIR_JSON )\t)\n", "MAP(LIST(JSON))");
    assert_text("OPTIONAL(LIST(OPTIONAL(BYTES)))", "OPTIONAL(LIST(OPTIONAL(BYTES)))");
    assert_non_null(Point_type());
    assert_text("SABIR_STRUCT( Point )", "STRUCT(Point)");
    assert_text("LIST(MAP(STRUCT(Point)))", "LIST(MAP(STRUCT(Point)))");
}

#define ASSERT_ROOM(text, c_type)                                                                                      \
    do {                                                                                                               \
        struct probe {                                                                                                 \
            char before;                                                                                               \
            c_type value;                                                                                              \
        };                                                                                                             \
        const struct sb_kind *kind = parse(text);                                                                      \
        assert_int_equal(kind->size_bytes, sizeof(c_type));                                                            \
        assert_int_equal(kind->align_bytes, offsetof(struct probe, value));                                            \
        sb_kind_free(kind);                                                                                            \
    } while (0)

struct optional_bool {
    bool present;
    bool value;
};
struct optional_int32 {
    bool present;
    int32_t value;
};
struct optional_map {
    bool present;
    struct sabir_map value;
};
struct optional_point {
    bool present;
    struct Point value;
};

static void the_room_is_the_compilers(void **state) {
    (void)state;
    assert_non_null(Point_type());
    ASSERT_ROOM("BOOL", bool);
    ASSERT_ROOM("INT32", int32_t);
    ASSERT_ROOM("INT64", int64_t);
    ASSERT_ROOM("UINT64", uint64_t);
    ASSERT_ROOM("DOUBLE", double);
    ASSERT_ROOM("STRING", struct sabir_string);
    ASSERT_ROOM("BYTES", struct sabir_bytes);
    ASSERT_ROOM("JSON", struct sabir_json);
    ASSERT_ROOM("LIST(BOOL)", struct sabir_list);
    ASSERT_ROOM("MAP(BOOL)", struct sabir_map);
    ASSERT_ROOM("STRUCT(Point)", struct Point);
    ASSERT_ROOM("OPTIONAL(BOOL)", struct optional_bool);
    ASSERT_ROOM("OPTIONAL(INT32)", struct optional_int32);
    ASSERT_ROOM("OPTIONAL(MAP(INT32))", struct optional_map);
    ASSERT_ROOM("OPTIONAL(STRUCT(Point))", struct optional_point);
}

static void an_optional_value_stands_behind_present(void **state) {
    (void)state;
    const struct sb_kind *kind = parse("OPTIONAL(INT32)");
    assert_int_equal(kind->value_offset_bytes, offsetof(struct optional_int32, value));
    sb_kind_free(kind);
    kind = parse("OPTIONAL(BOOL)");
    assert_int_equal(kind->value_offset_bytes, offsetof(struct optional_bool, value));
    sb_kind_free(kind);
}

static void assert_flat(const char *text, bool is_flat, bool has_items, size_t level_count) {
    const struct sb_kind *kind = parse(text);
    assert_int_equal(kind->is_flat, is_flat);
    assert_int_equal(kind->has_items, has_items);
    assert_int_equal(kind->level_count, level_count);
    sb_kind_free(kind);
}

static void what_reaches_no_other_memory_is_flat(void **state) {
    (void)state;
    assert_non_null(Point_type());
    assert_flat("BOOL", true, false, 0);
    assert_flat("INT32", true, false, 0);
    assert_flat("INT64", true, false, 0);
    assert_flat("UINT64", true, false, 0);
    assert_flat("DOUBLE", true, false, 0);
    assert_flat("OPTIONAL(INT32)", true, false, 0);
    assert_flat("STRUCT(Point)", true, false, 1);
    assert_flat("STRING", false, false, 0);
    assert_flat("BYTES", false, false, 0);
    assert_flat("JSON", false, false, 0);
    assert_flat("OPTIONAL(STRING)", false, false, 0);
    assert_flat("LIST(BOOL)", false, true, 1);
    assert_flat("OPTIONAL(MAP(LIST(STRUCT(Point))))", false, true, 3);
}

static void a_fault_says_where_and_what(void **state) {
    (void)state;
    assert_non_null(Anything_type());
    assert_fault("", 1, "a kind is expected");
    assert_fault("int64", 1, "there is no kind \"int64\"");
    assert_fault("SABIR_INT65", 1, "there is no kind \"INT65\"");
    assert_fault("LIST(STRNG)", 6, "there is no kind \"STRNG\"");
    assert_fault("LIST", 5, "'(' is missing at the end");
    assert_fault("LIST(", 6, "a kind is expected");
    assert_fault("LIST()", 6, "a kind is expected");
    assert_fault("LIST(INT64", 11, "')' is missing at the end");
    assert_fault("LIST[INT64]", 5, "'(' is expected here");
    assert_fault("LIST(INT64 INT64)", 12, "')' is expected here");
    assert_fault("LIST(INT64))", 12, "nothing is expected behind");
    assert_fault("INT64 x", 7, "nothing is expected behind");
    assert_fault("OPTIONAL(OPTIONAL(BOOL))", 10, "one is enough");
    assert_fault("STRUCT(Nowhere)", 8, "no type \"Nowhere\" yet");
    assert_fault("STRUCT()", 8, "no type \"\" yet");
    assert_fault("STRUCT(Point", 13, "')' is missing at the end");
    assert_fault("STRUCT(test.Anything)", 8, "is open");
    assert_fault("LIST(STRUCT(Start2))", 13, "no type");
}

static char *lists(size_t depth) {
    char *text = calloc(1, depth * 6 + 5);
    for (size_t i = 0; i < depth; i++) strcat(text, "LIST(");
    strcat(text, "BOOL");
    for (size_t i = 0; i < depth; i++) strcat(text, ")");
    return text;
}

static void a_kind_is_no_deeper_than_a_payload(void **state) {
    (void)state;
    char *fits = lists(62), *exceeds = lists(63), *absurd = lists(2000);
    sb_kind_free(parse(fits));
    assert_fault(exceeds, 1, "it nests 63 levels of JSON; a payload has room for 62");
    assert_fault(absurd, 5 * 127 + 1, "deeper than any envelope");
    free(fits);
    free(exceeds);
    free(absurd);
}

static void no_memory_is_said_and_leaks_nothing(void **state) {
    (void)state;
    struct sb_kind_fault fault;
    const struct sb_kind *kind;
    assert_non_null(Point_type());
    for (unsigned long k = 1; k <= 4; k++) {
        sb_alloc_fail_after(k);
        int code = sb_kind_parse("LIST(MAP(OPTIONAL(STRUCT(Point))))", &kind, &fault);
        sb_alloc_fail_after(0);
        assert_int_equal(code, SABIR_ENOMEM);
        assert_null(kind);
    }
    sb_alloc_fail_after(5);
    assert_int_equal(sb_kind_parse("LIST(MAP(OPTIONAL(STRUCT(Point))))", &kind, &fault), SABIR_OK);
    assert_null(sb_kind_text(kind));
    sb_alloc_fail_after(0);
    sb_kind_free(kind);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_is_normalised),
        cmocka_unit_test(the_room_is_the_compilers),
        cmocka_unit_test(an_optional_value_stands_behind_present),
        cmocka_unit_test(what_reaches_no_other_memory_is_flat),
        cmocka_unit_test(a_fault_says_where_and_what),
        cmocka_unit_test(a_kind_is_no_deeper_than_a_payload),
        cmocka_unit_test(no_memory_is_said_and_leaks_nothing),
    };
    return cmocka_run_group_tests_name("kind", tests, NULL, NULL);
}
