/*
 * Exclusivity, hand-over in turn, and cycles: each is found, none is invented.
 */
#include "ownership.h"

#include <sabir/error.h>
#include <stdlib.h>

#include "support/random_value.h"
#include "support/stage.h"
#include "thread.h"

static void taking_again_is_reentrant(void **state) {
    (void)state;
    struct sb_ownership a;
    sb_ownership_init(&a, "a");
    assert_false(sb_ownership_is_mine(&a));
    assert_ok(sb_ownership_take(&a, true));
    assert_true(sb_ownership_is_mine(&a));
    assert_true(sb_chain_holds_any());
    assert_fails(sb_ownership_take(&a, true), SABIR_EREENTRANT, "actor 'a'");
    sb_ownership_give(&a);
    assert_false(sb_ownership_is_mine(&a));
    assert_false(sb_chain_holds_any());
    assert_ok(sb_ownership_take(&a, false));
    sb_ownership_give(&a);
}

/* ---- Waiting ---------------------------------------------------------------------------------------------------------- */

struct pair {
    struct sb_ownership *held;
    struct sb_ownership *wanted;
    struct gate holds;
    struct gate go;
    int code;
    char detail[256];
};

static void hold_then_want(void *argument) {
    struct pair *pair = argument;
    assert_ok(sb_ownership_take(pair->held, true));
    gate_open(&pair->holds);
    gate_wait(&pair->go, 1);
    pair->code = sb_ownership_take(pair->wanted, true);
    sabir_error_detail_copy(pair->detail, sizeof pair->detail);
    if (pair->code == SABIR_OK) sb_ownership_give(pair->wanted);
    sb_ownership_give(pair->held);
}

static void who_may_not_wait_is_told_at_once(void **state) {
    (void)state;
    struct sb_ownership a, b;
    sb_ownership_init(&a, "a");
    sb_ownership_init(&b, "b");
    struct pair pair = {.held = &a, .wanted = &b};
    struct stage_thread thread;
    stage_thread_start(&thread, hold_then_want, &pair);
    gate_wait(&pair.holds, 1);
    assert_fails(sb_ownership_take(&a, false), SABIR_ETIMEDOUT, "at work on another thread");
    gate_open(&pair.go);
    stage_thread_join(&thread);
    assert_int_equal(pair.code, SABIR_OK);
}

struct waiter {
    struct sb_ownership *wanted;
    int64_t deadline_ns;
    struct gate waits;
    int code;
};

static void want_until(void *argument) {
    struct waiter *waiter = argument;
    gate_open(&waiter->waits);
    waiter->code = sb_ownership_take_until(waiter->wanted, waiter->deadline_ns);
    if (waiter->code == SABIR_OK) sb_ownership_give(waiter->wanted);
}

/* In whatever order they come to stand in the queue. */
static void run_waiters(size_t impatient) {
    struct sb_ownership a;
    sb_ownership_init(&a, "a");
    struct waiter waiters[3];
    struct stage_thread threads[3];
    assert_ok(sb_ownership_take(&a, true));
    for (size_t i = 0; i < 3; i++) {
        waiters[i] = (struct waiter){.wanted = &a, .deadline_ns = -1};
        if (i == impatient) waiters[i].deadline_ns = sb_now_ns() + 30 * STAGE_MS;
        stage_thread_start(&threads[i], want_until, &waiters[i]);
        gate_wait(&waiters[i].waits, 1);
    }
    while (!sb_ownership_is_wanted(&a)) sb_pause();
    stage_thread_join(&threads[impatient]);
    assert_int_equal(waiters[impatient].code, SABIR_ETIMEDOUT);
    sb_ownership_give(&a);
    for (size_t i = 0; i < 3; i++) {
        if (i != impatient) stage_thread_join(&threads[i]);
        if (i != impatient) assert_int_equal(waiters[i].code, SABIR_OK);
    }
    assert_ok(sb_ownership_take(&a, false));
    sb_ownership_give(&a);
}

static void who_gives_up_waiting_leaves_the_others_their_turn(void **state) {
    (void)state;
    for (size_t impatient = 0; impatient < 3; impatient++) run_waiters(impatient);
}

static void two_that_want_each_other_are_a_deadlock_for_one(void **state) {
    (void)state;
    struct sb_ownership a, b;
    sb_ownership_init(&a, "alpha");
    sb_ownership_init(&b, "beta");
    struct pair one = {.held = &a, .wanted = &b}, two = {.held = &b, .wanted = &a};
    struct stage_thread first, second;
    stage_thread_start(&first, hold_then_want, &one);
    stage_thread_start(&second, hold_then_want, &two);
    gate_wait(&one.holds, 1);
    gate_wait(&two.holds, 1);
    gate_open(&one.go);
    gate_open(&two.go);
    stage_thread_join(&first);
    stage_thread_join(&second);
    /* Whoever came second found the cycle; the other then got what it waited for. */
    assert_true((one.code == SABIR_OK) != (two.code == SABIR_OK));
    const struct pair *loser = one.code == SABIR_OK ? &two : &one;
    assert_int_equal(loser->code, SABIR_EDEADLOCK);
    assert_string_equal(loser->detail, loser == &one ? "the actors wait for each other: beta -> alpha -> beta"
                                                     : "the actors wait for each other: alpha -> beta -> alpha");
}

/* ---- Asks are edges too ----------------------------------------------------------------------------------------------- */

static void ask_then_wait(void *argument) {
    struct pair *pair = argument;
    struct sb_ask_edge edge;
    assert_ok(sb_ownership_take(pair->held, true));
    assert_ok(sb_ask_edge_begin(&edge, pair->wanted));
    gate_open(&pair->holds);
    gate_wait(&pair->go, 1);
    sb_ask_edge_end(&edge);
    sb_ask_edge_end(&edge);
    gate_open(&pair->holds);
    gate_wait(&pair->go, 2);
    sb_ownership_give(pair->held);
}

static void an_ask_closes_a_cycle_until_it_is_answered(void **state) {
    (void)state;
    struct sb_ownership a, b;
    sb_ownership_init(&a, "a");
    sb_ownership_init(&b, "b");
    struct pair pair = {.held = &a, .wanted = &b};
    struct stage_thread thread;
    assert_ok(sb_ownership_take(&b, true));
    stage_thread_start(&thread, ask_then_wait, &pair);
    gate_wait(&pair.holds, 1);
    assert_fails(sb_ownership_take(&a, true), SABIR_EDEADLOCK, "a -> b -> a");
    gate_open(&pair.go);
    gate_wait(&pair.holds, 2);
    gate_open(&pair.go);
    assert_ok(sb_ownership_take(&a, true)); /* the asker goes on, and gives it back */
    sb_ownership_give(&a);
    sb_ownership_give(&b);
    stage_thread_join(&thread);
}

static void asking_an_actor_of_the_own_chain_is_reentrant(void **state) {
    (void)state;
    struct sb_ownership a;
    struct sb_ask_edge edge;
    sb_ownership_init(&a, "a");
    assert_ok(sb_ask_edge_begin(&edge, &a)); /* who runs no handler waits for nobody in vain */
    sb_ask_edge_end(&edge);
    assert_ok(sb_ownership_take(&a, true));
    assert_fails(sb_ask_edge_begin(&edge, &a), SABIR_EREENTRANT, "actor 'a'");
    sb_ownership_give(&a);
}

/* ---- Random graphs: each take completes or names a true cycle; nothing hangs, nobody is in there twice ------------------ */

#define ACTORS 5
#define THREADS 4
#define ROUNDS 3000

struct world {
    struct sb_ownership actors[ACTORS];
    char names[ACTORS][2];
    _Atomic int inside[ACTORS];
    _Atomic uint64_t deadlocks;
    _Atomic uint64_t timeouts;
    struct gate arrived;
    uint64_t seed;
};
struct traveller {
    struct world *world;
    struct random random;
};

static void visit(struct traveller *traveller, int depth) {
    struct world *world = traveller->world;
    size_t at = random_below(&traveller->random, ACTORS);
    bool is_timed = random_below(&traveller->random, 2) == 0;
    int64_t timeout_ns = (int64_t)random_below(&traveller->random, 20000); /* of the order of one hand-over */
    int code = sb_ownership_take_until(&world->actors[at], is_timed ? sb_now_ns() + timeout_ns : -1);
    if (code == SABIR_EDEADLOCK) atomic_fetch_add(&world->deadlocks, 1);
    if (code == SABIR_ETIMEDOUT) atomic_fetch_add(&world->timeouts, 1);
    if (code == SABIR_ETIMEDOUT && !is_timed) abort();
    if (code != SABIR_OK) return;
    if (atomic_fetch_add(&world->inside[at], 1) != 0) abort();
    while (depth > 0 && random_below(&traveller->random, 3)) visit(traveller, --depth);
    if (atomic_fetch_sub(&world->inside[at], 1) != 1) abort();
    sb_ownership_give(&world->actors[at]);
}

static void travel(void *argument) {
    struct traveller *traveller = argument;
    gate_open(&traveller->world->arrived);
    gate_wait(&traveller->world->arrived, THREADS); /* so that they meet */
    for (int round = 0; round < ROUNDS; round++) visit(traveller, 4);
}

static void random_chains_never_hang(void **state) {
    (void)state;
    struct world world = {.deadlocks = 0};
    struct random random = random_new();
    for (size_t i = 0; i < ACTORS; i++) {
        world.names[i][0] = (char)('a' + i);
        sb_ownership_init(&world.actors[i], world.names[i]);
    }
    struct traveller travellers[THREADS];
    struct stage_thread threads[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        travellers[i] = (struct traveller){&world, {random_next(&random)}};
        stage_thread_start(&threads[i], travel, &travellers[i]);
    }
    for (size_t i = 0; i < THREADS; i++) stage_thread_join(&threads[i]);
    for (size_t i = 0; i < ACTORS; i++) {
        assert_ok(sb_ownership_take(&world.actors[i], false)); /* everybody gave everything back */
        sb_ownership_give(&world.actors[i]);
    }
    print_message("# %llu were out of time\n", (unsigned long long)atomic_load(&world.timeouts));
}

/* All of it again with each actor reserved for who had it last. */
static int reserve_at_once(void **state) {
    (void)state;
    sb_patience = (struct sb_patience){0, 0};
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(taking_again_is_reentrant),
        cmocka_unit_test(who_may_not_wait_is_told_at_once),
        cmocka_unit_test(who_gives_up_waiting_leaves_the_others_their_turn),
        cmocka_unit_test(two_that_want_each_other_are_a_deadlock_for_one),
        cmocka_unit_test(an_ask_closes_a_cycle_until_it_is_answered),
        cmocka_unit_test(asking_an_actor_of_the_own_chain_is_reentrant),
        cmocka_unit_test(random_chains_never_hang),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    return failed + cmocka_run_group_tests_name("with reservations", tests, reserve_at_once, NULL);
}
