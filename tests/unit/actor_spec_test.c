/*
 * An actor before it is managed: handlers, options, and callback tables of other releases.
 */
#include "actor_spec.h"

#include <stdio.h>
#include <string.h>

#include "support/stage.h"

static int on_message(void *self, const void *value, sabir_context *context) {
    (void)self;
    (void)value;
    (void)context;
    return SABIR_OK;
}

static int drops;

static void drop(void *self) {
    (void)self;
    drops++;
}

static void callback_tables_are_checked_on_entry(void **state) {
    (void)state;
    drops = 0;
    sabir_actor *actor;
    struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .drop = drop};
    callbacks.size_bytes += 8;
    assert_fails(sabir_actor_new(&callbacks, NULL, &actor), SABIR_EVERSION, "this core knows");
    assert_int_equal(drops, 1);
    callbacks.size_bytes = 8; /* too small to hold a drop: nothing of it is touched */
    assert_fails(sabir_actor_new(&callbacks, NULL, &actor), SABIR_EVERSION, "said to have 8 bytes");
    assert_int_equal(drops, 1);
    callbacks.size_bytes = sizeof callbacks;
    assert_fails(sabir_actor_new(&callbacks, NULL, NULL), SABIR_EINVAL, "last argument");
    assert_int_equal(drops, 2);
    assert_ok(sabir_actor_new(&callbacks, NULL, &actor));
    sabir_actor_free(actor);
    assert_int_equal(drops, 3);
    sabir_actor_free(NULL);
}

static void each_type_has_one_handler(void **state) {
    (void)state;
    sabir_actor *actor = stage_actor(NULL, Number_type(), on_message);
    assert_fails(sabir_actor_on(actor, Number_type(), on_message), SABIR_EEXIST, "'stage.Number' already");
    assert_fails(sabir_actor_on(actor, NULL, on_message), SABIR_EINVAL, "is NULL");
    assert_fails(sabir_actor_on(actor, Words_type(), NULL), SABIR_EINVAL, "'stage.Words' is NULL");
    assert_fails(sabir_actor_on(NULL, Words_type(), on_message), SABIR_EINVAL, "actor is NULL");
    const struct sb_handler *found = sb_actor_spec_handler(actor, Number_type());
    assert_non_null(found);
    assert_ptr_equal(found->type, Number_type());
    assert_null(sb_actor_spec_handler(actor, Words_type()));
    sabir_actor_free(actor);
}

static void hundreds_of_handlers_are_found(void **state) {
    (void)state;
    enum { COUNT = 500 };
    static const sabir_type *types[COUNT];
    sabir_actor *actor;
    assert_ok(sabir_actor_new(NULL, NULL, &actor));
    for (int i = 0; i < COUNT; i++) {
        char name[32];
        snprintf(name, sizeof name, "spec_test.%d", i);
        assert_ok(sabir_type_register_open(name, &types[i]));
        if (i % 2) assert_ok(sabir_actor_on(actor, types[i], on_message));
    }
    for (int i = 0; i < COUNT; i++) {
        const struct sb_handler *found = sb_actor_spec_handler(actor, types[i]);
        assert_true(i % 2 ? found && found->type == types[i] : !found);
    }
    sabir_actor_free(actor);
}

static void options_are_checked_and_kept(void **state) {
    (void)state;
    const uint32_t cpus[] = {0, 1};
    sabir_actor *actor;
    assert_ok(sabir_actor_new(NULL, NULL, &actor));
    assert_fails(sabir_actor_set_overload(actor, 3), SABIR_EINVAL, "3 is no overload policy");
    assert_fails(sabir_actor_set_scheduling(actor, 3, 1), SABIR_EINVAL, "no scheduling policy");
    assert_fails(sabir_actor_set_scheduling(actor, 1, 0), SABIR_EINVAL, "1 to 99");
    assert_fails(sabir_actor_set_scheduling(actor, 2, 100), SABIR_EINVAL, "1 to 99");
    assert_fails(sabir_actor_set_spin_ns(actor, -2), SABIR_EINVAL, "-2 ns");
    assert_fails(sabir_actor_set_thread_name(actor, ""), SABIR_EINVAL, "not empty");
    assert_fails(sabir_actor_set_thread_name(actor, NULL), SABIR_EINVAL, "not empty");
    assert_fails(sabir_actor_set_cpus(actor, NULL, 1), SABIR_EINVAL, "NULL");
    assert_ok(sabir_actor_set_cpus(actor, cpus, 2));
    assert_ok(sabir_actor_set_cpus(actor, cpus, 1));
    assert_ok(sabir_actor_set_scheduling(actor, 0, 0));
    assert_ok(sabir_actor_set_thread_name(actor, "first"));
    assert_ok(sabir_actor_set_thread_name(actor, "second"));
    assert_ok(sabir_actor_set_spin_ns(actor, 0));
    assert_ok(sabir_actor_set_capacity_msgs(actor, 9));
    assert_ok(sabir_actor_set_strict(actor, true));
    assert_int_equal(actor->cpu_count, 1);
    assert_string_equal(actor->thread_name, "second");
    assert_int_equal(actor->capacity_msgs, 9);
    sabir_actor_free(actor);
    assert_fails(sabir_actor_set_strict(NULL, true), SABIR_EINVAL, "actor is NULL");
    assert_fails(sabir_actor_set_local(NULL, true), SABIR_EINVAL, "actor is NULL");
    assert_fails(sabir_actor_set_pulled(NULL), SABIR_EINVAL, "actor is NULL");
    assert_fails(sabir_actor_set_pulled_values(NULL), SABIR_EINVAL, "actor is NULL");
    assert_fails(sabir_actor_set_language(NULL, NULL), SABIR_EINVAL, "actor is NULL");
    assert_fails(sabir_actor_set_capacity_msgs(NULL, 1), SABIR_EINVAL, "actor is NULL");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(callback_tables_are_checked_on_entry),
        cmocka_unit_test(each_type_has_one_handler),
        cmocka_unit_test(hundreds_of_handlers_are_found),
        cmocka_unit_test(options_are_checked_and_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
