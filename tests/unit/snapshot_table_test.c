/*
 * A snapshot for people shows what its JSON holds, and only JSON that a snapshot wrote.
 */
#include "snapshot_table.h"

#include <string.h>

#include "alloc.h"
#include "support/stage.h"

static const char *const json = "{\"node\":\"shop\",\"endpoint\":null,"
                                "\"actors\":[{\"name\":\"pong\",\"queued\":0,\"stopped\":false,\"thread\":null},"
                                "{\"name\":\"z\xC3\xA4hler\",\"queued\":12,\"stopped\":true,\"thread\":4711}],"
                                "\"dead_letters\":{\"unknown_target\":3,\"stopped\":0},"
                                "\"peers\":[],\"wire\":{\"received\":5,\"malformed\":{\"ENV-1\":2}}}";

static void lists_are_tables_and_counts_are_lines(void **state) {
    (void)state;
    struct sb_buffer out = SB_BUFFER_INIT;
    assert_ok(sb_snapshot_table(json, &out));
    assert_string_equal(out.bytes, "node      shop\n"
                                   "endpoint  -\n"
                                   "\n"
                                   "actors\n"
                                   "NAME    QUEUED  STOPPED  THREAD\n"
                                   "pong         0  no            -\n"
                                   "z\xC3\xA4hler      12  yes        4711\n"
                                   "\n"
                                   "dead letters\n"
                                   "unknown_target  3\n"
                                   "\n"
                                   "peers: none\n"
                                   "\n"
                                   "wire\n"
                                   "received  5\n"
                                   "ENV-1     2\n");
    sb_buffer_free(&out);
}

static void a_broken_text_is_an_error(void **state) {
    (void)state;
    struct sb_buffer out = SB_BUFFER_INIT;
    assert_fails(sb_snapshot_table("{\"actors\":[{\"name\":", &out), SABIR_EMALFORMED, NULL);
    sb_buffer_free(&out);
}

static void memory_that_is_missing_at_any_point_is_an_error(void **state) {
    (void)state;
    int code = SABIR_ENOMEM;
    unsigned long k = 0;
    while (code != SABIR_OK && k < 200) {
        struct sb_buffer out = SB_BUFFER_INIT;
        sb_alloc_fail_after(++k);
        code = sb_snapshot_table(json, &out);
        sb_alloc_fail_after(0);
        sb_buffer_free(&out);
        assert_true(code == SABIR_OK || code == SABIR_ENOMEM);
    }
    assert_int_equal(code, SABIR_OK);
    assert_true(k > 5);
}

static int on_number(void *self, const void *value, sabir_context *context) {
    (void)self;
    (void)value;
    (void)context;
    return SABIR_OK;
}

static void a_manager_can_be_printed_while_it_is_there(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "\xE6\x9D\xB1\xE4\xBA\xAC", NULL, Number_type(), on_number);
    send_number(ref, 1, NULL);
    sabir_snapshot *snapshot;
    const char *table, *again;
    assert_ok(sabir_snapshot_new(manager, &snapshot));
    assert_ok(sabir_snapshot_table_get(snapshot, &table));
    assert_ok(sabir_snapshot_table_get(snapshot, &again));
    assert_ptr_equal(table, again);
    assert_non_null(strstr(table, "\n\xE6\x9D\xB1\xE4\xBA\xAC       1 "));
    assert_non_null(strstr(table, "dead letters: none\n"));
    assert_fails(sabir_snapshot_table_get(NULL, &table), SABIR_EINVAL, "NULL");
    assert_fails(sabir_snapshot_table_get(snapshot, NULL), SABIR_EINVAL, "nowhere");
    sabir_snapshot_free(snapshot);
    sabir_ref_release(ref);
    stage_free(manager);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_tables_and_counts_are_lines),
        cmocka_unit_test(a_broken_text_is_an_error),
        cmocka_unit_test(memory_that_is_missing_at_any_point_is_an_error),
        cmocka_unit_test(a_manager_can_be_printed_while_it_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
