/*
 * Alarms against a naive model: all fire, in order of deadline and setting; cancelled ones do not.
 */
#include "alarm.h"

#include <sys/prctl.h>

#include "support/random_value.h"
#include "support/stage.h"
#include "thread.h"

#define COUNT 2000

struct entry {
    struct sb_alarm alarm; /* first member */
    size_t number;
    bool is_cancelled;
};

static struct entry entries[COUNT];
static size_t fired[COUNT];
static struct gate firing;

static void note(struct sb_alarm *alarm) {
    fired[atomic_load(&firing.count)] = ((struct entry *)alarm)->number;
    gate_open(&firing);
}

static bool is_before(const struct entry *a, const struct entry *b) {
    return a->alarm.deadline_ns != b->alarm.deadline_ns ? a->alarm.deadline_ns < b->alarm.deadline_ns
                                                        : a->number < b->number;
}

static void they_fire_in_order_but_for_the_cancelled(void **state) {
    (void)state;
    struct random random = random_new();
    int64_t start_ns = sb_now_ns() + 200 * STAGE_MS;
    uint32_t expected = 0;
    for (size_t i = 0; i < COUNT; i++) {
        entries[i] = (struct entry){.number = i};
        sb_alarm_init(&entries[i].alarm, note);
        assert_ok(sb_alarm_set(&entries[i].alarm, start_ns + (int64_t)random_below(&random, 50) * 100000));
    }
    for (size_t i = 0; i < COUNT; i++) {
        entries[i].is_cancelled = random_below(&random, 3) == 0;
        if (entries[i].is_cancelled) assert_true(sb_alarm_cancel(&entries[i].alarm));
        expected += !entries[i].is_cancelled;
    }
    gate_wait(&firing, expected);
    for (size_t i = 0; i < COUNT; i++) assert_false(sb_alarm_cancel(&entries[i].alarm));
    assert_int_equal(atomic_load(&firing.count), expected);
    for (uint32_t i = 0; i < expected; i++) {
        assert_false(entries[fired[i]].is_cancelled);
        if (i > 0) assert_true(is_before(&entries[fired[i - 1]], &entries[fired[i]]));
    }
}

static _Atomic int slack_ns;

static void look_at_slack(struct sb_alarm *alarm) {
    atomic_store(&slack_ns, prctl(PR_GET_TIMERSLACK, 0UL, 0UL, 0UL, 0UL));
    note(alarm);
}

static void its_thread_wants_no_slack(void **state) {
    (void)state;
    struct entry entry = {.number = 0};
    uint32_t before = atomic_load(&firing.count);
    sb_alarm_init(&entry.alarm, look_at_slack);
    assert_ok(sb_alarm_set(&entry.alarm, sb_now_ns()));
    gate_wait(&firing, before + 1);
    sb_alarm_cancel(&entry.alarm); /* it may still be on its way out of the firing */
    assert_int_equal(atomic_load(&slack_ns), 1);
}

static struct gate entered, leave;
static _Atomic bool has_left;

#define VISITS 500

struct visitor {
    struct sb_alarm alarm; /* first member */
    struct gate fired;
    _Atomic bool is_gone;
};

static void linger(struct sb_alarm *alarm) {
    (void)alarm;
    gate_open(&entered);
    gate_wait(&leave, 1);
    atomic_store(&has_left, true);
}

static void let_go(void *argument) {
    (void)argument;
    gate_open(&leave);
}

static void a_cancel_waits_for_the_firing(void **state) {
    (void)state;
    struct sb_alarm alarm;
    sb_alarm_init(&alarm, linger);
    assert_ok(sb_alarm_set(&alarm, 0));
    gate_wait(&entered, 1);
    struct stage_thread thread;
    stage_thread_start(&thread, let_go, NULL);
    assert_false(sb_alarm_cancel(&alarm));
    assert_true(atomic_load(&has_left));
    stage_thread_join(&thread);
}

static void the_thread_ends_and_begins_with_its_users(void **state) {
    (void)state;
    for (int i = 0; i < 100; i++) {
        struct entry entry = {.number = 0};
        sb_alarms_retain();
        sb_alarm_init(&entry.alarm, note);
        atomic_store(&firing.count, 0);
        assert_ok(sb_alarm_set(&entry.alarm, 0));
        gate_wait(&firing, 1);
        sb_alarm_cancel(&entry.alarm);
        sb_alarms_release();
    }
}

static void fire_own(struct sb_alarm *alarm) {
    gate_open(&((struct visitor *)(void *)alarm)->fired);
}

/* Comes for an alarm each time: with the last user the thread ends, with the next alarm it begins. */
static void visit(void *argument) {
    struct visitor *visitor = argument;
    for (uint32_t i = 1; i <= VISITS; i++) {
        sb_alarms_retain();
        sb_alarm_init(&visitor->alarm, fire_own);
        if (sb_alarm_set(&visitor->alarm, 0) == SABIR_OK) gate_wait(&visitor->fired, i);
        sb_alarm_cancel(&visitor->alarm);
        sb_alarms_release();
    }
    atomic_store(&visitor->is_gone, true);
}

/* Joined twice, the thread's number may be another thread's by then: that one's end is lost, or waited for without end. */
static void its_thread_is_joined_once_however_many_come_and_go(void **state) {
    (void)state;
    static struct visitor visitor;
    struct sb_thread thread;
    assert_ok(sb_thread_start(&thread, "visitor", visit, &visitor));
    while (!atomic_load(&visitor.is_gone)) { /* a passer-by, who is the last user again and again */
        sb_alarms_retain();
        sb_alarms_release();
    }
    sb_thread_join(&thread);
    assert_int_equal(atomic_load(&visitor.fired.count), VISITS);
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
        cmocka_unit_test_setup_teardown(they_fire_in_order_but_for_the_cancelled, retain, release),
        cmocka_unit_test_setup_teardown(its_thread_wants_no_slack, retain, release),
        cmocka_unit_test_setup_teardown(a_cancel_waits_for_the_firing, retain, release),
        cmocka_unit_test(the_thread_ends_and_begins_with_its_users),
        cmocka_unit_test(its_thread_is_joined_once_however_many_come_and_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
