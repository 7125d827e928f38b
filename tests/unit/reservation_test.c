/*
 * An actor that is left reserved for a chain: free for others in truth, in that chain's hand while it is used, and no edge of the graph
 * unless it is.
 */
#include <sabir/error.h>

#include "ownership.h"
#include "support/stage.h"
#include "thread.h"

/* A thread that does one thing after the other, as it is told. */
struct helper {
    struct stage_thread thread;
    struct gate told;
    struct gate done;
    void (*act)(struct helper *helper); /* NULL: go home */
    struct sb_ownership *actor;
    int64_t deadline_ns;
    int code;
    uint32_t steps;
};

static void help(void *argument) {
    struct helper *helper = argument;
    for (uint32_t step = 1;; step++) {
        gate_wait(&helper->told, step);
        if (!helper->act) return;
        helper->act(helper);
        gate_open(&helper->done);
    }
}

static void begin(struct helper *helper, void (*act)(struct helper *helper), struct sb_ownership *actor) {
    helper->act = act;
    helper->actor = actor;
    helper->steps++;
    gate_open(&helper->told);
}

static int end(struct helper *helper) {
    gate_wait(&helper->done, helper->steps);
    return helper->code;
}

static int tell(struct helper *helper, void (*act)(struct helper *helper), struct sb_ownership *actor) {
    begin(helper, act, actor);
    return end(helper);
}

static void helper_start(struct helper *helper) {
    *helper = (struct helper){.deadline_ns = -1};
    stage_thread_start(&helper->thread, help, helper);
}

static void helper_end(struct helper *helper) {
    helper->act = NULL;
    gate_open(&helper->told);
    stage_thread_join(&helper->thread);
}

static void take(struct helper *helper) {
    helper->code = sb_ownership_take_until(helper->actor, helper->deadline_ns);
}

static void try_to_take(struct helper *helper) {
    helper->code = sb_ownership_take(helper->actor, false);
}

static void give(struct helper *helper) {
    sb_ownership_give(helper->actor);
    helper->code = SABIR_OK;
}

/* For the calling thread. */
static void make_reserved(struct sb_ownership *actor, const char *name) {
    sb_ownership_init(actor, name);
    assert_ok(sb_ownership_take(actor, false));
    sb_ownership_give(actor);
    bool is_reserved = (atomic_load(&actor->owner) & SB_OWNER_RESERVED) != 0;
    assert_int_equal(is_reserved, sb_barrier_everywhere_prepare());
}

static void who_takes_it_often_enough_in_a_row_has_it_reserved(void **state) {
    (void)state;
    struct sb_ownership a;
    struct helper helper;
    helper_start(&helper);
    sb_patience = (struct sb_patience){2, 3};
    sb_ownership_init(&a, "a");
    for (int in_a_row = 4; in_a_row <= 8; in_a_row += 4) { /* who lost it once needs twice as many */
        for (int i = 0; i < in_a_row; i++) {
            assert_int_equal(atomic_load(&a.owner) & SB_OWNER_RESERVED, 0);
            assert_ok(sb_ownership_take(&a, false));
            sb_ownership_give(&a);
        }
        assert_int_equal((atomic_load(&a.owner) & SB_OWNER_RESERVED) != 0, sb_barrier_everywhere_prepare());
        assert_ok(tell(&helper, try_to_take, &a));
        tell(&helper, give, &a);
    }
    sb_patience = (struct sb_patience){0, 0};
    helper_end(&helper);
}

static void a_reservation_is_no_ownership(void **state) {
    (void)state;
    struct sb_ownership a;
    struct helper helper;
    helper_start(&helper);
    make_reserved(&a, "a");
    assert_false(sb_ownership_is_mine(&a));
    assert_false(sb_chain_holds_any());
    assert_ok(tell(&helper, try_to_take, &a));
    assert_fails(sb_ownership_take(&a, false), SABIR_ETIMEDOUT, "at work on another thread");
    tell(&helper, give, &a);
    assert_ok(sb_ownership_take(&a, false));
    assert_true(sb_ownership_is_mine(&a));
    assert_true(sb_chain_holds_any());
    assert_fails(sb_ownership_take(&a, true), SABIR_EREENTRANT, "actor 'a'");
    sb_ownership_give(&a);
    helper_end(&helper);
}

static void who_does_not_wait_leaves_it_to_the_call_in_hand(void **state) {
    (void)state;
    struct sb_ownership a;
    struct helper helper;
    helper_start(&helper);
    make_reserved(&a, "a");
    assert_ok(sb_ownership_take(&a, false));
    assert_int_equal(tell(&helper, try_to_take, &a), SABIR_ETIMEDOUT);
    assert_true(sb_ownership_is_mine(&a));
    assert_fails(sb_ownership_take(&a, true), SABIR_EREENTRANT, "actor 'a'");
    sb_ownership_give(&a);
    assert_false(sb_chain_holds_any());
    assert_ok(tell(&helper, try_to_take, &a));
    tell(&helper, give, &a);
    helper_end(&helper);
}

static void who_waits_is_handed_it_after_the_call_in_hand(void **state) {
    (void)state;
    struct sb_ownership a;
    struct helper helper;
    helper_start(&helper);
    make_reserved(&a, "a");
    assert_ok(sb_ownership_take(&a, false));
    begin(&helper, take, &a);
    while (!sb_ownership_is_wanted(&a)) sb_pause();
    sb_ownership_give(&a);
    assert_false(sb_chain_holds_any());
    assert_ok(end(&helper));
    assert_false(sb_ownership_is_mine(&a));
    tell(&helper, give, &a);
    helper.deadline_ns = sb_now_ns() + 5 * STAGE_MS; /* and one whose time is up leaves no trace */
    make_reserved(&a, "a");
    assert_ok(sb_ownership_take(&a, false));
    assert_int_equal(tell(&helper, take, &a), SABIR_ETIMEDOUT);
    sb_ownership_give(&a);
    assert_ok(tell(&helper, try_to_take, &a));
    tell(&helper, give, &a);
    helper_end(&helper);
}

static void a_cycle_goes_through_what_is_in_hand_alone(void **state) {
    (void)state;
    struct sb_ownership a, b;
    struct helper helper;
    helper_start(&helper);
    sb_ownership_init(&b, "beta");
    assert_ok(tell(&helper, take, &b));
    tell(&helper, give, &b); /* reserved for the helper */
    make_reserved(&a, "alpha");
    assert_ok(sb_ownership_take(&a, false));
    begin(&helper, take, &a);
    while (!sb_ownership_is_wanted(&a)) sb_pause();
    assert_ok(sb_ownership_take(&b, true)); /* the helper waits for us, and has nothing in its hand */
    sb_ownership_give(&b);
    sb_ownership_give(&a);
    assert_ok(end(&helper));
    tell(&helper, give, &a);

    assert_ok(tell(&helper, take, &b));
    tell(&helper, give, &b);
    make_reserved(&a, "alpha");
    assert_ok(tell(&helper, take, &b)); /* now it has */
    assert_ok(sb_ownership_take(&a, false));
    begin(&helper, take, &a);
    while (!sb_ownership_is_wanted(&a)) sb_pause();
    /* Being wanted and being waited for are two things: the helper takes the lock in between. */
    assert_fails(sb_ownership_take(&b, true), SABIR_EDEADLOCK, "beta -> alpha -> beta");
    sb_ownership_give(&a);
    assert_ok(end(&helper));
    tell(&helper, give, &a);
    tell(&helper, give, &b);
    helper_end(&helper);
}

static void more_than_a_hand_holds_are_given_back_in_any_order(void **state) {
    (void)state;
    enum { COUNT = SB_HAND_PLACES + 3 };
    struct sb_ownership actors[COUNT];
    struct helper helper;
    helper_start(&helper);
    for (size_t i = 0; i < COUNT; i++) make_reserved(&actors[i], "one of many");
    for (size_t round = 0; round < COUNT; round++) {
        for (size_t i = 0; i < COUNT; i++) assert_ok(sb_ownership_take(&actors[i], false));
        for (size_t i = 0; i < COUNT; i++) {
            size_t at = (i * 5 + round) % COUNT; /* 5 and COUNT have no common factor */
            assert_int_equal(tell(&helper, try_to_take, &actors[at]), SABIR_ETIMEDOUT);
            sb_ownership_give(&actors[at]);
            assert_ok(tell(&helper, try_to_take, &actors[at]));
            tell(&helper, give, &actors[at]);
        }
        assert_false(sb_chain_holds_any());
        for (size_t i = 0; i < COUNT; i++) { /* reserved for us again */
            assert_ok(sb_ownership_take(&actors[i], false));
            sb_ownership_give(&actors[i]);
        }
        for (size_t i = COUNT; i-- > 0;) { /* and nobody looks this time */
            size_t at = (i * 5 + round) % COUNT;
            assert_ok(sb_ownership_take(&actors[at], false));
        }
        for (size_t i = 0; i < COUNT; i++) sb_ownership_give(&actors[i]);
        assert_false(sb_chain_holds_any());
    }
    helper_end(&helper);
}

static int reserve_at_once(void **state) {
    (void)state;
    sb_patience = (struct sb_patience){0, 0};
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_takes_it_often_enough_in_a_row_has_it_reserved),
        cmocka_unit_test(a_reservation_is_no_ownership),
        cmocka_unit_test(who_does_not_wait_leaves_it_to_the_call_in_hand),
        cmocka_unit_test(who_waits_is_handed_it_after_the_call_in_hand),
        cmocka_unit_test(a_cycle_goes_through_what_is_in_hand_alone),
        cmocka_unit_test(more_than_a_hand_holds_are_given_back_in_any_order),
    };
    return cmocka_run_group_tests(tests, reserve_at_once, NULL);
}
