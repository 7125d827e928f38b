/*
 * Sending to an actor: what it takes, what it refuses, and what a full mailbox means under each policy.
 */
#include <string.h>

#include "support/stage.h"

struct slow {
    struct gate entered;
    struct gate leave;
    int64_t seen[16];
    size_t count;
};

static int dawdle(void *self, const void *value, sabir_context *context) {
    (void)context;
    struct slow *slow = self;
    slow->seen[slow->count++] = ((const struct Number *)value)->value;
    gate_open(&slow->entered);
    gate_wait(&slow->leave, 1);
    return SABIR_OK;
}

/* An actor with room for two that is stuck in its first message, number 0. */
static sabir_ref *stuck(sabir_manager *manager, struct slow *slow, uint32_t overload) {
    sabir_actor *actor = stage_actor(slow, Number_type(), dawdle);
    sabir_ref *ref;
    assert_ok(sabir_actor_set_capacity_msgs(actor, 2));
    assert_ok(sabir_actor_set_overload(actor, overload));
    assert_ok(sabir_manager_manage(manager, "slow", actor, &ref));
    assert_ok(sabir_manager_start(manager));
    send_number(ref, 0, NULL);
    gate_wait(&slow->entered, 1);
    send_number(ref, 1, NULL);
    send_number(ref, 2, NULL);
    return ref;
}

static void release_and_expect(sabir_manager *manager, sabir_ref *ref, struct slow *slow, const int64_t *expected,
                               size_t count) {
    gate_open(&slow->leave);
    stage_free(manager);
    sabir_ref_release(ref);
    assert_int_equal(slow->count, count);
    for (size_t i = 0; i < count; i++) assert_int_equal(slow->seen[i], expected[i]);
}

static void a_full_mailbox_fails_the_sender_who_keeps_the_message(void **state) {
    (void)state;
    struct slow slow = {.count = 0};
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stuck(manager, &slow, SABIR_OVERLOAD_FAIL);
    sabir_message *message = new_number(3);
    assert_fails(sabir_ref_send(ref, message, NULL), SABIR_EFULL, "the mailbox of actor 'slow' holds its 2 messages");
    const void *value;
    assert_ok(sabir_message_value_get(message, Number_type(), &value));
    assert_int_equal(((const struct Number *)value)->value, 3);
    sabir_message_free(message);
    assert_int_equal(stage_actor_count(manager, "slow", "queued"), 2);
    release_and_expect(manager, ref, &slow, (const int64_t[]){0, 1, 2}, 3);
}

static void dropping_the_newest_loses_what_comes_last(void **state) {
    (void)state;
    struct slow slow = {.count = 0};
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stuck(manager, &slow, SABIR_OVERLOAD_DROP_NEWEST);
    send_number(ref, 3, NULL);
    assert_int_equal(stage_dead_letters(manager, "mailbox_full"), 1);
    release_and_expect(manager, ref, &slow, (const int64_t[]){0, 1, 2}, 3);
}

static void dropping_the_oldest_loses_what_came_first(void **state) {
    (void)state;
    struct slow slow = {.count = 0};
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stuck(manager, &slow, SABIR_OVERLOAD_DROP_OLDEST);
    send_number(ref, 3, NULL);
    send_number(ref, 4, NULL);
    assert_int_equal(stage_dead_letters(manager, "mailbox_full"), 2);
    release_and_expect(manager, ref, &slow, (const int64_t[]){0, 3, 4}, 3);
}

static void stopping_goes_past_a_full_mailbox(void **state) {
    (void)state;
    struct slow slow = {.count = 0};
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stuck(manager, &slow, SABIR_OVERLOAD_FAIL);
    release_and_expect(manager, ref, &slow, (const int64_t[]){0, 1, 2}, 3);
}

static void what_it_does_not_handle_is_refused(void **state) {
    (void)state;
    struct slow slow = {.count = 0};
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "slow", &slow, Number_type(), dawdle);
    assert_fails(sabir_ref_send_value(ref, Words_type(), &(struct Words){SABIR_STR("hi")}, NULL), SABIR_EUNHANDLED,
                 "actor 'slow' has no handler for 'stage.Words'");
    static const char language;
    sabir_message *message;
    assert_ok(sabir_message_new_object(Number_type(), &language, NULL, NULL, &message));
    assert_fails(sabir_ref_send(ref, message, NULL), SABIR_EMISMATCH, "speaks another language");
    sabir_message_free(message);
    assert_fails(sabir_ref_send(NULL, NULL, NULL), SABIR_EINVAL, "ref");
    assert_fails(sabir_ref_send(ref, NULL, NULL), SABIR_EINVAL, "message");
    assert_null(sabir_ref_actor_get(ref, &language));
    sabir_ref_release(ref);
    stage_free(manager);
}

/* ---- Order, exactness, with everything at once ------------------------------------------------------------------------ */

#define SENDERS 4
#define EACH 20000

struct crowd {
    sabir_ref *sink;
    int64_t number;
    uint64_t refused;
};
struct counter {
    int64_t last[SENDERS];
    uint64_t count;
};

static int count_in_order(void *self, const void *value, sabir_context *context) {
    (void)context;
    struct counter *counter = self;
    int64_t number = ((const struct Number *)value)->value, sender = number / EACH;
    if (number % EACH != counter->last[sender] + 1) return SABIR_EFAILED;
    counter->last[sender]++;
    counter->count++;
    return SABIR_OK;
}

static void send_all(void *argument) {
    struct crowd *crowd = argument;
    for (int64_t i = 0; i < EACH; i++) {
        struct Number number = {crowd->number * EACH + i};
        int code;
        while ((code = sabir_ref_send_value(crowd->sink, Number_type(), &number, NULL)) == SABIR_EFULL)
            crowd->refused++;
        assert_int_equal(code, SABIR_OK);
    }
}

static void everything_arrives_once_and_in_order(void **state) {
    (void)state;
    struct counter counter = {.last = {-1, -1, -1, -1}};
    sabir_actor *actor = stage_actor(&counter, Number_type(), count_in_order);
    assert_ok(sabir_actor_set_capacity_msgs(actor, 1000));
    sabir_manager *manager = stage_new();
    sabir_ref *sink;
    assert_ok(sabir_manager_manage(manager, "sink", actor, &sink));
    assert_ok(sabir_manager_start(manager));
    struct crowd crowds[SENDERS];
    struct stage_thread threads[SENDERS];
    for (int i = 0; i < SENDERS; i++) {
        crowds[i] = (struct crowd){sink, i, 0};
        stage_thread_start(&threads[i], send_all, &crowds[i]);
    }
    for (int i = 0; i < SENDERS; i++) stage_thread_join(&threads[i]);
    assert_ok(sabir_manager_stop(manager));
    assert_int_equal(stage_dead_letters(manager, "failed"), 0);
    sabir_manager_free(manager);
    sabir_ref_release(sink);
    assert_int_equal(counter.count, SENDERS * EACH);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_mailbox_fails_the_sender_who_keeps_the_message),
        cmocka_unit_test(dropping_the_newest_loses_what_comes_last),
        cmocka_unit_test(dropping_the_oldest_loses_what_came_first),
        cmocka_unit_test(stopping_goes_past_a_full_mailbox),
        cmocka_unit_test(what_it_does_not_handle_is_refused),
        cmocka_unit_test(everything_arrives_once_and_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
