/*
 * The high-water notice: whoever is named is told once, with the actor's name and how many are queued.
 */
#include "high_water.h"

#include <stdio.h>
#include <string.h>

#include "support/stage.h"

#define LINE_BYTES 200

struct monitor {
    struct gate told;
    char actor[32];
    uint64_t queued_msgs;
};

static int on_high_water(void *self, const void *value, sabir_context *context) {
    (void)context;
    struct monitor *monitor = self;
    const struct sabir_high_water *news = value;
    snprintf(monitor->actor, sizeof monitor->actor, "%.*s", (int)news->actor.len_bytes, news->actor.bytes);
    monitor->queued_msgs = news->queued_msgs;
    gate_open(&monitor->told);
    return SABIR_OK;
}

struct slow {
    struct gate entered;
    struct gate leave;
};

static int wait_in_the_first(void *self, const void *value, sabir_context *context) {
    (void)context;
    struct slow *slow = self;
    const struct Number *number = value;
    if (number->value != 0) return SABIR_OK;
    gate_open(&slow->entered);
    gate_wait(&slow->leave, 1);
    return SABIR_OK;
}

static void whoever_is_named_is_told_once(void **state) {
    (void)state;
    struct monitor monitor = {.queued_msgs = 0};
    struct slow slow = {{0}, {0}};
    sabir_manager *manager = stage_new();
    sabir_ref *to = stage_manage(manager, "monitor", &monitor, sabir_type_high_water(), on_high_water), *ref;
    sabir_actor *actor = stage_actor(&slow, Number_type(), wait_in_the_first);
    assert_ok(sabir_actor_set_high_water(actor, 5, to));
    assert_ok(sabir_actor_set_high_water(actor, 8, to)); /* the last word counts, and the first one's ref is let go */
    assert_ok(sabir_manager_manage(manager, "slow", actor, &ref));
    sabir_ref_release(to);
    assert_ok(sabir_manager_start(manager));
    send_number(ref, 0, NULL);
    gate_wait(&slow.entered, 1);
    for (int64_t i = 1; i <= 7; i++) send_number(ref, i, NULL);
    assert_int_equal(stage_actor_count(manager, "monitor", "queued"), 0);
    for (int64_t i = 8; i <= 50; i++) send_number(ref, i, NULL);
    gate_wait(&monitor.told, 1);
    assert_string_equal(monitor.actor, "slow");
    assert_int_equal(monitor.queued_msgs, 8);
    gate_open(&slow.leave);
    sabir_ref_release(ref);
    stage_free(manager);
    assert_int_equal(atomic_load(&monitor.told.count), 1);
}

static void on_log(void *user_data, const char *line) {
    snprintf(user_data, LINE_BYTES, "%s", line);
}

static void a_notice_that_cannot_be_delivered_is_logged_and_hurts_nobody(void **state) {
    (void)state;
    char line[LINE_BYTES] = "";
    struct slow slow = {{0}, {0}};
    sabir_log_set(on_log, line);
    sabir_manager *manager = stage_new();
    sabir_ref *deaf = stage_manage(manager, "deaf", &slow, Number_type(), wait_in_the_first), *ref;
    sabir_actor *actor = stage_actor(&slow, Number_type(), wait_in_the_first);
    assert_ok(sabir_actor_set_high_water(actor, 1, deaf));
    assert_ok(sabir_manager_manage(manager, "loud", actor, &ref));
    send_number(ref, 1, NULL);
    assert_non_null(strstr(line, "actor 'deaf' was not told that the mailbox of 'loud' fills up"));
    sabir_ref_release(deaf);
    sabir_ref_release(ref);
    stage_free(manager);
    sabir_log_set(NULL, NULL);
}

static void arguments_are_checked(void **state) {
    (void)state;
    struct slow slow = {{0}, {0}};
    sabir_manager *manager = stage_new();
    sabir_ref *to = stage_manage(manager, "to", &slow, Number_type(), wait_in_the_first);
    sabir_actor *actor = stage_actor(&slow, Number_type(), wait_in_the_first);
    assert_fails(sabir_actor_set_high_water(NULL, 1, to), SABIR_EINVAL, "actor");
    assert_fails(sabir_actor_set_high_water(actor, 0, to), SABIR_EINVAL, "do not go together");
    assert_fails(sabir_actor_set_high_water(actor, 1, NULL), SABIR_EINVAL, "nobody to tell");
    assert_ok(sabir_actor_set_high_water(actor, 1, to));
    assert_ok(sabir_actor_set_high_water(actor, 0, NULL));
    sabir_actor_free(actor);
    sabir_ref_release(to);
    stage_free(manager);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoever_is_named_is_told_once),
        cmocka_unit_test(a_notice_that_cannot_be_delivered_is_logged_and_hurts_nobody),
        cmocka_unit_test(arguments_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
