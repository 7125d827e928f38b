/*
 * Failing and coming back: the policies, fresh state with the mailbox kept, limits, timers; on a thread, in a group, and pulled.
 */
#include <stdio.h>
#include <string.h>

#include "support/stage.h"

/* Adds up the numbers it gets; -1 is a failure, -2 a question. */
struct adder {
    int64_t sum;
    int64_t last_sum; /* when it failed */
    struct gate handled, failed, started, restarted, downs;
    uint32_t failing_restarts; /* so many of them fail */
    uint64_t timer;
    bool has_timer;
    char reason[32];
    sabir_ref *ref;
};

static int add(void *self, const void *value, sabir_context *context) {
    struct adder *adder = self;
    int64_t number = ((const struct Number *)value)->value;
    if (number == -2) return sabir_context_reply_value(context, Answer_type(), &(struct Answer){adder->sum});
    if (number == -1) {
        adder->last_sum = adder->sum;
        gate_open(&adder->failed);
        sabir_error_detail_set("minus one");
        return SABIR_EFAILED;
    }
    adder->sum += number;
    gate_open(&adder->handled);
    return SABIR_OK;
}

static int start(void *self, sabir_context *context) {
    struct adder *adder = self;
    gate_open(&adder->started);
    if (!adder->has_timer) return SABIR_OK;
    return sabir_timer_once(sabir_context_self(context), 20 * STAGE_MS, &adder->timer);
}

static int restart(void *self, sabir_context *context) {
    (void)context;
    struct adder *adder = self;
    adder->sum = 0;
    gate_open(&adder->restarted);
    if (adder->failing_restarts == 0) return SABIR_OK;
    adder->failing_restarts--;
    sabir_error_detail_set("not yet");
    return SABIR_EFAILED;
}

static int on_timeout(void *self, const void *value, sabir_context *context) {
    (void)context;
    struct adder *adder = self;
    assert_int_equal(((const struct sabir_timeout *)value)->timer_id, adder->timer); /* never one of the state before */
    if (atomic_load(&adder->restarted.count) > 0)
        gate_open(&adder->handled); /* the first one may fire before the failure */
    return SABIR_OK;
}

static int on_down(void *self, const void *value, sabir_context *context) {
    (void)context;
    struct adder *adder = self;
    const struct sabir_down *down = value;
    snprintf(adder->reason, sizeof adder->reason, "%.*s", (int)down->reason.len_bytes, down->reason.bytes);
    gate_open(&adder->downs);
    return SABIR_OK;
}

static sabir_actor *adder_new(struct adder *adder, uint32_t policy) {
    *adder = (struct adder){.last_sum = -1};
    struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .on_start = start, .on_restart = restart};
    sabir_actor *actor;
    assert_ok(sabir_actor_new(&callbacks, adder, &actor));
    assert_ok(sabir_actor_on(actor, Number_type(), add));
    assert_ok(sabir_actor_on(actor, sabir_type_timeout(), on_timeout));
    assert_ok(sabir_actor_on(actor, sabir_type_down(), on_down));
    assert_ok(sabir_actor_set_on_failure(actor, policy));
    assert_ok(sabir_actor_set_restart_delay(actor, STAGE_MS, 2 * STAGE_MS));
    return actor;
}

static sabir_manager *manager;
static struct adder adder, watcher;

static int begin(void **state) {
    (void)state;
    manager = stage_new();
    assert_ok(sabir_manager_manage(manager, "watcher", adder_new(&watcher, SABIR_FAILURE_RESUME), &watcher.ref));
    return 0;
}

static int end(void **state) {
    (void)state;
    sabir_ref_release(watcher.ref);
    if (adder.ref) sabir_ref_release(adder.ref);
    adder.ref = NULL;
    stage_free(manager);
    return 0;
}

static void run(sabir_actor *actor) {
    assert_ok(sabir_manager_manage(manager, "adder", actor, &adder.ref));
    assert_ok(sabir_ref_watch(adder.ref, watcher.ref));
    assert_ok(sabir_manager_start(manager));
}

static int64_t sum_of(struct adder *asked) {
    sabir_message *reply;
    const void *value;
    assert_ok(sabir_ref_ask(asked->ref, new_number(-2), STAGE_PATIENCE_NS, &reply));
    assert_ok(sabir_message_value_get(reply, Answer_type(), &value));
    int64_t sum = ((const struct Answer *)value)->value;
    sabir_message_free(reply);
    return sum;
}

/* ---- The policies ------------------------------------------------------------------------------------------------------------ */

static void to_resume_is_to_go_on_with_the_state_as_it_is(void **state) {
    (void)state;
    run(adder_new(&adder, SABIR_FAILURE_RESUME));
    send_number(adder.ref, 5, NULL);
    send_number(adder.ref, -1, NULL);
    send_number(adder.ref, 6, NULL);
    assert_int_equal(sum_of(&adder), 11);
    assert_int_equal(stage_actor_count(manager, "adder", "failed"), 1);
    assert_int_equal(stage_actor_count(manager, "adder", "restarts"), 0);
}

static void to_stop_is_the_end_with_the_reason_failed(void **state) {
    (void)state;
    run(adder_new(&adder, SABIR_FAILURE_STOP));
    send_number(adder.ref, -1, NULL);
    gate_wait(&watcher.downs, 1);
    assert_string_equal(watcher.reason, "failed");
    sabir_message *more = new_number(1);
    assert_fails(sabir_ref_send(adder.ref, more, NULL), SABIR_ECLOSED, "has stopped");
    sabir_message_free(more);
}

/* Fifty numbers, a failure, fifty more: the fresh state gets just those, in order, and nobody is told of an end. */
static void check_restart(sabir_actor *actor) {
    run(actor);
    for (int i = 0; i < 50; i++) send_number(adder.ref, 1, NULL);
    send_number(adder.ref, -1, NULL);
    for (int i = 0; i < 50; i++) send_number(adder.ref, 2, NULL);
    gate_wait(&adder.restarted, 1);
    assert_int_equal(sum_of(&adder), 100);
    assert_int_equal(adder.last_sum, 50);
    gate_wait(&adder.started, 2);
    assert_int_equal(atomic_load(&watcher.downs.count), 0);
    assert_int_equal(stage_actor_count(manager, "adder", "restarts"), 1);
    assert_int_equal(stage_dead_letters(manager, "failed"), 1);
}

static void to_restart_is_fresh_state_with_the_mailbox_kept(void **state) {
    (void)state;
    check_restart(adder_new(&adder, SABIR_FAILURE_RESTART));
}

static void members_of_a_group_come_back_too(void **state) {
    (void)state;
    sabir_group *group;
    assert_ok(sabir_group_new(manager, "workers", 2, &group));
    sabir_actor *actor = adder_new(&adder, SABIR_FAILURE_RESTART);
    assert_ok(sabir_actor_set_group(actor, group));
    check_restart(actor);
}

static void a_mailbox_that_drops_its_oldest_waits_too(void **state) {
    (void)state;
    sabir_actor *actor = adder_new(&adder, SABIR_FAILURE_RESTART);
    assert_ok(sabir_actor_set_overload(actor, SABIR_OVERLOAD_DROP_OLDEST));
    check_restart(actor);
}

static void without_a_delay_it_comes_back_at_once(void **state) {
    (void)state;
    sabir_actor *actor = adder_new(&adder, SABIR_FAILURE_RESTART);
    assert_ok(sabir_actor_set_restart_delay(actor, 0, 0));
    check_restart(actor);
}

/* ---- Limits ------------------------------------------------------------------------------------------------------------------ */

static void one_restart_too_many_is_the_end(void **state) {
    (void)state;
    sabir_actor *actor = adder_new(&adder, SABIR_FAILURE_RESTART);
    assert_ok(sabir_actor_set_restart_limit(actor, 2, 600000 * STAGE_MS));
    run(actor);
    for (int i = 0; i < 3; i++) send_number(adder.ref, -1, NULL);
    gate_wait(&watcher.downs, 1);
    assert_string_equal(watcher.reason, "failed");
    assert_int_equal(atomic_load(&adder.restarted.count), 2);
    assert_int_equal(stage_actor_count(manager, "adder", "restarts"), 2);
}

static void a_restart_that_fails_is_tried_again_within_the_limit(void **state) {
    (void)state;
    sabir_actor *actor = adder_new(&adder, SABIR_FAILURE_RESTART);
    adder.failing_restarts = 2;
    run(actor);
    send_number(adder.ref, -1, NULL);
    send_number(adder.ref, 7, NULL);
    gate_wait(&adder.restarted, 3);
    assert_int_equal(sum_of(&adder), 7);
    assert_int_equal(atomic_load(&adder.started.count), 2); /* on_start only after an on_restart that went well */
}

/* ---- What else belongs to the old state ----------------------------------------------------------------------------------------- */

static void the_timers_of_the_old_state_never_fire(void **state) {
    (void)state;
    sabir_actor *actor = adder_new(&adder, SABIR_FAILURE_RESTART);
    assert_ok(sabir_actor_set_restart_delay(actor, 0, 0));
    adder.has_timer = true;
    run(actor);
    send_number(adder.ref, -1, NULL);
    gate_wait(&adder.handled, 1); /* the fresh one's, which on_timeout asserts */
    assert_int_equal(sum_of(&adder), 0);
    assert_int_equal(atomic_load(&adder.handled.count), 1);
}

static void its_watches_are_gone(void **state) {
    (void)state;
    run(adder_new(&adder, SABIR_FAILURE_RESTART));
    assert_ok(sabir_ref_watch(watcher.ref, adder.ref));
    send_number(adder.ref, -1, NULL);
    gate_wait(&adder.restarted, 1);
    assert_int_equal(sum_of(&adder), 0);
    assert_fails(sabir_ref_unwatch(watcher.ref, adder.ref), SABIR_ENOENT, NULL);
}

/* ---- Called directly ---------------------------------------------------------------------------------------------------------- */

static int call(int64_t number) {
    struct Answer answer;
    return sabir_ref_fast_send(adder.ref, NULL, Number_type(), &(struct Number){number}, Answer_type(), &answer,
                               sizeof answer, 0, NULL);
}

static void a_failure_in_a_fast_send_is_one(void **state) {
    (void)state;
    sabir_actor *actor = adder_new(&adder, SABIR_FAILURE_RESTART);
    assert_ok(sabir_actor_set_restart_delay(actor, 60000 * STAGE_MS, 60000 * STAGE_MS));
    run(actor);
    assert_fails(call(-1), SABIR_EFAILED, "minus one");
    assert_fails(call(1), SABIR_ESTATE, "waits for its restart");
    assert_fails(sabir_ref_enter(adder.ref, 0), SABIR_ESTATE, NULL);
    send_number(adder.ref, 3, NULL); /* is kept, and buried when the manager stops */
    assert_int_equal(stage_actor_count(manager, "adder", "queued"), 1);
}

static void it_comes_back_from_a_failure_in_a_fast_send(void **state) {
    (void)state;
    run(adder_new(&adder, SABIR_FAILURE_RESTART));
    send_number(adder.ref, 4, NULL);
    gate_wait(&adder.handled, 1);
    assert_fails(call(-1), SABIR_EFAILED, "minus one");
    send_number(adder.ref, 3, NULL);
    assert_int_equal(sum_of(&adder), 3);
}

static void a_binding_can_say_that_its_handler_failed(void **state) {
    (void)state;
    run(adder_new(&adder, SABIR_FAILURE_RESTART));
    sabir_ref_failed(adder.ref); /* without having entered: nothing */
    assert_int_equal(sum_of(&adder), 0);
    assert_ok(sabir_ref_enter(adder.ref, 0));
    sabir_ref_failed(adder.ref);
    sabir_ref_leave(adder.ref);
    gate_wait(&adder.restarted, 1);
    assert_int_equal(sum_of(&adder), 0);
}

/* ---- Stopping meanwhile --------------------------------------------------------------------------------------------------------- */

static void who_waits_for_a_restart_stops_at_once_and_buries_what_is_queued(void **state) {
    (void)state;
    sabir_actor *actor = adder_new(&adder, SABIR_FAILURE_RESTART);
    assert_ok(sabir_actor_set_restart_delay(actor, 60000 * STAGE_MS, 60000 * STAGE_MS));
    run(actor);
    send_number(adder.ref, -1, NULL);
    send_number(adder.ref, 1, NULL);
    gate_wait(&adder.failed, 1);
    assert_ok(sabir_manager_stop_actor(manager, adder.ref));
    assert_int_equal(stage_dead_letters(manager, "stopped"), 1);
    gate_wait(&watcher.downs, 1);
    assert_string_equal(watcher.reason, "stopped");
    assert_int_equal(atomic_load(&adder.restarted.count), 0);
}

static void arguments_are_checked(void **state) {
    (void)state;
    sabir_actor *actor;
    assert_ok(sabir_actor_new(NULL, NULL, &actor));
    assert_fails(sabir_actor_set_on_failure(actor, 3), SABIR_EINVAL, "3 is no failure policy");
    assert_fails(sabir_actor_set_on_failure(NULL, 0), SABIR_EINVAL, "NULL");
    assert_fails(sabir_actor_set_restart_limit(actor, 65, 1), SABIR_EINVAL, "0 to 64");
    assert_fails(sabir_actor_set_restart_delay(actor, 2, 1), SABIR_EINVAL, "first <= longest");
    assert_ok(sabir_actor_set_on_failure(actor, SABIR_FAILURE_RESTART));
    assert_fails(sabir_manager_manage(manager, "stale", actor, NULL), SABIR_EINVAL, "has no on_restart");
    sabir_actor_free(actor);
}

/* ---- What is shown --------------------------------------------------------------------------------------------------------------- */

struct shown {
    char line[1024];
    struct gate lines;
};

static void keep_line(void *user_data, const char *line) {
    struct shown *shown = user_data;
    snprintf(shown->line, sizeof shown->line, "%s", line);
    gate_open(&shown->lines);
}

static int fail_on_words(void *self, const void *value, sabir_context *context) {
    (void)self, (void)value, (void)context;
    sabir_error_detail_set("no such order");
    return SABIR_ENOENT;
}

static void the_failing_message_is_shown_and_cut(void **state) {
    (void)state;
    static struct shown shown;
    static char text[500];
    memset(text, 'x', sizeof text);
    sabir_log_set(keep_line, &shown);
    sabir_actor *actor = stage_actor(&adder, Words_type(), fail_on_words);
    assert_ok(sabir_manager_manage(manager, "words", actor, NULL));
    assert_ok(sabir_manager_start(manager));
    sabir_ref *words;
    assert_ok(sabir_manager_find(manager, "words", &words));
    assert_ok(sabir_ref_send_value(words, Words_type(), &(struct Words){SABIR_STR("hello")}, NULL));
    gate_wait(&shown.lines, 1);
    assert_non_null(
        strstr(shown.line, "actor 'words' failed on 'stage.Words' {\"text\":\"hello\"}: SABIR_ENOENT: no such order"));
    assert_ok(sabir_ref_send_value(words, Words_type(), &(struct Words){{text, sizeof text}}, NULL));
    assert_ok(sabir_manager_stop_actor(manager, words));
    assert_non_null(strstr(shown.line, "xxx...: SABIR_ENOENT"));
    assert_true(strlen(shown.line) < 300);
    sabir_ref_release(words);
    sabir_log_set(NULL, NULL);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        CASE(to_resume_is_to_go_on_with_the_state_as_it_is),
        CASE(to_stop_is_the_end_with_the_reason_failed),
        CASE(to_restart_is_fresh_state_with_the_mailbox_kept),
        CASE(members_of_a_group_come_back_too),
        CASE(a_mailbox_that_drops_its_oldest_waits_too),
        CASE(without_a_delay_it_comes_back_at_once),
        CASE(one_restart_too_many_is_the_end),
        CASE(a_restart_that_fails_is_tried_again_within_the_limit),
        CASE(the_timers_of_the_old_state_never_fire),
        CASE(its_watches_are_gone),
        CASE(a_failure_in_a_fast_send_is_one),
        CASE(it_comes_back_from_a_failure_in_a_fast_send),
        CASE(a_binding_can_say_that_its_handler_failed),
        CASE(who_waits_for_a_restart_stops_at_once_and_buries_what_is_queued),
        CASE(arguments_are_checked),
        CASE(the_failing_message_is_shown_and_cut),
    };
    return cmocka_run_group_tests_name("recovery", tests, NULL, NULL);
}
