/*
 * Refs: counted, comparable, and alive after everything else has gone.
 */
#include "ref.h"

#include "support/stage.h"

static int on_number(void *self, const void *value, sabir_context *context) {
    (void)self;
    (void)value;
    (void)context;
    return SABIR_OK;
}

static void a_ref_outlives_its_manager(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "short-lived", NULL, Number_type(), on_number);
    sabir_ref *other = stage_manage(manager, "other", NULL, Number_type(), on_number);
    assert_ptr_equal(sabir_ref_retain(ref), ref);
    assert_true(sabir_ref_equal(ref, ref));
    assert_false(sabir_ref_equal(ref, other));
    assert_false(sabir_ref_equal(ref, NULL));
    stage_free(manager);
    assert_string_equal(sabir_ref_name(ref), "short-lived");
    assert_fails(sabir_ref_send_value(ref, Number_type(), NULL, NULL), SABIR_ECLOSED, "'short-lived' has stopped");
    sabir_message *reply;
    assert_fails(sabir_ref_ask(ref, new_number(1), -1, &reply), SABIR_ECLOSED, NULL);
    assert_fails(sabir_ref_enter(ref, 0), SABIR_ECLOSED, NULL);
    sabir_ref_release(ref);
    sabir_ref_release(ref);
    sabir_ref_release(other);
    sabir_ref_release(NULL);
}

static int frees;

static void count_free(sabir_ref *ref) {
    (void)ref;
    frees++;
}

static int refuse(sabir_ref *ref, sabir_message *message, sabir_ref *sender) {
    (void)ref;
    (void)message;
    (void)sender;
    return SABIR_EDOWN;
}

static sabir_ref *shared;

static void retain_and_release(void *argument) {
    (void)argument;
    for (int i = 0; i < 100000; i++) sabir_ref_release(sabir_ref_retain(shared));
    sabir_ref_release(shared);
}

static void the_last_owner_frees(void **state) {
    (void)state;
    static const struct sb_ref_ops ops = {.send = refuse, .free = count_free};
    sabir_ref ref;
    struct stage_thread threads[3];
    sb_ref_init(&ref, &ops, SB_REF_REMOTE, "name", "endpoint");
    shared = &ref;
    for (int i = 0; i < 3; i++) sabir_ref_retain(&ref);
    for (int i = 0; i < 3; i++) stage_thread_start(&threads[i], retain_and_release, NULL);
    for (int i = 0; i < 3; i++) stage_thread_join(&threads[i]);
    assert_int_equal(frees, 0);
    assert_int_equal(sabir_ref_send_value(&ref, Number_type(), NULL, NULL),
                     SABIR_EDOWN); /* and the message is not leaked */
    sabir_ref_release(&ref);
    assert_int_equal(frees, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ref_outlives_its_manager),
        cmocka_unit_test(the_last_owner_frees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
