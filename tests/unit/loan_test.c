/*
 * The loan of the wire: an actor that answers message by message reads it itself, and loses it as soon as others would have to wait.
 */
#include <string.h>
#include <sys/resource.h>

#include "loan.h"
#include "manager.h"
#include "node_inner.h"
#include "support/stage.h"
#include "thread.h"

#define ENDLESS INT64_MAX

/* Two nodes, a ball between them, and whoever else there is at the first one's. */
static struct {
    sabir_manager *here;
    sabir_manager *there;
    sabir_ref *ping;        /* here */
    sabir_ref *pong;        /* there, seen from here */
    sabir_ref *ping_remote; /* here, seen from there */
    struct gate balls;
    struct gate local;
    struct gate over;
    struct gate others;
    _Atomic int64_t last; /* the number with which the game ends */
    _Atomic int64_t next;
    int64_t local_next;
    bool is_wrong;
} game;

static struct sb_loan *loan_of(sabir_manager *manager) {
    return &manager->node->wire.loan;
}

static uint32_t visits(sabir_manager *manager) {
    return atomic_load(&loan_of(manager)->visits);
}

static int on_pong(void *self, const void *value, sabir_context *context) {
    (void)self;
    return sabir_context_reply_value(context, Number_type(), value);
}

static int on_ball(void *self, const void *value, sabir_context *context) {
    (void)self;
    int64_t number = ((const struct Number *)value)->value;
    if (number != game.next++) game.is_wrong = true;
    gate_open(&game.balls);
    if (number < atomic_load(&game.last))
        return sabir_ref_send_value(game.pong, Number_type(), &(struct Number){number + 1},
                                    sabir_context_self(context));
    gate_open(&game.over);
    return SABIR_OK;
}

/* What a thread of this process sends to the one who plays. */
static int on_local(void *self, const void *value, sabir_context *context) {
    (void)self;
    (void)context;
    if (((const struct Answer *)value)->value != game.local_next++) game.is_wrong = true;
    gate_open(&game.local);
    return SABIR_OK;
}

/* Work that ends when another actor of this node has got something from the wire. */
static int on_go(void *self, const void *value, sabir_context *context) {
    (void)self;
    (void)value;
    (void)context;
    gate_wait(&game.others, 1);
    return SABIR_OK;
}

static int on_other(void *self, const void *value, sabir_context *context) {
    (void)self;
    (void)value;
    (void)context;
    gate_open(&game.others);
    return SABIR_OK;
}

static sabir_manager *node_new(void) {
    sabir_config *config;
    sabir_manager *manager;
    assert_ok(sabir_config_new(&config));
    assert_ok(sabir_config_set_bind(config, "tcp://127.0.0.1:*"));
    assert_ok(sabir_manager_new(config, &manager));
    sabir_config_free(config);
    return manager;
}

static int begin(void **state) {
    (void)state;
    memset(&game, 0, sizeof game);
    atomic_store(&game.last, ENDLESS);
    game.here = node_new();
    game.there = node_new();
    sabir_actor *ping = stage_actor(NULL, Number_type(), on_ball);
    assert_ok(sabir_actor_on(ping, Answer_type(), on_local));
    assert_ok(sabir_actor_on(ping, Go_type(), on_go));
    assert_ok(sabir_manager_manage(game.here, "ping", ping, &game.ping));
    sabir_ref_release(stage_manage(game.here, "other", NULL, Number_type(), on_other));
    sabir_ref_release(stage_manage(game.there, "pong", NULL, Number_type(), on_pong));
    assert_ok(
        sabir_manager_remote(game.here, "pong", sabir_manager_endpoint(game.there), SABIR_DIALECT_V1, &game.pong));
    assert_ok(sabir_manager_remote(game.there, "ping", sabir_manager_endpoint(game.here), SABIR_DIALECT_V1,
                                   &game.ping_remote));
    assert_ok(sabir_manager_start(game.there));
    assert_ok(sabir_manager_start(game.here));
    return 0;
}

static int end(void **state) {
    (void)state;
    stage_free(game.here);
    stage_free(game.there);
    sabir_ref_release(game.ping);
    sabir_ref_release(game.pong);
    sabir_ref_release(game.ping_remote);
    return 0;
}

static void serve(void) {
    send_number(game.pong, 0, game.ping);
}

/* A look now and then: whoever looks all the time takes the CPU from those who play. */
static void pause_a_little(void) {
    struct gate never = {0};
    sb_park(&never.count, 0, sb_now_ns() + STAGE_MS / 2);
}

/*
 * Until the one who plays here has read the wire so often. On a machine that is busy no message comes quickly, and the wire is not lent: then
 * it is enough that the game goes on.
 */
static void wait_for_visits(uint32_t count) {
    int64_t now_ns = sb_now_ns(), patient_until_ns = now_ns + 2000 * STAGE_MS, deadline_ns = now_ns + STAGE_PATIENCE_NS;
    uint32_t balls = atomic_load(&game.balls.count);
    while (visits(game.here) < count) {
        now_ns = sb_now_ns();
        if (now_ns > patient_until_ns && atomic_load(&game.balls.count) - balls >= 10) return;
        assert_true(now_ns < deadline_ns);
        pause_a_little();
    }
}

static void whistle(void) {
    atomic_store(&game.last, 0);
    gate_wait(&game.over, 1);
}

static void who_answers_message_by_message_reads_the_wire(void **state) {
    (void)state;
    serve();
    wait_for_visits(500);
    int64_t deadline_ns = sb_now_ns() + STAGE_PATIENCE_NS;
    while (visits(game.here) == 0) { /* also a busy machine has a good moment */
        assert_true(sb_now_ns() < deadline_ns);
        pause_a_little();
    }
    whistle();
    assert_false(game.is_wrong);
}

static void at_rest_the_wire_is_back_and_nobody_wakes_up(void **state) {
    (void)state;
    serve();
    wait_for_visits(100);
    whistle();
    int64_t deadline_ns = sb_now_ns() + STAGE_PATIENCE_NS;
    while (atomic_load(&loan_of(game.here)->guest) || atomic_load(&loan_of(game.there)->guest)) {
        assert_true(sb_now_ns() < deadline_ns);
        pause_a_little();
    }
    assert_int_equal(atomic_load(&loan_of(game.here)->state), SB_LOAN_KEPT);
#ifndef __SANITIZE_THREAD__ /* which has a thread of its own that wakes up */
    struct rusage before, after;
    struct gate never = {0};
    /* Time has to pass: it is what is measured. The first stretch lets those who were woken last fall asleep. */
    for (int64_t until_ns = sb_now_ns() + 50 * STAGE_MS; sb_now_ns() < until_ns;) sb_park(&never.count, 0, until_ns);
    assert_int_equal(getrusage(RUSAGE_SELF, &before), 0);
    for (int64_t until_ns = sb_now_ns() + 200 * STAGE_MS; sb_now_ns() < until_ns;) sb_park(&never.count, 0, until_ns);
    assert_int_equal(getrusage(RUSAGE_SELF, &after), 0);
    assert_true(after.ru_nvcsw - before.ru_nvcsw <= 20); /* our own sleep, and libzmq's pings */
#endif
    send_number(game.ping_remote, game.next, NULL); /* and it is read all the same */
    gate_wait(&game.over, 2);
    assert_false(game.is_wrong);
}

static void what_comes_from_within_finds_the_one_who_reads_the_wire(void **state) {
    (void)state;
    enum { COUNT = 3000 };
    serve();
    wait_for_visits(50);
    for (int i = 0; i < COUNT; i++) {
        uint32_t balls = atomic_load(&game.balls.count);
        assert_ok(sabir_ref_send_value(game.ping, Answer_type(), &(struct Answer){i}, NULL));
        if (i % 3 == 0) gate_wait(&game.local, (uint32_t)i + 1); /* alone, ... */
        if (i % 3 == 1) gate_wait(&game.balls, balls + 1);       /* ... or just before a ball */
    }
    gate_wait(&game.local, COUNT);
    whistle();
    assert_false(game.is_wrong);
}

static void a_guest_that_takes_long_loses_the_wire(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++) {
        serve();
        wait_for_visits(visits(game.here) + 20);
        atomic_store(&game.others.count, 0);
        assert_ok(sabir_ref_send_value(game.ping, Go_type(), &(struct Go){0}, NULL));
        sabir_ref *other;
        assert_ok(
            sabir_manager_remote(game.there, "other", sabir_manager_endpoint(game.here), SABIR_DIALECT_V1, &other));
        send_number(other, 1, NULL); /* comes while it is at work, and sets it free */
        sabir_ref_release(other);
        gate_wait(&game.others, 1);
        atomic_store(&game.last, 0);
        gate_wait(&game.over, (uint32_t)i + 1);
        atomic_store(&game.last, ENDLESS);
        game.next = 0;
    }
}

static void mail_for_a_new_peer_goes_while_the_wire_is_lent(void **state) {
    (void)state;
    serve();
    wait_for_visits(20);
    for (int i = 0; i < 3; i++) {
        sabir_manager *third = node_new();
        sabir_ref *ref, *remote;
        ref = stage_manage(third, "third", NULL, Number_type(), on_other);
        assert_ok(sabir_manager_start(third));
        assert_ok(sabir_manager_remote(game.here, "third", sabir_manager_endpoint(third), SABIR_DIALECT_V1, &remote));
        uint32_t read = visits(game.here);
        send_number(remote, 1, NULL);
        gate_wait(&game.others, (uint32_t)i + 1);
        wait_for_visits(read + 20); /* and it is lent again */
        sabir_ref_release(remote);
        sabir_ref_release(ref);
        stage_free(third);
    }
    whistle();
    assert_false(game.is_wrong);
}

static void a_node_stops_in_the_middle_of_a_game(void **state) {
    for (int i = 0; i < 15; i++) {
        serve();
        wait_for_visits(5 + (uint32_t)i);
        int64_t begin_ns = sb_now_ns();
        if (i % 2) assert_ok(sabir_manager_stop_actor(game.here, game.ping));
        end(state);
        assert_true(sb_now_ns() - begin_ns < STAGE_PATIENCE_NS);
        begin(state);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_answers_message_by_message_reads_the_wire, begin, end),
        cmocka_unit_test_setup_teardown(at_rest_the_wire_is_back_and_nobody_wakes_up, begin, end),
        cmocka_unit_test_setup_teardown(what_comes_from_within_finds_the_one_who_reads_the_wire, begin, end),
        cmocka_unit_test_setup_teardown(a_guest_that_takes_long_loses_the_wire, begin, end),
        cmocka_unit_test_setup_teardown(mail_for_a_new_peer_goes_while_the_wire_is_lent, begin, end),
        cmocka_unit_test_setup_teardown(a_node_stops_in_the_middle_of_a_game, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
