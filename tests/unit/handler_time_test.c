/*
 * The time in handlers that a snapshot shows: it covers what an actor's own batches and turns do, waiting included, and nothing else.
 */
#include <sabir/kit.h>
#include <sabir/puller.h>
#include <stdio.h>

#include "group.h"
#include "support/stage.h"
#include "thread.h"

#define WORK_NS (5 * STAGE_MS)

static uint64_t handler_ns(sabir_manager *manager, const char *actor) {
    return stage_actor_count(manager, actor, "handler_ns");
}

static void work(void) {
    for (int64_t until_ns = sb_tick_ns() + WORK_NS; sb_tick_ns() < until_ns;) sb_yield();
}

struct worker {
    struct gate done;
    struct gate *holds; /* NULL: a handler goes on by itself */
};

static int on_number(void *self, const void *value, sabir_context *context) {
    (void)value, (void)context;
    struct worker *worker = self;
    work();
    gate_open(&worker->done);
    if (worker->holds) gate_wait(worker->holds, 1);
    return SABIR_OK;
}

/* Between two looks: the others need the processor, under valgrind the only one. */
static void pause_a_little(void) {
    static struct gate never;
    sb_park(&never.count, 0, sb_now_ns() + STAGE_MS);
}

/* Somebody's handlers have run `count` times and are over: at least so much was counted, and no more than there was time. */
static void check_time(sabir_manager *manager, const char *actor, uint64_t count, int64_t begin_ns) {
    int64_t patience_ns = sb_now_ns() + STAGE_PATIENCE_NS;
    uint64_t before, counted = handler_ns(manager, actor);
    do { /* it may still be on its way out of its handler */
        assert_true(sb_now_ns() < patience_ns);
        before = counted;
        pause_a_little();
        counted = handler_ns(manager, actor);
    } while (counted != before);
    assert_in_range(counted, count * (uint64_t)WORK_NS, (uint64_t)(sb_tick_ns() - begin_ns));
}

/* An actor with a thread of its own (no group), or a member. */
static sabir_ref *join(sabir_manager *manager, sabir_group *group, const char *name, struct worker *worker) {
    sabir_actor *actor = stage_actor(worker, Number_type(), on_number);
    sabir_ref *ref;
    if (group) assert_ok(sabir_actor_set_group(actor, group));
    assert_ok(sabir_manager_manage(manager, name, actor, &ref));
    return ref;
}

/* ---- Threads and groups ---------------------------------------------------------------------------------------------- */

/* Wait until the workers sleep, and let some time pass: nobody's. Returns how long. */
static int64_t rest(const sabir_group *group) {
    for (int64_t until_ns = sb_now_ns() + STAGE_PATIENCE_NS; atomic_load(&group->asleep_count) < group->worker_count;
         pause_a_little())
        assert_true(sb_now_ns() < until_ns);
    int64_t begin_ns = sb_now_ns();
    for (int i = 0; i < 10; i++) work();
    return sb_now_ns() - begin_ns;
}

static void it_covers_all_that_handlers_do(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    sabir_group *pool;
    assert_ok(sabir_group_new(manager, "pool", 2, &pool));
    struct worker own = {0}, member = {0};
    static const char *const names[] = {"own", "member", "idle"};
    sabir_ref *refs[3];
    for (int i = 0; i < 3; i++) refs[i] = join(manager, i > 0 ? pool : NULL, names[i], i > 0 ? &member : &own);
    int64_t begin_ns = sb_tick_ns();
    for (int i = 0; i < 3; i++) assert_int_equal(handler_ns(manager, names[i]), 0);
    assert_ok(sabir_manager_start(manager));
    for (uint32_t i = 1; i <= 3; i++) {
        send_number(refs[0], 1, NULL);
        send_number(refs[1], 1, NULL);
        if (i == 1) continue; /* two at once, then one more batch */
        gate_wait(&own.done, i);
        gate_wait(&member.done, i);
        if (i == 2) begin_ns += rest(pool);
    }
    check_time(manager, "own", 3, begin_ns);
    check_time(manager, "member", 3, begin_ns);
    assert_int_equal(handler_ns(manager, "idle"), 0);
    for (int i = 0; i < 3; i++) sabir_ref_release(refs[i]);
    stage_free(manager);
}

static int on_start(void *self, sabir_context *context) {
    return on_number(self, NULL, context);
}

static void on_stop(void *self, sabir_context *context) {
    on_number(self, NULL, context);
}

/* What is still queued at the end and drained counts, too. */
static void start_draining_and_stop_belong_to_it(void **state) {
    (void)state;
    for (int in_group = 0; in_group < 2; in_group++) {
        struct worker worker = {0};
        struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .on_start = on_start, .on_stop = on_stop};
        sabir_actor *actor;
        assert_ok(sabir_actor_new(&callbacks, &worker, &actor));
        assert_ok(sabir_actor_on(actor, Number_type(), on_number));
        sabir_manager *manager = stage_new();
        sabir_group *pool;
        assert_ok(sabir_group_new(manager, "pool", 1, &pool));
        if (in_group) assert_ok(sabir_actor_set_group(actor, pool));
        sabir_ref *ref;
        assert_ok(sabir_manager_manage(manager, "actor", actor, &ref));
        int64_t begin_ns = sb_tick_ns();
        assert_ok(sabir_manager_start(manager));
        check_time(manager, "actor", 1, begin_ns);
        for (int i = 0; i < 2; i++) send_number(ref, 1, NULL);
        assert_ok(sabir_manager_stop(manager));
        assert_int_equal(atomic_load(&worker.done.count), 4);
        check_time(manager, "actor", 4, begin_ns);
        sabir_ref_release(ref);
        sabir_manager_free(manager);
    }
}

static void a_handler_at_work_is_seen_to_work(void **state) {
    (void)state;
    for (int in_group = 0; in_group < 2; in_group++) {
        struct gate holds = {0};
        struct worker worker = {.holds = &holds};
        sabir_manager *manager = stage_new();
        sabir_group *pool;
        assert_ok(sabir_group_new(manager, "pool", 1, &pool));
        sabir_ref *ref = join(manager, in_group ? pool : NULL, "actor", &worker);
        assert_ok(sabir_manager_start(manager));
        int64_t begin_ns = sb_tick_ns();
        send_number(ref, 1, NULL);
        gate_wait(&worker.done, 1);
        uint64_t early_ns = handler_ns(manager, "actor");
        assert_true(early_ns >= (uint64_t)WORK_NS);
        work(); /* while it waits */
        assert_true(handler_ns(manager, "actor") >= early_ns + (uint64_t)WORK_NS);
        gate_open(&holds);
        check_time(manager, "actor", 2, begin_ns);
        sabir_ref_release(ref);
        stage_free(manager);
    }
}

/* ---- Calls ------------------------------------------------------------------------------------------------------------- */

struct caller {
    struct gate done;
    sabir_ref *callee;
};

static int call(void *self, const void *value, sabir_context *context) {
    struct caller *caller = self;
    int code =
        sabir_ref_fast_send(caller->callee, sabir_context_self(context), Number_type(), value, NULL, NULL, 0, 0, NULL);
    gate_open(&caller->done);
    return code;
}

static void a_fast_send_counts_to_who_calls(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    struct worker worker = {0};
    sabir_group *pool;
    assert_ok(sabir_group_new(manager, "pool", 1, &pool));
    struct caller caller = {.callee = join(manager, pool, "callee", &worker)}; /* which has never had a turn */
    sabir_ref *ref = stage_manage(manager, "caller", &caller, Number_type(), call);
    int64_t begin_ns = sb_tick_ns();
    assert_ok(sabir_manager_start(manager));
    send_number(ref, 1, NULL);
    gate_wait(&caller.done, 1);
    check_time(manager, "caller", 1, begin_ns);
    assert_int_equal(handler_ns(manager, "callee"), 0);
    sabir_ref_release(ref);
    sabir_ref_release(caller.callee);
    stage_free(manager);
}

struct shared {
    struct gate begun;
    struct gate handled;
    struct gate go;
    sabir_ref *ref;
};

/* 1 and 2: from the mailbox. 3: the fast_send of somebody who has waited for it, and takes his time. */
static int on_turn(void *self, const void *value, sabir_context *context) {
    (void)context;
    struct shared *shared = self;
    int64_t number = ((const struct Number *)value)->value;
    if (number == 3) {
        for (int i = 0; i < 10; i++) work();
        return SABIR_OK;
    }
    gate_open(&shared->begun);
    if (number == 1) gate_wait(&shared->go, 1);
    gate_open(&shared->handled);
    return SABIR_OK;
}

static void call_in_between(void *argument) {
    struct shared *shared = argument;
    assert_ok(sabir_ref_fast_send(shared->ref, NULL, Number_type(), &(struct Number){3}, NULL, NULL, 0, 0, NULL));
    gate_open(&shared->handled);
}

static void who_is_let_in_between_two_messages_does_not_count(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    struct shared shared = {0};
    shared.ref = stage_manage(manager, "actor", &shared, Number_type(), on_turn);
    assert_ok(sabir_manager_start(manager));
    int64_t begin_ns = sb_tick_ns();
    send_number(shared.ref, 1, NULL);
    send_number(shared.ref, 2, NULL);
    gate_wait(&shared.begun, 1);
    struct stage_thread thread;
    stage_thread_start(&thread, call_in_between, &shared);
    for (int i = 0; i < 2; i++) work(); /* it may have come to waiting by then; if not, it is let in after the batch */
    gate_open(&shared.go);
    stage_thread_join(&thread);
    gate_wait(&shared.handled, 3);
    int64_t elapsed_ns = sb_tick_ns() - begin_ns;
    check_time(manager, "actor", 2, begin_ns);
    assert_true(handler_ns(manager, "actor") <= (uint64_t)(elapsed_ns - 10 * WORK_NS));
    sabir_ref_release(shared.ref);
    stage_free(manager);
}

/* ---- What is pulled, what is stepped ------------------------------------------------------------------------------------- */

static int never(void *self, sabir_message *message, void *user_data, sabir_context *context) {
    (void)self, (void)message, (void)user_data, (void)context;
    return SABIR_OK;
}

static void pull(void *argument) {
    sabir_puller *puller = argument;
    struct sabir_batch *batch;
    size_t done = 0;
    for (;;) {
        int code = sabir_puller_try_next(puller, done, &batch);
        if (code == SABIR_ETIMEDOUT) code = sabir_puller_next(puller, 0, -1, &batch);
        if (code != SABIR_OK) break;
        done = batch->count;
        if (batch->items[0].kind != SABIR_PULLED_MESSAGE) continue;
        for (size_t i = 0; i < done; i++) on_number(batch->self, NULL, NULL);
    }
}

static void a_batch_in_a_bindings_hands_counts(void **state) {
    (void)state;
    for (int in_group = 0; in_group < 2; in_group++) {
        struct worker worker = {0};
        sabir_manager *manager = stage_new();
        sabir_group *pool;
        assert_ok(sabir_group_new_pulled(manager, "pool", 1, &pool));
        sabir_actor *actor;
        assert_ok(sabir_actor_new(NULL, &worker, &actor));
        assert_ok(sabir_actor_set_pulled(actor));
        assert_ok(sabir_actor_on_message(actor, Number_type(), never, NULL));
        if (in_group) assert_ok(sabir_actor_set_group(actor, pool));
        sabir_ref *ref;
        sabir_puller *puller;
        assert_ok(sabir_manager_manage(manager, "pulled", actor, &ref));
        assert_ok(in_group ? sabir_group_puller_get(pool, 0, &puller) : sabir_puller_get(ref, &puller));
        struct stage_thread thread;
        stage_thread_start(&thread, pull, puller);
        int64_t begin_ns = sb_tick_ns();
        assert_ok(sabir_manager_start(manager));
        for (uint32_t i = 1; i <= 3; i++) {
            send_number(ref, 1, NULL);
            if (i > 1) gate_wait(&worker.done, i);
        }
        check_time(manager, "pulled", 3, begin_ns);
        assert_ok(sabir_manager_stop(manager));
        stage_thread_join(&thread);
        sabir_ref_release(ref);
        sabir_manager_free(manager);
    }
}

static void a_stepped_actors_time_is_real_time(void **state) {
    (void)state;
    sabir_config *config;
    assert_ok(sabir_config_new(&config));
    assert_ok(sabir_config_set_stepped(config, true));
    sabir_manager *manager;
    assert_ok(sabir_manager_new(config, &manager));
    sabir_config_free(config);
    struct worker worker = {0};
    sabir_ref *ref = stage_manage(manager, "actor", &worker, Number_type(), on_number);
    assert_ok(sabir_manager_start(manager));
    int64_t begin_ns = sb_tick_ns();
    send_number(ref, 1, NULL);
    assert_ok(sabir_kit_step(manager, UINT64_MAX, NULL));
    uint64_t counted = handler_ns(manager, "actor");
    assert_in_range(counted, WORK_NS, sb_tick_ns() - begin_ns + STAGE_MS * 1000);
    assert_ok(sabir_kit_advance(manager, 3600000 * STAGE_MS));
    assert_int_equal(handler_ns(manager, "actor"), counted);
    sabir_ref_release(ref);
    stage_free(manager);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_covers_all_that_handlers_do),
        cmocka_unit_test(start_draining_and_stop_belong_to_it),
        cmocka_unit_test(a_handler_at_work_is_seen_to_work),
        cmocka_unit_test(a_fast_send_counts_to_who_calls),
        cmocka_unit_test(who_is_let_in_between_two_messages_does_not_count),
        cmocka_unit_test(a_batch_in_a_bindings_hands_counts),
        cmocka_unit_test(a_stepped_actors_time_is_real_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
