/*
 * Actors that fail in the test kit: their delays and windows are of the kit's time, to the nanosecond; nothing waits for real.
 */
#include <sabir/kit.h>

#include <stdio.h>
#include <string.h>

#include "support/stage.h"

#define SECOND ((int64_t)1000000000)

/* Adds up; -1 is a failure. */
struct adder {
    int64_t sum;
    int restarts;
};

static int add(void *self, const void *value, sabir_context *context) {
    struct adder *adder = self;
    int64_t number = ((const struct Number *)value)->value;
    if (number == -1) return SABIR_EFAILED;
    adder->sum += number;
    if (!sabir_context_sender(context)) return SABIR_OK;
    return sabir_context_reply_value(context, Answer_type(), &(struct Answer){adder->sum});
}

static int restart(void *self, sabir_context *context) {
    struct adder *adder = self;
    (void)context;
    adder->sum = 0;
    adder->restarts++;
    return SABIR_OK;
}

static void keep_quiet(void *user_data, const char *line) {
    (void)user_data;
    (void)line;
}

static sabir_manager *stepped(void) {
    sabir_config *config;
    sabir_manager *manager;
    sabir_log_set(keep_quiet, NULL);
    assert_ok(sabir_config_new(&config));
    assert_ok(sabir_config_set_stepped(config, true));
    assert_ok(sabir_manager_new(config, &manager));
    sabir_config_free(config);
    return manager;
}

static sabir_actor *adder_new(struct adder *adder) {
    struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .on_restart = restart};
    sabir_actor *actor;
    *adder = (struct adder){0};
    assert_ok(sabir_actor_new(&callbacks, adder, &actor));
    assert_ok(sabir_actor_on(actor, Number_type(), add));
    return actor;
}

/* Restarted after a second, then two, four, at most five; so often within ten. */
static sabir_actor *restarted(struct adder *adder, uint32_t limit) {
    sabir_actor *actor = adder_new(adder);
    assert_ok(sabir_actor_set_on_failure(actor, SABIR_FAILURE_RESTART));
    assert_ok(sabir_actor_set_restart_delay(actor, SECOND, 5 * SECOND));
    assert_ok(sabir_actor_set_restart_limit(actor, limit, 10 * SECOND));
    return actor;
}

static sabir_ref *manage(sabir_manager *manager, const char *name, sabir_actor *actor) {
    sabir_ref *ref;
    assert_ok(sabir_manager_manage(manager, name, actor, &ref));
    return ref;
}

static void assert_restart_after(sabir_manager *manager, const struct adder *adder, int64_t delay_ns) {
    int before = adder->restarts;
    assert_ok(sabir_kit_advance(manager, delay_ns - 1));
    assert_int_equal(adder->restarts, before);
    assert_ok(sabir_kit_advance(manager, 1));
    assert_int_equal(adder->restarts, before + 1);
}

static void each_delay_is_twice_the_one_before_and_the_mailbox_is_kept(void **state) {
    (void)state;
    sabir_manager *manager = stepped();
    struct adder adder;
    sabir_ref *ref = manage(manager, "adder", restarted(&adder, SABIR_RESTART_UNLIMITED));
    assert_ok(sabir_manager_start(manager));
    const int64_t delays_s[] = {1, 2, 4, 5, 4}; /* 5 is the most; then the first two are out of the window */
    for (size_t i = 0; i < sizeof delays_s / sizeof delays_s[0]; i++) {
        send_number(ref, 100, NULL);
        send_number(ref, -1, NULL);
        send_number(ref, 7, NULL); /* waits for the one that comes back */
        assert_restart_after(manager, &adder, delays_s[i] * SECOND);
        assert_int_equal(adder.sum, 7);
    }
    sabir_ref_release(ref);
    stage_free(manager);
}

static void the_window_goes_by_with_the_kits_time(void **state) {
    (void)state;
    sabir_manager *manager = stepped();
    struct adder adder;
    sabir_ref *ref = manage(manager, "adder", restarted(&adder, 1));
    assert_ok(sabir_manager_start(manager));
    for (int i = 0; i < 3; i++) { /* one in ten seconds is no more than one */
        send_number(ref, -1, NULL);
        assert_restart_after(manager, &adder, SECOND);
        assert_ok(sabir_kit_advance(manager, 9 * SECOND));
    }
    send_number(ref, -1, NULL);
    assert_restart_after(manager, &adder, SECOND);
    assert_ok(sabir_kit_advance(manager, 9 * SECOND - 1));
    send_number(ref, -1, NULL); /* a nanosecond too soon */
    assert_ok(sabir_kit_step(manager, 1, NULL));
    assert_int_equal(adder.restarts, 4);
    assert_fails(sabir_ref_send_value(ref, Number_type(), &(struct Number){1}, NULL), SABIR_ECLOSED, "adder");
    sabir_ref_release(ref);
    stage_free(manager);
}

static void a_probe_that_waits_lets_the_restart_come(void **state) {
    (void)state;
    sabir_manager *manager = stepped();
    struct adder adder;
    sabir_probe *probe;
    sabir_ref *ref = manage(manager, "adder", restarted(&adder, 3));
    assert_ok(sabir_probe_new(manager, "client", &probe));
    assert_ok(sabir_manager_start(manager));
    send_number(ref, -1, NULL);
    send_number(ref, 5, sabir_probe_ref(probe));
    assert_ok(sabir_probe_expect_none(probe, SECOND - 1));
    assert_ok(sabir_probe_expect_value(probe, Answer_type(), &(struct Answer){5}, 60 * SECOND));
    assert_int_equal(sabir_kit_now_ns(manager), SECOND); /* and no longer than that */
    sabir_probe_free(probe);
    sabir_ref_release(ref);
    stage_free(manager);
}

static void a_supervisor_brings_all_back_at_one_time(void **state) {
    (void)state;
    sabir_manager *manager = stepped();
    struct adder left, right;
    sabir_actor *actors[] = {adder_new(&left), adder_new(&right)};
    sabir_supervisor *supervisor;
    sabir_group *group;
    assert_ok(sabir_supervisor_new(manager, "both", SABIR_STRATEGY_ALL_FOR_ONE, &supervisor));
    assert_ok(sabir_supervisor_set_restart_delay(supervisor, SECOND, SECOND));
    assert_ok(sabir_group_new(manager, "group", 2, &group)); /* one of them is a member */
    assert_ok(sabir_actor_set_group(actors[1], group));
    for (int i = 0; i < 2; i++) assert_ok(sabir_actor_set_supervisor(actors[i], supervisor));
    sabir_ref *a = manage(manager, "left", actors[0]), *b = manage(manager, "right", actors[1]);
    assert_ok(sabir_manager_start(manager));
    send_number(b, 3, NULL);
    assert_ok(sabir_kit_step(manager, 1, NULL));
    assert_int_equal(right.sum, 3);
    send_number(a, -1, NULL);
    assert_restart_after(manager, &left, SECOND);
    assert_int_equal(right.restarts, 1);
    assert_int_equal(right.sum, 0);
    send_number(b, 4, NULL);
    assert_ok(sabir_kit_step(manager, 1, NULL));
    assert_int_equal(right.sum, 4);
    sabir_ref_release(a);
    sabir_ref_release(b);
    stage_free(manager);
}

static void a_kit_ends_while_somebody_is_to_come_back(void **state) {
    (void)state;
    sabir_manager *manager = stepped();
    struct adder adder;
    sabir_ref *ref = manage(manager, "adder", restarted(&adder, 3));
    assert_ok(sabir_manager_start(manager));
    send_number(ref, -1, NULL);
    send_number(ref, 1, NULL);
    assert_ok(sabir_kit_step(manager, 10, NULL));
    sabir_ref_release(ref);
    stage_free(manager);
    assert_int_equal(adder.restarts, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_delay_is_twice_the_one_before_and_the_mailbox_is_kept),
        cmocka_unit_test(the_window_goes_by_with_the_kits_time),
        cmocka_unit_test(a_probe_that_waits_lets_the_restart_come),
        cmocka_unit_test(a_supervisor_brings_all_back_at_one_time),
        cmocka_unit_test(a_kit_ends_while_somebody_is_to_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
