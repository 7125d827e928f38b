/*
 * The run queue against a naive model, and under thieves: nobody lost, nobody twice.
 */
#include "run_queue.h"

#include <stdlib.h>

#include "actor.h"
#include "support/random_value.h"
#include "support/stage.h"

/* The queue never looks into an actor: any distinct addresses do. */
static char actors[100000];

static struct sb_actor *actor(size_t number) {
    return (struct sb_actor *)(void *)&actors[number];
}

static size_t number_of(const struct sb_actor *who) {
    return (size_t)((const char *)(const void *)who - actors);
}

static void the_slot_goes_first_and_the_ring_in_order(void **state) {
    (void)state;
    struct sb_run_queue queue;
    sb_run_queue_init(&queue, false);
    assert_true(sb_run_queue_is_empty(&queue));
    assert_null(sb_run_queue_take(&queue));
    assert_true(sb_run_queue_put(&queue, actor(1)));
    assert_true(sb_run_queue_put(&queue, actor(2)));
    assert_null(sb_run_queue_put_first(&queue, actor(3)));
    assert_ptr_equal(sb_run_queue_put_first(&queue, actor(4)), actor(3));
    assert_false(sb_run_queue_is_empty(&queue));
    assert_ptr_equal(sb_run_queue_take(&queue), actor(4));
    assert_ptr_equal(sb_run_queue_take(&queue), actor(1));
    assert_ptr_equal(sb_run_queue_take(&queue), actor(2));
    assert_null(sb_run_queue_take(&queue));
}

static void a_full_ring_says_so(void **state) {
    (void)state;
    struct sb_run_queue queue;
    sb_run_queue_init(&queue, false);
    for (int lap = 0; lap < 3; lap++) {
        for (size_t i = 0; i < SB_RUN_RING; i++) assert_true(sb_run_queue_put(&queue, actor(i)));
        assert_false(sb_run_queue_put(&queue, actor(SB_RUN_RING)));
        for (size_t i = 0; i < SB_RUN_RING; i++) assert_ptr_equal(sb_run_queue_take(&queue), actor(i));
    }
}

static void a_thief_gets_the_older_half_or_the_slot(void **state) {
    (void)state;
    struct sb_run_queue from, to;
    sb_run_queue_init(&from, false);
    sb_run_queue_init(&to, false);
    assert_null(sb_run_queue_steal(&from, &to));
    for (size_t i = 0; i < 5; i++) sb_run_queue_put(&from, actor(i));
    assert_ptr_equal(sb_run_queue_steal(&from, &to), actor(0));
    assert_ptr_equal(sb_run_queue_take(&to), actor(1));
    assert_ptr_equal(sb_run_queue_take(&to), actor(2));
    assert_null(sb_run_queue_take(&to));
    assert_ptr_equal(sb_run_queue_take(&from), actor(3));
    assert_ptr_equal(sb_run_queue_take(&from), actor(4));
    sb_run_queue_put_first(&from, actor(9));
    assert_ptr_equal(sb_run_queue_steal(&from, &to), actor(9));
    assert_true(sb_run_queue_is_empty(&from));
}

/* ---- Thieves --------------------------------------------------------------------------------------------------------- */

#define THIEVES 3
#define COUNT 100000

static struct sb_run_queue loot;
static _Atomic uint8_t seen[COUNT];
static _Atomic size_t seen_count;
static _Atomic bool is_over;

static void see(const struct sb_actor *who) {
    if (atomic_fetch_add(&seen[number_of(who)], 1) != 0) abort(); /* handed out twice */
    atomic_fetch_add(&seen_count, 1);
}

static void rob(void *argument) {
    struct sb_run_queue mine;
    (void)argument;
    sb_run_queue_init(&mine, false);
    while (!atomic_load(&is_over)) {
        struct sb_actor *who = sb_run_queue_steal(&loot, &mine);
        while (who) {
            see(who);
            who = sb_run_queue_take(&mine);
        }
    }
}

static void nobody_is_lost_or_handed_out_twice(void **state) {
    (void)state;
    struct random random = random_new();
    struct stage_thread threads[THIEVES];
    sb_run_queue_init(&loot, false);
    for (int i = 0; i < THIEVES; i++) stage_thread_start(&threads[i], rob, NULL);
    for (size_t i = 0; i < COUNT;) {
        struct sb_actor *who = NULL;
        switch (random_below(&random, 3)) {
        case 0:
            i += sb_run_queue_put(&loot, actor(i));
            break;
        case 1:
            who = sb_run_queue_put_first(&loot, actor(i++));
            if (who && !sb_run_queue_put(&loot, who)) see(who);
            break;
        default:
            if ((who = sb_run_queue_take(&loot))) see(who);
        }
    }
    for (struct sb_actor *who; (who = sb_run_queue_take(&loot));) see(who);
    while (atomic_load(&seen_count) < COUNT) {
    } /* the thieves' last loot */
    atomic_store(&is_over, true);
    for (int i = 0; i < THIEVES; i++) stage_thread_join(&threads[i]);
    assert_int_equal(atomic_load(&seen_count), COUNT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_slot_goes_first_and_the_ring_in_order),
        cmocka_unit_test(a_full_ring_says_so),
        cmocka_unit_test(a_thief_gets_the_older_half_or_the_slot),
        cmocka_unit_test(nobody_is_lost_or_handed_out_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
