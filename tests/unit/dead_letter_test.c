/*
 * Dead letters: counted by reason, told to one subscriber, whose data is dropped once.
 */
#include "dead_letter.h"

#include <string.h>

#include "support/stage.h"

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
        cmocka_unit_test(every_reason_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
