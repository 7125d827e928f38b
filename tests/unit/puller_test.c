/*
 * A pulled actor: start, batches, timers, yield, stop, as a binding drives them.
 */
#include <sabir/puller.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "support/stage.h"

static int64_t fast_calls;

static int on_fast(void *self, sabir_message *message, void *user_data, sabir_context *context) {
    (void)self;
    (void)user_data;
    (void)context;
    const void *value;
    int code = sabir_message_value_get(message, Number_type(), &value);
    if (code == SABIR_OK) fast_calls += ((const struct Number *)value)->value;
    return code;
}

static int on_timeout(void *self, sabir_message *message, void *user_data, sabir_context *context) {
    (void)self;
    (void)message;
    (void)user_data;
    (void)context;
    return SABIR_OK;
}

static const char language;

static sabir_actor *new_pulled(void) {
    sabir_actor *actor;
    assert_ok(sabir_actor_new(NULL, NULL, &actor));
    assert_ok(sabir_actor_set_pulled(actor));
    assert_ok(sabir_actor_set_language(actor, &language));
    assert_ok(sabir_actor_on_message(actor, Number_type(), on_fast, &fast_calls));
    assert_ok(sabir_actor_on_message(actor, sabir_type_timeout(), on_timeout, NULL));
    return actor;
}

/* A binding's thread in small: it records what it got and does as it is told. */
struct binding {
    sabir_puller *puller;
    sabir_manager *manager;
    sabir_ref *ref;
    char seen[64][48];
    _Atomic uint32_t seen_count;
    struct gate got;
    struct gate go; /* opened by the test for each message that it holds up */
    bool holds;
    size_t finish_at_most; /* per batch; 0: all */
    int fail_code;
    bool refuses_start;
    bool replies;
    void *reply_object; /* replied with before that, with this code */
    int reply_code;
    int begin_code;
    int end_code;
    _Atomic(struct sabir_batch *) batch; /* the last one */
    const void *sender_language;         /* of the last message that has a sender */
};

static void record(struct binding *binding, const struct sabir_pulled *item) {
    char *line = binding->seen[atomic_load(&binding->seen_count) % 64];
    if (item->kind == SABIR_PULLED_START)
        strcpy(line, "START");
    else if (item->kind == SABIR_PULLED_STOP)
        strcpy(line, "STOP");
    else if (item->object)
        strcpy(line, item->object);
    else if (item->value_len_bytes > 0)
        snprintf(line, 48, "value %lld%s", (long long)((const struct Number *)(const void *)item->value)->value,
                 item->json ? " and text" : "");
    else
        snprintf(line, 48, "%.*s", (int)item->json_len_bytes, item->json);
    atomic_fetch_add(&binding->seen_count, 1);
    gate_open(&binding->got);
}

static void handle_item(struct binding *binding, struct sabir_batch *batch, size_t index) {
    struct sabir_pulled *item = &batch->items[index];
    batch->current = (uint32_t)index;
    if (item->kind == SABIR_PULLED_TIMER) {
        binding->begin_code = sabir_puller_begin(binding->puller, index);
        if (binding->begin_code != SABIR_OK) return;
    }
    if (item->has_sender) binding->sender_language = sabir_ref_language(item->sender);
    record(binding, item);
    if (item->kind == SABIR_PULLED_START && binding->refuses_start)
        assert_ok(sabir_puller_fail(binding->puller, index, SABIR_EFAILED, "no ledger to read"));
    if (item->kind != SABIR_PULLED_MESSAGE) return;
    if (binding->holds) gate_wait(&binding->go, atomic_load(&binding->seen_count) - 1); /* START came without a gate */
    if (binding->reply_object)
        binding->reply_code = sabir_puller_reply_object(binding->puller, index, Number_type(), binding->reply_object);
    if (binding->replies) {
        sabir_message *answer;
        assert_ok(sabir_message_new(Answer_type(), &(struct Answer){5}, &answer));
        assert_ok(sabir_puller_reply(binding->puller, index, answer));
    }
    if (binding->fail_code)
        assert_ok(sabir_puller_fail(binding->puller, index, binding->fail_code, "Traceback: a line"));
}

static void drive(void *argument) {
    struct binding *binding = argument;
    struct sabir_batch *batch;
    size_t done = 0;
    while ((binding->end_code = sabir_puller_next(binding->puller, done, -1, &batch)) == SABIR_OK) {
        assert_int_equal(batch->item_size_bytes, sizeof(struct sabir_pulled));
        atomic_store(&binding->batch, batch);
        for (done = 0; done < batch->count && !(done > 0 && __atomic_load_n(&batch->yield, __ATOMIC_RELAXED)); done++) {
            if (binding->finish_at_most && done == binding->finish_at_most) break;
            handle_item(binding, batch, done);
        }
    }
}

static struct stage_thread thread;

static void begin_with(struct binding *binding, sabir_actor *actor) {
    binding->manager = stage_new();
    assert_ok(sabir_manager_manage(binding->manager, "pulled", actor, &binding->ref));
    assert_ok(sabir_puller_get(binding->ref, &binding->puller));
    stage_thread_start(&thread, drive, binding);
}

static void begin(struct binding *binding) {
    begin_with(binding, new_pulled());
}

static void end(struct binding *binding) {
    stage_free(binding->manager);
    stage_thread_join(&thread);
    assert_int_equal(binding->end_code, SABIR_ECLOSED);
    sabir_ref_release(binding->ref);
}

static void it_starts_handles_in_order_and_stops(void **state) {
    (void)state;
    struct binding binding = {0};
    begin(&binding);
    assert_ok(sabir_manager_start(binding.manager));
    for (int64_t i = 0; i < 40; i++) send_number(binding.ref, i, NULL);
    end(&binding);
    assert_int_equal(binding.seen_count, 42);
    assert_string_equal(binding.seen[0], "START");
    assert_string_equal(binding.seen[1], "{\"value\":0}");
    assert_string_equal(binding.seen[40], "{\"value\":39}");
    assert_string_equal(binding.seen[41], "STOP");
}

static void what_is_not_done_comes_again_first(void **state) {
    (void)state;
    struct binding binding = {.finish_at_most = 1};
    begin(&binding);
    for (int64_t i = 0; i < 10; i++) send_number(binding.ref, i, NULL);
    assert_ok(sabir_manager_start(binding.manager));
    gate_wait(&binding.got, 11);
    end(&binding);
    assert_string_equal(binding.seen[10], "{\"value\":9}");
    assert_string_equal(binding.seen[11], "STOP");
}

static void objects_of_its_language_come_as_they_are(void **state) {
    (void)state;
    static char object[] = "an object";
    struct binding binding = {0};
    begin(&binding);
    assert_ok(sabir_manager_start(binding.manager));
    sabir_message *message;
    assert_ok(sabir_message_new_object(Number_type(), &language, object, NULL, &message));
    assert_ok(sabir_ref_send(binding.ref, message, NULL));
    static const char other;
    assert_ok(sabir_message_new_object(Number_type(), &other, object, NULL, &message));
    assert_fails(sabir_ref_send(binding.ref, message, NULL), SABIR_EMISMATCH, "another language");
    sabir_message_free(message);
    gate_wait(&binding.got, 2);
    end(&binding);
    assert_string_equal(binding.seen[1], "an object");
}

static void a_failure_is_counted_and_rejected(void **state) {
    (void)state;
    struct binding binding = {.fail_code = SABIR_EFAILED};
    begin(&binding);
    assert_ok(sabir_manager_start(binding.manager));
    sabir_message *reply;
    assert_fails(sabir_ref_ask(binding.ref, new_number(1), -1, &reply), SABIR_EREJECTED, NULL);
    sabir_message_free(reply);
    assert_int_equal(stage_actor_count(binding.manager, "pulled", "failed"), 1);
    assert_int_equal(stage_dead_letters(binding.manager, "failed"), 1);
    end(&binding);
}

static void an_ask_is_answered_by_index(void **state) {
    (void)state;
    struct binding binding = {.replies = true};
    begin(&binding);
    assert_ok(sabir_manager_start(binding.manager));
    sabir_message *reply;
    const void *value;
    assert_ok(sabir_ref_ask(binding.ref, new_number(1), -1, &reply));
    assert_ok(sabir_message_value_get(reply, Answer_type(), &value));
    assert_int_equal(((const struct Answer *)value)->value, 5);
    sabir_message_free(reply);
    end(&binding);
}

static void an_asker_takes_the_objects_that_it_sends(void **state) {
    (void)state;
    struct binding binding = {.replies = true};
    begin(&binding);
    assert_ok(sabir_manager_start(binding.manager));
    sabir_message *request, *reply;
    assert_ok(sabir_ref_ask(binding.ref, new_number(1), -1, &reply));
    sabir_message_free(reply);
    assert_null(binding.sender_language);
    assert_ok(sabir_message_new_object(Number_type(), &language, "an object", NULL, &request));
    assert_ok(sabir_ref_ask(binding.ref, request, -1, &reply));
    sabir_message_free(reply);
    assert_ptr_equal(binding.sender_language, &language);
    end(&binding);
}

static uint32_t dropped;

static void drop_object(void *object) {
    (void)object;
    dropped++;
}

static void begin_with_drop(struct binding *binding) {
    sabir_actor *actor = new_pulled();
    assert_ok(sabir_actor_set_object_drop(actor, drop_object));
    begin_with(binding, actor);
    assert_ok(sabir_manager_start(binding->manager));
}

static void an_object_replies_to_who_speaks_its_language(void **state) {
    (void)state;
    static char object[] = "a reply";
    struct binding binding = {.reply_object = object};
    dropped = 0;
    begin_with_drop(&binding);
    sabir_message *request, *reply;
    assert_ok(sabir_message_new_object(Number_type(), &language, "an object", NULL, &request));
    assert_ok(sabir_ref_ask(binding.ref, request, -1, &reply));
    assert_ptr_equal(sabir_message_object_get(reply, &language), object);
    assert_int_equal(dropped, 0);
    sabir_message_free(reply);
    assert_int_equal(dropped, 1);
    end(&binding);
    assert_int_equal(binding.reply_code, SABIR_OK);
}

static void an_object_that_is_no_reply_stays_the_callers(void **state) {
    (void)state;
    static char object[] = "a reply";
    struct binding binding = {.reply_object = object, .replies = true};
    dropped = 0;
    begin_with_drop(&binding);
    sabir_message *reply;
    assert_ok(sabir_ref_ask(binding.ref, new_number(1), -1, &reply)); /* which speaks no language */
    assert_int_equal(binding.reply_code, SABIR_EMISMATCH);
    assert_ptr_equal(sabir_message_type(reply), Answer_type());
    sabir_message_free(reply);
    binding.replies = false; /* the thread rests */
    send_number(binding.ref, 2, NULL);
    gate_wait(&binding.got, 3);
    end(&binding);
    assert_int_equal(binding.reply_code, SABIR_ENOENT); /* there is no sender */
    assert_int_equal(dropped, 0);
    assert_int_equal(sabir_puller_reply_object(NULL, 0, Number_type(), object), SABIR_EINVAL);
}

static void small_flat_payloads_come_as_values_to_who_reads_them(void **state) {
    (void)state;
    sabir_actor *actor = new_pulled();
    assert_ok(sabir_actor_set_pulled_values(actor));
    assert_ok(sabir_actor_on_message(actor, Words_type(), on_fast, NULL));
    struct binding binding = {0};
    begin_with(&binding, actor);
    assert_ok(sabir_manager_start(binding.manager));
    send_number(binding.ref, 7, NULL);
    assert_ok(sabir_ref_send_json(binding.ref, Number_type(), "{\"value\":8}", 11, NULL)); /* text stays text */
    assert_ok(sabir_ref_send_value(binding.ref, Words_type(), &(struct Words){SABIR_STR("hi")}, NULL));
    send_number(binding.ref, 9, NULL);
    end(&binding);
    assert_string_equal(binding.seen[1], "value 7");
    assert_string_equal(binding.seen[2], "{\"value\":8}");
    assert_non_null(strstr(binding.seen[3], "\"hi\""));
    assert_string_equal(binding.seen[4], "value 9");
}

static void text_is_sent_in_one_call_or_refused(void **state) {
    (void)state;
    struct binding binding = {0};
    begin(&binding);
    assert_ok(sabir_manager_start(binding.manager));
    assert_ok(sabir_ref_send_json(binding.ref, Number_type(), "{\"value\":3}", 11, NULL));
    assert_fails(sabir_ref_send_json(NULL, Number_type(), "{\"value\":3}", 11, NULL), SABIR_EINVAL, "NULL");
    assert_fails(sabir_ref_send_json(binding.ref, Number_type(), "{\"value\":\"3\"}", 13, NULL), SABIR_EBADPAYLOAD,
                 NULL);
    assert_fails(sabir_ref_send_json(binding.ref, Number_type(), "{", 1, NULL), SABIR_EMALFORMED, NULL);
    assert_fails(sabir_ref_send_json(binding.ref, Answer_type(), "{\"value\":3}", 11, NULL), SABIR_EUNHANDLED,
                 "no handler");
    end(&binding);
    assert_string_equal(binding.seen[1], "{\"value\":3}");
    assert_int_equal(binding.seen_count, 3);
}

static void a_start_that_fails_fails_the_manager(void **state) {
    (void)state;
    struct binding binding = {.refuses_start = true};
    begin(&binding);
    assert_fails(sabir_manager_start(binding.manager), SABIR_EFAILED,
                 "actor 'pulled' did not start: SABIR_EFAILED: no ledger to read");
    end(&binding);
    assert_int_equal(binding.seen_count, 1);
}

static void a_waiting_fast_send_gets_in_between_two_messages(void **state) {
    (void)state;
    fast_calls = 0;
    struct binding binding = {.holds = true};
    begin(&binding);
    for (int64_t i = 0; i < 3; i++) send_number(binding.ref, i, NULL);
    assert_ok(sabir_manager_start(binding.manager));
    gate_wait(&binding.got, 2);
    assert_int_equal(sabir_ref_try_enter(binding.ref), SABIR_ETIMEDOUT); /* held by the first message */
    gate_open(&binding.go);
    gate_open(&binding.go);
    gate_open(&binding.go);
    assert_ok(sabir_ref_fast_send(binding.ref, NULL, Number_type(), &(struct Number){100}, NULL, NULL, 0, 0, NULL));
    gate_wait(&binding.got, 4);
    end(&binding);
    assert_int_equal(fast_calls, 100);
    assert_int_equal(binding.seen_count, 5);
}

static void what_is_in_a_batch_is_still_queued_to_the_senders(void **state) {
    (void)state;
    sabir_actor *actor = new_pulled();
    assert_ok(sabir_actor_set_capacity_msgs(actor, 32));
    struct binding binding = {.holds = true};
    begin_with(&binding, actor);
    for (int64_t i = 0; i < 32; i++) send_number(binding.ref, i, NULL);
    assert_ok(sabir_manager_start(binding.manager));
    gate_wait(&binding.got,
              2); /* START and the first message, which is in hand: 31 are queued, one of them in the batch */
    assert_true(atomic_load(&binding.batch)->count > 1);
    assert_int_equal(stage_actor_count(binding.manager, "pulled", "queued"), 31);
    send_number(binding.ref, 32, NULL);
    sabir_message *one_too_many = new_number(33);
    assert_fails(sabir_ref_send(binding.ref, one_too_many, NULL), SABIR_EFULL, NULL);
    sabir_message_free(one_too_many);
    for (int i = 0; i < 33; i++) gate_open(&binding.go);
    gate_wait(&binding.got, 34);
    assert_int_equal(stage_actor_count(binding.manager, "pulled", "queued"), 0);
    end(&binding);
}

static void call_ordered(void *argument) {
    struct binding *binding = argument;
    assert_ok(sabir_ref_fast_send(binding->ref, NULL, Number_type(), &(struct Number){100}, NULL, NULL, 0,
                                  SABIR_FAST_ORDERED, NULL));
}

static void an_ordered_fast_send_comes_after_the_rest_of_a_batch(void **state) {
    (void)state;
    fast_calls = 0;
    struct binding binding = {.holds = true};
    begin(&binding);
    for (int64_t i = 1; i <= 3; i++) send_number(binding.ref, i, NULL);
    assert_ok(sabir_manager_start(binding.manager));
    gate_wait(&binding.got, 2);
    struct stage_thread caller;
    stage_thread_start(&caller, call_ordered, &binding);
    while (!__atomic_load_n(&atomic_load(&binding.batch)->yield, __ATOMIC_RELAXED)) sched_yield();
    for (int i = 0; i < 3; i++) gate_open(&binding.go);
    stage_thread_join(&caller);
    end(&binding);
    assert_int_equal(fast_calls, 2 + 3 + 100); /* the caller handled them */
    assert_int_equal(binding.seen_count, 3);   /* START, the first, STOP */
}

static void without_a_start_it_ends_with_the_manager(void **state) {
    (void)state;
    struct binding binding = {0};
    begin(&binding);
    send_number(binding.ref, 1, NULL);
    end(&binding);
    assert_int_equal(binding.seen_count, 0);
}

static void a_strict_thread_option_that_cannot_be_had_ends_it(void **state) {
    (void)state;
    sabir_actor *actor = new_pulled();
    uint32_t cpu = 1000;
    assert_ok(sabir_actor_set_cpus(actor, &cpu, 1));
    assert_ok(sabir_actor_set_strict(actor, true));
    struct binding binding = {0};
    begin_with(&binding, actor);
    int code = sabir_manager_start(binding.manager);
    assert_true(code == SABIR_EPERM || code == SABIR_EFAILED);
    end(&binding);
    assert_int_equal(binding.seen_count, 0);
}

static void timers_begin_unless_cancelled(void **state) {
    (void)state;
    struct binding binding = {0};
    begin(&binding);
    assert_ok(sabir_manager_start(binding.manager));
    gate_wait(&binding.got, 1);
    uint64_t id;
    assert_ok(sabir_timer_periodic(binding.ref, STAGE_MS, &id));
    gate_wait(&binding.got, 3);
    assert_ok(sabir_timer_cancel(id));
    uint32_t count = atomic_load(&binding.got.count);
    char expected[64];
    int length = snprintf(expected, sizeof expected, "{\"timer_id\":%llu,\"missed\":", (unsigned long long)id);
    assert_memory_equal(binding.seen[1], expected, (size_t)length);
    end(&binding);
    assert_int_equal(binding.got.count, count + 1); /* STOP alone */
}

static void arguments_are_checked(void **state) {
    (void)state;
    struct sabir_batch *batch;
    sabir_puller *puller;
    assert_fails(sabir_puller_get(NULL, &puller), SABIR_EINVAL, "sabir_actor_set_pulled");
    assert_fails(sabir_puller_next(NULL, 0, 0, &batch), SABIR_EINVAL, NULL);
    struct binding binding = {0};
    begin(&binding);
    assert_fails(sabir_puller_get(binding.ref, &puller), SABIR_EEXIST, "already");
    assert_ok(sabir_manager_start(binding.manager));
    end(&binding);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_starts_handles_in_order_and_stops),
        cmocka_unit_test(what_is_not_done_comes_again_first),
        cmocka_unit_test(objects_of_its_language_come_as_they_are),
        cmocka_unit_test(a_failure_is_counted_and_rejected),
        cmocka_unit_test(an_ask_is_answered_by_index),
        cmocka_unit_test(an_asker_takes_the_objects_that_it_sends),
        cmocka_unit_test(an_object_replies_to_who_speaks_its_language),
        cmocka_unit_test(an_object_that_is_no_reply_stays_the_callers),
        cmocka_unit_test(small_flat_payloads_come_as_values_to_who_reads_them),
        cmocka_unit_test(text_is_sent_in_one_call_or_refused),
        cmocka_unit_test(a_start_that_fails_fails_the_manager),
        cmocka_unit_test(a_waiting_fast_send_gets_in_between_two_messages),
        cmocka_unit_test(what_is_in_a_batch_is_still_queued_to_the_senders),
        cmocka_unit_test(an_ordered_fast_send_comes_after_the_rest_of_a_batch),
        cmocka_unit_test(without_a_start_it_ends_with_the_manager),
        cmocka_unit_test(a_strict_thread_option_that_cannot_be_had_ends_it),
        cmocka_unit_test(timers_begin_unless_cancelled),
        cmocka_unit_test(arguments_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
