/*
 * An actor that is left reserved for a chain: free for others in truth, in that chain's hand while it is used, and no edge of the graph
 * unless it is.
 */
#include <sabir/error.h>

#include "ownership.h"
#include "support/helper.h"
#include "thread.h"

static int take(void *actor) {
    return sb_ownership_take(actor, true);
}

static int take_in_time(void *actor) {
    return sb_ownership_take_until(actor, sb_now_ns() + 5 * STAGE_MS);
}

static int try_to_take(void *actor) {
    return sb_ownership_take(actor, false);
}

static int give(void *actor) {
    sb_ownership_give(actor);
    return SABIR_OK;
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
        assert_ok(helper_do(&helper, try_to_take, &a));
        helper_do(&helper, give, &a);
    }
    sb_patience = (struct sb_patience){0, 0};
    helper_stop(&helper);
}

static void a_reservation_is_no_ownership(void **state) {
    (void)state;
    struct sb_ownership a;
    struct helper helper;
    helper_start(&helper);
    make_reserved(&a, "a");
    assert_false(sb_ownership_is_mine(&a));
    assert_false(sb_chain_holds_any());
    assert_ok(helper_do(&helper, try_to_take, &a));
    assert_fails(sb_ownership_take(&a, false), SABIR_ETIMEDOUT, "at work on another thread");
    helper_do(&helper, give, &a);
    assert_ok(sb_ownership_take(&a, false));
    assert_true(sb_ownership_is_mine(&a));
    assert_true(sb_chain_holds_any());
    assert_fails(sb_ownership_take(&a, true), SABIR_EREENTRANT, "actor 'a'");
    sb_ownership_give(&a);
    helper_stop(&helper);
}

static void who_does_not_wait_leaves_it_to_the_call_in_hand(void **state) {
    (void)state;
    struct sb_ownership a;
    struct helper helper;
    helper_start(&helper);
    make_reserved(&a, "a");
    assert_ok(sb_ownership_take(&a, false));
    assert_int_equal(helper_do(&helper, try_to_take, &a), SABIR_ETIMEDOUT);
    assert_true(sb_ownership_is_mine(&a));
    assert_fails(sb_ownership_take(&a, true), SABIR_EREENTRANT, "actor 'a'");
    sb_ownership_give(&a);
    assert_false(sb_chain_holds_any());
    assert_ok(helper_do(&helper, try_to_take, &a));
    helper_do(&helper, give, &a);
    helper_stop(&helper);
}

static void who_waits_is_handed_it_after_the_call_in_hand(void **state) {
    (void)state;
    struct sb_ownership a;
    struct helper helper;
    helper_start(&helper);
    make_reserved(&a, "a");
    assert_ok(sb_ownership_take(&a, false));
    helper_begin(&helper, take, &a);
    while (!sb_ownership_is_wanted(&a)) sb_pause();
    sb_ownership_give(&a);
    assert_false(sb_chain_holds_any());
    assert_ok(helper_end(&helper));
    assert_false(sb_ownership_is_mine(&a));
    helper_do(&helper, give, &a);
    make_reserved(&a, "a"); /* and one whose time is up leaves no trace */
    assert_ok(sb_ownership_take(&a, false));
    assert_int_equal(helper_do(&helper, take_in_time, &a), SABIR_ETIMEDOUT);
    sb_ownership_give(&a);
    assert_ok(helper_do(&helper, try_to_take, &a));
    helper_do(&helper, give, &a);
    helper_stop(&helper);
}

static void a_cycle_goes_through_what_is_in_hand_alone(void **state) {
    (void)state;
    struct sb_ownership a, b;
    struct helper helper;
    helper_start(&helper);
    sb_ownership_init(&b, "beta");
    assert_ok(helper_do(&helper, take, &b));
    helper_do(&helper, give, &b); /* reserved for the helper */
    make_reserved(&a, "alpha");
    assert_ok(sb_ownership_take(&a, false));
    helper_begin(&helper, take, &a);
    while (!sb_ownership_is_wanted(&a)) sb_pause();
    assert_ok(sb_ownership_take(&b, true)); /* the helper waits for us, and has nothing in its hand */
    sb_ownership_give(&b);
    sb_ownership_give(&a);
    assert_ok(helper_end(&helper));
    helper_do(&helper, give, &a);

    assert_ok(helper_do(&helper, take, &b));
    helper_do(&helper, give, &b);
    make_reserved(&a, "alpha");
    assert_ok(helper_do(&helper, take, &b)); /* now it has */
    /* Wanted is not yet waited for: whoever only looks marks it so, too, for a moment. */
    volatile uint32_t is_waited_for = 0;
    atomic_store(&a.yield, &is_waited_for);
    assert_ok(sb_ownership_take(&a, false));
    helper_begin(&helper, take, &a);
    while (!__atomic_load_n(&is_waited_for, __ATOMIC_RELAXED)) sb_pause();
    assert_fails(sb_ownership_take(&b, true), SABIR_EDEADLOCK, "beta -> alpha -> beta");
    sb_ownership_give(&a);
    assert_ok(helper_end(&helper));
    helper_do(&helper, give, &a);
    helper_do(&helper, give, &b);
    helper_stop(&helper);
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
            assert_int_equal(helper_do(&helper, try_to_take, &actors[at]), SABIR_ETIMEDOUT);
            sb_ownership_give(&actors[at]);
            assert_ok(helper_do(&helper, try_to_take, &actors[at]));
            helper_do(&helper, give, &actors[at]);
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
    helper_stop(&helper);
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
