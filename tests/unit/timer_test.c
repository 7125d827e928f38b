/*
 * Timers: fire once or again and again, in order, never after a cancel, never for an actor that has gone.
 */
#include "thread.h"

#include "support/stage.h"
#include "wall_clock.h"

struct watcher {
    struct gate fired;
    struct gate leave;
    bool waits;
    uint64_t ids[256];
    uint64_t missed;
    size_t count;
    uint64_t cancel_id;
    int cancel_code;
};

static int on_timeout(void *self, const void *value, sabir_context *context) {
    (void)context;
    struct watcher *watcher = self;
    const struct sabir_timeout *timeout = value;
    if (watcher->count < 256) watcher->ids[watcher->count++] = timeout->timer_id;
    watcher->missed += timeout->missed;
    if (watcher->cancel_id) watcher->cancel_code = sabir_timer_cancel(watcher->cancel_id);
    gate_open(&watcher->fired);
    if (watcher->waits) gate_wait(&watcher->leave, 1);
    return SABIR_OK;
}

static sabir_manager *watched(struct watcher *watcher, sabir_ref **ref) {
    sabir_manager *manager = stage_new();
    *ref = stage_manage(manager, "watcher", watcher, sabir_type_timeout(), on_timeout);
    assert_ok(sabir_manager_start(manager));
    return manager;
}

static void end(sabir_manager *manager, sabir_ref *ref) {
    sabir_ref_release(ref);
    stage_free(manager);
}

static void a_one_shot_fires_once_and_not_early(void **state) {
    (void)state;
    struct watcher watcher = {0};
    sabir_ref *ref;
    sabir_manager *manager = watched(&watcher, &ref);
    uint64_t id = 0;
    int64_t before_ns = sb_now_ns();
    assert_ok(sabir_timer_once(ref, 20 * STAGE_MS, &id));
    gate_wait(&watcher.fired, 1);
    assert_true(sb_now_ns() - before_ns >= 20 * STAGE_MS);
    assert_int_equal(watcher.ids[0], id);
    assert_fails(sabir_timer_cancel(id), SABIR_ENOENT, "it has fired");
    end(manager, ref);
    assert_int_equal(watcher.count, 1);
}

static void a_periodic_one_fires_until_it_is_cancelled(void **state) {
    (void)state;
    struct watcher watcher = {0};
    sabir_ref *ref;
    sabir_manager *manager = watched(&watcher, &ref);
    uint64_t id = 0;
    assert_ok(sabir_timer_periodic(ref, STAGE_MS, &id));
    gate_wait(&watcher.fired, 3);
    assert_ok(sabir_timer_cancel(id));
    size_t count = watcher.count; /* cancel waited for a running handler: nobody writes any more */
    assert_fails(sabir_timer_cancel(id), SABIR_ENOENT, "was cancelled");
    assert_ok(sabir_timer_once(ref, 5 * STAGE_MS, &watcher.cancel_id));
    gate_wait(&watcher.fired, (uint32_t)count + 1);
    assert_int_equal(watcher.ids[count], watcher.cancel_id);
    end(manager, ref);
    assert_int_equal(watcher.cancel_code, SABIR_ENOENT); /* a one-shot that runs has fired */
    assert_int_equal(watcher.count, count + 1);
}

static int cancel_yourself(void *self, const void *value, sabir_context *context) {
    struct watcher *watcher = self;
    const struct sabir_timeout *timeout = value;
    if (++watcher->count < 3) return SABIR_OK;
    watcher->cancel_code = sabir_timer_cancel(timeout->timer_id);
    sabir_manager_terminate(sabir_context_manager(context));
    return SABIR_OK;
}

static void a_periodic_one_can_be_cancelled_in_its_own_handler(void **state) {
    (void)state;
    struct watcher watcher = {0};
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "quitter", &watcher, sabir_type_timeout(), cancel_yourself);
    assert_ok(sabir_manager_start(manager));
    uint64_t id;
    assert_ok(sabir_timer_periodic(ref, STAGE_MS, &id));
    assert_ok(sabir_manager_wait(manager, -1, STAGE_PATIENCE_NS, 0));
    end(manager, ref);
    assert_int_equal(watcher.cancel_code, SABIR_OK);
    assert_int_equal(watcher.count, 3);
}

static void equal_deadlines_fire_in_the_order_of_arming(void **state) {
    (void)state;
    struct watcher watcher = {.waits = true};
    sabir_ref *ref;
    sabir_manager *manager = watched(&watcher, &ref);
    uint64_t first, ids[100];
    assert_ok(sabir_timer_once(ref, 0, &first));
    gate_wait(&watcher.fired, 1); /* the actor is held until all are armed */
    for (size_t i = 0; i < 100; i++) assert_ok(sabir_timer_once(ref, 0, &ids[i]));
    gate_open(&watcher.leave);
    gate_wait(&watcher.fired, 101);
    for (size_t i = 0; i < 100; i++) assert_int_equal(watcher.ids[i + 1], ids[i]);
    end(manager, ref);
}

static void a_slow_handler_gets_one_firing_that_counts_the_missed(void **state) {
    (void)state;
    struct watcher watcher = {.waits = true};
    sabir_ref *ref;
    sabir_manager *manager = watched(&watcher, &ref);
    uint64_t id;
    assert_ok(sabir_timer_periodic(ref, STAGE_MS, &id));
    gate_wait(&watcher.fired, 1);
    int64_t until_ns = sb_now_ns() + 20 * STAGE_MS;
    struct gate never = {0};
    while (sb_now_ns() < until_ns) sb_park(&never.count, 0, until_ns); /* time has to pass: it is what is measured */
    gate_open(&watcher.leave);
    gate_wait(&watcher.fired, 2);
    assert_ok(sabir_timer_cancel(id));
    assert_true(watcher.missed >= 10);
    assert_true(watcher.count < 20);
    end(manager, ref);
}

static void a_cancel_from_another_thread_is_exact(void **state) {
    (void)state;
    for (int round = 0; round < 500; round++) {
        struct watcher watcher = {0};
        sabir_ref *ref;
        sabir_manager *manager = watched(&watcher, &ref);
        uint64_t id;
        assert_ok(sabir_timer_periodic(ref, 1000, &id)); /* 1 µs: as often as it can */
        if (round % 2) gate_wait(&watcher.fired, 1);
        assert_ok(sabir_timer_cancel(id));
        size_t count = watcher.count; /* a handler that still ran would be a data race here */
        end(manager, ref);
        assert_int_equal(watcher.count, count);
    }
}

static void the_timers_of_an_actor_end_with_it(void **state) {
    (void)state;
    struct watcher watcher = {0};
    sabir_ref *ref;
    sabir_manager *manager = watched(&watcher, &ref);
    uint64_t far, near;
    assert_ok(sabir_timer_once(ref, 3600 * 1000 * STAGE_MS, &far));
    assert_ok(sabir_timer_periodic(ref, 1000, &near));
    assert_ok(sabir_manager_stop_actor(manager, ref));
    assert_fails(sabir_timer_cancel(far), SABIR_ENOENT, NULL);
    assert_fails(sabir_timer_cancel(near), SABIR_ENOENT, NULL);
    assert_fails(sabir_timer_once(ref, 0, &near), SABIR_ECLOSED, "has stopped");
    end(manager, ref);
}

static int on_number(void *self, const void *value, sabir_context *context) {
    (void)self;
    (void)value;
    (void)context;
    return SABIR_OK;
}

static void arguments_are_checked(void **state) {
    (void)state;
    struct watcher watcher = {0};
    sabir_ref *ref;
    uint64_t id;
    sabir_manager *manager = watched(&watcher, &ref);
    assert_fails(sabir_timer_once(NULL, 1, &id), SABIR_EINVAL, "actor");
    assert_fails(sabir_timer_once(ref, 1, NULL), SABIR_EINVAL, "id");
    assert_fails(sabir_timer_once(ref, -1, &id), SABIR_EINVAL, "past");
    assert_fails(sabir_timer_periodic(ref, 0, &id), SABIR_EINVAL, "period");
    assert_fails(sabir_timer_cancel(0), SABIR_ENOENT, NULL);
    sabir_ref *deaf = stage_manage(manager, "deaf", NULL, Number_type(), on_number);
    assert_fails(sabir_timer_once(deaf, 1, &id), SABIR_EUNHANDLED, "no handler for 'Timeout'");
    sabir_ref_release(deaf);
    end(manager, ref);
}

static void a_hundred_thousand_armed_timers_need_no_threads(void **state) {
    (void)state;
    enum { COUNT = 100000 };
    static uint64_t ids[COUNT];
    struct watcher watcher = {0};
    sabir_ref *ref;
    sabir_manager *manager = watched(&watcher, &ref);
    for (size_t i = 0; i < COUNT; i++)
        assert_ok(sabir_timer_once(ref, (int64_t)(i % 977) * 3600 * 1000 * STAGE_MS + 3600 * 1000 * STAGE_MS, &ids[i]));
    for (size_t i = 0; i < COUNT; i++) assert_ok(sabir_timer_cancel(ids[(i * 7919) % COUNT]));
    end(manager, ref);
    assert_int_equal(watcher.count, 0);
}

/* ---- Aligned to the wall clock ------------------------------------------------------------------------------------------- */

#define HOUR_NS (3600 * 1000 * STAGE_MS)

/* An hourly timer whose next boundary is half an hour away, so that nothing but a setting of the clock makes it fire. */
static uint64_t arm_hourly(sabir_ref *ref) {
    uint64_t id;
    int64_t offset_ns = (sb_wall_clock_now_ns() + HOUR_NS / 2) % HOUR_NS;
    assert_ok(sabir_timer_aligned(ref, HOUR_NS, offset_ns, &id));
    return id;
}

static void an_aligned_one_fires_at_its_boundaries_and_not_before(void **state) {
    (void)state;
    struct watcher watcher = {0};
    sabir_ref *ref;
    sabir_manager *manager = watched(&watcher, &ref);
    const int64_t period_ns = 40 * STAGE_MS, offset_ns = 7 * STAGE_MS;
    uint64_t id;
    int64_t before_ns = sb_wall_clock_now_ns() - offset_ns;
    assert_ok(sabir_timer_aligned(ref, period_ns, offset_ns, &id));
    for (uint32_t count = 1; count <= 3; count++) {
        gate_wait(&watcher.fired, count);
        assert_true((sb_wall_clock_now_ns() - offset_ns) / period_ns >= before_ns / period_ns + count);
    }
    assert_ok(sabir_timer_cancel(id));
    end(manager, ref);
}

static void an_aligned_one_goes_by_the_new_time_when_the_clock_is_set(void **state) {
    (void)state;
    struct watcher watcher = {0};
    sabir_ref *ref;
    sabir_manager *manager = watched(&watcher, &ref);
    uint64_t id = arm_hourly(ref);
    sb_wall_clock_shift(HOUR_NS); /* half an hour past the boundary */
    gate_wait(&watcher.fired, 1);
    assert_int_equal(watcher.missed, 0);
    sb_wall_clock_shift(-HOUR_NS); /* before it again ... */
    sb_wall_clock_shift(HOUR_NS);  /* ... and past it once more: it has fired for that one */
    sb_wall_clock_shift(HOUR_NS);
    gate_wait(&watcher.fired, 2);
    assert_int_equal(watcher.missed, 0);
    sb_wall_clock_shift(5 * HOUR_NS);
    gate_wait(&watcher.fired, 3);
    assert_ok(sabir_timer_cancel(id));
    sb_wall_clock_shift(HOUR_NS);
    end(manager, ref);
    assert_int_equal(watcher.count, 3);
    assert_int_equal(watcher.missed, 4);
    sb_wall_clock_shift(-8 * HOUR_NS);
}

static void durations_take_no_notice_of_the_wall_clock(void **state) {
    (void)state;
    struct watcher watcher = {0};
    sabir_ref *ref;
    sabir_manager *manager = watched(&watcher, &ref);
    uint64_t hourly = arm_hourly(ref), far, near;
    assert_ok(sabir_timer_once(ref, HOUR_NS, &far));
    assert_ok(sabir_timer_once(ref, 20 * STAGE_MS, &near));
    sb_wall_clock_shift(-24 * HOUR_NS);
    gate_wait(&watcher.fired, 1);
    assert_ok(sabir_timer_cancel(hourly)); /* it would fire for the hours to come */
    sb_wall_clock_shift(24 * HOUR_NS);
    assert_ok(sabir_timer_cancel(far));
    end(manager, ref);
    assert_int_equal(watcher.count, 1);
    assert_int_equal(watcher.ids[0], near);
}

static void aligned_ones_check_their_arguments_and_end_with_their_actor(void **state) {
    (void)state;
    struct watcher watcher = {0};
    sabir_ref *ref;
    uint64_t id;
    sabir_manager *manager = watched(&watcher, &ref);
    assert_fails(sabir_timer_aligned(ref, 0, 0, &id), SABIR_EINVAL, "a period is longer than 0 ns");
    assert_fails(sabir_timer_aligned(ref, INT64_MAX, 0, &id), SABIR_EINVAL, "at most 50 years");
    assert_fails(sabir_timer_aligned(ref, 10, 10, &id), SABIR_EINVAL, "less than the period of 10 ns");
    assert_fails(sabir_timer_aligned(ref, 10, -1, &id), SABIR_EINVAL, "at least 0 ns");
    assert_fails(sabir_timer_aligned(ref, 10, 0, NULL), SABIR_EINVAL, "id");
    uint64_t first = arm_hourly(ref), second = arm_hourly(ref), third = arm_hourly(ref);
    assert_ok(sabir_timer_cancel(second));
    assert_ok(sabir_manager_stop_actor(manager, ref));
    assert_fails(sabir_timer_cancel(first), SABIR_ENOENT, NULL);
    assert_fails(sabir_timer_cancel(third), SABIR_ENOENT, NULL);
    assert_fails(sabir_timer_aligned(ref, HOUR_NS, 0, &id), SABIR_ECLOSED, "has stopped");
    sb_wall_clock_shift(HOUR_NS); /* nobody is left who would have to know */
    sb_wall_clock_shift(-HOUR_NS);
    end(manager, ref);
    assert_int_equal(watcher.count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_one_shot_fires_once_and_not_early),
        cmocka_unit_test(a_periodic_one_fires_until_it_is_cancelled),
        cmocka_unit_test(a_periodic_one_can_be_cancelled_in_its_own_handler),
        cmocka_unit_test(equal_deadlines_fire_in_the_order_of_arming),
        cmocka_unit_test(a_slow_handler_gets_one_firing_that_counts_the_missed),
        cmocka_unit_test(a_cancel_from_another_thread_is_exact),
        cmocka_unit_test(the_timers_of_an_actor_end_with_it),
        cmocka_unit_test(arguments_are_checked),
        cmocka_unit_test(an_aligned_one_fires_at_its_boundaries_and_not_before),
        cmocka_unit_test(an_aligned_one_goes_by_the_new_time_when_the_clock_is_set),
        cmocka_unit_test(durations_take_no_notice_of_the_wall_clock),
        cmocka_unit_test(aligned_ones_check_their_arguments_and_end_with_their_actor),
        cmocka_unit_test(a_hundred_thousand_armed_timers_need_no_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
