/*
 * Actors that are reserved for a thread, as programs meet them: with SABIR_FAST_ORDERED, with messages in between, as members of a group.
 * Everything is done with public calls; the inside is looked at only to know that there is a reservation.
 */
#include "actor.h"

#include <string.h>

#include "support/helper.h"
#include "thread.h"

#define PLAIN ((int64_t)-1) /* a call that is not counted: it overtakes */
#define SENDERS 2
#define EACH 1000000
#define HOLD ((int64_t)-2) /* a call that stays inside until it is let go */

/* It knows what each sender has sent: 0, 1, 2 ... */
struct seer {
    sabir_ref *ref;
    int64_t next[SENDERS];
    _Atomic int inside;
    _Atomic uint32_t faults;
    _Atomic uint32_t seen;
    struct gate entered;
    struct gate go;
};

static int see(void *self, const void *value, sabir_context *context) {
    (void)context;
    struct seer *seer = self;
    int64_t number = ((const struct Number *)value)->value;
    if (atomic_fetch_add(&seer->inside, 1) != 0) atomic_fetch_add(&seer->faults, 1);
    if (number == HOLD) {
        uint32_t before = atomic_load(&seer->go.count);
        gate_open(&seer->entered);
        gate_wait(&seer->go, before + 1);
    } else if (number != PLAIN) {
        int64_t *next = &seer->next[number / EACH];
        if (number % EACH != *next) atomic_fetch_add(&seer->faults, 1);
        *next = number % EACH + 1;
        atomic_fetch_add(&seer->seen, 1);
    }
    atomic_fetch_sub(&seer->inside, 1);
    return SABIR_OK;
}

/* ---- The stage: each test is played by an actor with a thread of its own, and by a member --------------------------------- */

struct play {
    sabir_manager *manager;
    sabir_group *group; /* NULL: no group */
    struct seer seer;
};

static sabir_ref *add(struct play *play, const char *name, void *self, sabir_handler handler) {
    sabir_actor *actor = stage_actor(self, Number_type(), handler);
    sabir_ref *ref;
    if (play->group) assert_ok(sabir_actor_set_group(actor, play->group));
    assert_ok(sabir_manager_manage(play->manager, name, actor, &ref));
    return ref;
}

static void play_begin(struct play *play, bool in_group) {
    *play = (struct play){.manager = stage_new()};
    if (in_group) assert_ok(sabir_group_new(play->manager, "pool", 2, &play->group));
    play->seer.ref = add(play, "seer", &play->seer, see);
}

static void play_end(struct play *play) {
    sabir_ref_release(play->seer.ref);
    stage_free(play->manager);
    assert_int_equal(atomic_load(&play->seer.faults), 0);
}

static int call_timed(sabir_ref *ref, int64_t number, uint32_t flags, int64_t timeout_ns) {
    return sabir_ref_fast_send_timed(ref, NULL, Number_type(), &(struct Number){number}, NULL, NULL, 0, flags,
                                     timeout_ns, NULL);
}

static int call(sabir_ref *ref, int64_t number, uint32_t flags) {
    return sabir_ref_fast_send(ref, NULL, Number_type(), &(struct Number){number}, NULL, NULL, 0, flags, NULL);
}

static bool is_reserved(const sabir_ref *ref) {
    return (atomic_load(&sb_actor_of(ref)->ownership.owner) & SB_OWNER_RESERVED) != 0;
}

/* Call it until it is reserved for the calling thread, where actors are reserved at all. */
static int earn(void *seer) {
    sabir_ref *ref = ((struct seer *)seer)->ref;
    int code = SABIR_OK;
    for (int64_t until_ns = sb_now_ns() + STAGE_PATIENCE_NS; code == SABIR_OK;) {
        for (int i = 0; i < 16 && code == SABIR_OK; i++) code = call(ref, PLAIN, 0);
        if (is_reserved(ref) || !sb_barrier_everywhere_prepare()) return code;
        if (sb_now_ns() > until_ns) return SABIR_ETIMEDOUT;
    }
    return code;
}

static int hold(void *seer) {
    return call(((struct seer *)seer)->ref, HOLD, 0);
}

static int call_ordered_at_once(void *seer) {
    return call_timed(((struct seer *)seer)->ref, PLAIN, SABIR_FAST_ORDERED, 0);
}

static int call_ordered_in_time(void *seer) {
    return call_timed(((struct seer *)seer)->ref, PLAIN, SABIR_FAST_ORDERED, 5 * STAGE_MS);
}

static int call_ordered(void *seer) {
    return call(((struct seer *)seer)->ref, PLAIN, SABIR_FAST_ORDERED);
}

/* A reservation is earned by a few calls, so that it comes and goes often. */
static struct sb_patience usual_patience;
static int be_impatient(void **state) {
    (void)state;
    usual_patience = sb_patience;
    sb_patience = (struct sb_patience){2, 3};
    return 0;
}

/* ---- Order ------------------------------------------------------------------------------------------------------------------ */

static void what_was_queued_comes_before_an_ordered_call(void **state) {
    (void)state;
    enum { ROUNDS = 300 };
    for (int in_group = 0; in_group < 2; in_group++) {
        struct play play;
        play_begin(&play, in_group);
        assert_ok(sabir_manager_start(play.manager));
        int64_t next = 0;
        for (int round = 0; round < ROUNDS; round++) {
            assert_ok(earn(&play.seer));
            for (int i = 0; i < round % 4; i++) send_number(play.seer.ref, next++, NULL);
            assert_ok(call(play.seer.ref, next++, SABIR_FAST_ORDERED));
            assert_int_equal(atomic_load(&play.seer.seen), next); /* all of them are over */
        }
        play_end(&play);
    }
}

struct rival {
    struct seer *seer;
    int64_t number; /* of its first message */
};

/* Call in peace, so that it is reserved; then send and call in order. */
static int compete(void *argument) {
    enum { ROUNDS = 1500 };
    struct rival *rival = argument;
    int code = SABIR_OK;
    for (int round = 0; round < ROUNDS && code == SABIR_OK; round++) {
        for (int i = 0; i < 12 && code == SABIR_OK; i++) code = call(rival->seer->ref, PLAIN, 0);
        for (int i = 0; i < round % 3; i++) send_number(rival->seer->ref, rival->number++, NULL);
        if (code == SABIR_OK) code = call(rival->seer->ref, rival->number++, SABIR_FAST_ORDERED);
    }
    return code;
}

static void those_who_take_it_from_each_other_keep_their_order(void **state) {
    (void)state;
    for (int in_group = 0; in_group < 2; in_group++) {
        struct play play;
        play_begin(&play, in_group);
        assert_ok(sabir_manager_start(play.manager));
        struct rival rivals[SENDERS];
        struct helper helpers[SENDERS];
        for (int i = 0; i < SENDERS; i++) {
            rivals[i] = (struct rival){&play.seer, (int64_t)i * EACH};
            helper_start(&helpers[i]);
            helper_begin(&helpers[i], compete, &rivals[i]);
        }
        uint32_t sent = 0;
        for (int i = 0; i < SENDERS; i++) {
            assert_ok(helper_end(&helpers[i]));
            helper_stop(&helpers[i]);
            sent += (uint32_t)(rivals[i].number % EACH);
        }
        assert_int_equal(atomic_load(&play.seer.seen), sent);
        play_end(&play);
    }
}

/* ---- From a handler -------------------------------------------------------------------------------------------------------- */

struct caller {
    sabir_ref *self;
    struct seer *seer;
    struct gate done;
    int codes[3];
};

static int earn_send_and_call(void *self, const void *value, sabir_context *context) {
    (void)value, (void)context;
    struct caller *caller = self;
    caller->codes[0] = earn(caller->seer);
    for (int64_t i = 0; i < 3; i++) send_number(caller->seer->ref, i, NULL);
    caller->codes[1] = call(caller->seer->ref, 3, SABIR_FAST_ORDERED);
    if (atomic_load(&caller->seer->seen) != 4) caller->codes[1] = SABIR_ESTATE;
    caller->codes[2] = call(caller->self, PLAIN, SABIR_FAST_ORDERED);
    gate_open(&caller->done);
    return SABIR_OK;
}

static void a_handler_has_actors_reserved_as_well(void **state) {
    (void)state;
    struct sb_patience impatient = sb_patience;
    sb_patience = usual_patience; /* once as programs have it */
    for (int in_group = 0; in_group < 2; in_group++) {
        struct play play;
        play_begin(&play, in_group);
        struct caller caller = {.seer = &play.seer};
        caller.self = add(&play, "caller", &caller, earn_send_and_call);
        assert_ok(sabir_manager_start(play.manager));
        send_number(caller.self, 1, NULL);
        gate_wait(&caller.done, 1);
        assert_int_equal(caller.codes[0], SABIR_OK);
        assert_int_equal(caller.codes[1], SABIR_OK);
        assert_int_equal(caller.codes[2], SABIR_EREENTRANT);
        sabir_ref_release(caller.self);
        play_end(&play);
    }
    sb_patience = impatient;
}

/* It calls on, in order, when it is told 1. */
struct link {
    sabir_ref *self;
    sabir_ref *next;
    struct gate *inside;
    uint32_t waits_for; /* so many are to be inside before it calls */
    int64_t tells;      /* what it calls with */
};

static int call_on(void *self, const void *value, sabir_context *context) {
    (void)context;
    struct link *link = self;
    if (((const struct Number *)value)->value != 1) return SABIR_OK;
    gate_open(link->inside);
    gate_wait(link->inside, link->waits_for);
    return call(link->next, link->tells, SABIR_FAST_ORDERED);
}

static int enter_link(void *argument) {
    struct link *link = argument;
    struct seer seer = {.ref = link->self};
    int code = earn(&seer);
    return code == SABIR_OK ? call(link->self, 1, SABIR_FAST_ORDERED) : code;
}

static void a_circle_of_reserved_ones_is_a_deadlock_for_one(void **state) {
    (void)state;
    for (int in_group = 0; in_group < 2; in_group++) {
        struct play play;
        play_begin(&play, in_group);
        struct gate inside = {0};
        struct link alpha = {.inside = &inside, .waits_for = 2}, beta = alpha;
        alpha.self = beta.next = add(&play, "alpha", &alpha, call_on);
        beta.self = alpha.next = add(&play, "beta", &beta, call_on);
        assert_ok(sabir_manager_start(play.manager));
        struct helper helpers[2];
        for (int i = 0; i < 2; i++) helper_start(&helpers[i]);
        helper_begin(&helpers[0], enter_link, &alpha);
        helper_begin(&helpers[1], enter_link, &beta);
        int codes[2];
        for (int i = 0; i < 2; i++) codes[i] = helper_end(&helpers[i]);
        for (int i = 0; i < 2; i++) helper_stop(&helpers[i]);
        int loser = codes[0] == SABIR_OK;
        assert_int_equal(codes[!loser], SABIR_OK);
        assert_int_equal(codes[loser], SABIR_EFAILED); /* its handler came back with what it was told */
        assert_non_null(strstr(helpers[loser].detail, loser ? "alpha -> beta -> alpha" : "beta -> alpha -> beta"));
        sabir_ref_release(alpha.self);
        sabir_ref_release(beta.self);
        play_end(&play);
    }
}

static void a_chain_that_comes_back_to_a_reserved_one_is_reentrant(void **state) {
    (void)state;
    for (int in_group = 0; in_group < 2; in_group++) {
        struct play play;
        play_begin(&play, in_group);
        struct gate inside = {0};
        struct link alpha = {.inside = &inside, .tells = 1}, beta = alpha;
        alpha.self = beta.next = add(&play, "alpha", &alpha, call_on);
        beta.self = alpha.next = add(&play, "beta", &beta, call_on);
        assert_ok(sabir_manager_start(play.manager));
        assert_fails(enter_link(&beta), SABIR_EFAILED, "actor 'beta' is already in this chain of calls");
        assert_fails(enter_link(&alpha), SABIR_EFAILED, "actor 'alpha' is already in this chain of calls");
        assert_int_equal(atomic_load(&inside.count), 4);
        sabir_ref_release(alpha.self);
        sabir_ref_release(beta.self);
        play_end(&play);
    }
}

/* ---- Others ------------------------------------------------------------------------------------------------------------------ */

static void who_does_not_wait_gets_it_unless_it_is_in_use(void **state) {
    (void)state;
    for (int in_group = 0; in_group < 2; in_group++) {
        struct play play;
        struct helper owner;
        helper_start(&owner);
        play_begin(&play, in_group);
        assert_ok(sabir_manager_start(play.manager));
        assert_ok(helper_do(&owner, earn, &play.seer));
        assert_ok(call_ordered_at_once(&play.seer)); /* the owner is elsewhere */
        assert_ok(helper_do(&owner, earn, &play.seer));
        helper_begin(&owner, hold, &play.seer);
        gate_wait(&play.seer.entered, 1);
        assert_fails(call_ordered_at_once(&play.seer), SABIR_ETIMEDOUT, "at work on another thread");
        assert_fails(call_ordered_in_time(&play.seer), SABIR_ETIMEDOUT, "at work on another thread");
        for (int64_t i = 0; i < 3; i++) send_number(play.seer.ref, i, NULL);
        struct helper waiter;
        helper_start(&waiter);
        helper_begin(&waiter, call_ordered, &play.seer);
        gate_open(&play.seer.go);
        assert_ok(helper_end(&owner));
        assert_ok(helper_end(&waiter));
        assert_int_equal(atomic_load(&play.seer.seen), 3);
        helper_stop(&owner);
        helper_stop(&waiter);
        play_end(&play);
    }
}

/* Nobody calls any more: its own thread, or the group's, has to take the reservation away. */
static void messages_come_in_after_the_last_call(void **state) {
    (void)state;
    for (int in_group = 0; in_group < 2; in_group++) {
        struct play play;
        struct helper owner;
        helper_start(&owner);
        play_begin(&play, in_group);
        assert_ok(sabir_manager_start(play.manager));
        for (int64_t next = 0; next < 50;) {
            assert_ok(helper_do(&owner, earn, &play.seer));
            if (next % 2) helper_begin(&owner, hold, &play.seer); /* and while the last call lasts */
            if (next % 2) gate_wait(&play.seer.entered, (uint32_t)(next + 1) / 2);
            send_number(play.seer.ref, next++, NULL);
            if (next % 2 == 0) gate_open(&play.seer.go);
            if (next % 2 == 0) assert_ok(helper_end(&owner));
            for (int64_t until_ns = sb_now_ns() + STAGE_PATIENCE_NS; atomic_load(&play.seer.seen) < next; sb_yield())
                assert_true(sb_now_ns() < until_ns);
        }
        helper_stop(&owner);
        play_end(&play);
    }
}

static void a_reserved_one_can_be_stopped(void **state) {
    (void)state;
    for (int variant = 0; variant < 4; variant++) {
        struct play play;
        struct helper owner;
        helper_start(&owner);
        play_begin(&play, variant & 1);
        assert_ok(sabir_manager_start(play.manager));
        assert_ok(helper_do(&owner, earn, &play.seer));
        if (variant & 2) helper_stop(&owner); /* it was reserved for a thread that has gone */
        if (variant & 2) assert_ok(call_ordered(&play.seer));
        assert_ok(sabir_manager_stop_actor(play.manager, play.seer.ref));
        if (!(variant & 2)) assert_int_equal(helper_do(&owner, call_ordered, &play.seer), SABIR_ECLOSED);
        assert_fails(call_ordered(&play.seer), SABIR_ECLOSED, "has stopped");
        if (!(variant & 2)) helper_stop(&owner);
        play_end(&play);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_queued_comes_before_an_ordered_call),
        cmocka_unit_test(those_who_take_it_from_each_other_keep_their_order),
        cmocka_unit_test(a_handler_has_actors_reserved_as_well),
        cmocka_unit_test(a_circle_of_reserved_ones_is_a_deadlock_for_one),
        cmocka_unit_test(a_chain_that_comes_back_to_a_reserved_one_is_reentrant),
        cmocka_unit_test(who_does_not_wait_gets_it_unless_it_is_in_use),
        cmocka_unit_test(messages_come_in_after_the_last_call),
        cmocka_unit_test(a_reserved_one_can_be_stopped),
    };
    return cmocka_run_group_tests(tests, be_impatient, NULL);
}
