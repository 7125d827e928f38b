/*
 * A message in hand: who sent it, replies by every way, tokens that answer later.
 */
#include "context.h"
#include "message.h"

#include <stdio.h>
#include <string.h>

#include "support/stage.h"

struct echo {
    sabir_reply_token *tokens[8];
    size_t token_count;
    int second_reply;
    int take_after_reply;
    char sender[64];
    bool saw_message;
};

static int reply_twice(void *self, const void *value, sabir_context *context) {
    struct echo *echo = self;
    sabir_ref *sender = sabir_context_sender(context);
    snprintf(echo->sender, sizeof echo->sender, "%s", sender ? sabir_ref_name(sender) : "nobody");
    echo->saw_message = sabir_message_type(sabir_context_message(context)) == Number_type();
    int code = sabir_context_reply_value(context, Answer_type(), value);
    echo->second_reply = sabir_context_reply_value(context, Answer_type(), value);
    sabir_reply_token *token;
    echo->take_after_reply = sabir_context_reply_take(context, &token);
    if (echo->take_after_reply == SABIR_OK) sabir_reply_token_free(token);
    return sender ? code : SABIR_OK;
}

struct collector {
    struct gate got;
    int64_t values[16];
    size_t count;
};

static int collect(void *self, const void *value, sabir_context *context) {
    struct collector *collector = self;
    const struct Answer *answer = value;
    (void)context;
    collector->values[collector->count++] = answer->value;
    gate_open(&collector->got);
    return SABIR_OK;
}

static void a_plain_message_may_be_answered_more_than_once(void **state) {
    (void)state;
    struct echo echo = {.second_reply = -1};
    struct collector collector = {.count = 0};
    sabir_manager *manager = stage_new();
    sabir_ref *to = stage_manage(manager, "echo", &echo, Number_type(), reply_twice);
    sabir_ref *from = stage_manage(manager, "collector", &collector, Answer_type(), collect);
    assert_ok(sabir_manager_start(manager));
    send_number(to, 3, from);
    gate_wait(&collector.got, 2);
    stage_free(manager);
    assert_string_equal(echo.sender, "collector");
    assert_true(echo.saw_message);
    assert_int_equal(echo.second_reply, SABIR_OK);
    assert_int_equal(collector.values[1], 3);
    sabir_ref_release(to);
    sabir_ref_release(from);
}

static void an_ask_is_answered_once(void **state) {
    (void)state;
    struct echo echo = {.second_reply = 0};
    sabir_manager *manager = stage_new();
    sabir_ref *to = stage_manage(manager, "echo", &echo, Number_type(), reply_twice);
    assert_ok(sabir_manager_start(manager));
    sabir_message *reply;
    assert_ok(sabir_ref_ask(to, new_number(4), -1, &reply));
    sabir_message_free(reply);
    stage_free(manager);
    assert_int_equal(echo.second_reply, SABIR_ENOENT);
    assert_int_equal(echo.take_after_reply, SABIR_ENOENT);
    assert_string_equal(echo.sender, "sabir.ask");
    sabir_ref_release(to);
}

static void without_a_sender_there_is_nobody_to_answer(void **state) {
    (void)state;
    struct echo echo = {.second_reply = 0};
    sabir_manager *manager = stage_new();
    sabir_ref *to = stage_manage(manager, "echo", &echo, Number_type(), reply_twice);
    assert_ok(sabir_manager_start(manager));
    send_number(to, 4, NULL);
    stage_free(manager);
    assert_string_equal(echo.sender, "nobody");
    assert_int_equal(echo.second_reply, SABIR_ENOENT);
    assert_int_equal(echo.take_after_reply, SABIR_ENOENT);
    sabir_ref_release(to);
}

static int take(void *self, const void *value, sabir_context *context) {
    (void)value;
    struct echo *echo = self;
    assert_int_equal(sabir_context_reply_take(context, NULL), SABIR_EINVAL);
    return sabir_context_reply_take(context, &echo->tokens[echo->token_count++]);
}

static void tokens_answer_later_in_any_order(void **state) {
    (void)state;
    struct echo echo = {.token_count = 0};
    struct collector collector = {.count = 0};
    sabir_manager *manager = stage_new();
    sabir_ref *to = stage_manage(manager, "echo", &echo, Number_type(), take);
    sabir_ref *from = stage_manage(manager, "collector", &collector, Answer_type(), collect);
    assert_ok(sabir_manager_start(manager));
    for (int64_t i = 0; i < 3; i++) send_number(to, i, from);
    assert_ok(sabir_manager_stop_actor(manager, to)); /* tokens outlive the handler, and even the actor's life */
    for (size_t i = 3; i-- > 0;) {
        sabir_message *answer;
        assert_ok(sabir_message_new(Answer_type(), &(struct Answer){(int64_t)i}, &answer));
        assert_ok(sabir_reply_token_send(echo.tokens[i], answer));
    }
    gate_wait(&collector.got, 3);
    assert_fails(sabir_reply_token_send(NULL, NULL), SABIR_EINVAL, "token");
    sabir_reply_token_free(NULL);
    stage_free(manager);
    for (size_t i = 0; i < 3; i++) assert_int_equal(collector.values[i], 2 - (int64_t)i);
    sabir_ref_release(to);
    sabir_ref_release(from);
}

static int take_from_fast(void *self, const void *value, sabir_context *context) {
    (void)value;
    sabir_reply_token *token;
    *(int *)self = sabir_context_reply_take(context, &token);
    return SABIR_OK;
}

static void a_fast_send_has_no_later(void **state) {
    (void)state;
    int code = SABIR_OK;
    sabir_manager *manager = stage_new();
    sabir_ref *to = stage_manage(manager, "fast", &code, Number_type(), take_from_fast);
    assert_ok(sabir_manager_start(manager));
    assert_ok(sabir_ref_fast_send(to, NULL, Number_type(), &(struct Number){1}, NULL, NULL, 0, 0, NULL));
    assert_int_equal(code, SABIR_EUNSUPPORTED);
    sabir_ref_release(to);
    stage_free(manager);
}

static int stop_yourself(void *self, const void *value, sabir_context *context) {
    (void)value;
    sabir_context_stop(context);
    gate_open(self);
    return SABIR_OK;
}

static void an_actor_stops_itself_and_buries_the_rest(void **state) {
    (void)state;
    struct gate stopped = {0};
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "mayfly", &stopped, Number_type(), stop_yourself);
    for (int64_t i = 0; i < 5; i++) send_number(ref, i, NULL);
    assert_ok(sabir_manager_start(manager));
    gate_wait(&stopped, 1);
    assert_ok(sabir_manager_stop_actor(manager, ref));
    assert_int_equal(stage_dead_letters(manager, "stopped"), 4);
    assert_int_equal(stage_actor_count(manager, "mayfly", "received"), 1);
    sabir_ref_release(ref);
    stage_free(manager);
}

#define TRACE "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

struct causes {
    sabir_ref *next;
    uint64_t timer_id;
    char seen[64];
    struct gate got;
};

static int arm_a_timer(void *self, const void *value, sabir_context *context) {
    struct causes *causes = self;
    (void)value;
    return sabir_timer_once(sabir_context_self(context), STAGE_MS, &causes->timer_id);
}

static int send_on(void *self, const void *value, sabir_context *context) {
    struct causes *causes = self;
    (void)value;
    send_number(causes->next, 1, sabir_context_self(context));
    return SABIR_OK;
}

static int keep_trace(void *self, const void *value, sabir_context *context) {
    struct causes *causes = self;
    const struct sb_meta *meta = sb_message_meta(sabir_context_message(context));
    (void)value;
    (void)snprintf(causes->seen, sizeof causes->seen, "%s", meta ? meta->trace : "nothing");
    gate_open(&causes->got);
    return SABIR_OK;
}

/* ENV-9: sends and timers. */
static void a_trace_goes_on_through_whatever_a_handler_causes(void **state) {
    (void)state;
    struct causes causes = {.next = NULL};
    sabir_manager *manager = stage_new();
    sabir_actor *actor = stage_actor(&causes, Go_type(), arm_a_timer);
    sabir_ref *first;
    assert_ok(sabir_actor_on(actor, sabir_type_timeout(), send_on));
    assert_ok(sabir_manager_manage(manager, "first", actor, &first));
    causes.next = stage_manage(manager, "next", &causes, Number_type(), keep_trace);
    assert_ok(sabir_manager_start(manager));
    sabir_message *message;
    assert_ok(sabir_message_new(Go_type(), NULL, &message));
    (void)snprintf(sb_message_meta_make(message)->trace, sizeof sb_message_meta_make(message)->trace, "%s", TRACE);
    assert_ok(sabir_ref_send(first, message, NULL));
    gate_wait(&causes.got, 1);
    stage_free(manager);
    assert_string_equal(causes.seen, TRACE);
    sabir_ref_release(first);
    sabir_ref_release(causes.next);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_message_may_be_answered_more_than_once),
        cmocka_unit_test(an_ask_is_answered_once),
        cmocka_unit_test(without_a_sender_there_is_nobody_to_answer),
        cmocka_unit_test(tokens_answer_later_in_any_order),
        cmocka_unit_test(a_fast_send_has_no_later),
        cmocka_unit_test(an_actor_stops_itself_and_buries_the_rest),
        cmocka_unit_test(a_trace_goes_on_through_whatever_a_handler_causes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
