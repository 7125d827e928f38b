/*
 * Per-sender order in a pool of workers, judged by one check for two pools: a deliberately naive one, which must fail it, and the group,
 * which must not, with any number of workers. The naive pool is what one writes first: workers take messages out of one queue, in order,
 * and handle each at once. Nobody owns an actor, so two workers may have two messages of one actor in hand, and the later overtakes.
 *
 * Seeded yields (support/yield.h) stand between take and handle in both, and at every atomic operation of the core.
 */
#include <stdio.h>
#include <stdlib.h>

#include "support/random_value.h"
#include "support/stage.h"
#include "support/yield.h"
#include "thread.h"

#define SEEDS 5
#define ACTORS 4
#define SENDERS 3
#define EACH 300 /* from each sender to each actor */
#define WORKERS_MOST 6
#define HANDLE_SITE 1
#define BETWEEN_SITE 2
#define NAIVE_SEEDS_MOST 200 /* one is enough, nearly always */

/* ---- The check ------------------------------------------------------------------------------------------------------------- */

/* Relaxed atomics: the naive pool breaks the rules, and the check must not be what puts its threads in order. */
struct sink {
    _Atomic int64_t last[SENDERS];
    _Atomic int inside;
    _Atomic uint64_t handled, overtaken, crowded;
};

static struct sink sinks[ACTORS];

static void empty_sinks(void) {
    for (int i = 0; i < ACTORS; i++) {
        for (int s = 0; s < SENDERS; s++) atomic_init(&sinks[i].last[s], -1);
        atomic_init(&sinks[i].inside, 0);
        atomic_init(&sinks[i].handled, 0);
        atomic_init(&sinks[i].overtaken, 0);
        atomic_init(&sinks[i].crowded, 0);
    }
}

/* What every actor does with a message, in either pool. */
static void handle(struct sink *sink, int64_t number) {
    yield_here(BETWEEN_SITE);
    if (atomic_fetch_add_explicit(&sink->inside, 1, memory_order_relaxed) > 0)
        atomic_fetch_add_explicit(&sink->crowded, 1, memory_order_relaxed);
    int64_t before = atomic_exchange_explicit(&sink->last[number / EACH], number % EACH, memory_order_relaxed);
    if (number % EACH != before + 1) atomic_fetch_add_explicit(&sink->overtaken, 1, memory_order_relaxed);
    yield_here(HANDLE_SITE);
    atomic_fetch_add_explicit(&sink->handled, 1, memory_order_relaxed);
    atomic_fetch_sub_explicit(&sink->inside, 1, memory_order_relaxed);
}

struct verdict {
    uint64_t handled, overtaken, crowded;
};

static struct verdict judge(void) {
    struct verdict verdict = {0};
    for (int i = 0; i < ACTORS; i++) {
        verdict.handled += atomic_load(&sinks[i].handled);
        verdict.overtaken += atomic_load(&sinks[i].overtaken);
        verdict.crowded += atomic_load(&sinks[i].crowded);
    }
    return verdict;
}

/* ---- Senders --------------------------------------------------------------------------------------------------------------- */

struct sender {
    int64_t number;
    void (*post)(size_t actor, int64_t number);
};

static void send_all(void *argument) {
    struct sender *sender = argument;
    for (int64_t i = 0; i < EACH; i++)
        for (size_t actor = 0; actor < ACTORS; actor++) sender->post(actor, sender->number * EACH + i);
}

static void send_from_everybody(void (*post)(size_t actor, int64_t number)) {
    struct sender senders[SENDERS];
    struct stage_thread threads[SENDERS];
    for (int i = 0; i < SENDERS; i++) {
        senders[i] = (struct sender){i, post};
        stage_thread_start(&threads[i], send_all, &senders[i]);
    }
    for (int i = 0; i < SENDERS; i++) stage_thread_join(&threads[i]);
}

/* ---- The naive pool --------------------------------------------------------------------------------------------------------- */

static struct {
    struct sb_mutex lock;
    struct sb_condition changed;
    struct {
        size_t actor;
        int64_t number;
    } items[ACTORS * SENDERS * EACH]; /* room for all */
    size_t first, end;
    bool is_over;
} naive;

static void naive_post(size_t actor, int64_t number) {
    sb_mutex_lock(&naive.lock);
    naive.items[naive.end].actor = actor;
    naive.items[naive.end++].number = number;
    sb_condition_signal(&naive.changed);
    sb_mutex_unlock(&naive.lock);
}

static bool naive_take(size_t *actor, int64_t *number) {
    sb_mutex_lock(&naive.lock);
    while (naive.first == naive.end && !naive.is_over) sb_condition_wait(&naive.changed, &naive.lock, -1);
    bool has_one = naive.first < naive.end;
    if (has_one) {
        *actor = naive.items[naive.first].actor;
        *number = naive.items[naive.first++].number;
    }
    sb_mutex_unlock(&naive.lock);
    return has_one;
}

static void naive_work(void *argument) {
    size_t actor;
    int64_t number;
    (void)argument;
    while (naive_take(&actor, &number)) handle(&sinks[actor], number);
}

static struct verdict run_naive(size_t workers) {
    struct stage_thread threads[WORKERS_MOST];
    empty_sinks();
    naive.first = naive.end = 0;
    naive.is_over = false;
    sb_mutex_init(&naive.lock);
    sb_condition_init(&naive.changed);
    for (size_t i = 0; i < workers; i++) stage_thread_start(&threads[i], naive_work, NULL);
    send_from_everybody(naive_post);
    sb_mutex_lock(&naive.lock);
    naive.is_over = true;
    sb_condition_broadcast(&naive.changed);
    sb_mutex_unlock(&naive.lock);
    for (size_t i = 0; i < workers; i++) stage_thread_join(&threads[i]);
    sb_condition_free(&naive.changed);
    sb_mutex_free(&naive.lock);
    return judge();
}

static void a_naive_pool_of_one_worker_keeps_order(void **state) {
    (void)state;
    yield_seed_set(random_new().state | 1);
    struct verdict verdict = run_naive(1);
    yield_seed_set(0);
    assert_int_equal(verdict.handled, ACTORS * SENDERS * EACH);
    assert_int_equal(verdict.overtaken, 0);
    assert_int_equal(verdict.crowded, 0);
}

/* Whatever passes here proves that the check below can fail. */
static void a_naive_pool_fails_the_check(void **state) {
    (void)state;
    struct random random = random_new();
    struct verdict verdict = {0};
    int seeds = 0;
    while ((verdict.overtaken == 0 || verdict.crowded == 0) && seeds++ < NAIVE_SEEDS_MOST) {
        yield_seed_set(random_next(&random) | 1);
        struct verdict next = run_naive(WORKERS_MOST);
        assert_int_equal(next.handled, ACTORS * SENDERS * EACH); /* it loses nothing: order is what it breaks */
        verdict.overtaken += next.overtaken;
        verdict.crowded += next.crowded;
    }
    yield_seed_set(0);
    print_message("# seed %d: %d overtaken, %d in an actor where somebody was\n", seeds, (int)verdict.overtaken,
                  (int)verdict.crowded);
    assert_true(verdict.overtaken > 0);
    assert_true(verdict.crowded > 0);
}

/* ---- Ours ------------------------------------------------------------------------------------------------------------------ */

static sabir_ref *refs[ACTORS];

static void group_post(size_t actor, int64_t number) {
    send_number(refs[actor], number, NULL);
}

static int on_number(void *self, const void *value, sabir_context *context) {
    (void)context;
    handle(self, ((const struct Number *)value)->value);
    return SABIR_OK;
}

static struct verdict run_group(size_t workers) {
    sabir_manager *manager = stage_new();
    sabir_group *group;
    empty_sinks();
    assert_ok(sabir_group_new(manager, "workers", workers, &group));
    for (int i = 0; i < ACTORS; i++) {
        char name[16];
        snprintf(name, sizeof name, "sink %d", i);
        sabir_actor *actor = stage_actor(&sinks[i], Number_type(), on_number);
        assert_ok(sabir_actor_set_group(actor, group));
        assert_ok(sabir_manager_manage(manager, name, actor, &refs[i]));
    }
    assert_ok(sabir_manager_start(manager));
    send_from_everybody(group_post);
    stage_free(manager); /* which drains */
    for (int i = 0; i < ACTORS; i++) sabir_ref_release(refs[i]);
    return judge();
}

static void play_group(uint64_t seed) {
    (void)seed;
    for (size_t workers = 1; workers <= WORKERS_MOST; workers++) {
        struct verdict verdict = run_group(workers);
        assert_int_equal(verdict.handled, ACTORS * SENDERS * EACH);
        assert_int_equal(verdict.overtaken, 0);
        assert_int_equal(verdict.crowded, 0);
    }
}

static void the_group_passes_it_with_any_number_of_workers(void **state) {
    (void)state;
    yield_each_seed(SEEDS, play_group);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_naive_pool_of_one_worker_keeps_order),
        cmocka_unit_test(a_naive_pool_fails_the_check),
        cmocka_unit_test(the_group_passes_it_with_any_number_of_workers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
