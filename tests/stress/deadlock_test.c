/*
 * Random graphs of fast_send and blocking ask over threads: each call completes, or is told of a cycle that is true; nothing hangs.
 *
 * Every thread keeps a note of which actors it is in and what it waits for, written before the core can know and wiped after the core
 * has forgotten. An accusation names actors: `a -> b -> c -> a`. While the accused has not moved, nobody of a true cycle can: so each
 * "x -> y" must stand in the notes, as a thread that is in x and waits for y.
 *
 * Compiled with a seeded yield at every atomic operation of the core (support/yield.h): make yields SEEDS=200 [SEED=n]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/random_value.h"
#include "support/stage.h"
#include "support/yield.h"
#include "thread.h"

#define SEEDS 10
#define ACTORS 6
#define MEMBERS 3 /* the last ones: of a group, with a worker for each of them, for they block */
#define CALLERS 3
#define ROUNDS 40
#define DEPTH 3
#define CHAINS_MOST 64
#define NEST_MOST 64 /* an ordered call runs what is queued, and that may call */
#define INSIDE_SITE 1
#define HANG_NS (45000 * STAGE_MS)

/* `chain`: the note of who waits for this (-1: nobody does), `number`: which of its waits. */
#define VISIT_FIELDS(F) F(SABIR_INT64, chain) F(SABIR_INT64, number) F(SABIR_INT64, depth)
SABIR_MESSAGE_NAMED(Visit, "deadlock.Visit", VISIT_FIELDS);

/* ---- The notes ------------------------------------------------------------------------------------------------------------- */

struct wait {
    size_t actor;
    int64_t number;
    bool is_over;
};

struct note {
    size_t inside[NEST_MOST];
    size_t inside_count;
    struct wait waits[NEST_MOST];
    size_t wait_count;
};

static struct sb_mutex book;
static struct note notes[CHAINS_MOST];
static int64_t chains, last_number;
static _Thread_local int64_t own = -1;

static _Atomic uint64_t completed, reentrant, asked_in_vain, called_in_vain;

static struct note *own_note_locked(void) {
    if (own < 0) own = chains++;
    if (own >= CHAINS_MOST || notes[own].inside_count >= NEST_MOST || notes[own].wait_count >= NEST_MOST) abort();
    return &notes[own];
}

static void note_enter(size_t actor, const struct Visit *visit) {
    sb_mutex_lock(&book);
    struct note *note = own_note_locked();
    note->inside[note->inside_count++] = actor;
    for (size_t i = 0; i < note->wait_count; i++) /* our own fast_send has got in */
        if (visit->chain == own && note->waits[i].number == visit->number) note->waits[i].is_over = true;
    sb_mutex_unlock(&book);
}

static void note_leave(void) {
    sb_mutex_lock(&book);
    own_note_locked()->inside_count--;
    sb_mutex_unlock(&book);
}

static struct Visit note_wait(size_t actor, int64_t depth) {
    sb_mutex_lock(&book);
    struct note *note = own_note_locked();
    struct Visit visit = {own, ++last_number, depth};
    note->waits[note->wait_count++] = (struct wait){actor, visit.number, false};
    sb_mutex_unlock(&book);
    return visit;
}

static void note_waited(void) {
    sb_mutex_lock(&book);
    own_note_locked()->wait_count--;
    sb_mutex_unlock(&book);
}

/* The answer was sent. */
static void note_answered(const struct Visit *visit) {
    if (visit->chain < 0) return;
    sb_mutex_lock(&book);
    struct note *note = &notes[visit->chain];
    for (size_t i = 0; i < note->wait_count; i++)
        if (note->waits[i].number == visit->number) note->waits[i].is_over = true;
    sb_mutex_unlock(&book);
}

static bool is_inside_locked(const struct note *note, size_t actor) {
    for (size_t i = 0; i < note->inside_count; i++)
        if (note->inside[i] == actor) return true;
    return false;
}

static bool am_inside(size_t actor) {
    sb_mutex_lock(&book);
    bool inside = is_inside_locked(own_note_locked(), actor);
    sb_mutex_unlock(&book);
    return inside;
}

/* Some thread is in `from` and waits for `to`. */
static bool is_edge_locked(size_t from, size_t to) {
    for (int64_t chain = 0; chain < chains; chain++)
        for (size_t i = 0; is_inside_locked(&notes[chain], from) && i < notes[chain].wait_count; i++)
            if (notes[chain].waits[i].actor == to && !notes[chain].waits[i].is_over) return true;
    return false;
}

/* ---- The judge ------------------------------------------------------------------------------------------------------------- */

static void accuse_falsely(const char *what, const char *words) {
    fprintf(stderr, "deadlock: %s: %s\n", what, words);
    abort(); /* we are on any thread */
}

/* Actors are called a, b, c ...: the words of an accusation hold nothing else behind the colon. */
static void judge_cycle(size_t wanted) {
    char words[256];
    size_t cycle[NEST_MOST], count = 0;
    sabir_error_detail_copy(words, sizeof words);
    const char *at = strrchr(words, ':');
    if (!at) accuse_falsely("names nobody", words);
    for (at += 2; count < NEST_MOST; at += 5) {
        cycle[count++] = (size_t)(at[0] - 'a');
        if (strncmp(at + 1, " -> ", 4) != 0) break;
    }
    if (count < 3 || at[1] != '\0' || cycle[0] != wanted || cycle[count - 1] != wanted)
        accuse_falsely("no cycle that begins and ends with what was wanted", words);
    sb_mutex_lock(&book);
    for (size_t i = 0; i + 1 < count; i++)
        if (!is_edge_locked(cycle[i], cycle[i + 1])) accuse_falsely("not all of them wait for each other", words);
    sb_mutex_unlock(&book);
}

static void judge(int code, size_t to, bool was_inside, _Atomic uint64_t *in_vain) {
    char words[256];
    sabir_error_detail_copy(words, sizeof words);
    if (was_inside != (code == SABIR_EREENTRANT)) accuse_falsely("reentrant or not", words);
    if (code == SABIR_EDEADLOCK) {
        judge_cycle(to);
        atomic_fetch_add(in_vain, 1);
    } else if (code == SABIR_EREENTRANT) {
        atomic_fetch_add(&reentrant, 1);
    } else if (code == SABIR_OK) {
        atomic_fetch_add(&completed, 1);
    } else {
        accuse_falsely("neither completed nor a cycle", words);
    }
}

/* ---- Who calls whom -------------------------------------------------------------------------------------------------------- */

struct world {
    sabir_ref *refs[ACTORS];
    bool upwards; /* an actor calls later ones alone: there is no cycle to be found */
};

struct player {
    size_t index;
    struct random random; /* under the actor's exclusivity */
};

static struct world world;
static struct player players[ACTORS];
static struct gate plain_handled; /* what nobody waited for */

static int call(size_t to, struct Visit visit, bool in_order) {
    struct Answer answer = {0};
    bool replied = false;
    int code = sabir_ref_fast_send(world.refs[to], NULL, Visit_type(), &visit, Answer_type(), &answer, sizeof answer,
                                   in_order ? SABIR_FAST_ORDERED : 0, &replied);
    if (code == SABIR_OK && (!replied || answer.value != visit.number)) accuse_falsely("the wrong reply", "fast_send");
    return code;
}

static int ask(size_t to, struct Visit visit) {
    sabir_message *request, *reply = NULL;
    const void *answer = NULL;
    assert_ok(sabir_message_new(Visit_type(), &visit, &request));
    int code = sabir_ref_ask(world.refs[to], request, HANG_NS, &reply);
    if (code != SABIR_OK) return code;
    assert_ok(sabir_message_value_get(reply, Answer_type(), &answer));
    if (((const struct Answer *)answer)->value != visit.number) accuse_falsely("the wrong reply", "ask");
    sabir_message_free(reply);
    return code;
}

static void make_a_call(struct random *random, size_t first, int64_t depth) {
    size_t to = first + random_below(random, ACTORS - first);
    bool was_inside = am_inside(to), asks = random_below(random, 2);
    struct Visit visit = note_wait(to, depth);
    int code = asks ? ask(to, visit) : call(to, visit, random_below(random, 3) == 0);
    judge(code, to, was_inside, asks ? &asked_in_vain : &called_in_vain);
    note_waited();
}

static int on_visit(void *self, const void *value, sabir_context *context) {
    struct player *player = self;
    struct Visit visit = *(const struct Visit *)value;
    size_t first = world.upwards ? player->index + 1 : 0;
    note_enter(player->index, &visit);
    for (int64_t depth = visit.depth; depth > 0 && first < ACTORS; depth -= 2) {
        yield_here(INSIDE_SITE);
        make_a_call(&player->random, first, depth - 1);
    }
    int code = sabir_context_reply_value(context, Answer_type(), &(struct Answer){visit.number});
    note_answered(&visit);
    note_leave();
    if (visit.chain < 0) gate_open(&plain_handled);
    return code == SABIR_ENOENT ? SABIR_OK : code; /* nobody asked */
}

struct caller {
    struct random random;
    uint32_t sent;
};

static void roam(void *argument) {
    struct caller *caller = argument;
    for (int i = 0; i < ROUNDS; i++) {
        sabir_ref *to = world.refs[random_below(&caller->random, ACTORS)];
        if (random_below(&caller->random, 2)) {
            make_a_call(&caller->random, 0, DEPTH);
        } else {
            assert_ok(sabir_ref_send_value(to, Visit_type(), &(struct Visit){-1, 0, DEPTH}, NULL));
            caller->sent++;
        }
    }
}

static sabir_manager *new_world(struct random *random, bool upwards) {
    sabir_manager *manager = stage_new();
    sabir_group *group;
    assert_ok(sabir_group_new(manager, "workers", MEMBERS, &group));
    world.upwards = upwards;
    for (size_t i = 0; i < ACTORS; i++) {
        players[i] = (struct player){i, {random_next(random)}};
        sabir_actor *actor = stage_actor(&players[i], Visit_type(), on_visit);
        if (i >= ACTORS - MEMBERS) assert_ok(sabir_actor_set_group(actor, group));
        assert_ok(sabir_manager_manage(manager, (char[]){(char)('a' + i), '\0'}, actor, &world.refs[i]));
    }
    assert_ok(sabir_manager_start(manager));
    return manager;
}

static void play(uint64_t seed, bool upwards) {
    struct random random = {seed};
    struct caller callers[CALLERS];
    struct stage_thread threads[CALLERS];
    uint32_t sent = 0;
    memset(notes, 0, sizeof notes);
    plain_handled = (struct gate){0};
    chains = 0; /* every thread of the round before is gone, but this one never calls */
    sabir_manager *manager = new_world(&random, upwards);
    for (int i = 0; i < CALLERS; i++) {
        callers[i] = (struct caller){{random_next(&random)}, 0};
        stage_thread_start(&threads[i], roam, &callers[i]);
    }
    for (int i = 0; i < CALLERS; i++) {
        stage_thread_join(&threads[i]);
        sent += callers[i].sent;
    }
    gate_wait(&plain_handled, sent);
    stage_free(manager);
    for (size_t i = 0; i < ACTORS; i++) sabir_ref_release(world.refs[i]);
    for (int64_t i = 0; i < chains; i++) assert_int_equal(notes[i].inside_count + notes[i].wait_count, 0);
}

static void play_any(uint64_t seed) {
    play(seed, false);
}

static void play_upwards(uint64_t seed) {
    play(seed, true);
}

static void reset_counts(void) {
    atomic_store(&completed, 0);
    atomic_store(&reentrant, 0);
    atomic_store(&asked_in_vain, 0);
    atomic_store(&called_in_vain, 0);
}

static void say_counts(void) {
    print_message("# %llu completed, %llu came back to themselves, cycles: %llu closed by fast_send, %llu by ask\n",
                  (unsigned long long)completed, (unsigned long long)reentrant, (unsigned long long)called_in_vain,
                  (unsigned long long)asked_in_vain);
}

static void each_call_completes_or_names_a_true_cycle(void **state) {
    (void)state;
    reset_counts();
    yield_each_seed(SEEDS, play_any);
    say_counts();
    assert_true(completed > 0 && reentrant > 0 && called_in_vain > 0 && asked_in_vain > 0);
}

static void nobody_is_accused_where_there_is_no_cycle(void **state) {
    (void)state;
    reset_counts();
    yield_each_seed(SEEDS, play_upwards);
    say_counts();
    assert_true(completed > 0);
    assert_int_equal(reentrant + called_in_vain + asked_in_vain, 0);
}

static int set_up(void **state) {
    (void)state;
    sb_mutex_init(&book);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_call_completes_or_names_a_true_cycle),
        cmocka_unit_test(nobody_is_accused_where_there_is_no_cycle),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
