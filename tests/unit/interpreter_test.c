/*
 * Who runs a binding's code: counted while he has a batch, and nobody is kept waiting for somebody else for more than a moment.
 */
#include <sabir/puller.h>

#include "interpreter.c"

#include "support/stage.h"

static int on_number(void *self, sabir_message *message, void *user_data, sabir_context *context) {
    (void)self;
    (void)message;
    (void)user_data;
    (void)context;
    return SABIR_OK;
}

static const char language;

static sabir_puller *pulled(sabir_manager *manager, sabir_ref **ref) {
    sabir_actor *actor;
    sabir_puller *puller;
    assert_ok(sabir_actor_new(NULL, NULL, &actor));
    assert_ok(sabir_actor_set_pulled(actor));
    assert_ok(sabir_actor_set_language(actor, &language));
    assert_ok(sabir_actor_on_message(actor, Number_type(), on_number, NULL));
    assert_ok(sabir_manager_manage(manager, "pulled", actor, ref));
    assert_ok(sabir_puller_get(*ref, &puller));
    return puller;
}

struct visit {
    sabir_puller *puller;
    struct gate out, go;
    int32_t most, least; /* how many were counted while it was out */
};

/* Takes START, a message and STOP; each time it stays out until it is told to go on. */
static void visit(void *argument) {
    struct visit *visit = argument;
    struct sabir_batch *batch;
    size_t done = 0;
    for (uint32_t turn = 1; sabir_puller_next(visit->puller, done, -1, &batch) == SABIR_OK; turn++) {
        int32_t counted = atomic_load(&running);
        if (counted > visit->most) visit->most = counted;
        if (counted < visit->least) visit->least = counted;
        done = batch->count;
        gate_open(&visit->out);
        gate_wait(&visit->go, turn);
    }
}

static void who_has_a_batch_is_counted_and_nobody_else(void **state) {
    (void)state;
    struct visit alone = {.most = 0, .least = INT32_MAX};
    struct stage_thread thread;
    sabir_manager *manager = stage_new();
    sabir_ref *ref;
    alone.puller = pulled(manager, &ref);
    assert_int_equal(atomic_load(&running), 0);
    stage_thread_start(&thread, visit, &alone);
    for (int i = 0; i < 3; i++) gate_open(&alone.go); /* it never stays */
    assert_ok(sabir_manager_start(manager));
    send_number(ref, 1, NULL);
    gate_wait(&alone.out, 2);
    stage_free(manager);
    stage_thread_join(&thread);
    assert_int_equal(alone.most, 1);
    assert_int_equal(alone.least, 1);
    assert_int_equal(atomic_load(&running), 0);
    sabir_ref_release(ref);
}

static void who_stays_out_keeps_nobody_in(void **state) {
    (void)state;
    struct visit slow = {.least = INT32_MAX}, other = {.least = INT32_MAX};
    struct stage_thread threads[2];
    sabir_manager *managers[2] = {stage_new(), stage_new()};
    sabir_ref *refs[2];
    slow.puller = pulled(managers[0], &refs[0]);
    other.puller = pulled(managers[1], &refs[1]);
    stage_thread_start(&threads[0], visit, &slow);
    stage_thread_start(&threads[1], visit, &other);
    gate_open(&slow.go); /* of START; with the message it stays out */
    for (int i = 0; i < 3; i++) gate_open(&other.go);
    assert_ok(sabir_manager_start(managers[0]));
    send_number(refs[0], 1, NULL);
    gate_wait(&slow.out, 2);
    assert_ok(sabir_manager_start(managers[1]));
    send_number(refs[1], 1, NULL);
    gate_wait(&other.out, 2);
    for (int i = 0; i < 2; i++) gate_open(&slow.go);
    for (int i = 0; i < 2; i++) {
        stage_free(managers[i]);
        stage_thread_join(&threads[i]);
        sabir_ref_release(refs[i]);
    }
    assert_int_equal(atomic_load(&running), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_has_a_batch_is_counted_and_nobody_else),
        cmocka_unit_test(who_stays_out_keeps_nobody_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
