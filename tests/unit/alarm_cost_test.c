/*
 * What 100 000 alarms cost: arming and cancelling one looks at a few others, as many as the heap is deep; equal deadlines keep their order.
 */
#include <stddef.h>

static size_t looks;
#define SB_ALARM_LOOK() (looks++)
#include "alarm.c"

#include "support/random_value.h"
#include "support/stage.h"

#define COUNT 100000
#define DEPTH 17 /* 2^17 > COUNT */

struct entry {
    struct sb_alarm alarm; /* first member */
    size_t number;
};

static struct entry entries[COUNT];
static struct gate fired;
static _Atomic uint32_t disorder;

static void expect_next(struct sb_alarm *alarm) {
    if (((struct entry *)(void *)alarm)->number != atomic_load(&fired.count)) atomic_fetch_add(&disorder, 1);
    gate_open(&fired);
}

static void arm(size_t i, int64_t deadline_ns) {
    entries[i].number = i;
    sb_alarm_init(&entries[i].alarm, expect_next);
    assert_ok(sb_alarm_set(&entries[i].alarm, deadline_ns));
}

static void arming_and_cancelling_look_at_as_many_as_the_heap_is_deep(void **state) {
    (void)state;
    struct random random = random_new();
    int64_t far_ns = sb_now_ns() + 3600 * 1000 * STAGE_MS;
    for (size_t i = 0; i < COUNT; i++) {
        size_t before = looks;
        arm(i, far_ns + (int64_t)random_below(&random, 1000000) -
                   (int64_t)i * 1000); /* most go to the top: the worst case */
        assert_true(looks - before <= DEPTH + 1);
    }
    for (size_t i = 0; i < COUNT; i++) {
        size_t before = looks;
        assert_true(sb_alarm_cancel(&entries[(i * 7919) % COUNT].alarm));
        assert_true(looks - before <= 2 * DEPTH + 1); /* two children at each level, and once upwards */
    }
    assert_int_equal(alarms.count, 0);
}

static void a_hundred_thousand_equal_deadlines_fire_in_the_order_of_arming(void **state) {
    (void)state;
    int64_t deadline_ns =
        sb_now_ns() + 50 * STAGE_MS; /* some fire while others are still being armed: all in the same order */
    for (size_t i = 0; i < COUNT; i++) arm(i, deadline_ns);
    gate_wait(&fired, COUNT);
    for (size_t i = 0; i < COUNT; i++) sb_alarm_cancel(&entries[i].alarm);
    assert_int_equal(atomic_load(&disorder), 0);
}

static int retain(void **state) {
    (void)state;
    sb_alarms_retain();
    return 0;
}

static int release(void **state) {
    (void)state;
    sb_alarms_release();
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(arming_and_cancelling_look_at_as_many_as_the_heap_is_deep, retain, release),
        cmocka_unit_test_setup_teardown(a_hundred_thousand_equal_deadlines_fire_in_the_order_of_arming, retain,
                                        release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
