/*
 * The wait before a restart: doubled each time, up to a limit, and a quarter more or less.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runner/backoff.h"

static const int64_t MS = 1000000;

enum { DRAWS = 2000 };

/* All draws lie in the quarter around `middle_ns`, and they use it: nodes that failed together do not come back together. */
static void assert_around(int64_t first_ns, unsigned restart, int64_t middle_ns) {
    int64_t least_ns = INT64_MAX, most_ns = 0;
    for (int i = 0; i < DRAWS; i++) {
        int64_t wait_ns = run_backoff_ns(first_ns, restart);
        least_ns = wait_ns < least_ns ? wait_ns : least_ns;
        most_ns = wait_ns > most_ns ? wait_ns : most_ns;
    }
    assert_true(least_ns >= middle_ns * 3 / 4 && least_ns < middle_ns * 8 / 10);
    assert_true(most_ns <= middle_ns * 5 / 4 && most_ns > middle_ns * 12 / 10);
}

static void it_doubles_with_each_restart(void **state) {
    (void)state;
    assert_around(500 * MS, 1, 500 * MS);
    assert_around(500 * MS, 2, 1000 * MS);
    assert_around(500 * MS, 3, 2000 * MS);
    assert_around(500 * MS, 6, 16000 * MS);
}

static void it_ends_at_thirty_seconds(void **state) {
    (void)state;
    assert_around(500 * MS, 7, 30000 * MS);
    assert_around(500 * MS, 1000000, 30000 * MS);
    assert_around(1 * MS, UINT32_MAX, 30000 * MS);
}

static void a_longer_first_wait_is_kept(void **state) {
    (void)state;
    assert_around(60000 * MS, 1, 60000 * MS);
    assert_around(60000 * MS, 9, 60000 * MS);
    assert_around(86400000 * MS, 2, 86400000 * MS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_doubles_with_each_restart),
        cmocka_unit_test(it_ends_at_thirty_seconds),
        cmocka_unit_test(a_longer_first_wait_is_kept),
    };
    return cmocka_run_group_tests_name("backoff", tests, NULL, NULL);
}
