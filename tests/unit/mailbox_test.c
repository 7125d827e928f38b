/*
 * The mailbox against a naive model: order, capacity, close, sleep and wake, with one and with many senders.
 */
#include "mailbox.h"

#include <string.h>

#include "stream.h"
#include "support/random_value.h"
#include "support/stage.h"

static sabir_message *numbered(uint64_t value) {
    sabir_message *message = new_number((int64_t)value);
    return message;
}

static int64_t value_of(sabir_message *message) {
    const void *value = NULL;
    assert_ok(sabir_message_value_get(message, Number_type(), &value));
    return ((const struct Number *)value)->value;
}

/* high_water 0: no mark. One mailbox at a time has the rule. */
static void make(struct sb_mailbox *mailbox, uint64_t capacity, uint64_t high_water, bool drops_oldest) {
    static struct sb_mailbox_rule rule;
    sb_mailbox_rule_init(&rule, capacity, high_water, drops_oldest);
    assert_int_equal(sb_mailbox_init(mailbox, &rule), SABIR_OK);
}

static void push_ok(struct sb_mailbox *mailbox, uint64_t value) {
    sabir_message *dropped;
    assert_int_equal(sb_mailbox_push(mailbox, numbered(value), &dropped), SABIR_OK);
    assert_null(dropped);
}

static void push_refused(struct sb_mailbox *mailbox, int expected) {
    sabir_message *dropped, *message = numbered(0);
    assert_int_equal(sb_mailbox_push(mailbox, message, &dropped), expected);
    sabir_message_free(message);
}

static void take_expects(struct sb_mailbox *mailbox, int64_t value) {
    sabir_message *message = sb_mailbox_take(mailbox);
    assert_non_null(message);
    assert_int_equal(value_of(message), value);
    sabir_message_free(message);
}

static void random_pushes_and_takes_keep_order_and_count(void **state) {
    (void)state;
    struct random random = random_new();
    struct sb_mailbox mailbox;
    make(&mailbox, 100, 0, false);
    uint64_t pushed = 0, taken = 0;
    for (int step = 0; step < 20000; step++) {
        if (random_below(&random, 2)) {
            if (pushed - taken < 100)
                push_ok(&mailbox, pushed++);
            else
                push_refused(&mailbox, SABIR_EFULL);
        } else if (taken < pushed) {
            take_expects(&mailbox, (int64_t)taken++);
        } else {
            assert_null(sb_mailbox_take(&mailbox));
        }
        assert_int_equal(sb_mailbox_depth(&mailbox), pushed - taken);
    }
    while (taken < pushed) take_expects(&mailbox, (int64_t)taken++);
    sb_mailbox_free(&mailbox);
}

static void crossing_the_mark_is_news_once_until_it_was_below(void **state) {
    (void)state;
    for (int drops_oldest = 0; drops_oldest < 2; drops_oldest++) {
        struct sb_mailbox mailbox;
        make(&mailbox, 100, 10, drops_oldest == 1);
        int64_t pushed = 0, taken = 0;
        for (int round = 0; round < 3; round++) {
            while (pushed - taken < 9) push_ok(&mailbox, (uint64_t)pushed++);
            assert_false(sb_mailbox_is_news(&mailbox));
            push_ok(&mailbox, (uint64_t)pushed++);
            assert_true(sb_mailbox_is_news(&mailbox));
            assert_false(sb_mailbox_is_news(&mailbox));
            while (pushed - taken < 60) push_ok(&mailbox, (uint64_t)pushed++);
            assert_false(sb_mailbox_is_news(&mailbox)); /* above it all the time */
            while (pushed - taken > 0) take_expects(&mailbox, taken++);
            for (int i = 0; i < 6; i++) push_ok(&mailbox, (uint64_t)pushed++); /* enough for a look: it is below */
        }
        while (pushed - taken > 0) take_expects(&mailbox, taken++);
        sb_mailbox_free(&mailbox);
    }
}

/* What the mark adds to counting credit: the model of the capacity holds as it does without. */
static void a_mark_takes_nothing_from_the_capacity(void **state) {
    (void)state;
    struct random random = random_new();
    struct sb_mailbox mailbox;
    make(&mailbox, 50, 40, false);
    uint64_t pushed = 0, taken = 0, news = 0;
    for (int step = 0; step < 20000; step++) {
        bool fills = (step / 200) % 2 == 0; /* in waves, up to the brim and down to the ground */
        if (random_below(&random, 4) < (fills ? 3 : 1)) {
            if (pushed - taken < 50)
                push_ok(&mailbox, pushed++);
            else
                push_refused(&mailbox, SABIR_EFULL);
        } else if (taken < pushed) {
            take_expects(&mailbox, (int64_t)taken++);
        }
        bool is_news = sb_mailbox_is_news(&mailbox);
        if (is_news) assert_true(pushed - taken >= 40);
        news += is_news;
    }
    assert_in_range(news, 40, 60); /* one a wave */
    while (taken < pushed) take_expects(&mailbox, (int64_t)taken++);
    sb_mailbox_free(&mailbox);
}

static void control_comes_first_and_in_order(void **state) {
    (void)state;
    struct sb_mailbox mailbox;
    make(&mailbox, 0, 0, false);
    push_ok(&mailbox, 10);
    sb_mailbox_push_control(&mailbox, numbered(1));
    sb_mailbox_push_control(&mailbox, numbered(2));
    take_expects(&mailbox, 1);
    sb_mailbox_push_control(&mailbox, numbered(3));
    take_expects(&mailbox, 2);
    take_expects(&mailbox, 3);
    take_expects(&mailbox, 10);
    sb_mailbox_free(&mailbox);
}

static void a_closed_mailbox_refuses_but_keeps_what_it_has(void **state) {
    (void)state;
    struct sb_mailbox mailbox;
    make(&mailbox, 0, 0, false);
    push_ok(&mailbox, 1);
    push_ok(&mailbox, 2);
    assert_false(sb_mailbox_is_closed(&mailbox));
    sb_mailbox_close(&mailbox);
    sb_mailbox_close(&mailbox);
    assert_true(sb_mailbox_is_closed(&mailbox));
    push_refused(&mailbox, SABIR_ECLOSED);
    take_expects(&mailbox, 1);
    take_expects(&mailbox, 2);
    assert_null(sb_mailbox_take(&mailbox));
    assert_int_equal(sb_mailbox_depth(&mailbox), 0);
    sb_mailbox_free(&mailbox);
}

static void dropping_the_oldest_keeps_the_newest(void **state) {
    (void)state;
    struct sb_mailbox mailbox;
    make(&mailbox, 3, 0, true);
    for (uint64_t i = 0; i < 3; i++) push_ok(&mailbox, i);
    sabir_message *dropped = NULL;
    assert_int_equal(sb_mailbox_push(&mailbox, numbered(3), &dropped), SABIR_OK);
    assert_non_null(dropped);
    assert_int_equal(value_of(dropped), 0);
    sabir_message_free(dropped);
    assert_int_equal(sb_mailbox_depth(&mailbox), 3);
    for (int64_t i = 1; i <= 3; i++) take_expects(&mailbox, i);
    sb_mailbox_close(&mailbox);
    push_refused(&mailbox, SABIR_ECLOSED);
    sb_mailbox_free(&mailbox);
}

static void a_rest_fails_while_there_is_something(void **state) {
    (void)state;
    struct sb_mailbox mailbox;
    make(&mailbox, 0, 0, false);
    push_ok(&mailbox, 1);
    assert_false(sb_mailbox_rest(&mailbox));
    take_expects(&mailbox, 1);
    sb_mailbox_push_control(&mailbox, numbered(2));
    assert_false(sb_mailbox_rest(&mailbox));
    take_expects(&mailbox, 2);
    assert_true(sb_mailbox_rest(&mailbox));
    assert_false(sb_mailbox_wait(&mailbox, 0, sb_now_ns() + STAGE_MS)); /* the deadline passes */
    assert_true(sb_mailbox_rest(&mailbox));
    sb_mailbox_wake(&mailbox);
    assert_true(sb_mailbox_wait(&mailbox, 0, -1));
    sb_mailbox_free(&mailbox);
}

/* ---- Many senders, one consumer ------------------------------------------------------------------------------------- */

#define SENDERS 4
#define EACH 20000

struct crowd {
    struct sb_mailbox mailbox;
    int64_t spin_ns;
};
struct sender {
    struct crowd *crowd;
    uint64_t number;
};

static void send_all(void *argument) {
    struct sender *sender = argument;
    for (uint64_t i = 0; i < EACH; i++) {
        sabir_message *dropped, *message = numbered(sender->number * EACH + i);
        while (sb_mailbox_push(&sender->crowd->mailbox, message, &dropped) == SABIR_EFULL) sb_pause();
    }
}

static void consume_in_order(struct crowd *crowd) {
    int64_t last[SENDERS];
    memset(last, 0xFF, sizeof last);
    for (int count = 0; count < SENDERS * EACH;) {
        sabir_message *message = sb_mailbox_take(&crowd->mailbox);
        if (!message) {
            if (sb_mailbox_rest(&crowd->mailbox))
                assert_true(sb_mailbox_wait(&crowd->mailbox, crowd->spin_ns, sb_now_ns() + STAGE_PATIENCE_NS));
            continue;
        }
        int64_t value = value_of(message), sender = value / EACH;
        assert_true(value % EACH == last[sender] + 1); /* nothing lost, doubled or overtaken */
        last[sender] = value % EACH;
        sabir_message_free(message);
        count++;
    }
    assert_null(sb_mailbox_take(&crowd->mailbox));
}

static void crowd_with(int64_t spin_ns, uint64_t capacity) {
    struct crowd crowd = {.spin_ns = spin_ns};
    make(&crowd.mailbox, capacity, 0, false);
    struct sender senders[SENDERS];
    struct stage_thread threads[SENDERS];
    for (uint64_t i = 0; i < SENDERS; i++) {
        senders[i] = (struct sender){&crowd, i};
        stage_thread_start(&threads[i], send_all, &senders[i]);
    }
    consume_in_order(&crowd);
    for (size_t i = 0; i < SENDERS; i++) stage_thread_join(&threads[i]);
    assert_int_equal(sb_mailbox_depth(&crowd.mailbox), 0);
    sb_mailbox_free(&crowd.mailbox);
}

static void many_senders_keep_their_order(void **state) {
    (void)state;
    crowd_with(-1, 0);
}

static void many_senders_wake_a_consumer_that_never_spins(void **state) {
    (void)state;
    crowd_with(0, 0);
}

static void many_senders_never_exceed_a_small_capacity(void **state) {
    (void)state;
    crowd_with(0, 16);
}

/* ---- A consumer that sleeps elsewhere --------------------------------------------------------------------------------- */

static _Atomic uint32_t calls_away;

static void call_away(struct sb_mailbox *mailbox) {
    (void)mailbox;
    atomic_fetch_add(&calls_away, 1);
    sb_unpark_all(&calls_away);
}

static void make_for_away(struct sb_mailbox *mailbox) {
    static struct sb_mailbox_rule rule;
    sb_mailbox_rule_init(&rule, 0, 0, false);
    rule.wake_away = call_away;
    assert_int_equal(sb_mailbox_init(mailbox, &rule), SABIR_OK);
    atomic_store(&calls_away, 0);
}

static void who_sleeps_away_is_called_there_once_for_each_sleep(void **state) {
    (void)state;
    struct sb_mailbox mailbox;
    sabir_message *dropped;
    uint32_t wakes;
    bool is_awake;
    make_for_away(&mailbox);
    assert_true(sb_mailbox_rest(&mailbox));
    assert_true(sb_mailbox_go_away(&mailbox, &wakes));
    assert_int_equal(sb_mailbox_come_back(&mailbox, wakes, &is_awake), 0); /* in vain: it rests as before */
    assert_false(is_awake);
    assert_true(sb_mailbox_go_away(&mailbox, &wakes));
    for (uint64_t i = 0; i < 3; i++) assert_ok(sb_mailbox_push(&mailbox, numbered(i), &dropped));
    assert_int_equal(atomic_load(&calls_away), 1);
    assert_int_equal(sb_mailbox_come_back(&mailbox, wakes, &is_awake), 1);
    assert_true(is_awake);
    for (int i = 0; i < 3; i++) sabir_message_free(sb_mailbox_take(&mailbox));
    assert_true(sb_mailbox_rest(&mailbox)); /* woken before it goes: it stays */
    assert_ok(sb_mailbox_push(&mailbox, numbered(3), &dropped));
    assert_false(sb_mailbox_go_away(&mailbox, &wakes));
    assert_int_equal(sb_mailbox_come_back(&mailbox, wakes, &is_awake), 0);
    assert_true(is_awake);
    sabir_message_free(sb_mailbox_take(&mailbox));
    assert_true(sb_mailbox_rest(&mailbox)); /* and at home nobody calls it elsewhere */
    assert_false(sb_mailbox_wait(&mailbox, 0, sb_now_ns() + STAGE_MS));
    assert_int_equal(atomic_load(&calls_away), 1);
    sb_mailbox_free(&mailbox);
}

/* The model found it (tests/model/mailbox.pml, BROKEN_FAILURE). */
static void who_wakes_late_is_counted_also_by_one_who_did_not_fall_asleep_away(void **state) {
    (void)state;
    struct sb_mailbox mailbox;
    sabir_message *dropped;
    uint32_t wakes;
    bool is_awake;
    make_for_away(&mailbox);
    assert_true(sb_mailbox_sleep(&mailbox));
    sb_mailbox_hold_wakes();
    assert_ok(sb_mailbox_push(&mailbox, numbered(1), &dropped)); /* finds it asleep, and wakes it later */
    sabir_message_free(sb_mailbox_take(&mailbox));
    assert_true(sb_mailbox_rest(&mailbox));
    assert_ok(sb_mailbox_push(&mailbox, numbered(2), &dropped));
    assert_false(sb_mailbox_go_away(&mailbox, &wakes));
    sb_mailbox_let_wakes_go();
    assert_int_equal(atomic_load(&calls_away), 1);
    assert_int_equal(sb_mailbox_come_back(&mailbox, wakes, &is_awake), 1);
    assert_true(is_awake);
    sabir_message_free(sb_mailbox_take(&mailbox));
    sb_mailbox_free(&mailbox);
}

static void the_one_wake_that_is_held_back_is_told(void **state) {
    (void)state;
    struct sb_mailbox first, second;
    sabir_message *dropped;
    uint32_t wakes;
    make_for_away(&first);
    make_for_away(&second);
    assert_true(sb_mailbox_rest(&first) && sb_mailbox_go_away(&first, &wakes));
    assert_true(sb_mailbox_rest(&second) && sb_mailbox_go_away(&second, &wakes));
    sb_mailbox_hold_wakes();
    assert_null(sb_mailbox_held_wake());
    assert_ok(sb_mailbox_push(&first, numbered(1), &dropped));
    assert_ptr_equal(sb_mailbox_held_wake(), &first);
    assert_ok(sb_mailbox_push(&second, numbered(2), &dropped));
    assert_null(sb_mailbox_held_wake()); /* two are no one */
    sb_mailbox_let_wakes_go();
    assert_int_equal(atomic_load(&calls_away), 2);
    sabir_message_free(sb_mailbox_take(&first));
    sabir_message_free(sb_mailbox_take(&second));
    sb_mailbox_free(&first);
    sb_mailbox_free(&second);
}

/* Sleeps away as a guest of the wire does (loan.c): until it is called; comes back sooner every fourth time. */
static void sleep_away(struct sb_mailbox *mailbox, unsigned turn) {
    uint32_t wakes;
    bool is_awake;
    atomic_store(&calls_away, 0);
    bool is_away = sb_mailbox_go_away(mailbox, &wakes);
    int64_t deadline_ns = sb_now_ns() + STAGE_PATIENCE_NS;
    while (is_away && turn % 4 && atomic_load(&calls_away) == 0) assert_true(sb_park(&calls_away, 0, deadline_ns));
    uint32_t calls = sb_mailbox_come_back(mailbox, wakes, &is_awake);
    while (atomic_load(&calls_away) != calls) sb_yield();
    if (!is_awake) assert_true(sb_mailbox_wait(mailbox, 0, deadline_ns));
}

static void many_senders_wake_a_consumer_that_sleeps_now_here_now_there(void **state) {
    (void)state;
    struct crowd crowd = {.spin_ns = 0};
    make_for_away(&crowd.mailbox);
    struct sender senders[SENDERS];
    struct stage_thread threads[SENDERS];
    for (uint64_t i = 0; i < SENDERS; i++) {
        senders[i] = (struct sender){&crowd, i};
        stage_thread_start(&threads[i], send_all, &senders[i]);
    }
    sabir_message *message;
    unsigned turn = 0;
    for (int64_t count = 0; count < SENDERS * EACH;) {
        if ((message = sb_mailbox_take(&crowd.mailbox))) {
            sabir_message_free(message);
            count++;
        } else if (sb_mailbox_rest(&crowd.mailbox)) {
            sleep_away(&crowd.mailbox, turn++);
        }
    }
    for (size_t i = 0; i < SENDERS; i++) stage_thread_join(&threads[i]);
    sb_mailbox_free(&crowd.mailbox);
}

/* ---- Streams ---------------------------------------------------------------------------------------------------------- */

#define STREAM (3 * SB_STREAM_REACH)

/* Messages that lie anyhow in memory, pushed one behind the other; the first finds the mailbox empty, and is not of the stream. */
static void push_stream(struct sb_mailbox *mailbox, sabir_message *messages[STREAM]) {
    sabir_message *dropped;
    for (size_t i = 0; i < STREAM; i++) messages[i * 7 % STREAM] = numbered((uint64_t)(i * 7 % STREAM));
    for (size_t i = 0; i < STREAM; i++) assert_ok(sb_mailbox_push(mailbox, messages[i], &dropped));
}

static void a_message_of_a_stream_says_where_the_next_ones_lie(void **state) {
    (void)state;
    struct sb_mailbox mailbox;
    sabir_message *messages[STREAM];
    make(&mailbox, 0, 0, false);
    push_stream(&mailbox, messages);
    for (size_t i = 0; i < STREAM; i++) /* on the way from the newest to the oldest */
        assert_int_equal(messages[i]->ahead,
                         i > SB_STREAM_REACH ? sb_nodes_apart(messages[i], messages[i - SB_STREAM_REACH]) : 0);
    sabir_message *first = sb_mailbox_take(&mailbox);
    assert_ptr_equal(first, messages[0]);
    for (size_t i = 0; i < STREAM; i++) /* and on the way back */
        assert_int_equal(messages[i]->ahead,
                         i + SB_STREAM_REACH < STREAM ? sb_nodes_apart(messages[i], messages[i + SB_STREAM_REACH]) : 0);
    sabir_message_free(first);
    for (int64_t i = 1; i < STREAM; i++) take_expects(&mailbox, i);
    sb_mailbox_close(&mailbox);
    sb_mailbox_free(&mailbox);
}

/* The nodes of other mailboxes' messages are none of this one's. */
static void who_sends_in_turn_leaves_no_guesses(void **state) {
    (void)state;
    struct sb_mailbox mailboxes[2];
    for (int i = 0; i < 2; i++) make(&mailboxes[i], 0, 0, false);
    sabir_message *dropped, *messages[2 * STREAM];
    for (size_t i = 0; i < 2 * STREAM; i++)
        assert_ok(sb_mailbox_push(&mailboxes[i % 2], messages[i] = numbered(i / 2), &dropped));
    for (size_t i = 0; i < 2 * STREAM; i++) assert_int_equal(messages[i]->ahead, 0);
    for (int i = 0; i < 2; i++) {
        for (int64_t k = 0; k < STREAM; k++) take_expects(&mailboxes[i], k);
        sb_mailbox_close(&mailboxes[i]);
        sb_mailbox_free(&mailboxes[i]);
    }
}

/* `count` come at once and are taken; how long the consumer would linger now. */
static uint8_t linger_after(struct sb_mailbox *mailbox, int count) {
    for (int i = 0; i < count; i++) push_ok(mailbox, (uint64_t)i);
    for (int i = 0; i < count; i++) take_expects(mailbox, i);
    return atomic_load(&mailbox->linger);
}

static void a_consumer_lingers_for_a_stream_and_never_for_answers(void **state) {
    (void)state;
    struct sb_mailbox mailbox;
    make(&mailbox, 0, 0, false);
    for (int i = 0; i < 20; i++) assert_int_equal(linger_after(&mailbox, 1), 0);
    uint8_t longest = 0;
    for (int i = 0; i < 20; i++) longest = linger_after(&mailbox, 100);
    assert_true(longest > 1);
    assert_int_equal(linger_after(&mailbox, 100), longest); /* there is an end to it */
    for (int i = 0; i < 20; i++) linger_after(&mailbox, 1);
    assert_int_equal(atomic_load(&mailbox.linger), 0);
    sb_mailbox_close(&mailbox);
    sb_mailbox_free(&mailbox);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_pushes_and_takes_keep_order_and_count),
        cmocka_unit_test(crossing_the_mark_is_news_once_until_it_was_below),
        cmocka_unit_test(a_mark_takes_nothing_from_the_capacity),
        cmocka_unit_test(control_comes_first_and_in_order),
        cmocka_unit_test(a_closed_mailbox_refuses_but_keeps_what_it_has),
        cmocka_unit_test(dropping_the_oldest_keeps_the_newest),
        cmocka_unit_test(a_rest_fails_while_there_is_something),
        cmocka_unit_test(many_senders_keep_their_order),
        cmocka_unit_test(many_senders_wake_a_consumer_that_never_spins),
        cmocka_unit_test(many_senders_never_exceed_a_small_capacity),
        cmocka_unit_test(who_sleeps_away_is_called_there_once_for_each_sleep),
        cmocka_unit_test(who_wakes_late_is_counted_also_by_one_who_did_not_fall_asleep_away),
        cmocka_unit_test(the_one_wake_that_is_held_back_is_told),
        cmocka_unit_test(many_senders_wake_a_consumer_that_sleeps_now_here_now_there),
        cmocka_unit_test(a_message_of_a_stream_says_where_the_next_ones_lie),
        cmocka_unit_test(who_sends_in_turn_leaves_no_guesses),
        cmocka_unit_test(a_consumer_lingers_for_a_stream_and_never_for_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
