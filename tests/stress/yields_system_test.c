/*
 * A manager with a group, actors on threads of their own, fast_send, ask and timers, compiled with a seeded yield at every atomic operation
 * (support/yield.h). Whatever the seed: order for each pair, exact counts, nobody forgotten. What an actor has is plain memory, so that
 * ThreadSanitizer sees two threads in one actor, and a hand-over that hands over less than it should.
 *
 *     make yields SEEDS=200 [SEED=n]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/random_value.h"
#include "support/stage.h"
#include "support/yield.h"
#include "thread.h"

#define SEEDS 30
#define STATIONS 7
#define MEMBERS 5 /* the first ones: of a group */
#define DRIVERS 2
#define SENDERS (STATIONS + DRIVERS)
#define ROUNDS 12 /* after each of them everybody comes to rest */
#define BURST 4
#define HOPS 20

/* `number` counts what `from` sent to this receiver; at the end of its way a step is told to the driver it came from. */
#define STEP_FIELDS(F) F(SABIR_INT64, from) F(SABIR_INT64, number) F(SABIR_INT64, hops) F(SABIR_INT64, driver)
SABIR_MESSAGE_NAMED(Step, "yields.Step", STEP_FIELDS);

struct station {
    int64_t who;
    struct random random;
    int64_t sent[STATIONS];
    int64_t heard[SENDERS];
    uint64_t steps, calls, timeouts;
    uint64_t called[STATIONS];
};

struct driver {
    struct gate arrived;
    int64_t number;
    struct random random;
    uint64_t called[STATIONS];
};

static struct station stations[STATIONS];
static struct driver drivers[DRIVERS];
static sabir_ref *refs[STATIONS];
static _Atomic uint32_t armed; /* relaxed: it must not put anybody in order */
static struct gate fired;

static void call(struct random *random, uint64_t called[], sabir_ref *self) {
    size_t to = random_below(random, STATIONS);
    struct Answer answer = {0};
    bool replied = false;
    uint32_t flags = random_below(random, 2) ? SABIR_FAST_ORDERED : 0;
    int code = sabir_ref_fast_send(refs[to], self, Number_type(), &(struct Number){7}, Answer_type(), &answer,
                                   sizeof answer, flags, &replied);
    if (code == SABIR_EREENTRANT || code == SABIR_EDEADLOCK) return;
    if (code != SABIR_OK || !replied || answer.value != 8) abort();
    called[to]++;
}

static void arm(struct station *station, sabir_ref *self) {
    uint64_t timer;
    if (sabir_timer_once(self, (int64_t)random_below(&station->random, 20000), &timer) != SABIR_OK) abort();
    atomic_fetch_add_explicit(&armed, 1, memory_order_relaxed);
}

static int on_step(void *self, const void *value, sabir_context *context) {
    struct station *station = self;
    const struct Step *step = value;
    if (step->number != ++station->heard[step->from]) abort(); /* lost, doubled or overtaken */
    station->steps++;
    if (random_below(&station->random, 6) == 0) call(&station->random, station->called, sabir_context_self(context));
    if (random_below(&station->random, 10) == 0) arm(station, sabir_context_self(context));
    if (step->hops == 0) {
        gate_open(&drivers[step->driver].arrived);
        return SABIR_OK;
    }
    size_t to = random_below(&station->random, STATIONS);
    struct Step next = {station->who, ++station->sent[to], step->hops - 1, step->driver};
    return sabir_ref_send_value(refs[to], Step_type(), &next, sabir_context_self(context));
}

static int on_call(void *self, const void *value, sabir_context *context) {
    struct station *station = self;
    station->calls++;
    if (random_below(&station->random, 4) == 0) call(&station->random, station->called, sabir_context_self(context));
    return sabir_context_reply_value(context, Answer_type(),
                                     &(struct Answer){((const struct Number *)value)->value + 1});
}

static int on_timeout(void *self, const void *value, sabir_context *context) {
    (void)value, (void)context;
    ((struct station *)self)->timeouts++;
    gate_open(&fired);
    return SABIR_OK;
}

static sabir_manager *new_stations(struct random *random) {
    sabir_manager *manager = stage_new();
    sabir_group *group;
    assert_ok(sabir_group_new(manager, "workers", 3, &group));
    for (int64_t i = 0; i < STATIONS; i++) {
        char name[16];
        snprintf(name, sizeof name, "station %d", (int)i);
        stations[i] = (struct station){.who = i, .random = {random_next(random)}};
        sabir_actor *actor = stage_actor(&stations[i], Step_type(), on_step);
        assert_ok(sabir_actor_on(actor, Number_type(), on_call));
        assert_ok(sabir_actor_on(actor, sabir_type_timeout(), on_timeout));
        if (i < MEMBERS) assert_ok(sabir_actor_set_group(actor, group));
        if (random_below(random, 2)) assert_ok(sabir_actor_set_spin_ns(actor, 0));
        assert_ok(sabir_manager_manage(manager, name, actor, &refs[i]));
    }
    return manager;
}

static void release_stations(void) {
    for (int i = 0; i < STATIONS; i++) sabir_ref_release(refs[i]);
}

/* ---- Everybody to everybody ----------------------------------------------------------------------------------------------- */

static void ask(struct driver *driver) {
    size_t to = random_below(&driver->random, STATIONS);
    sabir_message *reply;
    const void *answer;
    assert_ok(sabir_ref_ask(refs[to], new_number(41), 6 * STAGE_PATIENCE_NS, &reply));
    assert_ok(sabir_message_value_get(reply, Answer_type(), &answer));
    assert_int_equal(((const struct Answer *)answer)->value, 42);
    sabir_message_free(reply);
    driver->called[to]++;
}

static void drive(void *argument) {
    struct driver *driver = argument;
    int64_t sent[STATIONS] = {0};
    for (uint32_t round = 1; round <= ROUNDS; round++) {
        for (int i = 0; i < BURST; i++) {
            size_t to = random_below(&driver->random, STATIONS);
            struct Step step = {STATIONS + driver->number, ++sent[to], HOPS, driver->number};
            assert_ok(sabir_ref_send_value(refs[to], Step_type(), &step, NULL));
        }
        call(&driver->random, driver->called, NULL);
        ask(driver);
        gate_wait(&driver->arrived, round * BURST);
    }
}

static void judge_counts(void) {
    uint64_t steps = 0, timeouts = 0;
    for (size_t at = 0; at < STATIONS; at++) {
        uint64_t called = drivers[0].called[at] + drivers[1].called[at];
        for (size_t from = 0; from < STATIONS; from++) {
            called += stations[from].called[at];
            assert_int_equal(stations[at].heard[from], stations[from].sent[at]);
        }
        assert_int_equal(stations[at].calls, called);
        steps += stations[at].steps;
        timeouts += stations[at].timeouts;
    }
    assert_int_equal(steps, (uint64_t)DRIVERS * ROUNDS * BURST * (HOPS + 1));
    assert_int_equal(timeouts, atomic_load(&armed));
}

static void play_system(uint64_t seed) {
    struct random random = {seed};
    struct stage_thread threads[DRIVERS];
    sabir_manager *manager = new_stations(&random);
    atomic_store(&armed, 0);
    fired = (struct gate){0};
    assert_ok(sabir_manager_start(manager));
    for (int i = 0; i < DRIVERS; i++) {
        drivers[i] = (struct driver){.number = i, .random = {random_next(&random)}};
        stage_thread_start(&threads[i], drive, &drivers[i]);
    }
    for (int i = 0; i < DRIVERS; i++) stage_thread_join(&threads[i]);
    gate_wait(&fired, atomic_load(&armed));
    stage_free(manager);
    judge_counts();
    release_stations();
}

static void a_system_keeps_order_and_counts(void **state) {
    (void)state;
    yield_each_seed(SEEDS, play_system);
}

/* ---- Stopped in the middle of it ------------------------------------------------------------------------------------------- */

#define BEFORE_THE_STOP 60

struct flood {
    struct gate *goes;
    size_t to;
    int64_t number;
    int64_t accepted, calls;
};

static _Atomic uint64_t buried;

static void count_letter(void *user_data, uint32_t reason, const char *target, const char *type, const char *detail) {
    (void)user_data, (void)reason, (void)target, (void)detail;
    if (type && strcmp(type, "yields.Step") == 0) atomic_fetch_add_explicit(&buried, 1, memory_order_relaxed);
}

/* Until it is refused. A call is refused as soon as the actor ends, a message as soon as its mailbox is closed. */
static void flood(void *argument) {
    struct flood *flood = argument;
    for (int code = SABIR_OK; code == SABIR_OK || code == SABIR_EFULL;) {
        struct Step step = {STATIONS + flood->number, flood->accepted + 1, 0, 0};
        code = sabir_ref_send_value(refs[flood->to], Step_type(), &step, NULL);
        if (code == SABIR_OK && ++flood->accepted == BEFORE_THE_STOP) gate_open(flood->goes);
        if (code == SABIR_EFULL) sb_yield();
        if (code != SABIR_OK && code != SABIR_EFULL && code != SABIR_ECLOSED) abort();
        if (flood->accepted % 16) continue;
        int called =
            sabir_ref_fast_send(refs[flood->to], NULL, Number_type(), &(struct Number){1}, NULL, NULL, 0, 0, NULL);
        if (called == SABIR_OK) flood->calls++;
        if (called != SABIR_OK && called != SABIR_ECLOSED) abort();
    }
}

static int on_plain_step(void *self, const void *value, sabir_context *context) {
    (void)context;
    struct station *station = self;
    const struct Step *step = value;
    if (step->number != ++station->heard[step->from]) abort();
    station->steps++;
    return SABIR_OK;
}

static int on_plain_call(void *self, const void *value, sabir_context *context) {
    (void)value, (void)context;
    ((struct station *)self)->calls++;
    return SABIR_OK;
}

/* Two actors, one of them in a group. */
static sabir_manager *new_targets(uint64_t seed) {
    sabir_config *config;
    sabir_manager *manager;
    sabir_group *group;
    assert_ok(sabir_config_new(&config));
    assert_ok(sabir_config_set_stop_timeout_ns(config, 6 * STAGE_PATIENCE_NS));
    assert_ok(sabir_config_set_drain(config, seed % 2 == 0));
    assert_ok(sabir_manager_new(config, &manager));
    sabir_config_free(config);
    assert_ok(sabir_manager_on_dead_letter(manager, count_letter, NULL, NULL));
    assert_ok(sabir_group_new(manager, "workers", 2, &group));
    for (int i = 0; i < 2; i++) {
        stations[i] = (struct station){.who = i};
        sabir_actor *actor = stage_actor(&stations[i], Step_type(), on_plain_step);
        assert_ok(sabir_actor_on(actor, Number_type(), on_plain_call));
        assert_ok(sabir_actor_set_capacity_msgs(actor, 64));
        if (i == 0) assert_ok(sabir_actor_set_group(actor, group));
        assert_ok(sabir_manager_manage(manager, i ? "own thread" : "member", actor, &refs[i]));
    }
    return manager;
}

static void play_stop(uint64_t seed) {
    enum { FLOODS = 4 };
    struct gate goes = {0};
    struct flood floods[FLOODS];
    struct stage_thread threads[FLOODS];
    atomic_store(&buried, 0);
    sabir_manager *manager = new_targets(seed);
    assert_ok(sabir_manager_start(manager));
    for (int i = 0; i < FLOODS; i++) {
        floods[i] = (struct flood){.goes = &goes, .to = (size_t)i % 2, .number = i / 2};
        stage_thread_start(&threads[i], flood, &floods[i]);
    }
    gate_wait(&goes, FLOODS);
    assert_ok(sabir_manager_stop(manager));
    int64_t accepted = 0, handled = (int64_t)(stations[0].steps + stations[1].steps);
    for (int i = 0; i < FLOODS; i++) {
        stage_thread_join(&threads[i]);
        accepted += floods[i].accepted;
    }
    for (size_t i = 0; i < 2; i++) assert_int_equal(stations[i].calls, floods[i].calls + floods[i + 2].calls);
    assert_int_equal(accepted, handled + (int64_t)atomic_load(&buried));
    sabir_manager_free(manager);
    sabir_ref_release(refs[0]);
    sabir_ref_release(refs[1]);
}

static void a_stop_handles_or_buries_every_message(void **state) {
    (void)state;
    yield_each_seed(SEEDS, play_stop);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_system_keeps_order_and_counts),
        cmocka_unit_test(a_stop_handles_or_buries_every_message),
        cmocka_unit_test(there_were_yields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
