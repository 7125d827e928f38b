/*
 * The thread of one actor: its options, its rest, and that it gives way to who waits.
 */
#include <string.h>
#include <sys/resource.h>

#include "support/stage.h"
#include "thread.h"

static int on_number(void *self, const void *value, sabir_context *context) {
    (void)value;
    (void)context;
    gate_open(self);
    return SABIR_OK;
}

static void a_strict_option_that_cannot_be_had_fails_the_start(void **state) {
    (void)state;
    struct gate gate = {0};
    const uint32_t nowhere = 1000;
    for (int strict = 0; strict < 2; strict++) {
        sabir_actor *actor = stage_actor(&gate, Number_type(), on_number);
        assert_ok(sabir_actor_set_cpus(actor, &nowhere, 1));
        assert_ok(sabir_actor_set_strict(actor, strict));
        sabir_manager *manager = stage_new();
        assert_ok(sabir_manager_manage(manager, "pinned", actor, NULL));
        if (strict)
            assert_fails(sabir_manager_start(manager), SABIR_EFAILED,
                         "actor 'pinned' did not start: SABIR_EINVAL: CPU affinity");
        else
            assert_ok(sabir_manager_start(manager)); /* logged, and it runs all the same */
        stage_free(manager);
    }
}

static uint64_t context_switches(void) {
    struct rusage usage;
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return (uint64_t)usage.ru_nvcsw;
}

static void idle_actors_do_not_wake(void **state) {
    (void)state;
#ifdef __SANITIZE_THREAD__
    skip(); /* the sanitizer has a thread of its own that wakes up */
#endif
    enum { COUNT = 100 };
    struct gate gate = {0};
    sabir_manager *manager = stage_new();
    char name[2] = "a";
    sabir_ref *ref = stage_manage(manager, name, &gate, Number_type(), on_number);
    for (int i = 1; i < COUNT; i++) {
        char other[16] = {'x', (char)('a' + i / 26), (char)('a' + i % 26)};
        sabir_ref_release(stage_manage(manager, other, &gate, Number_type(), on_number));
    }
    assert_ok(sabir_manager_start(manager));
    send_number(ref, 1, NULL);
    gate_wait(&gate, 1);
    /* Time has to pass: it is what is measured. The first stretch lets the last spinner fall asleep. */
    struct gate never = {0};
    for (int64_t until_ns = sb_now_ns() + 50 * STAGE_MS; sb_now_ns() < until_ns;) sb_park(&never.count, 0, until_ns);
    uint64_t before = context_switches();
    for (int64_t until_ns = sb_now_ns() + 300 * STAGE_MS; sb_now_ns() < until_ns;) sb_park(&never.count, 0, until_ns);
    uint64_t switches = context_switches() - before;
    assert_true(switches <= 3); /* our own sleep */
    sabir_ref_release(ref);
    stage_free(manager);
}

struct busy {
    struct gate handled;
    _Atomic bool is_over;
    sabir_ref *self;
};

/* It keeps itself busy for ever. */
static int work_on(void *self, const void *value, sabir_context *context) {
    struct busy *busy = self;
    if (((const struct Number *)value)->value == 7) return SABIR_OK;
    gate_open(&busy->handled);
    if (!atomic_load(&busy->is_over)) send_number(sabir_context_self(context), 1, NULL);
    return SABIR_OK;
}

static void a_busy_actor_gives_way_between_two_messages(void **state) {
    (void)state;
    struct busy busy = {.is_over = false};
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "busy", &busy, Number_type(), work_on);
    assert_ok(sabir_manager_start(manager));
    send_number(ref, 1, NULL);
    gate_wait(&busy.handled, 1);
    for (int i = 0; i < 100; i++)
        assert_ok(sabir_ref_fast_send(ref, NULL, Number_type(), &(struct Number){7}, NULL, NULL, 0, 0, NULL));
    atomic_store(&busy.is_over, true);
    sabir_ref_release(ref);
    stage_free(manager);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_strict_option_that_cannot_be_had_fails_the_start),
        cmocka_unit_test(idle_actors_do_not_wake),
        cmocka_unit_test(a_busy_actor_gives_way_between_two_messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
