/*
 * Where fields stand: as a C compiler puts them, or as the rows say when that can be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "error.h"
#include "support/messages.h"
#include "type.h"

#define AUTO SABIR_OFFSET_AUTO

static void assert_detail(const char *part) {
    if (!strstr(sb_error_detail(), part)) fail_msg("expected \"%s\", got \"%s\"", part, sb_error_detail());
}

static int register_rows(const char *name, const struct sabir_field *rows, size_t count, size_t struct_size_bytes) {
    const sabir_type *type = NULL;
    return sabir_type_register(name, rows, count, struct_size_bytes, &type);
}

static void assert_refused(const char *name, const struct sabir_field *rows, size_t count, size_t struct_size_bytes,
                           const char *part) {
    assert_int_equal(register_rows(name, rows, count, struct_size_bytes), SABIR_EINVAL);
    assert_detail(part);
    assert_null(sabir_type_find(name));
}

/* The same rows, placed by the core: each must stand where the compiler put it. */
static void assert_automatic_is_compiled(const sabir_type *type) {
    struct sabir_field rows[32];
    char name[64];
    const sabir_type *automatic;
    size_t count = sabir_type_field_count(type);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(sabir_type_field_get(type, i, &rows[i]), SABIR_OK);
        rows[i].offset_bytes = AUTO;
        rows[i].size_bytes = 0;
    }
    snprintf(name, sizeof name, "%s.auto", sabir_type_name(type));
    assert_int_equal(sabir_type_register(name, rows, count, 0, &automatic), SABIR_OK);
    assert_int_equal(sabir_type_size_bytes(automatic), sabir_type_size_bytes(type));
    for (size_t i = 0; i < count; i++) {
        struct sabir_field row;
        assert_int_equal(sabir_type_field_get(type, i, &rows[i]), SABIR_OK);
        assert_int_equal(sabir_type_field_get(automatic, i, &row), SABIR_OK);
        assert_int_equal(row.offset_bytes, rows[i].offset_bytes);
        assert_int_equal(row.size_bytes, rows[i].size_bytes);
    }
}

#define BYTES_FIELDS(F) F(SABIR_BOOL, a) F(SABIR_OPTIONAL(SABIR_BOOL), b) F(SABIR_BOOL, c)
SABIR_MESSAGE(Bytes, BYTES_FIELDS);
#define MIXED_FIELDS(F) F(SABIR_BOOL, a) F(SABIR_INT32, b) F(SABIR_BOOL, c) F(SABIR_DOUBLE, d) F(SABIR_BOOL, e)
SABIR_MESSAGE(Mixed, MIXED_FIELDS);
#define TAIL_FIELDS(F) F(SABIR_UINT64, a) F(SABIR_BOOL, b)
SABIR_MESSAGE(Tail, TAIL_FIELDS);
#define NESTED_FIELDS(F)                                                                                               \
    F(SABIR_BOOL, a)                                                                                                   \
    F(SABIR_STRUCT(Bytes), b)                                                                                          \
    F(SABIR_OPTIONAL(SABIR_STRUCT(Bytes)), c)                                                                          \
    F(SABIR_OPTIONAL(SABIR_INT32), d)                                                                                  \
    F(SABIR_OPTIONAL(SABIR_STRUCT(Tail)), e)                                                                           \
    F(SABIR_BOOL, f)                                                                                                   \
    F(SABIR_OPTIONAL(SABIR_LIST(SABIR_OPTIONAL(SABIR_MAP(SABIR_DOUBLE)))), g)                                          \
    F(SABIR_MAP(SABIR_STRUCT(Tail)), h)                                                                                \
    F(SABIR_STRUCT(Increment), i)
SABIR_MESSAGE(Nested, NESTED_FIELDS);
SABIR_MESSAGE_NAMED(Renamed, "type.renamed!", TAIL_FIELDS);

static void the_layout_is_the_compilers(void **state) {
    (void)state;
    assert_automatic_is_compiled(Point_type());
    assert_automatic_is_compiled(Everything_type());
    assert_automatic_is_compiled(Bytes_type());
    assert_automatic_is_compiled(Mixed_type());
    assert_automatic_is_compiled(Tail_type());
    assert_non_null(Increment_type());
    assert_automatic_is_compiled(Nested_type());
    assert_automatic_is_compiled(Renamed_type());
    assert_automatic_is_compiled(sabir_type_linkdown());
    assert_ptr_equal(sabir_type_find("type.renamed!"), Renamed_type());
    assert_null(sabir_type_find("Renamed"));
}

static void a_wrong_place_is_named(void **state) {
    (void)state;
    const struct sabir_field size[] = {{"a", "INT64", 0, 4}};
    const struct sabir_field alignment[] = {{"a", "INT32", 0, 4}, {"b", "INT64", 4, 8}};
    const struct sabir_field beyond[] = {{"a", "INT64", 8, 8}};
    const struct sabir_field far[] = {{"a", "INT64", SIZE_MAX - 7, 8}};
    const struct sabir_field overlap[] = {{"a", "INT64", 8, 8}, {"b", "INT32", 12, 4}};
    const struct sabir_field around[] = {{"a", "INT32", 4, 4}, {"b", "STRING", 0, 16}};
    const struct sabir_field tail[] = {{"a", "INT64", 0, 8}, {"b", "BOOL", 8, 1}};
    assert_refused("type.Place", size, 1, 8, "field \"a\": a value of kind INT64 has 8 bytes, the row says 4");
    assert_refused("type.Place", alignment, 2, 16, "field \"b\": offset 4 is no multiple of 8, the alignment of INT64");
    assert_refused("type.Place", beyond, 1, 8, "field \"a\": offset 8 and size 8 exceed the struct's 8 bytes");
    assert_refused("type.Place", far, 1, 8, "exceed the struct's 8 bytes");
    assert_refused("type.Place", overlap, 2, 16, "field \"b\": at offset 12 it overlaps the field \"a\"");
    assert_refused("type.Place", around, 2, 16, "field \"b\": at offset 0 it overlaps the field \"a\"");
    assert_refused("type.Place", tail, 2, 9, "the struct's 9 bytes are no multiple of its alignment 8; pass sizeof");
    assert_refused("type.Place", tail, 2, 1024 * 1024 + 8, "more than 1048576");
}

/* Members of the program's own between the fields are not ours to look at. */
static void gaps_and_any_order_are_fine(void **state) {
    (void)state;
    const struct sabir_field rows[] = {{"b", "BOOL", 40, 1}, {"a", "INT64", 16, 8}};
    assert_int_equal(register_rows("type.Gaps", rows, 2, 64), SABIR_OK);
    assert_int_equal(sabir_type_size_bytes(sabir_type_find("type.Gaps")), 64);
}

static void a_struct_has_a_largest_size(void **state) {
    (void)state;
    char inner[32] = "Point", outer[32], kind[64];
    const struct sabir_field rows[] = {{"a", kind, AUTO, 0}, {"b", kind, AUTO, 0}};
    int code = SABIR_OK, doublings = 0;
    assert_non_null(Point_type());
    for (; code == SABIR_OK && doublings < 64; doublings++) {
        snprintf(kind, sizeof kind, "STRUCT(%s)", inner);
        snprintf(outer, sizeof outer, "type.Double%d", doublings);
        code = register_rows(outer, rows, 2, 0);
        strcpy(inner, outer);
    }
    assert_int_equal(code, SABIR_EINVAL);
    assert_int_equal(doublings, 18); /* 8 bytes doubled 17 times are 1 MiB */
    assert_detail("larger than 1048576 bytes");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_layout_is_the_compilers),
        cmocka_unit_test(a_wrong_place_is_named),
        cmocka_unit_test(gaps_and_any_order_are_fine),
        cmocka_unit_test(a_struct_has_a_largest_size),
    };
    return cmocka_run_group_tests_name("type_layout", tests, NULL, NULL);
}
