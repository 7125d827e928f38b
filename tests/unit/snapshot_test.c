/*
 * The snapshot is JSON that the own reader takes, and its numbers are those of what happened.
 */
#include "manager.h"

#include <stdlib.h>
#include <string.h>

#include "json_reader.h"
#include "support/stage.h"

static int on_number(void *self, const void *value, sabir_context *context) {
    (void)self;
    (void)value;
    (void)context;
    return SABIR_OK;
}

static void processor_time_is_that_of_an_actors_own_thread(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    sabir_group *pool;
    assert_ok(sabir_group_new(manager, "pool", 1, &pool));
    sabir_ref *own = stage_manage(manager, "own", NULL, Number_type(), on_number), *member;
    sabir_actor *actor = stage_actor(NULL, Number_type(), on_number);
    assert_ok(sabir_actor_set_group(actor, pool));
    assert_ok(sabir_manager_manage(manager, "member", actor, &member));
    assert_ok(sabir_manager_start(manager));
    sabir_snapshot *snapshot;
    assert_ok(sabir_snapshot_new(manager, &snapshot));
    const char *first = strstr(sabir_snapshot_json(snapshot), "\"cpu_ns\":");
    assert_non_null(first);
    assert_true(strtoll(first + strlen("\"cpu_ns\":"), NULL, 10) > 0); /* it has started */
    const char *second = strstr(first + 1, "\"cpu_ns\":");
    assert_non_null(second);
    assert_memory_equal(second, "\"cpu_ns\":null", strlen("\"cpu_ns\":null"));
    sabir_snapshot_free(snapshot);
    sabir_ref_release(own);
    sabir_ref_release(member);
    stage_free(manager);
}

static void it_is_strict_json_and_counts(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "quo\"ted", NULL, Number_type(), on_number);
    for (int i = 0; i < 3; i++) send_number(ref, i, NULL);
    sabir_snapshot *snapshot;
    assert_ok(sabir_snapshot_new(manager, &snapshot));
    const char *json = sabir_snapshot_json(snapshot);
    struct sb_fault fault;
    assert_ok(sb_json_check(sb_text_of(json), SB_JSON_MAX_DEPTH, &fault));
    assert_non_null(strstr(json, "{\"name\":\"quo\\\"ted\",\"queued\":3,\"received\":0"));
    assert_non_null(strstr(json, "\"peers\":[]"));
    assert_non_null(strstr(json, "\"mailbox_full\":0"));
    sabir_snapshot_free(snapshot);
    sabir_snapshot_free(NULL);
    assert_fails(sabir_snapshot_new(NULL, &snapshot), SABIR_EINVAL, NULL);
    assert_fails(sabir_snapshot_new(manager, NULL), SABIR_EINVAL, NULL);
    sabir_ref_release(ref);
    stage_free(manager);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_strict_json_and_counts),
        cmocka_unit_test(processor_time_is_that_of_an_actors_own_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
