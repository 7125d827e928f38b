/*
 * A pulled group: members that a binding's threads run, in order, one thread at a time; objects that go without a copy; a puller that is
 * asked without waiting.
 */
#include <sabir/puller.h>
#include <stdio.h>

#include "support/stage.h"

static const char language;
static _Atomic uint64_t dropped;

static void drop_object(void *object) {
    (void)object;
    atomic_fetch_add(&dropped, 1);
}

/* ---- A binding in small ---------------------------------------------------------------------------------------------- */

#define SENDERS 2
#define EACH 10000
#define WORKERS_MAX 4

struct member {
    int64_t last[SENDERS];
    _Atomic int inside;
    _Atomic uint64_t count;
    _Atomic uint64_t faults;
    _Atomic uint32_t starts;
    _Atomic uint32_t stops;
    bool refuses_start;
    bool fails;
    sabir_ref *ref;
};

/* A fast_send is handled in its caller's thread. */
static int on_number(void *self, sabir_message *message, void *user_data, sabir_context *context) {
    (void)user_data;
    (void)context;
    (void)message;
    struct member *member = self;
    if (atomic_fetch_add(&member->inside, 1) != 0) atomic_fetch_add(&member->faults, 1);
    atomic_fetch_sub(&member->inside, 1);
    return SABIR_OK;
}

static int on_timeout(void *self, sabir_message *message, void *user_data, sabir_context *context) {
    return on_number(self, message, user_data, context);
}

static sabir_actor *new_member(struct member *member) {
    sabir_actor *actor;
    for (int i = 0; i < SENDERS; i++) member->last[i] = -1;
    assert_ok(sabir_actor_new(NULL, member, &actor));
    assert_ok(sabir_actor_set_pulled(actor));
    assert_ok(sabir_actor_set_language(actor, &language));
    assert_ok(sabir_actor_set_object_drop(actor, drop_object));
    assert_ok(sabir_actor_on_message(actor, Number_type(), on_number, NULL));
    assert_ok(sabir_actor_on_message(actor, sabir_type_timeout(), on_timeout, NULL));
    return actor;
}

/* Objects are the number itself, one more, so that none is NULL. */
static void handle_number(struct member *member, const struct sabir_pulled *item) {
    int64_t value = (int64_t)(intptr_t)item->object - 1, sender = value / EACH;
    if (!item->object || sender < 0 || sender >= SENDERS || value % EACH != member->last[sender] + 1) {
        atomic_fetch_add(&member->faults, 1);
        return;
    }
    member->last[sender] = value % EACH;
}

static void handle(sabir_puller *puller, struct sabir_batch *batch, size_t index) {
    struct member *member = batch->self;
    const struct sabir_pulled *item = &batch->items[index];
    batch->current = (uint32_t)index;
    if (atomic_fetch_add(&member->inside, 1) != 0) atomic_fetch_add(&member->faults, 1);
    if (item->kind == SABIR_PULLED_START) {
        atomic_fetch_add(&member->starts, 1);
        if (member->refuses_start) assert_ok(sabir_puller_fail(puller, index, SABIR_EFAILED, "no ledger to read"));
    } else if (item->kind == SABIR_PULLED_STOP) {
        atomic_fetch_add(&member->stops, 1);
    } else if (item->kind == SABIR_PULLED_TIMER) {
        if (sabir_puller_begin(puller, index) == SABIR_OK) atomic_fetch_add(&member->count, 1);
    } else {
        if (member->fails) assert_ok(sabir_puller_fail(puller, index, SABIR_EFAILED, "on purpose"));
        handle_number(member, item);
        atomic_fetch_add(&member->count, 1);
    }
    atomic_fetch_sub(&member->inside, 1);
}

struct binding {
    sabir_manager *manager;
    sabir_group *group;
    sabir_puller *pullers[WORKERS_MAX];
    struct stage_thread threads[WORKERS_MAX];
    size_t workers;
};
static bool tries_first;

static void drive(void *argument) {
    sabir_puller *puller = argument;
    struct sabir_batch *batch;
    size_t done = 0;
    for (;;) {
        int code = tries_first ? sabir_puller_try_next(puller, done, &batch) : SABIR_ETIMEDOUT;
        if (code == SABIR_ETIMEDOUT) code = sabir_puller_next(puller, tries_first ? 0 : done, -1, &batch);
        if (code != SABIR_OK) {
            assert_int_equal(code, SABIR_ECLOSED);
            return;
        }
        for (done = 0; done < batch->count && !(done > 0 && __atomic_load_n(&batch->yield, __ATOMIC_RELAXED)); done++)
            handle(puller, batch, done);
    }
}

static void begin(struct binding *binding, size_t workers) {
    binding->manager = stage_new();
    binding->workers = workers;
    assert_ok(sabir_group_new_pulled(binding->manager, "binding", workers, &binding->group));
    for (size_t i = 0; i < workers; i++) assert_ok(sabir_group_puller_get(binding->group, i, &binding->pullers[i]));
    for (size_t i = 0; i < workers; i++) stage_thread_start(&binding->threads[i], drive, binding->pullers[i]);
}

static void end(struct binding *binding) {
    stage_free(binding->manager);
    for (size_t i = 0; i < binding->workers; i++) stage_thread_join(&binding->threads[i]);
}

static void join(struct binding *binding, struct member *member, const char *name) {
    sabir_actor *actor = new_member(member);
    assert_ok(sabir_actor_set_group(actor, binding->group));
    assert_ok(sabir_manager_manage(binding->manager, name, actor, &member->ref));
}

static void send_object(struct member *member, int64_t value) {
    int code;
    while ((code = sabir_ref_send_object(member->ref, Number_type(), (void *)(intptr_t)(value + 1), NULL)) ==
           SABIR_EFULL) {
    }
    assert_int_equal(code, SABIR_OK);
}

/* ---- Order ------------------------------------------------------------------------------------------------------------- */

#define MEMBERS 6
static struct member members[MEMBERS];
static _Atomic bool sending_over;

static void send_to_all(void *argument) {
    int64_t sender = *(const int64_t *)argument;
    for (int64_t i = 0; i < EACH; i++)
        for (int m = 0; m < MEMBERS; m++) send_object(&members[m], sender * EACH + i);
}

/* Goes in between, again and again, under the members' exclusivity. */
static void enter_all(void *argument) {
    (void)argument;
    for (int i = 0; !atomic_load(&sending_over); i = (i + 1) % MEMBERS) {
        int code = sabir_ref_enter(members[i].ref, 0);
        assert_int_equal(code, SABIR_OK);
        if (atomic_fetch_add(&members[i].inside, 1) != 0) atomic_fetch_add(&members[i].faults, 1);
        atomic_fetch_sub(&members[i].inside, 1);
        sabir_ref_leave(members[i].ref);
    }
}

static void order_with(size_t workers, bool tries) {
    struct binding binding = {0};
    struct stage_thread threads[SENDERS], intruder;
    int64_t numbers[SENDERS] = {0, 1};
    tries_first = tries;
    atomic_store(&dropped, 0);
    atomic_store(&sending_over, false);
    begin(&binding, workers);
    for (int i = 0; i < MEMBERS; i++) {
        char name[16];
        snprintf(name, sizeof name, "member %d", i);
        members[i] = (struct member){0};
        join(&binding, &members[i], name);
    }
    assert_ok(sabir_manager_start(binding.manager));
    for (int i = 0; i < SENDERS; i++) stage_thread_start(&threads[i], send_to_all, &numbers[i]);
    stage_thread_start(&intruder, enter_all, NULL);
    for (int i = 0; i < SENDERS; i++) stage_thread_join(&threads[i]);
    atomic_store(&sending_over, true);
    stage_thread_join(&intruder);
    end(&binding);
    for (int i = 0; i < MEMBERS; i++) {
        assert_int_equal(members[i].faults, 0);
        assert_int_equal(members[i].count, SENDERS * EACH);
        assert_int_equal(members[i].starts, 1);
        assert_int_equal(members[i].stops, 1);
        sabir_ref_release(members[i].ref);
    }
    assert_int_equal(dropped, 0); /* each was handed over */
}

static void order_holds_with_one_worker(void **state) {
    (void)state;
    order_with(1, false);
}

static void order_holds_with_many_workers(void **state) {
    (void)state;
    order_with(WORKERS_MAX, false);
}

static void order_holds_for_who_asks_without_waiting_first(void **state) {
    (void)state;
    order_with(2, true);
}

/* ---- Life -------------------------------------------------------------------------------------------------------------- */

static void a_member_that_does_not_start_fails_the_manager(void **state) {
    (void)state;
    struct binding binding = {0};
    struct member good = {0}, bad = {.refuses_start = true};
    tries_first = false;
    begin(&binding, 2);
    join(&binding, &good, "good");
    join(&binding, &bad, "bad");
    assert_fails(sabir_manager_start(binding.manager), SABIR_EFAILED, "actor 'bad' did not start");
    end(&binding);
    assert_int_equal(good.stops, 1);
    assert_int_equal(bad.stops, 0);
    sabir_ref_release(good.ref);
    sabir_ref_release(bad.ref);
}

static void a_member_is_stopped_by_the_thread_that_has_entered_it(void **state) {
    (void)state;
    struct binding binding = {0};
    struct member member = {0};
    tries_first = false;
    begin(&binding, 1);
    join(&binding, &member, "entered");
    assert_ok(sabir_manager_start(binding.manager));
    assert_fails(sabir_ref_stop(member.ref), SABIR_ESTATE, "from its own handlers");
    assert_fails(sabir_ref_stop(NULL), SABIR_EINVAL, NULL);
    assert_ok(sabir_ref_enter(member.ref, 0));
    assert_ok(sabir_ref_stop(member.ref));
    sabir_ref_leave(member.ref);
    while (atomic_load(&member.stops) == 0) sabir_manager_wait(binding.manager, -1, STAGE_MS, 0);
    assert_int_equal(member.stops, 1);
    end(&binding);
    sabir_ref_release(member.ref);
}

static void members_may_come_late_and_go_early(void **state) {
    (void)state;
    struct binding binding = {0};
    struct member member = {0};
    tries_first = false;
    begin(&binding, 1);
    assert_ok(sabir_manager_start(binding.manager));
    join(&binding, &member, "late");
    for (int64_t i = 0; i < 100; i++) send_object(&member, i);
    assert_ok(sabir_manager_stop_actor(binding.manager, member.ref));
    assert_int_equal(member.count, 100);
    assert_int_equal(member.faults, 0);
    assert_int_equal(member.stops, 1);
    assert_fails(sabir_ref_send_object(member.ref, Number_type(), &member, NULL), SABIR_ECLOSED, "late");
    sabir_ref_release(member.ref);
    end(&binding);
}

static void without_a_start_the_threads_learn_of_the_end(void **state) {
    (void)state;
    struct binding binding = {0};
    struct member member = {0};
    atomic_store(&dropped, 0);
    begin(&binding, 2);
    join(&binding, &member, "never");
    send_object(&member, 0);
    end(&binding);
    assert_int_equal(member.starts, 0);
    assert_int_equal(dropped, 1); /* what waited was let go */
    sabir_ref_release(member.ref);
}

static void a_thread_that_comes_after_the_end_is_told_so(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    sabir_group *group;
    sabir_puller *puller;
    struct sabir_batch *batch;
    assert_ok(sabir_group_new_pulled(manager, "late", 1, &group));
    assert_ok(sabir_group_puller_get(group, 0, &puller));
    stage_free(manager);
    assert_fails(sabir_puller_next(puller, 0, -1, &batch), SABIR_ECLOSED, "group has ended");
}

static void a_members_failure_is_its_own_and_its_timer_fires(void **state) {
    (void)state;
    struct binding binding = {0};
    struct member failing = {.fails = true}, ticking = {0};
    uint64_t timer;
    begin(&binding, 1);
    join(&binding, &failing, "failing");
    join(&binding, &ticking, "ticking");
    assert_ok(sabir_manager_start(binding.manager));
    send_object(&failing, 0);
    send_object(&ticking, 0);
    assert_ok(sabir_timer_once(ticking.ref, STAGE_MS, &timer));
    while (atomic_load(&ticking.count) < 2 || atomic_load(&failing.count) < 1)
        sabir_manager_wait(binding.manager, -1, STAGE_MS, 0);
    assert_ok(sabir_manager_stop(binding.manager));
    assert_int_equal(stage_actor_count(binding.manager, "failing", "failed"), 1);
    assert_int_equal(stage_actor_count(binding.manager, "ticking", "failed"), 0);
    assert_int_equal(stage_dead_letters(binding.manager, "failed"), 1);
    end(&binding);
    sabir_ref_release(failing.ref);
    sabir_ref_release(ticking.ref);
}

/* ---- Errors ------------------------------------------------------------------------------------------------------------ */

static int on_value(void *self, const void *value, sabir_context *context) {
    (void)self;
    (void)value;
    (void)context;
    return SABIR_OK;
}

static void only_what_fits_together_is_put_together(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    struct member member = {0};
    sabir_group *own, *pulled;
    sabir_puller *puller;
    sabir_ref *ref;
    assert_ok(sabir_group_new(manager, "own", 1, &own));
    assert_ok(sabir_group_new_pulled(manager, "pulled", 1, &pulled));
    assert_fails(sabir_group_puller_get(own, 0, &puller), SABIR_EINVAL, "no puller 0");
    assert_fails(sabir_group_puller_get(pulled, 1, &puller), SABIR_EINVAL, "no puller 1");
    assert_ok(sabir_group_puller_get(pulled, 0, &puller));
    sabir_puller *second;
    assert_fails(sabir_group_puller_get(pulled, 0, &second), SABIR_EEXIST, "puller already");
    struct sabir_batch *batch;
    assert_fails(sabir_puller_next(puller, 0, 0, &batch), SABIR_EINVAL, "timeout is -1");
    assert_int_equal(sabir_puller_try_next(puller, 0, &batch), SABIR_ETIMEDOUT);
    assert_fails(sabir_puller_try_next(NULL, 0, &batch), SABIR_EINVAL, "NULL");

    sabir_actor *actor = new_member(&member);
    assert_ok(sabir_actor_set_group(actor, own));
    assert_fails(sabir_manager_manage(manager, "m", actor, NULL), SABIR_EINVAL, "do not fit");
    assert_ok(sabir_actor_set_group(actor, pulled));
    assert_ok(sabir_manager_manage(manager, "m", actor, &ref));
    assert_fails(sabir_puller_get(ref, &second), SABIR_EINVAL, "workers of its group");
    sabir_ref_release(ref);
    actor = stage_actor(NULL, Number_type(), on_value);
    assert_ok(sabir_actor_set_group(actor, pulled));
    assert_fails(sabir_manager_manage(manager, "n", actor, NULL), SABIR_EINVAL, "do not fit");
    sabir_actor_free(actor);
    stage_free(manager);
    assert_fails(sabir_puller_next(puller, 0, -1, &batch), SABIR_ECLOSED, "ended");
}

static void an_object_that_cannot_be_sent_stays_the_callers(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    struct member member = {0};
    sabir_ref *ref, *plain = stage_manage(manager, "plain", NULL, Number_type(), on_value);
    sabir_actor *actor = new_member(&member);
    int object = 0;
    atomic_store(&dropped, 0);
    assert_fails(sabir_actor_set_object_drop(actor, NULL), SABIR_EINVAL, "drop is NULL");
    assert_ok(sabir_actor_set_capacity_msgs(actor, 1));
    assert_ok(sabir_manager_manage(manager, "pulled", actor, &ref));
    assert_fails(sabir_ref_send_object(NULL, Number_type(), &object, NULL), SABIR_EINVAL, "NULL");
    assert_fails(sabir_ref_send_object(ref, Number_type(), NULL, NULL), SABIR_EINVAL, "NULL");
    assert_fails(sabir_ref_send_object(plain, Number_type(), &object, NULL), SABIR_EMISMATCH,
                 "'plain' takes no objects");
    assert_fails(sabir_ref_send_object(ref, Words_type(), &object, NULL), SABIR_EUNHANDLED, "no handler");
    assert_ok(sabir_ref_send_object(ref, Number_type(), &object, NULL));
    assert_fails(sabir_ref_send_object(ref, Number_type(), &object, NULL), SABIR_EFULL, "holds its 1");
    assert_int_equal(dropped, 0);
    stage_free(manager);
    assert_int_equal(dropped, 1); /* the one that was taken and never handed over */
    sabir_ref_release(ref);
    sabir_ref_release(plain);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_holds_with_one_worker),
        cmocka_unit_test(order_holds_with_many_workers),
        cmocka_unit_test(order_holds_for_who_asks_without_waiting_first),
        cmocka_unit_test(a_member_that_does_not_start_fails_the_manager),
        cmocka_unit_test(a_member_is_stopped_by_the_thread_that_has_entered_it),
        cmocka_unit_test(members_may_come_late_and_go_early),
        cmocka_unit_test(without_a_start_the_threads_learn_of_the_end),
        cmocka_unit_test(a_thread_that_comes_after_the_end_is_told_so),
        cmocka_unit_test(a_members_failure_is_its_own_and_its_timer_fires),
        cmocka_unit_test(only_what_fits_together_is_put_together),
        cmocka_unit_test(an_object_that_cannot_be_sent_stays_the_callers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
