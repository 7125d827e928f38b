/*
 * How often something may be restarted, and how long before: limits in a window, doubling, jitter.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "error.h"
#include "restart_rule.h"

#define MS INT64_C(1000000)

static void so_many_within_a_window_and_no_more(void **state) {
    (void)state;
    struct sb_restart_rule rule = SB_RESTART_RULE_DEFAULT;
    struct sb_restart_past past = {.count = 0};
    for (int i = 0; i < 3; i++) assert_true(sb_restart_past_add(&past, &rule, 1000 * MS) >= 0);
    assert_int_equal(sb_restart_past_add(&past, &rule, 1000 * MS), -1);
    assert_int_equal(sb_restart_past_add(&past, &rule, 10999 * MS), -1);
    assert_true(sb_restart_past_add(&past, &rule, 11000 * MS) >=
                0); /* the window has gone by; what was refused did not count */
}

static void none_is_a_limit_and_so_is_the_greatest(void **state) {
    (void)state;
    struct sb_restart_rule rule = SB_RESTART_RULE_DEFAULT;
    struct sb_restart_past past = {.count = 0};
    assert_int_equal(sb_restart_rule_set_limit(&rule, 0, MS), SABIR_OK);
    assert_int_equal(sb_restart_past_add(&past, &rule, 1), -1);
    assert_int_equal(sb_restart_rule_set_limit(&rule, SABIR_RESTART_LIMIT_MAX, 1000 * MS), SABIR_OK);
    for (unsigned i = 0; i < SABIR_RESTART_LIMIT_MAX; i++)
        assert_true(sb_restart_past_add(&past, &rule, 5000 * MS + i) >= 0);
    assert_int_equal(sb_restart_past_add(&past, &rule, 5000 * MS + 99), -1);
    assert_int_equal(sb_restart_rule_set_limit(&rule, SABIR_RESTART_UNLIMITED, 1000 * MS), SABIR_OK);
    for (int i = 0; i < 1000; i++) assert_true(sb_restart_past_add(&past, &rule, 5000 * MS + 100) >= 0);
}

/* All draws lie between half of `longest` and all of it, and they use that room. */
static void assert_between(struct sb_restart_rule *rule, unsigned before, int64_t longest_ns) {
    int64_t least_ns = INT64_MAX, most_ns = 0;
    for (int draw = 0; draw < 1000; draw++) {
        struct sb_restart_past past = {.count = 0};
        int64_t delay_ns = 0;
        for (unsigned i = 0; i <= before; i++) delay_ns = sb_restart_past_add(&past, rule, 1000 * MS);
        least_ns = delay_ns < least_ns ? delay_ns : least_ns;
        most_ns = delay_ns > most_ns ? delay_ns : most_ns;
    }
    assert_true(least_ns >= longest_ns / 2 && least_ns < longest_ns * 6 / 10);
    assert_true(most_ns <= longest_ns && most_ns > longest_ns * 9 / 10);
}

static void the_delay_doubles_up_to_the_longest_and_is_shortened_by_chance(void **state) {
    (void)state;
    struct sb_restart_rule rule = SB_RESTART_RULE_DEFAULT;
    assert_int_equal(sb_restart_rule_set_limit(&rule, SABIR_RESTART_UNLIMITED, 10000 * MS), SABIR_OK);
    assert_between(&rule, 0, 10 * MS);
    assert_between(&rule, 1, 20 * MS);
    assert_between(&rule, 3, 80 * MS);
    assert_between(&rule, 40, 1000 * MS);
}

static void no_delay_is_a_delay(void **state) {
    (void)state;
    struct sb_restart_rule rule = SB_RESTART_RULE_DEFAULT;
    struct sb_restart_past past = {.count = 0};
    assert_int_equal(sb_restart_rule_set_delay(&rule, 0, 0), SABIR_OK);
    for (int i = 0; i < 3; i++) assert_int_equal(sb_restart_past_add(&past, &rule, 1000 * MS), 0);
}

static void what_makes_no_sense_is_refused(void **state) {
    (void)state;
    struct sb_restart_rule rule = SB_RESTART_RULE_DEFAULT;
    assert_int_equal(sb_restart_rule_set_limit(&rule, SABIR_RESTART_LIMIT_MAX + 1, MS), SABIR_EINVAL);
    assert_int_equal(sb_restart_rule_set_limit(&rule, 3, 0), SABIR_EINVAL);
    assert_int_equal(sb_restart_rule_set_delay(&rule, -1, MS), SABIR_EINVAL);
    assert_int_equal(sb_restart_rule_set_delay(&rule, 2 * MS, MS), SABIR_EINVAL);
    assert_int_equal(rule.limit, 3);
    assert_int_equal(rule.first_ns, 10 * MS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(so_many_within_a_window_and_no_more),
        cmocka_unit_test(none_is_a_limit_and_so_is_the_greatest),
        cmocka_unit_test(the_delay_doubles_up_to_the_longest_and_is_shortened_by_chance),
        cmocka_unit_test(no_delay_is_a_delay),
        cmocka_unit_test(what_makes_no_sense_is_refused),
    };
    return cmocka_run_group_tests_name("restart_rule", tests, NULL, NULL);
}
