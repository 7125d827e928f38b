/*
 * What comes of a message: handled, failed, of a payload that does not fit, Shutdown.
 */
#include <stdlib.h>
#include <string.h>

#include "support/stage.h"

static char log_lines[2048];

static void keep_line(void *user_data, const char *line) {
    (void)user_data;
    strncat(log_lines, line, sizeof log_lines - strlen(log_lines) - 2);
    strcat(log_lines, "\n");
}

static int divide(void *self, const void *value, sabir_context *context) {
    (void)self;
    const struct Number *number = value;
    if (number->value == 0) {
        sabir_error_detail_set("division by zero\x1b[31m");
        return SABIR_EVALUE;
    }
    return sabir_context_reply_value(context, Answer_type(), &(struct Answer){100 / number->value});
}

static void a_failure_is_told_and_the_next_message_is_handled(void **state) {
    (void)state;
    log_lines[0] = '\0';
    sabir_log_set(keep_line, NULL);
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "divider", NULL, Number_type(), divide);
    assert_ok(sabir_manager_start(manager));
    send_number(ref, 0, NULL);
    sabir_message *reply;
    assert_ok(sabir_ref_ask(ref, new_number(4), -1, &reply));
    sabir_message_free(reply);
    assert_ok(sabir_manager_stop(manager)); /* a message is counted after its handler has answered */
    assert_int_equal(stage_actor_count(manager, "divider", "failed"), 1);
    assert_int_equal(stage_actor_count(manager, "divider", "received"), 2);
    assert_int_equal(stage_dead_letters(manager, "failed"), 1);
    sabir_ref_release(ref);
    stage_free(manager);
    sabir_log_set(NULL, NULL);
    assert_string_equal(
        log_lines, "actor 'divider' failed on 'stage.Number' {\"value\":0}: SABIR_EVALUE: division by zero\\x1b[31m\n");
}

static int fail_in_silence(void *self, const void *value, sabir_context *context) {
    (void)self;
    (void)value;
    (void)context;
    return SABIR_EIO;
}

static void an_older_error_is_not_blamed(void **state) {
    (void)state;
    log_lines[0] = '\0';
    sabir_log_set(keep_line, NULL);
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "silent", NULL, Number_type(), fail_in_silence);
    assert_ok(sabir_manager_start(manager));
    send_number(ref, 0, NULL);
    stage_free(manager);
    sabir_log_set(NULL, NULL);
    assert_string_equal(log_lines, "actor 'silent' failed on 'stage.Number' {\"value\":0}: SABIR_EIO\n");
    sabir_ref_release(ref);
}

/* A reject to a local sender that listens for it: he cannot tell where the other one lives. */
struct plaintiff {
    struct gate heard;
    char code[32];
    char target[32];
};

static int on_reject(void *self, const void *value, sabir_context *context) {
    (void)context;
    struct plaintiff *plaintiff = self;
    const struct sabir_reject *reject = value;
    memcpy(plaintiff->code, reject->code.bytes, reject->code.len_bytes);
    memcpy(plaintiff->target, reject->target.bytes, reject->target.len_bytes);
    gate_open(&plaintiff->heard);
    return SABIR_OK;
}

static int find_it_bad(void *self, const void *value, sabir_context *context) {
    (void)self;
    (void)value;
    (void)context;
    return SABIR_EBADPAYLOAD;
}

static void a_bad_payload_is_rejected_to_a_local_sender_too(void **state) {
    (void)state;
    struct plaintiff plaintiff = {{0}, {0}, {0}};
    sabir_manager *manager = stage_new();
    sabir_ref *judge = stage_manage(manager, "judge", NULL, Number_type(), find_it_bad);
    sabir_ref *from = stage_manage(manager, "plaintiff", &plaintiff, sabir_type_reject(), on_reject);
    assert_ok(sabir_manager_start(manager));
    send_number(judge, 1, from);
    gate_wait(&plaintiff.heard, 1);
    assert_string_equal(plaintiff.code, "bad_payload");
    assert_string_equal(plaintiff.target, "judge");
    assert_int_equal(stage_actor_count(manager, "judge", "rejected"), 1);
    assert_int_equal(stage_actor_count(manager, "judge", "failed"), 0);
    sabir_ref_release(judge);
    sabir_ref_release(from);
    stage_free(manager);
}

static void shutdown_stops_an_actor_that_does_not_handle_it(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "obedient", NULL, Number_type(), divide);
    assert_ok(sabir_manager_start(manager));
    assert_ok(sabir_ref_send_value(ref, sabir_type_shutdown(), NULL, NULL));
    int code;
    do code = sabir_ref_send_value(ref, Number_type(), &(struct Number){1}, NULL);
    while (code == SABIR_OK || code == SABIR_EFULL); /* full: it has not looked at its mailbox yet */
    assert_int_equal(code, SABIR_ECLOSED);
    sabir_ref_release(ref);
    stage_free(manager);
}

static int on_shutdown(void *self, const void *value, sabir_context *context) {
    (void)value;
    (void)context;
    gate_open(self);
    return SABIR_OK;
}

static void an_actor_that_handles_shutdown_decides_by_itself(void **state) {
    (void)state;
    struct gate asked = {0};
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "stubborn", &asked, sabir_type_shutdown(), on_shutdown);
    assert_ok(sabir_manager_start(manager));
    for (uint32_t i = 1; i <= 3; i++) {
        assert_ok(sabir_ref_send_value(ref, sabir_type_shutdown(), NULL, NULL));
        gate_wait(&asked, i);
    }
    sabir_ref_release(ref);
    stage_free(manager);
}

/* ---- The first message ------------------------------------------------------------------------------------------------- */

static int on_start_message(void *self, const void *value, sabir_context *context) {
    assert_non_null(value);
    assert_ptr_equal(sabir_message_type(sabir_context_message(context)), sabir_type_start());
    if (self) {
        gate_open(self);
        return SABIR_OK;
    }
    sabir_error_detail_set("no ground to stand on");
    return SABIR_EFAILED;
}

static void start_comes_before_everything_else(void **state) {
    (void)state;
    struct gate begun = {0};
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "early", &begun, sabir_type_start(), on_start_message);
    assert_ok(sabir_manager_start(manager));
    gate_wait(&begun, 1); /* once, and it has happened already */
    assert_int_equal(stage_actor_count(manager, "early", "received"), 0);
    sabir_ref_release(ref);
    stage_free(manager);
}

static void an_actor_whose_start_handler_fails_does_not_start(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "late", NULL, sabir_type_start(), on_start_message);
    assert_fails(sabir_manager_start(manager), SABIR_EFAILED,
                 "'late' did not start: SABIR_EFAILED: no ground to stand on");
    sabir_ref_release(ref);
    stage_free(manager);
}

/* ---- Values and objects ------------------------------------------------------------------------------------------------ */

static const char tongue;

struct seen {
    int64_t values;
    int64_t objects;
    int user_data;
};

static int on_seen_value(void *self, const void *value, void *user_data, sabir_context *context) {
    struct seen *seen = self;
    assert_ptr_equal(user_data, &seen->user_data);
    seen->values += ((const struct Number *)value)->value;
    int code = sabir_context_reply_value(context, Answer_type(), &(struct Answer){seen->values});
    return code == SABIR_ENOENT ? SABIR_OK : code; /* nobody asked */
}

static int on_seen_object(void *self, sabir_message *message, void *user_data, sabir_context *context) {
    (void)context;
    struct seen *seen = self;
    assert_ptr_equal(user_data, &seen->user_data);
    seen->objects += *(const int64_t *)sabir_message_object_get(message, &tongue);
    return SABIR_OK;
}

static void a_value_handler_gets_structs_and_texts_and_the_other_one_objects(void **state) {
    (void)state;
    struct seen seen = {0};
    int64_t object = 1000;
    sabir_manager *manager = stage_new();
    sabir_actor *actor;
    sabir_ref *ref;
    assert_ok(sabir_actor_new(NULL, &seen, &actor));
    assert_ok(sabir_actor_set_language(actor, &tongue));
    assert_fails(sabir_actor_on_value(actor, Number_type(), NULL, on_seen_object, NULL), SABIR_EINVAL,
                 "values is NULL");
    assert_fails(sabir_actor_on_value(actor, Number_type(), on_seen_value, NULL, NULL), SABIR_EINVAL, "is NULL");
    assert_ok(sabir_actor_on_value(actor, Number_type(), on_seen_value, on_seen_object, &seen.user_data));
    assert_ok(sabir_manager_manage(manager, "both", actor, &ref));
    assert_ok(sabir_manager_start(manager));
    struct Answer answer = {0};
    bool replied = false;
    assert_ok(sabir_ref_fast_send(ref, NULL, Number_type(), &(struct Number){1}, Answer_type(), &answer, sizeof answer,
                                  0, &replied));
    assert_true(replied);
    assert_int_equal(answer.value, 1);
    sabir_message *message;
    assert_ok(sabir_message_new_json(Number_type(), "{\"value\":20}", 12, &message));
    assert_ok(sabir_ref_send(ref, message, NULL));
    assert_ok(sabir_message_new_object(Number_type(), &tongue, &object, NULL, &message));
    assert_ok(sabir_ref_send(ref, message, NULL));
    send_number(ref, 300, NULL);
    stage_free(manager);
    assert_int_equal(seen.values, 321);
    assert_int_equal(seen.objects, 1000);
    sabir_ref_release(ref);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_handler_gets_structs_and_texts_and_the_other_one_objects),
        cmocka_unit_test(a_failure_is_told_and_the_next_message_is_handled),
        cmocka_unit_test(an_older_error_is_not_blamed),
        cmocka_unit_test(a_bad_payload_is_rejected_to_a_local_sender_too),
        cmocka_unit_test(shutdown_stops_an_actor_that_does_not_handle_it),
        cmocka_unit_test(an_actor_that_handles_shutdown_decides_by_itself),
        cmocka_unit_test(start_comes_before_everything_else),
        cmocka_unit_test(an_actor_whose_start_handler_fails_does_not_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
