/*
 * ask: exactly one of reply, reject, closed, timeout; what comes later is counted; two that wait for each other are told.
 */
#include <string.h>

#include "alloc.h"
#include "support/stage.h"

static int answer_double(void *self, const void *value, sabir_context *context) {
    (void)self;
    const struct Number *number = value;
    return sabir_context_reply_value(context, Answer_type(), &(struct Answer){number->value * 2});
}

static int64_t answer_of(sabir_message *reply) {
    const void *value;
    assert_ok(sabir_message_value_get(reply, Answer_type(), &value));
    int64_t answer = ((const struct Answer *)value)->value;
    sabir_message_free(reply);
    return answer;
}

static void assert_rejected(int code, sabir_message *reply, const char *reject_code) {
    const void *value;
    assert_fails(code, SABIR_EREJECTED, "Reject");
    assert_ok(sabir_message_value_get(reply, sabir_type_reject(), &value));
    const struct sabir_reject *reject = value;
    assert_int_equal(reject->code.len_bytes, strlen(reject_code));
    assert_memory_equal(reject->code.bytes, reject_code, strlen(reject_code));
    sabir_message_free(reply);
}

static void a_reply_is_the_outcome(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "doubler", NULL, Number_type(), answer_double);
    assert_ok(sabir_manager_start(manager));
    for (int64_t i = 0; i < 1000; i++) {
        sabir_message *reply;
        assert_ok(sabir_ref_ask(ref, new_number(i), STAGE_PATIENCE_NS, &reply));
        assert_int_equal(answer_of(reply), i * 2);
    }
    sabir_message *reply;
    assert_ok(sabir_ref_ask(ref, new_number(7), -1, &reply));
    assert_int_equal(answer_of(reply), 14);
    sabir_ref_release(ref);
    stage_free(manager);
}

static void arguments_are_checked_and_the_request_is_not_leaked(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "doubler", NULL, Number_type(), answer_double);
    sabir_message *reply;
    assert_fails(sabir_ref_ask(NULL, new_number(1), -1, &reply), SABIR_EINVAL, "ref");
    assert_fails(sabir_ref_ask(ref, NULL, -1, &reply), SABIR_EINVAL, "request");
    assert_fails(sabir_ref_ask(ref, new_number(1), 0, &reply), SABIR_EINVAL, "0 ns is no time to wait");
    assert_fails(sabir_ref_ask(ref, new_number(1), -2, &reply), SABIR_EINVAL, "-2 ns");
    assert_fails(sabir_ref_ask(ref, new_number(1), -1, NULL), SABIR_EINVAL, "last argument");
    assert_fails(sabir_ref_ask_async(ref, new_number(1), -1, NULL, NULL), SABIR_EINVAL, "done");
    sabir_message *words;
    assert_ok(sabir_message_new(Words_type(), NULL, &words));
    assert_fails(sabir_ref_ask(ref, words, -1, &reply), SABIR_EUNHANDLED, "no handler");
    sabir_ref_release(ref);
    stage_free(manager);
}

/* ---- No answer ------------------------------------------------------------------------------------------------------ */

struct keeper {
    sabir_reply_token *token;
    struct gate has_it;
};

static int keep_the_token(void *self, const void *value, sabir_context *context) {
    (void)value;
    struct keeper *keeper = self;
    int code = sabir_context_reply_take(context, &keeper->token);
    gate_open(&keeper->has_it);
    return code;
}

static void who_forgot_to_start_is_told(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "sleeping beauty", NULL, Number_type(), answer_double);
    sabir_message *reply;
    assert_fails(sabir_ref_ask(ref, new_number(1), STAGE_MS, &reply), SABIR_ETIMEDOUT, "its manager has not started");
    sabir_ref_release(ref);
    stage_free(manager);
}

static void time_runs_out_and_the_late_reply_is_counted(void **state) {
    (void)state;
    struct keeper keeper = {0};
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "keeper", &keeper, Number_type(), keep_the_token);
    assert_ok(sabir_manager_start(manager));
    sabir_message *reply;
    assert_fails(sabir_ref_ask(ref, new_number(1), 5 * STAGE_MS, &reply), SABIR_ETIMEDOUT, "did not answer in time");
    assert_null(reply);
    gate_wait(&keeper.has_it, 1);
    assert_int_equal(stage_dead_letters(manager, "late_reply"), 0);
    assert_ok(sabir_reply_token_send(keeper.token, new_number(2)));
    assert_int_equal(stage_dead_letters(manager, "late_reply"), 1);
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
    return SABIR_EIO;
}

static int find_it_bad(void *self, const void *value, sabir_context *context) {
    (void)self;
    (void)value;
    (void)context;
    return SABIR_EBADPAYLOAD;
}

static void assert_ask_rejected(sabir_handler handler, const char *reject_code) {
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "asked", NULL, Number_type(), handler);
    assert_ok(sabir_manager_start(manager));
    sabir_message *reply;
    int code = sabir_ref_ask(ref, new_number(1), -1, &reply);
    assert_rejected(code, reply, reject_code);
    sabir_ref_release(ref);
    stage_free(manager);
}

/* ---- Giving up ------------------------------------------------------------------------------------------------------- */

struct told {
    struct gate gate;
    int code;
};

static void note_told(void *user_data, int code, sabir_message *reply) {
    struct told *told = user_data;
    told->code = code;
    sabir_message_free(reply);
    gate_open(&told->gate);
}

static sabir_reply_token *_Atomic kept_token;

static int keep_token(void *self, const void *value, sabir_context *context) {
    (void)self;
    (void)value;
    sabir_reply_token *token;
    int code = sabir_context_reply_take(context, &token);
    if (code == SABIR_OK) atomic_store(&kept_token, token);
    return code;
}

static void an_ask_that_is_given_up_ends_once_and_its_reply_is_late(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "keeper", NULL, Number_type(), keep_token);
    struct told told = {0};
    sabir_ask *ask;
    assert_ok(sabir_manager_start(manager));
    assert_ok(sabir_ref_ask_start(ref, new_number(1), -1, note_told, &told, &ask));
    while (!atomic_load(&kept_token)) sabir_manager_wait(manager, -1, STAGE_MS, 0);
    assert_int_equal(atomic_load(&told.gate.count), 0);
    sabir_ask_cancel(ask);
    assert_int_equal(atomic_load(&told.gate.count), 1); /* in that very call */
    assert_int_equal(told.code, SABIR_EINTR);
    sabir_ask_cancel(ask);
    sabir_message *answer;
    assert_ok(sabir_message_new(Answer_type(), NULL, &answer));
    assert_ok(sabir_reply_token_send(atomic_load(&kept_token), answer));
    assert_int_equal(stage_dead_letters(manager, "late_reply"), 1);
    assert_int_equal(atomic_load(&told.gate.count), 1);
    sabir_ask_free(ask);
    sabir_ref_release(ref);
    stage_free(manager);
}

static void what_has_its_outcome_cannot_be_given_up(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "doubler", NULL, Number_type(), answer_double);
    struct told told = {0};
    sabir_ask *ask;
    assert_ok(sabir_manager_start(manager));
    assert_ok(sabir_ref_ask_start(ref, new_number(1), -1, note_told, &told, &ask));
    gate_wait(&told.gate, 1);
    sabir_ask_cancel(ask);
    assert_int_equal(told.code, SABIR_OK);
    assert_int_equal(atomic_load(&told.gate.count), 1);
    sabir_ask_free(ask);
    assert_fails(sabir_ref_ask_start(ref, new_number(1), 0, note_told, &told, &ask), SABIR_EINVAL, "no time to wait");
    assert_null(ask);
    assert_fails(sabir_ref_ask_start(ref, new_number(1), -1, note_told, &told, NULL), SABIR_EINVAL, "last argument");
    sabir_message *words;
    assert_ok(sabir_message_new(Words_type(), NULL, &words));
    assert_fails(sabir_ref_ask_start(ref, words, -1, note_told, &told, &ask), SABIR_EUNHANDLED, NULL);
    assert_null(ask);
    sabir_ask_cancel(NULL);
    sabir_ask_free(NULL);
    sabir_ref_release(ref);
    stage_free(manager);
}

static void who_fails_or_keeps_silent_rejects(void **state) {
    (void)state;
    assert_ask_rejected(keep_silent, "failed");
    assert_ask_rejected(break_down, "failed");
    assert_ask_rejected(find_it_bad, "bad_payload");
}

struct outcome {
    struct gate told;
    int code;
    sabir_message *reply;
};

static void note(void *user_data, int code, sabir_message *reply) {
    struct outcome *outcome = user_data;
    outcome->code = code;
    outcome->reply = reply;
    gate_open(&outcome->told);
}

/* Whatever cannot be had on the way to the Reject: the ask ends, and not because its time is up. */
static void without_memory_for_its_reject_an_ask_ends_at_once(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "silent", NULL, Number_type(), keep_silent);
    assert_ok(sabir_manager_start(manager));
    sabir_message *first; /* for which the alarms' thread is made */
    int rejected = sabir_ref_ask(ref, new_number(1), STAGE_PATIENCE_NS, &first);
    assert_rejected(rejected, first, "failed");
    int without_reject = 0;
    bool has_failed = true;
    for (unsigned long k = 1; has_failed; k++) {
        sabir_message *request = new_number(1), *reply;
        sb_alloc_fail_after(k);
        int code = sabir_ref_ask(ref, request, STAGE_PATIENCE_NS, &reply);
        has_failed = sb_alloc_fail_left() == 0;
        sb_alloc_fail_after(0);
        assert_true(code == SABIR_EREJECTED || (has_failed && code == SABIR_ENOMEM));
        sabir_message_free(reply);
        char detail[512];
        sabir_error_detail_copy(detail, sizeof detail);
        if (strstr(detail, "actor 'silent' answered with a Reject (failed: the handler ended without an answer), and "
                           "there was no"))
            without_reject++;
    }
    assert_true(without_reject > 0);
    sabir_ref_release(ref);
    stage_free(manager);
}

static void a_token_given_up_and_a_queue_buried_reject(void **state) {
    (void)state;
    struct keeper keeper = {0};
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "keeper", &keeper, Number_type(), keep_the_token);
    assert_ok(sabir_manager_start(manager));
    struct outcome outcome = {0};
    assert_ok(sabir_ref_ask_async(ref, new_number(1), -1, note, &outcome));
    gate_wait(&keeper.has_it, 1);
    sabir_reply_token_free(keeper.token);
    gate_wait(&outcome.told, 1);
    assert_int_equal(outcome.code, SABIR_EREJECTED);
    sabir_message_free(outcome.reply);
    sabir_ref_release(ref);
    stage_free(manager);

    manager = stage_new(); /* never started: what is queued is buried at the end */
    ref = stage_manage(manager, "keeper", &keeper, Number_type(), keep_the_token);
    struct outcome second = {0};
    assert_ok(sabir_ref_ask_async(ref, new_number(1), -1, note, &second));
    stage_free(manager);
    gate_wait(&second.told, 1);
    assert_rejected((sabir_error_detail_set("Reject"), second.code), second.reply, "stopped");
    sabir_ref_release(ref);
}

/* ---- Waiting for each other ------------------------------------------------------------------------------------------ */

struct asker {
    sabir_ref *other;
    struct gate *entered;
    int code;
    char detail[200];
};

static int ask_the_other(void *self, const void *value, sabir_context *context) {
    struct asker *asker = self;
    const struct Number *number = value;
    if (number->value == 1) return sabir_context_reply_value(context, Answer_type(), &(struct Answer){1});
    gate_open(asker->entered);
    gate_wait(asker->entered, 2);
    sabir_message *reply;
    asker->code = sabir_ref_ask(asker->other, new_number(1), -1, &reply);
    sabir_error_detail_copy(asker->detail, sizeof asker->detail);
    sabir_message_free(reply);
    return SABIR_OK;
}

static void two_that_ask_each_other_are_told(void **state) {
    (void)state;
    struct gate entered = {0};
    struct asker a = {.entered = &entered}, b = {.entered = &entered};
    sabir_manager *manager = stage_new();
    sabir_ref *ref_a = stage_manage(manager, "a", &a, Number_type(), ask_the_other);
    sabir_ref *ref_b = stage_manage(manager, "b", &b, Number_type(), ask_the_other);
    a.other = ref_b;
    b.other = ref_a;
    assert_ok(sabir_manager_start(manager));
    send_number(ref_a, 0, NULL);
    send_number(ref_b, 0, NULL);
    gate_wait(&entered, 2);
    stage_free(manager);
    assert_true((a.code == SABIR_EDEADLOCK) != (b.code == SABIR_EDEADLOCK));
    const struct asker *loser = a.code == SABIR_EDEADLOCK ? &a : &b;
    assert_non_null(strstr(loser->detail, loser == &a ? "b -> a -> b" : "a -> b -> a"));
    sabir_ref_release(ref_a);
    sabir_ref_release(ref_b);
}

static int ask_yourself(void *self, const void *value, sabir_context *context) {
    (void)value;
    sabir_message *reply;
    *(int *)self = sabir_ref_ask(sabir_context_self(context), new_number(1), -1, &reply);
    return SABIR_OK;
}

static void asking_oneself_is_reentrant(void **state) {
    (void)state;
    int code = SABIR_OK;
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "narcissus", &code, Number_type(), ask_yourself);
    assert_ok(sabir_manager_start(manager));
    send_number(ref, 0, NULL);
    stage_free(manager);
    assert_int_equal(code, SABIR_EREENTRANT);
    sabir_ref_release(ref);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reply_is_the_outcome),
        cmocka_unit_test(arguments_are_checked_and_the_request_is_not_leaked),
        cmocka_unit_test(who_forgot_to_start_is_told),
        cmocka_unit_test(time_runs_out_and_the_late_reply_is_counted),
        cmocka_unit_test(an_ask_that_is_given_up_ends_once_and_its_reply_is_late),
        cmocka_unit_test(what_has_its_outcome_cannot_be_given_up),
        cmocka_unit_test(who_fails_or_keeps_silent_rejects),
        cmocka_unit_test(without_memory_for_its_reject_an_ask_ends_at_once),
        cmocka_unit_test(a_token_given_up_and_a_queue_buried_reject),
        cmocka_unit_test(two_that_ask_each_other_are_told),
        cmocka_unit_test(asking_oneself_is_reentrant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
