/*
 * Dead letters: counted by reason, told to one subscriber, whose data is dropped once.
 */
#include "dead_letter.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "support/raw_peer.h"
#include "support/stage.h"
#include "support/test_node.h"

struct undertaker {
    struct gate told;
    uint32_t reason;
    char target[32];
    char type[32];
    char detail[64];
    int drops;
};

static void note(void *user_data, uint32_t reason, const char *target, const char *type, const char *detail) {
    struct undertaker *undertaker = user_data;
    undertaker->reason = reason;
    strcpy(undertaker->target, target ? target : "-");
    strcpy(undertaker->type, type ? type : "-");
    strcpy(undertaker->detail, detail ? detail : "-");
    gate_open(&undertaker->told);
}

static void drop(void *user_data) {
    ((struct undertaker *)user_data)->drops++;
}

static int break_down(void *self, const void *value, sabir_context *context) {
    (void)self;
    (void)value;
    (void)context;
    sabir_error_detail_set("no more");
    return SABIR_EIO;
}

static void the_subscriber_hears_what_and_why(void **state) {
    (void)state;
    struct undertaker undertaker = {.drops = 0};
    sabir_manager *manager = stage_new();
    assert_ok(sabir_manager_on_dead_letter(manager, note, &undertaker, drop));
    sabir_ref *ref = stage_manage(manager, "fragile", NULL, Number_type(), break_down);
    assert_ok(sabir_manager_start(manager));
    send_number(ref, 1, NULL);
    gate_wait(&undertaker.told, 1);
    assert_int_equal(undertaker.reason, SABIR_DEAD_FAILED);
    assert_string_equal(undertaker.target, "fragile");
    assert_string_equal(undertaker.type, "stage.Number");
    assert_string_equal(undertaker.detail, "no more");
    sb_dead_letter(manager, SABIR_DEAD_MALFORMED, (struct sb_text){NULL, 0}, (struct sb_text){NULL, 0}, NULL);
    assert_string_equal(undertaker.target, "-");
    assert_int_equal(stage_dead_letters(manager, "malformed"), 1);
    sb_dead_letter(NULL, SABIR_DEAD_MALFORMED, (struct sb_text){NULL, 0}, (struct sb_text){NULL, 0}, NULL);
    sabir_ref_release(ref);
    stage_free(manager);
    assert_int_equal(undertaker.drops, 1);
}

static void a_subscription_is_replaced_and_dropped_once(void **state) {
    (void)state;
    struct undertaker first = {.drops = 0}, second = {.drops = 0};
    sabir_manager *manager = stage_new();
    assert_ok(sabir_manager_on_dead_letter(manager, note, &first, drop));
    assert_ok(sabir_manager_on_dead_letter(manager, note, &second, drop));
    assert_int_equal(first.drops, 1);
    sb_dead_letter(manager, SABIR_DEAD_STOPPED, (struct sb_text){NULL, 0}, (struct sb_text){NULL, 0}, NULL);
    assert_int_equal(first.told.count, 0);
    assert_int_equal(second.told.count, 1);
    assert_ok(sabir_manager_on_dead_letter(manager, NULL, NULL, NULL));
    assert_int_equal(second.drops, 1);
    assert_fails(sabir_manager_on_dead_letter(NULL, note, &first, drop), SABIR_EINVAL, "manager");
    assert_int_equal(first.drops, 2); /* also when the call fails */
    stage_free(manager);
}

/* Told on the wire's own thread, which a stop waits for. */
struct hasty {
    struct gate told;
    sabir_manager *manager;
    sabir_ref *actor;
    int stop_code;
    int stop_actor_code;
    char words[256];
};

static void stop_everything(void *user_data, uint32_t reason, const char *target, const char *type,
                            const char *detail) {
    struct hasty *hasty = user_data;
    (void)reason, (void)target, (void)type, (void)detail;
    hasty->stop_actor_code = sabir_manager_stop_actor(hasty->manager, hasty->actor);
    sabir_manager_free(hasty->manager); /* left alone */
    hasty->stop_code = sabir_manager_stop(hasty->manager);
    (void)snprintf(hasty->words, sizeof hasty->words, "%s", sb_error_detail());
    sabir_manager_terminate(hasty->manager);
    gate_open(&hasty->told);
}

static void the_subscriber_cannot_wait_for_the_end_of_its_own_thread(void **state) {
    (void)state;
    struct test_node node;
    struct hasty hasty = {.stop_code = -1};
    test_node_start(&node);
    hasty.manager = node.manager;
    hasty.actor = node.sink;
    assert_ok(sabir_manager_on_dead_letter(node.manager, stop_everything, &hasty, NULL));
    int push = raw_connect_push("127.0.0.1", node.tcp_port);
    assert_true(raw_send_text(push, "no envelope"));
    gate_wait(&hasty.told, 1);
    assert_int_equal(hasty.stop_code, SABIR_EDEADLOCK);
    assert_int_equal(hasty.stop_actor_code, SABIR_EDEADLOCK);
    assert_non_null(strstr(hasty.words, "sabir_manager_terminate"));
    assert_ok(sabir_manager_wait(node.manager, -1, -1, 0)); /* it has terminated */
    close(push);
    test_node_stop(&node);
}

static void every_reason_has_a_name(void **state) {
    (void)state;
    assert_string_equal(sabir_dead_reason_name(SABIR_DEAD_MAILBOX_FULL), "mailbox_full");
    for (uint32_t reason = 0; reason < SABIR_DEAD_REASON_COUNT; reason++)
        assert_non_null(sabir_dead_reason_name(reason));
    assert_null(sabir_dead_reason_name(SABIR_DEAD_REASON_COUNT));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_subscriber_hears_what_and_why),
        cmocka_unit_test(a_subscription_is_replaced_and_dropped_once),
        cmocka_unit_test(the_subscriber_cannot_wait_for_the_end_of_its_own_thread),
        cmocka_unit_test(every_reason_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
