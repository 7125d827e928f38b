/*
 * Spinning: it ends when it is done, it ends when the time is up, and it learns.
 */
#include "spin.h"

#include "support/stage.h"
#include "thread.h"

static bool says(const void *argument) {
    return *(const bool *)argument;
}

static bool counts_down(const void *argument) {
    int *left = (int *)(uintptr_t)argument;
    return (*left)-- <= 0;
}

static void what_is_done_is_not_waited_for(void **state) {
    (void)state;
    struct sb_spin spin;
    bool yes = true, no = false;
    sb_spin_init(&spin);
    assert_true(sb_spin_until(&spin, -1, says, &yes));
    assert_true(sb_spin_until(&spin, 0, says, &yes));
    assert_false(sb_spin_until(&spin, 0, says, &no));
}

static void the_budget_shrinks_in_vain_and_grows_when_it_pays(void **state) {
    (void)state;
    if (sb_cpu_count() < 2) skip(); /* nobody spins on one CPU */
    struct sb_spin spin;
    bool no = false;
    sb_spin_init(&spin);
    int64_t first_ns = spin.budget_ns;
    for (int i = 0; i < 20; i++) assert_false(sb_spin_until(&spin, -1, says, &no));
    int64_t least_ns = spin.budget_ns;
    assert_true(least_ns > 0 && least_ns < first_ns);
    int looks = SB_SPIN_GLANCES / 2;
    assert_true(sb_spin_until(&spin, -1, counts_down, &looks));
    assert_int_equal(spin.budget_ns, least_ns); /* a glance is no spinning */
    looks = SB_SPIN_GLANCES + 5;
    assert_true(sb_spin_until(&spin, -1, counts_down, &looks));
    assert_true(spin.budget_ns > least_ns);
    int64_t before_ns = sb_now_ns();
    assert_false(sb_spin_until(&spin, STAGE_MS, says, &no));
    assert_true(sb_now_ns() - before_ns >= STAGE_MS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_done_is_not_waited_for),
        cmocka_unit_test(the_budget_shrinks_in_vain_and_grows_when_it_pays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
