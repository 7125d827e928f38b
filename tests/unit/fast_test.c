/*
 * fast_send: now, here, alone; in order if asked; never twice in one chain, never in a circle.
 */
#include <string.h>

#include "support/stage.h"
#include "thread.h"

static int answer_double(void *self, const void *value, sabir_context *context) {
    (void)self;
    const struct Number *number = value;
    return sabir_context_reply_value(context, Answer_type(), &(struct Answer){number->value * 2});
}

static int64_t call(sabir_ref *ref, int64_t value, uint32_t flags) {
    struct Answer answer = {0};
    bool replied = false;
    assert_ok(sabir_ref_fast_send(ref, NULL, Number_type(), &(struct Number){value}, Answer_type(), &answer,
                                  sizeof answer, flags, &replied));
    assert_true(replied);
    return answer.value;
}

static int try_call(sabir_ref *ref) {
    struct Answer answer;
    bool replied;
    return sabir_ref_fast_send(ref, NULL, Number_type(), &(struct Number){1}, Answer_type(), &answer, sizeof answer, 0,
                               &replied);
}

static void a_reply_lands_in_the_callers_buffer(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "doubler", NULL, Number_type(), answer_double);
    assert_fails(try_call(ref), SABIR_ESTATE, "start the manager first");
    assert_ok(sabir_manager_start(manager));
    assert_int_equal(call(ref, 21, 0), 42);
    assert_int_equal(stage_actor_count(manager, "doubler", "received"), 1);
    stage_free(manager);
    assert_fails(try_call(ref), SABIR_ECLOSED, "has stopped");
    sabir_ref_release(ref);
}

static int say(void *self, const void *value, sabir_context *context) {
    (void)value;
    return sabir_context_reply_value(context, Words_type(), &(struct Words){{self, strlen(self)}});
}

static void a_reply_with_text_brings_the_text(void **state) {
    (void)state;
    char text[] = "Quod erat demonstrandum, and some more to be long";
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "sayer", text, Go_type(), say);
    assert_ok(sabir_manager_start(manager));
    struct {
        struct Words words;
        char room[128];
    } reply;
    bool replied = false;
    assert_ok(
        sabir_ref_fast_send(ref, NULL, Go_type(), &(struct Go){0}, Words_type(), &reply, sizeof reply, 0, &replied));
    assert_int_equal(reply.words.text.len_bytes, strlen(text));
    assert_memory_equal(reply.words.text.bytes, text, strlen(text));
    assert_true(reply.words.text.bytes > (char *)&reply && reply.words.text.bytes < (char *)(&reply + 1));

    assert_fails(sabir_ref_fast_send(ref, NULL, Go_type(), &(struct Go){0}, Words_type(), &reply, sizeof reply.words, 0,
                                     &replied),
                 SABIR_ETOOBIG, "room for 16");
    assert_false(replied);
    assert_fails(
        sabir_ref_fast_send(ref, NULL, Go_type(), &(struct Go){0}, Answer_type(), &reply, sizeof reply, 0, &replied),
        SABIR_EMISMATCH, "waits for 'stage.Answer'");
    assert_ok(sabir_ref_fast_send(ref, NULL, Go_type(), &(struct Go){0}, NULL, NULL, 0, 0, NULL));
    sabir_ref_release(ref);
    stage_free(manager);
}

static int keep_silent(void *self, const void *value, sabir_context *context) {
    (void)self;
    (void)value;
    (void)context;
    return SABIR_OK;
}

static int break_down(void *self, const void *value, sabir_context *context) {
    (void)self;
    (void)value;
    (void)context;
    sabir_error_detail_set("the ledger does not balance");
    return SABIR_EINVAL;
}

static void no_reply_is_no_error_and_a_failure_keeps_its_words(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    sabir_ref *silent = stage_manage(manager, "silent", NULL, Number_type(), keep_silent);
    sabir_ref *failing = stage_manage(manager, "failing", NULL, Number_type(), break_down);
    assert_ok(sabir_manager_start(manager));
    struct Answer answer;
    bool replied = true;
    assert_ok(sabir_ref_fast_send(silent, NULL, Number_type(), &(struct Number){1}, Answer_type(), &answer,
                                  sizeof answer, 0, &replied));
    assert_false(replied);
    assert_fails(try_call(failing), SABIR_EFAILED, "actor 'failing' failed: SABIR_EINVAL: the ledger does not balance");
    assert_int_equal(stage_actor_count(manager, "failing", "failed"), 1);
    assert_fails(
        sabir_ref_fast_send(silent, NULL, Words_type(), &(struct Words){SABIR_STR("")}, NULL, NULL, 0, 0, NULL),
        SABIR_EUNHANDLED, "no handler for 'stage.Words'");
    sabir_ref_release(silent);
    sabir_ref_release(failing);
    stage_free(manager);
}

static void arguments_are_checked(void **state) {
    (void)state;
    struct Number number = {1};
    assert_fails(sabir_ref_fast_send(NULL, NULL, Number_type(), &number, NULL, NULL, 0, 0, NULL), SABIR_EINVAL, "ref");
    assert_fails(sabir_ref_fast_send(NULL, NULL, NULL, &number, NULL, NULL, 0, 0, NULL), SABIR_EINVAL, "type is NULL");
    assert_fails(sabir_ref_fast_send(NULL, NULL, Number_type(), NULL, NULL, NULL, 0, 0, NULL), SABIR_EINVAL,
                 "request is NULL");
    assert_fails(sabir_ref_fast_send(NULL, NULL, Number_type(), &number, Answer_type(), NULL, 0, 0, NULL), SABIR_EINVAL,
                 "no room");
    assert_fails(sabir_ref_enter(NULL, 0), SABIR_EINVAL, "ref");
}

static void messages_go_there_and_back_in_any_form(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "doubler", NULL, Number_type(), answer_double);
    assert_ok(sabir_manager_start(manager));
    sabir_message *request, *reply;
    assert_ok(sabir_message_new_json(Number_type(), "{\"value\":8}", 11, &request));
    assert_ok(sabir_ref_fast_send_message(ref, NULL, request, 0, &reply));
    const void *value;
    assert_ok(sabir_message_value_get(reply, Answer_type(), &value));
    assert_int_equal(((const struct Answer *)value)->value, 16);
    sabir_message_free(reply);
    sabir_message_free(request);
    static const char language;
    assert_ok(sabir_message_new_object(Number_type(), &language, NULL, NULL, &request));
    assert_fails(sabir_ref_fast_send_message(ref, NULL, request, 0, &reply), SABIR_EMISMATCH, "another language");
    sabir_message_free(request);
    sabir_ref_release(ref);
    stage_free(manager);
}

/* ---- Order ---------------------------------------------------------------------------------------------------------- */

struct listener {
    struct gate entered;
    struct gate leave;
    int64_t seen[16];
    size_t count;
};

static int listen(void *self, const void *value, sabir_context *context) {
    (void)context;
    struct listener *listener = self;
    const struct Number *number = value;
    listener->seen[listener->count++] = number->value;
    if (number->value == 0) {
        gate_open(&listener->entered);
        gate_wait(&listener->leave, 1);
    }
    return SABIR_OK;
}

struct caller {
    sabir_ref *ref;
    uint32_t flags;
    struct gate calls;
};

static void call_99(void *argument) {
    struct caller *caller = argument;
    gate_open(&caller->calls);
    assert_ok(sabir_ref_fast_send(caller->ref, NULL, Number_type(), &(struct Number){99}, NULL, NULL, 0, caller->flags,
                                  NULL));
}

/* The actor is stuck in 0 while 1 and 2 are queued and a fast_send of 99 waits for its turn. */
static void run_order(uint32_t flags, const int64_t expected[4]) {
    struct listener listener = {.count = 0};
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "listener", &listener, Number_type(), listen);
    assert_ok(sabir_manager_start(manager));
    for (int64_t i = 0; i < 3; i++) send_number(ref, i, NULL);
    gate_wait(&listener.entered, 1);
    struct caller caller = {ref, flags, {0}};
    struct stage_thread thread;
    stage_thread_start(&thread, call_99, &caller);
    gate_wait(&caller.calls, 1);
    while (sabir_ref_try_enter(ref) != SABIR_ETIMEDOUT) fail_msg("the listener is not at work");
    gate_open(&listener.leave);
    stage_thread_join(&thread);
    stage_free(manager);
    assert_int_equal(listener.count, 4);
    if (expected)
        for (size_t i = 0; i < 4; i++) assert_int_equal(listener.seen[i], expected[i]);
    sabir_ref_release(ref);
}

static void ordered_runs_what_was_queued_first(void **state) {
    (void)state;
    run_order(SABIR_FAST_ORDERED, (const int64_t[]){0, 1, 2, 99});
}

static void unordered_loses_nothing(void **state) {
    (void)state;
    run_order(0, NULL); /* where 99 comes depends on when its thread began to wait */
}

/* ---- In time, or not at all ------------------------------------------------------------------------------------------- */

static int call_timed(sabir_ref *ref, int64_t value, uint32_t flags, int64_t timeout_ns) {
    bool replied = true;
    int code = sabir_ref_fast_send_timed(ref, NULL, Number_type(), &(struct Number){value}, NULL, NULL, 0, flags,
                                         timeout_ns, &replied);
    assert_false(replied);
    return code;
}

static void who_does_not_get_the_actor_in_time_has_not_called(void **state) {
    (void)state;
    struct listener listener = {.count = 0};
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "listener", &listener, Number_type(), listen);
    assert_ok(sabir_manager_start(manager));
    send_number(ref, 0, NULL);
    gate_wait(&listener.entered, 1);
    sabir_message *request = new_number(3), *reply = request;
    assert_fails(call_timed(ref, 1, 0, 0), SABIR_ETIMEDOUT, "at work on another thread");
    int64_t before_ns = sb_now_ns();
    assert_fails(call_timed(ref, 2, 0, 5 * STAGE_MS), SABIR_ETIMEDOUT, "at work on another thread");
    assert_true(sb_now_ns() - before_ns >= 5 * STAGE_MS);
    assert_fails(sabir_ref_fast_send_message_timed(ref, NULL, request, 0, STAGE_MS, &reply), SABIR_ETIMEDOUT, NULL);
    assert_null(reply);
    sabir_message_free(request); /* still the caller's */
    assert_fails(sabir_ref_enter_timed(ref, 0, STAGE_MS), SABIR_ETIMEDOUT, NULL);
    gate_open(&listener.leave);
    assert_ok(call_timed(ref, 4, 0, STAGE_PATIENCE_NS));
    assert_ok(call_timed(ref, 5, SABIR_FAST_ORDERED, -1));
    assert_ok(sabir_ref_enter_timed(ref, 0, STAGE_PATIENCE_NS));
    sabir_ref_leave(ref);
    stage_free(manager);
    assert_int_equal(listener.count, 3); /* what was told to have timed out never came */
    assert_int_equal(listener.seen[1], 4);
    assert_int_equal(listener.seen[2], 5);
    sabir_ref_release(ref);
}

/* Lasts 20 ms, for each message but 99. */
static int dawdle(void *self, const void *value, sabir_context *context) {
    (void)context;
    struct listener *listener = self;
    const struct Number *number = value;
    struct gate never = {0};
    listener->seen[listener->count++] = number->value;
    int64_t until_ns = sb_now_ns() + 20 * STAGE_MS;
    while (number->value != 99 && sb_now_ns() < until_ns) sb_park(&never.count, 0, until_ns);
    return SABIR_OK;
}

static void an_ordered_call_gives_up_between_two_queued_messages(void **state) {
    (void)state;
    struct listener busy = {.count = 0}, slow = {.count = 0};
    sabir_manager *manager = stage_new();
    sabir_group *group; /* of one worker, which another actor occupies: nobody but the caller runs the slow one */
    assert_ok(sabir_group_new(manager, "g", 1, &group));
    sabir_actor *actor = stage_actor(&busy, Number_type(), listen);
    assert_ok(sabir_actor_set_group(actor, group));
    sabir_ref *busy_ref, *slow_ref;
    assert_ok(sabir_manager_manage(manager, "busy", actor, &busy_ref));
    actor = stage_actor(&slow, Number_type(), dawdle);
    assert_ok(sabir_actor_set_group(actor, group));
    assert_ok(sabir_manager_manage(manager, "slow", actor, &slow_ref));
    assert_ok(sabir_manager_start(manager));
    send_number(busy_ref, 0, NULL);
    gate_wait(&busy.entered, 1);
    for (int64_t i = 1; i <= 3; i++) send_number(slow_ref, i, NULL);
    assert_fails(call_timed(slow_ref, 99, SABIR_FAST_ORDERED, 30 * STAGE_MS), SABIR_ETIMEDOUT, "still to handle");
    size_t done = slow.count; /* nobody else runs it */
    assert_true(done >= 1 && done <= 2);
    assert_fails(call_timed(slow_ref, 99, SABIR_FAST_ORDERED, 0), SABIR_ETIMEDOUT, "still to handle");
    assert_int_equal(slow.count, done);
    assert_ok(call_timed(slow_ref, 99, SABIR_FAST_ORDERED, STAGE_PATIENCE_NS));
    assert_int_equal(slow.count, 4);
    for (size_t i = 0; i < 3; i++) assert_int_equal(slow.seen[i], (int64_t)i + 1);
    assert_int_equal(slow.seen[3], 99);
    gate_open(&busy.leave);
    stage_free(manager);
    assert_int_equal(slow.count, 4);
    sabir_ref_release(busy_ref);
    sabir_ref_release(slow_ref);
}

static void a_timeout_is_checked(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "doubler", NULL, Number_type(), answer_double);
    assert_ok(sabir_manager_start(manager));
    assert_fails(call_timed(ref, 1, 0, -2), SABIR_EINVAL, "-2 ns is no time to wait");
    assert_fails(sabir_ref_enter_timed(ref, 0, -2), SABIR_EINVAL, "-2 ns");
    assert_fails(sabir_ref_enter_timed(NULL, 0, 0), SABIR_EINVAL, "ref");
    struct Answer answer;
    bool replied;
    assert_ok(sabir_ref_fast_send_timed(ref, NULL, Number_type(), &(struct Number){4}, Answer_type(), &answer,
                                        sizeof answer, 0, INT64_MAX, &replied));
    assert_true(replied);
    assert_int_equal(answer.value, 8);
    sabir_ref_release(ref);
    stage_free(manager);
}

/* ---- Circles -------------------------------------------------------------------------------------------------------- */

struct hop {
    sabir_ref *next;
    int code;
    char detail[200];
    struct gate *entered; /* NULL: do not wait for the others */
};

static int hop_on(void *self, const void *value, sabir_context *context) {
    struct hop *hop = self;
    const struct Number *number = value;
    if (number->value == 0) return SABIR_OK; /* the end of the way */
    if (hop->entered) {
        gate_open(hop->entered);
        gate_wait(hop->entered, 2);
    }
    hop->code = sabir_ref_fast_send(hop->next, sabir_context_self(context), Number_type(),
                                    &(struct Number){number->value - 1}, NULL, NULL, 0, 0, NULL);
    sabir_error_detail_copy(hop->detail, sizeof hop->detail);
    return SABIR_OK;
}

static void a_chain_that_comes_back_is_reentrant(void **state) {
    (void)state;
    struct hop a = {0}, b = {0};
    sabir_manager *manager = stage_new();
    b.next = stage_manage(manager, "a", &a, Number_type(), hop_on);
    a.next = stage_manage(manager, "b", &b, Number_type(), hop_on);
    assert_ok(sabir_manager_start(manager));
    assert_ok(sabir_ref_fast_send(b.next, NULL, Number_type(), &(struct Number){2}, NULL, NULL, 0, 0, NULL));
    assert_int_equal(a.code, SABIR_OK);
    assert_int_equal(b.code, SABIR_EREENTRANT);
    assert_non_null(strstr(b.detail, "actor 'a' is already in this chain"));
    sabir_ref_release(a.next);
    sabir_ref_release(b.next);
    stage_free(manager);
}

static void two_threads_in_a_circle_are_a_deadlock_not_a_hang(void **state) {
    (void)state;
    struct gate entered = {0};
    struct hop a = {.entered = &entered}, b = {.entered = &entered};
    sabir_manager *manager = stage_new();
    sabir_ref *ref_a = stage_manage(manager, "a", &a, Number_type(), hop_on);
    sabir_ref *ref_b = stage_manage(manager, "b", &b, Number_type(), hop_on);
    a.next = ref_b;
    b.next = ref_a;
    assert_ok(sabir_manager_start(manager));
    send_number(ref_a, 1, NULL);
    send_number(ref_b, 1, NULL);
    gate_wait(&entered, 2);
    stage_free(manager);
    int codes[] = {a.code, b.code};
    const struct hop *loser = codes[0] == SABIR_EDEADLOCK ? &a : &b;
    assert_int_equal(loser->code, SABIR_EDEADLOCK);
    assert_non_null(strstr(loser->detail, loser == &a ? "b -> a -> b" : "a -> b -> a"));
    sabir_ref_release(ref_a);
    sabir_ref_release(ref_b);
}

static int stop_yourself(void *self, const void *value, sabir_context *context) {
    (void)self;
    (void)value;
    sabir_context_stop(context);
    return SABIR_OK;
}

static void an_actor_may_stop_itself_in_a_fast_send(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "mayfly", NULL, Number_type(), stop_yourself);
    assert_ok(sabir_manager_start(manager));
    assert_ok(sabir_ref_fast_send(ref, NULL, Number_type(), &(struct Number){1}, NULL, NULL, 0, 0, NULL));
    assert_ok(sabir_manager_stop_actor(manager, ref));
    assert_fails(try_call(ref), SABIR_ECLOSED, "has stopped");
    sabir_ref_release(ref);
    stage_free(manager);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reply_lands_in_the_callers_buffer),
        cmocka_unit_test(a_reply_with_text_brings_the_text),
        cmocka_unit_test(no_reply_is_no_error_and_a_failure_keeps_its_words),
        cmocka_unit_test(arguments_are_checked),
        cmocka_unit_test(messages_go_there_and_back_in_any_form),
        cmocka_unit_test(ordered_runs_what_was_queued_first),
        cmocka_unit_test(unordered_loses_nothing),
        cmocka_unit_test(who_does_not_get_the_actor_in_time_has_not_called),
        cmocka_unit_test(an_ordered_call_gives_up_between_two_queued_messages),
        cmocka_unit_test(a_timeout_is_checked),
        cmocka_unit_test(a_chain_that_comes_back_is_reentrant),
        cmocka_unit_test(two_threads_in_a_circle_are_a_deadlock_not_a_hang),
        cmocka_unit_test(an_actor_may_stop_itself_in_a_fast_send),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
