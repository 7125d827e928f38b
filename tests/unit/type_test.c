/*
 * The registry: one table per name, for every thread, and errors that name what is wrong.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alloc.h"
#include "error.h"
#include "support/messages.h"
#include "thread.h"
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

/* ---- Registering --------------------------------------------------------------------------------------------------------- */

static void a_type_is_found_by_its_name(void **state) {
    (void)state;
    assert_null(sabir_type_find("type.Found"));
    const sabir_type *type;
    const struct sabir_field rows[] = {{"a", "INT64", AUTO, 0}, {"b", "LIST( SABIR_BOOL )", AUTO, 0}};
    assert_int_equal(sabir_type_register("type.Found", rows, 2, 0, &type), SABIR_OK);
    assert_ptr_equal(sabir_type_find("type.Found"), type);
    assert_ptr_equal(sb_type_find(SB_TEXT("type.Found")), type);
    assert_null(sabir_type_find("type.Foun"));
    assert_null(sabir_type_find("type.found"));
    assert_null(sabir_type_find(""));
    assert_null(sabir_type_find(NULL));
    assert_string_equal(sabir_type_name(type), "type.Found");
    assert_int_equal(sabir_type_size_bytes(type), 24);
    assert_int_equal(sabir_type_field_count(type), 2);
    assert_false(sabir_type_is_open(type));
}

static void a_row_says_what_was_registered(void **state) {
    (void)state;
    const sabir_type *type = Everything_type();
    struct sabir_field row;
    assert_int_equal(sabir_type_field_get(type, 9, &row), SABIR_OK);
    assert_string_equal(row.name, "words");
    assert_string_equal(row.kind, "MAP(LIST(STRING))");
    assert_int_equal(row.offset_bytes, offsetof(struct Everything, words));
    assert_int_equal(row.size_bytes, sizeof(struct sabir_map));
    assert_int_equal(sabir_type_field_get(type, 16, &row), SABIR_EINVAL);
    assert_detail("has 16 fields; there is no row 16");
    assert_int_equal(sabir_type_field_get(NULL, 0, &row), SABIR_EINVAL);
    assert_int_equal(sabir_type_field_get(type, 0, NULL), SABIR_EINVAL);
}

static void an_equal_table_gives_the_same_type(void **state) {
    (void)state;
    const struct sabir_field placed[] = {{"x", "SABIR_INT32", 0, 4}, {"y", " INT32 ", 4, 4}};
    const struct sabir_field automatic[] = {{"x", "INT32", AUTO, 99}, {"y", "INT32", AUTO, 0}};
    const sabir_type *type = NULL;
    assert_int_equal(sabir_type_register("Point", placed, 2, sizeof(struct Point), &type), SABIR_OK);
    assert_ptr_equal(type, Point_type());
    assert_int_equal(sabir_type_register("Point", automatic, 2, 12345, &type), SABIR_OK);
    assert_ptr_equal(type, Point_type());
}

static void assert_mismatch(const struct sabir_field *rows, size_t count, size_t struct_size_bytes, const char *part) {
    assert_int_equal(register_rows("type.Old", rows, count, struct_size_bytes), SABIR_EMISMATCH);
    assert_detail("type \"type.Old\" is registered with");
    assert_detail(part);
}

static void another_table_is_a_mismatch_that_names_the_difference(void **state) {
    (void)state;
    const struct sabir_field old[] = {{"a", "INT64", 0, 8}, {"b", "INT32", 8, 4}};
    const struct sabir_field name[] = {{"a", "INT64", 0, 8}, {"c", "INT32", 8, 4}};
    const struct sabir_field kind[] = {{"a", "UINT64", 0, 8}, {"b", "INT32", 8, 4}};
    const struct sabir_field offset[] = {{"a", "INT64", 0, 8}, {"b", "INT32", 12, 4}};
    const struct sabir_field more[] = {{"a", "INT64", 0, 8}, {"b", "INT32", 8, 4}, {"c", "INT32", 12, 4}};
    const sabir_type *type;
    assert_int_equal(register_rows("type.Old", old, 2, 16), SABIR_OK);
    assert_mismatch(name, 2, 16, "field 2 is \"b\" there, \"c\" here");
    assert_mismatch(kind, 2, 16, "field \"a\" is INT64 there, UINT64 here");
    assert_mismatch(offset, 2, 16, "field \"b\" stands at offset 8 there, 12 here");
    assert_mismatch(more, 3, 16, "it has 2 fields there, 3 here");
    assert_mismatch(old, 1, 16, "it has 2 fields there, 1 here");
    assert_mismatch(old, 2, 24, "the struct has 16 bytes there, 24 here");
    assert_mismatch(NULL, 0, 0, "it has 2 fields there, 0 here");
    assert_int_equal(sabir_type_register_open("type.Old", &type), SABIR_EMISMATCH);
    assert_detail("with a table of fields, not with an open payload");
    assert_int_equal(register_rows("type.Old", old, 2, 16), SABIR_OK);
}

static void an_open_type_is_a_json_text(void **state) {
    (void)state;
    const sabir_type *type = Anything_type(), *again;
    assert_true(sabir_type_is_open(type));
    assert_int_equal(sabir_type_size_bytes(type), sizeof(struct sabir_json));
    assert_int_equal(sabir_type_field_count(type), 0);
    assert_int_equal(sabir_type_register_open("test.Anything", &again), SABIR_OK);
    assert_ptr_equal(type, again);
    assert_int_equal(register_rows("test.Anything", NULL, 0, 0), SABIR_EMISMATCH);
    assert_detail("with an open payload, not with a table of fields");
}

static void a_type_without_fields_has_one_byte_in_every_language(void **state) {
    (void)state;
    const sabir_type *type;
    assert_int_equal(sizeof(struct Increment), sabir_type_size_bytes(Increment_type()));
    assert_int_equal(sabir_type_register("Increment", NULL, 0, 0, &type), SABIR_OK);
    assert_ptr_equal(type, Increment_type());
}

/* ---- Names --------------------------------------------------------------------------------------------------------------- */

static void a_name_follows_env_6(void **state) {
    (void)state;
    char longest[257];
    memset(longest, 'n', sizeof longest);
    longest[255] = '\0';
    assert_int_equal(register_rows(longest, NULL, 0, 0), SABIR_OK);
    longest[255] = 'n';
    longest[256] = '\0';
    assert_refused(longest, NULL, 0, 0, "1 to 255 bytes");
    assert_refused("", NULL, 0, 0, "1 to 255 bytes");
    assert_refused("a\nb", NULL, 0, 0, "without control characters");
    assert_refused("a\xc2\x85", NULL, 0, 0, "without control characters");
    assert_refused("a\xff", NULL, 0, 0, "UTF-8");
    assert_int_equal(register_rows("Gr\xc3\xb6\xc3\x9f"
                                   "e, sehr (gro\xc3\x9f)",
                                   NULL, 0, 0),
                     SABIR_OK);
}

static void names_of_the_protocol_are_reserved(void **state) {
    (void)state;
    const sabir_type *type;
    static const char *const reserved[] = {"sabir.", "sabir.watch", "Down"};
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++) {
        assert_int_equal(register_rows(reserved[i], NULL, 0, 0), SABIR_ERESERVED);
        assert_detail(reserved[i]);
        assert_int_equal(sabir_type_register_open(reserved[i], &type), SABIR_ERESERVED);
    }
    assert_int_equal(register_rows("sabir", NULL, 0, 0), SABIR_OK);
    assert_int_equal(register_rows("Sabir.a", NULL, 0, 0), SABIR_OK);
}

static void a_built_in_can_be_registered_as_it_is_only(void **state) {
    (void)state;
    const struct sabir_field timeout[] = {{"timer_id", "UINT64", AUTO, 0}, {"missed", "UINT64", AUTO, 0}};
    const sabir_type *type;
    assert_int_equal(sabir_type_register("Timeout", timeout, 2, 0, &type), SABIR_OK);
    assert_ptr_equal(type, sabir_type_timeout());
    assert_int_equal(sabir_type_register("Start", NULL, 0, 0, &type), SABIR_OK);
    assert_ptr_equal(type, sabir_type_start());
    assert_int_equal(register_rows("Timeout", timeout, 1, 0), SABIR_EMISMATCH);
    assert_int_equal(register_rows("Shutdown", timeout, 2, 0), SABIR_EMISMATCH);
    assert_int_equal(sabir_type_register_open("Reject", &type), SABIR_EMISMATCH);
}

static void the_built_ins_are_there_with_their_structs(void **state) {
    (void)state;
    static const char *const reject[] = {"code", "reason", "message_type", "target", "rejected_by"};
    struct sabir_field row;
    assert_ptr_equal(sabir_type_find("Start"), sabir_type_start());
    assert_ptr_equal(sabir_type_find("Shutdown"), sabir_type_shutdown());
    assert_ptr_equal(sabir_type_find("Timeout"), sabir_type_timeout());
    assert_ptr_equal(sabir_type_find("LinkDown"), sabir_type_linkdown());
    assert_ptr_equal(sabir_type_find("Reject"), sabir_type_reject());
    assert_int_equal(sabir_type_size_bytes(sabir_type_start()), 1);
    assert_int_equal(sabir_type_size_bytes(sabir_type_timeout()), sizeof(struct sabir_timeout));
    assert_int_equal(sabir_type_size_bytes(sabir_type_linkdown()), sizeof(struct sabir_linkdown));
    assert_int_equal(sabir_type_size_bytes(sabir_type_reject()), sizeof(struct sabir_reject));
    assert_true(sabir_type_timeout()->is_flat);
    assert_false(sabir_type_linkdown()->is_flat);
    assert_int_equal(sabir_type_field_count(sabir_type_reject()), 5);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(sabir_type_field_get(sabir_type_reject(), i, &row), SABIR_OK);
        assert_string_equal(row.name, reject[i]);
        assert_string_equal(row.kind, "STRING");
        assert_int_equal(row.offset_bytes, i * sizeof(struct sabir_string));
    }
    assert_int_equal(sabir_type_start()->builtin, SB_BUILTIN_START);
    assert_int_equal(sabir_type_reject()->builtin, SB_BUILTIN_REJECT);
    assert_int_equal(Point_type()->builtin, SB_BUILTIN_NONE);
}

static void life_cycle_names_never_come_from_the_wire(void **state) {
    (void)state;
    static const char *const life_cycle[] = {"Start", "Shutdown", "Timeout", "Continue", "Down", "LinkDown"};
    static const char *const ordinary[] = {"Reject", "Set", "Subscribe", "Unsubscribe", "start", "Startx", ""};
    for (size_t i = 0; i < sizeof life_cycle / sizeof life_cycle[0]; i++)
        assert_true(sb_type_name_is_life_cycle(sb_text_of(life_cycle[i])));
    for (size_t i = 0; i < sizeof ordinary / sizeof ordinary[0]; i++)
        assert_false(sb_type_name_is_life_cycle(sb_text_of(ordinary[i])));
}

/* ---- Rows ---------------------------------------------------------------------------------------------------------------- */

static void null_arguments_are_errors(void **state) {
    (void)state;
    const sabir_type *type;
    assert_int_equal(sabir_type_register(NULL, NULL, 0, 0, &type), SABIR_EINVAL);
    assert_int_equal(sabir_type_register("type.N", NULL, 0, 0, NULL), SABIR_EINVAL);
    assert_int_equal(sabir_type_register("type.N", NULL, 1, 0, &type), SABIR_EINVAL);
    assert_detail("fields is NULL");
    assert_int_equal(sabir_type_register_open(NULL, &type), SABIR_EINVAL);
    assert_int_equal(sabir_type_register_open("type.N", NULL), SABIR_EINVAL);
    assert_null(sabir_type_find("type.N"));
    assert_null(sabir_type_name(NULL));
    assert_int_equal(sabir_type_size_bytes(NULL), 0);
    assert_int_equal(sabir_type_field_count(NULL), 0);
    assert_false(sabir_type_is_open(NULL));
}

static void a_wrong_row_is_named(void **state) {
    (void)state;
    const struct sabir_field twice[] = {{"a", "BOOL", AUTO, 0}, {"b", "BOOL", AUTO, 0}, {"a", "INT32", AUTO, 0}};
    const struct sabir_field nameless[] = {{"a", "BOOL", AUTO, 0}, {NULL, "BOOL", AUTO, 0}};
    const struct sabir_field empty[] = {{"", "BOOL", AUTO, 0}};
    const struct sabir_field control[] = {{"a\tb", "BOOL", AUTO, 0}};
    const struct sabir_field kindless[] = {{"a", NULL, AUTO, 0}};
    const struct sabir_field unknown[] = {{"a", "LIST(STRNG)", AUTO, 0}};
    const struct sabir_field itself[] = {{"a", "LIST(STRUCT(type.Wrong))", AUTO, 0}};
    const struct sabir_field mixed[] = {{"a", "INT32", AUTO, 0}, {"b", "INT32", 4, 4}};
    assert_refused("type.Wrong", twice, 3, 0, "there are two fields \"a\"");
    assert_refused("type.Wrong", nameless, 2, 0, "field 2: a field's name is");
    assert_refused("type.Wrong", empty, 1, 0, "field 1: a field's name is");
    assert_refused("type.Wrong", control, 1, 0, "without control characters");
    assert_refused("type.Wrong", kindless, 1, 0, "field \"a\": its kind is NULL");
    assert_refused("type.Wrong", unknown, 1, 0,
                   "type \"type.Wrong\", field \"a\", kind \"LIST(STRNG)\", column 6: there is no kind \"STRNG\"");
    assert_refused("type.Wrong", itself, 1, 0, "there is no type \"type.Wrong\" yet");
    assert_refused("type.Wrong", mixed, 2, 8, "field \"b\": SABIR_OFFSET_AUTO stands in all rows or in none");
}

static void types_nest_no_deeper_than_a_payload(void **state) {
    (void)state;
    char inner[32] = "Increment", outer[32], kind[64];
    const struct sabir_field rows[] = {{"a", kind, AUTO, 0}};
    int code = SABIR_OK, levels = 1;
    assert_non_null(Increment_type());
    for (; code == SABIR_OK && levels < 100; levels++) {
        snprintf(kind, sizeof kind, "STRUCT(%s)", inner);
        snprintf(outer, sizeof outer, "type.Nest%d", levels);
        code = register_rows(outer, rows, 1, 0);
        strcpy(inner, outer);
    }
    assert_int_equal(code, SABIR_EINVAL);
    assert_int_equal(levels, 64); /* the type of 63 levels was the last one */
    assert_detail("it nests 63 levels of JSON; a payload has room for 62");
}

static void a_type_has_a_largest_number_of_fields(void **state) {
    (void)state;
    enum { MOST = SB_TYPE_MAX_FIELDS };
    static struct sabir_field rows[MOST + 1];
    static char names[MOST + 1][8];
    for (size_t i = 0; i <= MOST; i++) {
        snprintf(names[i], sizeof names[i], "f%zu", i);
        rows[i] = (struct sabir_field){names[i], "BOOL", AUTO, 0};
    }
    assert_int_equal(register_rows("type.Most", rows, MOST, 0), SABIR_OK);
    assert_refused("type.TooMany", rows, MOST + 1, 0, "1025 fields are more than 1024");
    const sabir_type *type = sabir_type_find("type.Most");
    for (size_t i = 0; i < MOST; i++) {
        assert_int_equal(sb_type_field_find(type, sb_text_of(names[i]), i), i);
        assert_int_equal(sb_type_field_find(type, sb_text_of(names[i]), MOST), i);
        assert_int_equal(sb_type_field_find(type, sb_text_of(names[i]), (i + 1) % MOST), i);
    }
    assert_int_equal(sb_type_field_find(type, SB_TEXT("f1024"), 0), MOST);
    assert_int_equal(sb_type_field_find(type, SB_TEXT(""), 0), MOST);
}

#define INNERMOST_FIELDS(F) F(SABIR_BOOL, a)
SABIR_MESSAGE(Innermost, INNERMOST_FIELDS);
#define MIDDLE_FIELDS(F)                                                                                               \
    F(SABIR_OPTIONAL(SABIR_LIST(SABIR_LIST(SABIR_MAP(SABIR_MAP(SABIR_LIST(SABIR_STRUCT(Innermost))))))), a)
SABIR_MESSAGE(Middle, MIDDLE_FIELDS);
#define OUTER_FIELDS(F)                                                                                                \
    F(SABIR_MAP(SABIR_MAP(SABIR_OPTIONAL(SABIR_STRUCT(Middle)))), a) F(SABIR_LIST(SABIR_LIST(SABIR_JSON)), b)
SABIR_MESSAGE(Outer, OUTER_FIELDS);

static void a_declared_type_brings_those_that_it_contains(void **state) {
    (void)state;
    assert_null(sabir_type_find("Innermost"));
    assert_non_null(Outer_type());
    assert_ptr_equal(sabir_type_find("Innermost"), Innermost_type());
    assert_ptr_equal(sabir_type_find("Middle"), Middle_type());
}

/* ---- Threads and memory -------------------------------------------------------------------------------------------------- */

enum { RACERS = 4, RACED_TYPES = 200 };

struct racer {
    struct sb_thread thread;
    const sabir_type *types[RACED_TYPES];
    bool failed;
};

/* Everybody registers the same types at once; half of them in the other direction. */
static void race(void *argument) {
    struct racer *racer = argument;
    const struct sabir_field rows[] = {{"a", "LIST(STRUCT(Point))", AUTO, 0}, {"b", "STRING", AUTO, 0}};
    for (size_t step = 0; step < RACED_TYPES; step++) {
        size_t i = racer->types[0] ? step : RACED_TYPES - 1 - step;
        char name[32];
        snprintf(name, sizeof name, "type.Raced%zu", i);
        const sabir_type *type = NULL;
        racer->failed = racer->failed || sabir_type_register(name, rows, 2, 0, &type) != SABIR_OK ||
                        sabir_type_find(name) != type || sabir_type_field_count(type) != 2;
        racer->types[i] = type;
    }
}

static void threads_that_register_one_type_get_one(void **state) {
    (void)state;
    static struct racer racers[RACERS];
    assert_non_null(Point_type());
    for (size_t i = 0; i < RACERS; i++) {
        if (i % 2) racers[i].types[0] = Point_type(); /* the sign for: forwards */
        assert_int_equal(sb_thread_start(&racers[i].thread, "racer", race, &racers[i]), SABIR_OK);
    }
    for (size_t i = 0; i < RACERS; i++) sb_thread_join(&racers[i].thread);
    for (size_t i = 0; i < RACERS; i++) {
        assert_false(racers[i].failed);
        for (size_t j = 0; j < RACED_TYPES; j++) assert_ptr_equal(racers[i].types[j], racers[0].types[j]);
    }
}

/* Looks for types that another thread is about to register; what it finds must be whole. (ThreadSanitizer judges the rest.) */
static void look_out(void *argument) {
    struct racer *racer = argument;
    int64_t deadline_ns = sb_now_ns() + INT64_C(10000000000);
    for (size_t i = 0; i < RACED_TYPES; i++) {
        char name[32];
        snprintf(name, sizeof name, "type.Seen%zu", i);
        while (!racer->types[i] && sb_now_ns() < deadline_ns) racer->types[i] = sabir_type_find(name);
        struct sabir_field row = {"", "", 0, 0};
        racer->failed = racer->failed || sabir_type_field_get(racer->types[i], 0, &row) != SABIR_OK ||
                        strcmp(row.kind, "LIST(INT64)") != 0 || strcmp(sabir_type_name(racer->types[i]), name) != 0;
    }
}

static void a_type_that_is_found_is_whole(void **state) {
    (void)state;
    static struct racer watcher;
    const struct sabir_field row = {"a", "LIST(INT64)", AUTO, 0};
    assert_int_equal(sb_thread_start(&watcher.thread, "watcher", look_out, &watcher), SABIR_OK);
    for (size_t i = 0; i < RACED_TYPES; i++) {
        char name[32];
        snprintf(name, sizeof name, "type.Seen%zu", i);
        assert_int_equal(register_rows(name, &row, 1, 0), SABIR_OK);
    }
    sb_thread_join(&watcher.thread);
    assert_false(watcher.failed);
}

static void indexes_are_dense(void **state) {
    (void)state;
    const sabir_type *first, *second;
    assert_int_equal(sabir_type_register("type.First", NULL, 0, 0, &first), SABIR_OK);
    assert_int_equal(register_rows("type.First", NULL, 0, 0), SABIR_OK);
    assert_int_equal(register_rows("sabir.x", NULL, 0, 0), SABIR_ERESERVED);
    assert_int_equal(sabir_type_register("type.Second", NULL, 0, 0, &second), SABIR_OK);
    assert_int_equal(second->index, first->index + 1);
    assert_int_equal(sabir_type_start()->index, 0);
    assert_int_equal(sabir_type_reject()->index, 4);
}

static void no_memory_is_said_and_leaves_no_type(void **state) {
    (void)state;
    struct sabir_field rows[14];
    char names[14][4];
    const sabir_type *type;
    unsigned long k = 1;
    int code;
    assert_non_null(Point_type());
    for (size_t i = 0; i < 14; i++) {
        snprintf(names[i], sizeof names[i], "f%zu", i);
        rows[i] = (struct sabir_field){names[i], i % 2 ? "MAP(LIST(STRUCT(Point)))" : "OPTIONAL(BYTES)", AUTO, 0};
    }
    do {
        sb_alloc_fail_after(k++);
        code = sabir_type_register("type.Memory", rows, 14, 0, &type);
        sb_alloc_fail_after(0);
        if (code == SABIR_OK) break;
        assert_int_equal(code, SABIR_ENOMEM);
        assert_null(sabir_type_find("type.Memory"));
    } while (k < 1000);
    assert_int_equal(code, SABIR_OK);
    assert_true(k > 14 * 4); /* every allocation had its turn */
    for (k = 1; k <= 2; k++) {
        sb_alloc_fail_after(k);
        assert_int_equal(sabir_type_register_open("type.MemoryOpen", &type), SABIR_ENOMEM);
        sb_alloc_fail_after(0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_type_is_found_by_its_name),
        cmocka_unit_test(a_row_says_what_was_registered),
        cmocka_unit_test(an_equal_table_gives_the_same_type),
        cmocka_unit_test(another_table_is_a_mismatch_that_names_the_difference),
        cmocka_unit_test(an_open_type_is_a_json_text),
        cmocka_unit_test(a_type_without_fields_has_one_byte_in_every_language),
        cmocka_unit_test(a_name_follows_env_6),
        cmocka_unit_test(names_of_the_protocol_are_reserved),
        cmocka_unit_test(a_built_in_can_be_registered_as_it_is_only),
        cmocka_unit_test(the_built_ins_are_there_with_their_structs),
        cmocka_unit_test(life_cycle_names_never_come_from_the_wire),
        cmocka_unit_test(null_arguments_are_errors),
        cmocka_unit_test(a_wrong_row_is_named),
        cmocka_unit_test(types_nest_no_deeper_than_a_payload),
        cmocka_unit_test(a_type_has_a_largest_number_of_fields),
        cmocka_unit_test(a_declared_type_brings_those_that_it_contains),
        cmocka_unit_test(threads_that_register_one_type_get_one),
        cmocka_unit_test(a_type_that_is_found_is_whole),
        cmocka_unit_test(indexes_are_dense),
        cmocka_unit_test(no_memory_is_said_and_leaves_no_type),
    };
    return cmocka_run_group_tests_name("type", tests, NULL, NULL);
}
