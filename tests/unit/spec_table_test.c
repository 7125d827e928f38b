/*
 * Equal specs become one, unequal ones do not; what is an actor's own stays its own.
 */
#include "spec_table.h"

#include <string.h>

#include "actor.h"
#include "support/stage.h"

static int take(void *self, const void *value, sabir_context *context) {
    (void)value, (void)context;
    if (self) gate_open(self);
    return SABIR_OK;
}

static sabir_actor *plain(void *self) {
    return stage_actor(self, Number_type(), take);
}

static void equal_specs_become_one_without_a_self(void **state) {
    (void)state;
    int here, there;
    struct sabir_actor *one = sb_spec_share(plain(&here)), *same = sb_spec_share(plain(&there));
    assert_ptr_equal(one, same);
    assert_null(one->self);
    sb_spec_release(one);
    assert_non_null(sb_actor_spec_handler(same, Number_type())); /* its other user is still there */
    assert_ptr_equal(sb_spec_share(plain(NULL)), same);
    sb_spec_release(same);
    sb_spec_release(same);
}

static sabir_actor *with_capacity(void) {
    sabir_actor *actor = plain(NULL);
    assert_ok(sabir_actor_set_capacity_msgs(actor, 3));
    return actor;
}

static sabir_actor *with_rule(void) {
    sabir_actor *actor = plain(NULL);
    assert_ok(sabir_actor_set_restart_limit(actor, 7, 5));
    return actor;
}

static sabir_actor *with_flag(void) {
    sabir_actor *actor = plain(NULL);
    assert_ok(sabir_actor_set_strict(actor, true));
    return actor;
}

static sabir_actor *with_thread_name(void) {
    sabir_actor *actor = plain(NULL);
    assert_ok(sabir_actor_set_thread_name(actor, "mine"));
    return actor;
}

static sabir_actor *with_cpus(void) {
    sabir_actor *actor = plain(NULL);
    assert_ok(sabir_actor_set_cpus(actor, (const uint32_t[]){0}, 1));
    return actor;
}

static sabir_actor *with_another_handler(void) {
    sabir_actor *actor = plain(NULL);
    assert_ok(sabir_actor_on(actor, Words_type(), take));
    return actor;
}

static sabir_actor *with_nothing(void) {
    return plain(NULL);
}

static void whatever_is_said_differently_makes_another(void **state) {
    (void)state;
    static sabir_actor *(*const kinds[])(void) = {with_nothing,     with_capacity, with_rule,           with_flag,
                                                  with_thread_name, with_cpus,     with_another_handler};
    enum { KINDS = sizeof kinds / sizeof kinds[0] };
    struct sabir_actor *specs[KINDS];
    for (size_t i = 0; i < KINDS; i++) {
        specs[i] = sb_spec_share(kinds[i]());
        for (size_t j = 0; j < i; j++) assert_ptr_not_equal(specs[i], specs[j]);
    }
    assert_int_equal(specs[1]->capacity_msgs, 3);
    assert_int_equal(specs[2]->restart_rule.limit, 7);
    assert_string_equal(specs[4]->thread_name, "mine");
    for (size_t i = 0; i < KINDS; i++) sb_spec_release(specs[i]);
}

/* The ref that is told of the high water is counted once for all that share the spec. */
static void what_a_spec_holds_is_let_go_by_the_last(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    sabir_ref *told = stage_manage(manager, "told", NULL, Number_type(), take);
    uint32_t before = atomic_load(&told->owners);
    struct sabir_actor *shared[3];
    for (size_t i = 0; i < 3; i++) {
        sabir_actor *actor = plain(NULL);
        assert_ok(sabir_actor_set_high_water(actor, 5, told));
        shared[i] = sb_spec_share(actor);
        assert_ptr_equal(shared[i], shared[0]);
    }
    assert_int_equal(atomic_load(&told->owners), before + 1);
    for (size_t i = 0; i < 3; i++) sb_spec_release(shared[i]);
    assert_int_equal(atomic_load(&told->owners), before);
    sabir_ref_release(told);
    stage_free(manager);
}

static void of_many_kinds_each_keeps_its_own(void **state) {
    (void)state;
    enum { KINDS = 3000 };
    static struct sabir_actor *specs[KINDS];
    for (size_t i = 0; i < KINDS; i++) {
        sabir_actor *actor = plain(NULL);
        assert_ok(sabir_actor_set_capacity_msgs(actor, i + 1));
        specs[i] = sb_spec_share(actor);
    }
    for (size_t i = 0; i < KINDS; i++) assert_int_equal(specs[i]->capacity_msgs, i + 1);
    for (size_t i = 0; i < KINDS; i++) sb_spec_release(specs[(i * 7) % KINDS]);
}

/* ---- Through the front door ------------------------------------------------------------------------------------------------ */

static void count_drop(void *self) {
    gate_open(self);
}

static void actors_made_alike_have_one_spec_and_each_its_own_state(void **state) {
    (void)state;
    struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .drop = count_drop};
    struct gate gates[3] = {0};
    sabir_ref *refs[3];
    sabir_manager *manager = stage_new();
    for (size_t i = 0; i < 3; i++) {
        sabir_actor *actor;
        char name[2] = {(char)('a' + i), '\0'};
        assert_ok(sabir_actor_new(&callbacks, &gates[i], &actor));
        assert_ok(sabir_actor_on(actor, Number_type(), take));
        assert_ok(sabir_manager_manage(manager, name, actor, &refs[i]));
        assert_ptr_equal(sb_actor_of(refs[i])->spec, sb_actor_of(refs[0])->spec);
    }
    assert_ok(sabir_manager_start(manager));
    send_number(refs[1], 1, NULL);
    gate_wait(&gates[1], 1);
    assert_int_equal(atomic_load(&gates[0].count) + atomic_load(&gates[2].count), 0);
    stage_free(manager);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(atomic_load(&gates[i].count), i == 1 ? 2 : 1); /* each dropped once */
        sabir_ref_release(refs[i]);
    }
}

/* What could not be managed is the caller's as before: it can be mended, and managed then. */
static void a_spec_that_was_refused_is_not_shared(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    struct gate gate = {0};
    sabir_actor *actor = plain(&gate);
    sabir_ref *ref;
    assert_ok(sabir_actor_set_on_failure(actor, SABIR_FAILURE_RESTART));
    assert_fails(sabir_manager_manage(manager, "a", actor, NULL), SABIR_EINVAL, "no on_restart");
    assert_ptr_equal(actor->self, &gate);
    assert_ok(sabir_actor_set_on_failure(actor, SABIR_FAILURE_STOP));
    assert_ok(sabir_actor_on(actor, Words_type(), take));
    assert_ok(sabir_manager_manage(manager, "a", actor, &ref));
    assert_ok(sabir_manager_start(manager));
    send_number(ref, 1, NULL);
    gate_wait(&gate, 1);
    sabir_ref_release(ref);
    stage_free(manager);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_specs_become_one_without_a_self),
        cmocka_unit_test(whatever_is_said_differently_makes_another),
        cmocka_unit_test(what_a_spec_holds_is_let_go_by_the_last),
        cmocka_unit_test(of_many_kinds_each_keeps_its_own),
        cmocka_unit_test(actors_made_alike_have_one_spec_and_each_its_own_state),
        cmocka_unit_test(a_spec_that_was_refused_is_not_shared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
