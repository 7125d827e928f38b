/*
 * Supervisors: who is restarted when somebody fails, how often, and who deals with it after that.
 */
#include <stdio.h>
#include <string.h>

#include "support/stage.h"

#define NEVER_NS (600000 * STAGE_MS)

/* Counts what it gets since it was fresh; -1 is a failure. */
struct child {
    int64_t count;
    struct gate handled, restarted;
    sabir_ref *ref;
};

static int count(void *self, const void *value, sabir_context *context) {
    (void)context;
    struct child *child = self;
    if (((const struct Number *)value)->value < 0) return SABIR_EFAILED;
    child->count++;
    gate_open(&child->handled);
    return SABIR_OK;
}

static int restart(void *self, sabir_context *context) {
    (void)context;
    struct child *child = self;
    child->count = 0;
    gate_open(&child->restarted);
    return SABIR_OK;
}

/* Those that ended of a failure: when the manager stops the others end, too. */
static int count_down(void *self, const void *value, sabir_context *context) {
    (void)context;
    const struct sabir_down *down = value;
    if (down->reason.len_bytes == strlen("failed") && memcmp(down->reason.bytes, "failed", strlen("failed")) == 0)
        gate_open(self);
    return SABIR_OK;
}

static sabir_manager *manager;
static struct child a, b, c;
static struct gate downs;
static sabir_ref *watcher;

static int begin(void **state) {
    (void)state;
    manager = stage_new();
    downs = (struct gate){0};
    watcher = stage_manage(manager, "watcher", &downs, sabir_type_down(), count_down);
    return 0;
}

static void release(struct child *child) {
    if (child->ref) sabir_ref_release(child->ref);
    *child = (struct child){0};
}

static int end(void **state) {
    (void)state;
    stage_free(manager); /* one may just be coming back */
    release(&a);
    release(&b);
    release(&c);
    sabir_ref_release(watcher);
    return 0;
}

static sabir_supervisor *supervisor_new(const char *name, uint32_t strategy, uint32_t limit) {
    sabir_supervisor *supervisor;
    assert_ok(sabir_supervisor_new(manager, name, strategy, &supervisor));
    assert_ok(sabir_supervisor_set_restart_limit(supervisor, limit, NEVER_NS));
    assert_ok(sabir_supervisor_set_restart_delay(supervisor, STAGE_MS, STAGE_MS));
    return supervisor;
}

static void child_manage(const char *name, struct child *child, sabir_supervisor *supervisor) {
    *child = (struct child){0};
    struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .on_restart = restart};
    sabir_actor *actor;
    assert_ok(sabir_actor_new(&callbacks, child, &actor));
    assert_ok(sabir_actor_on(actor, Number_type(), count));
    assert_ok(sabir_actor_set_supervisor(actor, supervisor));
    assert_ok(sabir_manager_manage(manager, name, actor, &child->ref));
    assert_ok(sabir_ref_watch(child->ref, watcher));
}

/* It has handled one number more, which was sent now. */
static void assert_lives(struct child *child) {
    uint32_t before = atomic_load(&child->handled.count);
    send_number(child->ref, 1, NULL);
    gate_wait(&child->handled, before + 1);
}

static void one_for_one_restarts_the_one_that_failed(void **state) {
    (void)state;
    sabir_supervisor *supervisor = supervisor_new("top", SABIR_STRATEGY_ONE_FOR_ONE, 3);
    child_manage("a", &a, supervisor);
    child_manage("b", &b, supervisor);
    assert_ok(sabir_manager_start(manager));
    assert_lives(&b);
    send_number(a.ref, -1, NULL);
    gate_wait(&a.restarted, 1);
    assert_lives(&a);
    assert_lives(&b);
    assert_int_equal(b.count, 2);
    assert_int_equal(atomic_load(&b.restarted.count), 0);
    assert_int_equal(atomic_load(&downs.count), 0);
}

static void all_for_one_restarts_all_and_keeps_their_mailboxes(void **state) {
    (void)state;
    sabir_supervisor *supervisor = supervisor_new("top", SABIR_STRATEGY_ALL_FOR_ONE, 3);
    child_manage("a", &a, supervisor);
    child_manage("b", &b, supervisor);
    assert_ok(sabir_manager_start(manager));
    assert_lives(&b);
    send_number(a.ref, -1, NULL);
    send_number(a.ref, 5, NULL);
    gate_wait(&a.restarted, 1);
    gate_wait(&b.restarted, 1);
    gate_wait(&a.handled, 1);
    assert_lives(&b);
    assert_int_equal(b.count, 1);
    assert_int_equal(atomic_load(&downs.count), 0);
}

/* b fails as a member of the same: its limit is used up by both. */
static void the_limit_counts_all_restarts_and_then_all_below_end(void **state) {
    (void)state;
    sabir_supervisor *supervisor = supervisor_new("top", SABIR_STRATEGY_ONE_FOR_ONE, 2);
    child_manage("a", &a, supervisor);
    child_manage("b", &b, supervisor);
    assert_ok(sabir_manager_start(manager));
    send_number(a.ref, -1, NULL);
    gate_wait(&a.restarted, 1);
    send_number(b.ref, -1, NULL);
    gate_wait(&b.restarted, 1);
    send_number(a.ref, -1, NULL);
    gate_wait(&downs, 2); /* both, with the reason `failed` */
}

static void who_gives_up_passes_it_on(void **state) {
    (void)state;
    sabir_supervisor *top = supervisor_new("top", SABIR_STRATEGY_ONE_FOR_ONE, 2);
    sabir_supervisor *low = supervisor_new("low", SABIR_STRATEGY_ONE_FOR_ONE, 1);
    assert_ok(sabir_supervisor_set_parent(low, top));
    child_manage("a", &a, low);
    child_manage("b", &b, low);
    child_manage("c", &c, top);
    assert_ok(sabir_manager_start(manager));
    send_number(a.ref, -1, NULL); /* low's one */
    gate_wait(&a.restarted, 1);
    send_number(a.ref, -1, NULL); /* top restarts all below low */
    gate_wait(&a.restarted, 2);
    gate_wait(&b.restarted, 1);
    assert_lives(&c);
    assert_int_equal(atomic_load(&c.restarted.count), 0);
    send_number(b.ref, -1, NULL); /* low has begun anew */
    gate_wait(&b.restarted, 2);
    assert_int_equal(atomic_load(&a.restarted.count), 2);
    send_number(b.ref, -1, NULL); /* top's second */
    gate_wait(&b.restarted, 3);
    gate_wait(&a.restarted, 3);
    send_number(a.ref, -1, NULL);
    gate_wait(&a.restarted, 4);
    send_number(a.ref, -1, NULL); /* top's third: the end of all three */
    gate_wait(&downs, 3);
}

static void all_for_one_reaches_those_below_its_children(void **state) {
    (void)state;
    sabir_supervisor *top = supervisor_new("top", SABIR_STRATEGY_ALL_FOR_ONE, 2);
    sabir_supervisor *low = supervisor_new("low", SABIR_STRATEGY_ONE_FOR_ONE, 1);
    assert_ok(sabir_supervisor_set_parent(low, top));
    child_manage("a", &a, low);
    child_manage("c", &c, top);
    assert_ok(sabir_manager_start(manager));
    send_number(c.ref, -1, NULL);
    gate_wait(&c.restarted, 1);
    gate_wait(&a.restarted, 1);
    assert_lives(&a);
}

static void who_is_to_stop_stops_and_the_others_go_on(void **state) {
    (void)state;
    sabir_supervisor *supervisor = supervisor_new("top", SABIR_STRATEGY_ALL_FOR_ONE, 2);
    struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .on_restart = restart};
    sabir_actor *actor;
    assert_ok(sabir_actor_new(&callbacks, &a, &actor));
    assert_ok(sabir_actor_on(actor, Number_type(), count));
    assert_ok(sabir_actor_set_supervisor(actor, supervisor));
    assert_ok(sabir_actor_set_on_failure(actor, SABIR_FAILURE_STOP));
    assert_ok(sabir_manager_manage(manager, "a", actor, &a.ref));
    assert_ok(sabir_ref_watch(a.ref, watcher));
    child_manage("b", &b, supervisor);
    assert_ok(sabir_manager_start(manager));
    send_number(a.ref, -1, NULL);
    gate_wait(&downs, 1);
    send_number(b.ref, -1, NULL); /* a has left: it is not in the way */
    gate_wait(&b.restarted, 1);
    assert_lives(&b);
}

#define MANY 40
#define FAILURES 200

/* Failures from all sides of an all-for-one that never gives up: nothing that was sent is lost, and everybody ends up alive. */
static void many_that_fail_at_once_all_come_back(void **state) {
    (void)state;
    static struct child many[MANY];
    sabir_group *group;
    assert_ok(sabir_group_new(manager, "workers", 2, &group));
    sabir_supervisor *supervisor = supervisor_new("top", SABIR_STRATEGY_ALL_FOR_ONE, SABIR_RESTART_UNLIMITED);
    assert_ok(sabir_supervisor_set_restart_delay(supervisor, 0, STAGE_MS));
    for (int i = 0; i < MANY; i++) {
        char name[16];
        snprintf(name, sizeof name, "child-%d", i);
        many[i] = (struct child){0};
        struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .on_restart = restart};
        sabir_actor *actor;
        assert_ok(sabir_actor_new(&callbacks, &many[i], &actor));
        assert_ok(sabir_actor_on(actor, Number_type(), count));
        assert_ok(sabir_actor_set_supervisor(actor, supervisor));
        if (i % 4) assert_ok(sabir_actor_set_group(actor, group));
        assert_ok(sabir_manager_manage(manager, name, actor, &many[i].ref));
    }
    assert_ok(sabir_manager_start(manager));
    for (int i = 0; i < FAILURES; i++) {
        send_number(many[i * 7 % MANY].ref, -1, NULL);
        send_number(many[i * 11 % MANY].ref, 1, NULL);
    }
    for (int i = 0; i < MANY; i++) send_number(many[i].ref, 1, NULL);
    uint32_t sent[MANY] = {0};
    for (int i = 0; i < FAILURES; i++) sent[i * 11 % MANY]++;
    for (int i = 0; i < MANY; i++) gate_wait(&many[i].handled, sent[i] + 1);
    assert_int_equal(stage_dead_letters(manager, "failed"), FAILURES);
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(atomic_load(&many[i].handled.count), sent[i] + 1);
        sabir_ref_release(many[i].ref); /* and no more: it may just be coming back once again */
    }
}

static void arguments_are_checked(void **state) {
    (void)state;
    sabir_supervisor *supervisor = NULL, *other;
    assert_fails(sabir_supervisor_new(manager, "", 0, &supervisor), SABIR_EINVAL, "a name");
    assert_fails(sabir_supervisor_new(manager, "x", 2, &supervisor), SABIR_EINVAL, "2 is no strategy");
    assert_ok(sabir_supervisor_new(manager, "x", 0, &supervisor));
    assert_ok(sabir_supervisor_new(manager, "y", 0, &other));
    assert_fails(sabir_supervisor_set_parent(supervisor, supervisor), SABIR_EINVAL, "circle");
    assert_ok(sabir_supervisor_set_parent(supervisor, other));
    assert_fails(sabir_supervisor_set_parent(other, supervisor), SABIR_EINVAL, "circle");
    assert_fails(sabir_supervisor_set_parent(other, NULL), SABIR_EINVAL, "NULL");
    assert_fails(sabir_supervisor_set_restart_limit(NULL, 1, 1), SABIR_EINVAL, "NULL");
    assert_fails(sabir_supervisor_set_restart_delay(supervisor, -1, 1), SABIR_EINVAL, "first");
    sabir_actor *actor;
    assert_ok(sabir_actor_new(NULL, NULL, &actor));
    assert_fails(sabir_actor_set_supervisor(actor, NULL), SABIR_EINVAL, "NULL");
    assert_ok(sabir_actor_set_supervisor(actor, supervisor));
    assert_fails(sabir_manager_manage(manager, "stale", actor, NULL), SABIR_EINVAL, "has no on_restart");
    sabir_manager *another = stage_new();
    assert_fails(sabir_manager_manage(another, "stale", actor, NULL), SABIR_EINVAL, "of another manager");
    sabir_supervisor *foreign;
    assert_ok(sabir_supervisor_new(another, "z", 0, &foreign));
    assert_fails(sabir_supervisor_set_parent(supervisor, foreign), SABIR_EINVAL, "two managers");
    sabir_actor_free(actor);
    stage_free(another);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        CASE(one_for_one_restarts_the_one_that_failed),
        CASE(all_for_one_restarts_all_and_keeps_their_mailboxes),
        CASE(the_limit_counts_all_restarts_and_then_all_below_end),
        CASE(who_gives_up_passes_it_on),
        CASE(all_for_one_reaches_those_below_its_children),
        CASE(who_is_to_stop_stops_and_the_others_go_on),
        CASE(many_that_fail_at_once_all_come_back),
        CASE(arguments_are_checked),
    };
    return cmocka_run_group_tests_name("supervisor", tests, NULL, NULL);
}
