/*
 * Members that begin, rest and end without a turn, and the workers meanwhile.
 */
#include <stdio.h>

#include "group.h"
#include "support/stage.h"
#include "thread.h"

static sabir_group *new_group(sabir_manager *manager, size_t workers) {
    sabir_group *group;
    assert_ok(sabir_group_new(manager, "workers", workers, &group));
    return group;
}

static sabir_ref *join(sabir_manager *manager, sabir_group *group, const char *name, sabir_actor *actor) {
    sabir_ref *ref;
    assert_ok(sabir_actor_set_group(actor, group));
    assert_ok(sabir_manager_manage(manager, name, actor, &ref));
    return ref;
}

static int tell(void *self, const void *value, sabir_context *context) {
    (void)value, (void)context;
    gate_open(self);
    return SABIR_OK;
}

static void a_member_that_has_nothing_to_start_is_not_run_before_its_first_message(void **state) {
    (void)state;
    struct gate ran = {0};
    sabir_manager *manager = stage_new();
    sabir_group *group = new_group(manager, 2);
    sabir_ref *idle = join(manager, group, "idle", stage_actor(&ran, Number_type(), tell));
    sabir_ref *early = join(manager, group, "early", stage_actor(&ran, Number_type(), tell));
    send_number(early, 1, NULL);
    send_number(early, 2, NULL);
    assert_ok(sabir_manager_start(manager));
    sabir_ref *late = join(manager, group, "late", stage_actor(&ran, Number_type(), tell));
    gate_wait(&ran, 2); /* what was sent before the start */
    assert_true(stage_actor_count(manager, "early", "thread") > 0);
    assert_int_equal(stage_actor_count(manager, "idle", "thread"), 0);
    assert_int_equal(stage_actor_count(manager, "late", "thread"), 0);
    send_number(idle, 1, NULL);
    gate_wait(&ran, 3);
    assert_true(stage_actor_count(manager, "idle", "thread") > 0);
    assert_ok(sabir_manager_stop_actor(manager, late)); /* which was never run */
    assert_fails(sabir_ref_send_value(late, Number_type(), &(struct Number){1}, NULL), SABIR_ECLOSED, "has stopped");
    sabir_ref_release(idle);
    sabir_ref_release(early);
    sabir_ref_release(late);
    stage_free(manager);
}

/* Whoever stops them ends them: they need no worker. Who watches one is told all the same. */
static void members_that_rest_end_without_a_worker(void **state) {
    (void)state;
    enum { COUNT = 2000 };
    static sabir_ref *refs[COUNT];
    struct gate ran = {0}, down = {0};
    sabir_manager *manager = stage_new();
    sabir_group *group = new_group(manager, 2);
    sabir_ref *watcher = stage_manage(manager, "watcher", &down, sabir_type_down(), tell);
    assert_ok(sabir_manager_start(manager));
    for (int i = 0; i < COUNT; i++) {
        char name[24];
        snprintf(name, sizeof name, "member %d", i);
        refs[i] = join(manager, group, name, stage_actor(&ran, Number_type(), tell));
    }
    assert_ok(sabir_ref_watch(refs[7], watcher));
    assert_ok(sabir_manager_stop_actor(manager, refs[7]));
    gate_wait(&down, 1);
    send_number(refs[8], 1, NULL);
    gate_wait(&ran, 1);
    assert_ok(sabir_manager_stop(manager));
    assert_int_equal(stage_actor_count(manager, "member 7", "thread"), 0); /* no worker has ever seen it */
    assert_true(stage_actor_count(manager, "member 8", "thread") > 0);
    for (int i = 0; i < COUNT; i++) {
        assert_fails(sabir_ref_send_value(refs[i], Number_type(), &(struct Number){1}, NULL), SABIR_ECLOSED, NULL);
        sabir_ref_release(refs[i]);
    }
    sabir_ref_release(watcher);
    sabir_manager_free(manager);
}

/* Were one counted too many, nobody would ever be woken again. */
static void workers_at_rest_all_sleep_and_none_counts_as_searching(void **state) {
    (void)state;
    struct gate ran = {0};
    sabir_manager *manager = stage_new();
    sabir_group *group = new_group(manager, 4);
    sabir_ref *ref = join(manager, group, "member", stage_actor(&ran, Number_type(), tell));
    assert_ok(sabir_manager_start(manager));
    for (uint32_t round = 1; round <= 50; round++) {
        send_number(ref, 1, NULL);
        gate_wait(&ran, round);
        int64_t deadline_ns = sb_now_ns() + STAGE_PATIENCE_NS;
        while (atomic_load(&group->asleep_count) < 4 || atomic_load(&group->searching) > 0) {
            assert_true(sb_now_ns() < deadline_ns);
            sb_yield();
        }
    }
    sabir_ref_release(ref);
    stage_free(manager);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_member_that_has_nothing_to_start_is_not_run_before_its_first_message),
        cmocka_unit_test(members_that_rest_end_without_a_worker),
        cmocka_unit_test(workers_at_rest_all_sleep_and_none_counts_as_searching),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
