#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "reject_limit.h"
#include <cmocka.h>

#define SECOND_NS INT64_C(1000000000)

static unsigned take(struct sb_reject_limit *limit, unsigned wanted, int64_t now_ns) {
    unsigned taken = 0;
    for (unsigned i = 0; i < wanted; i++) taken += sb_reject_limit_take(limit, now_ns);
    return taken;
}

static void two_hundred_go_at_once_and_no_more(void **state) {
    (void)state;
    struct sb_reject_limit limit = {0};
    assert_int_equal(take(&limit, 1000, 5 * SECOND_NS), SB_REJECTS_PER_SECOND);
    assert_int_equal(take(&limit, 10, 5 * SECOND_NS), 0);
}

static void a_hundred_go_in_any_second_also_in_two_bursts(void **state) {
    (void)state;
    struct sb_reject_limit limit = {0};
    for (int64_t now = SECOND_NS; now < 20 * SECOND_NS; now += SECOND_NS / 2)
        assert_int_equal(take(&limit, 100, now), 100);
}

static void a_storm_goes_on_at_the_rate(void **state) {
    (void)state;
    struct sb_reject_limit limit = {0};
    unsigned taken = 0;
    for (int64_t now = SECOND_NS; now < 11 * SECOND_NS; now += SECOND_NS / 1000) taken += take(&limit, 10, now);
    assert_in_range(taken, 10 * SB_REJECTS_PER_SECOND, 11 * SB_REJECTS_PER_SECOND + 1);
}

static void a_clock_that_does_not_move_gives_nothing(void **state) {
    (void)state;
    struct sb_reject_limit limit = {0};
    take(&limit, 1000, SECOND_NS);
    assert_false(sb_reject_limit_take(&limit, SECOND_NS));
    assert_true(sb_reject_limit_take(&limit, SECOND_NS + SECOND_NS / SB_REJECTS_PER_SECOND));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_hundred_go_at_once_and_no_more),
        cmocka_unit_test(a_hundred_go_in_any_second_also_in_two_bursts),
        cmocka_unit_test(a_storm_goes_on_at_the_rate),
        cmocka_unit_test(a_clock_that_does_not_move_gives_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
