#include "support/yield.h"

#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "support/random_value.h"
#include "support/stage.h"
#include "thread.h"

#define SEED_SECONDS_MOST 60

#define HOT_SITES 8 /* one in so many */
#define HOT_RATE 6
#define COLD_RATE 96
#define TURNS_MOST 256
#define SLEEP_NS_MOST 50000

static uint64_t seed, threads, yields;

static _Thread_local struct {
    uint64_t seed;
    uint64_t state;
} own;

/* The last step of splitmix64. */
static uint64_t mixed(uint64_t z) {
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static uint64_t next(void) {
    return mixed(own.state += UINT64_C(0x9E3779B97F4A7C15));
}

void yield_seed_set(uint64_t new_seed) {
    __atomic_store_n(&threads, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&seed, new_seed, __ATOMIC_RELAXED);
}

/* A test that knows nothing of yields, but is linked with a core that has them. */
__attribute__((constructor)) static void read_environment(void) {
    const char *told = getenv("SABIR_YIELDS");
    if (told && *told) yield_seed_set(strtoull(told, NULL, 10));
}

uint64_t yield_count(void) {
    return __atomic_load_n(&yields, __ATOMIC_RELAXED);
}

/* Relaxed all: a place must not put threads in an order that they would not have without it. */
void yield_here(unsigned site) {
    uint64_t now = __atomic_load_n(&seed, __ATOMIC_RELAXED);
    if (now == 0) return;
    if (own.seed != now) {
        own.seed = now;
        own.state = mixed(now + __atomic_fetch_add(&threads, 1, __ATOMIC_RELAXED));
    }
    uint64_t chance = next();
    if (chance % (mixed(now ^ site) % HOT_SITES == 0 ? HOT_RATE : COLD_RATE) != 0) return;
    __atomic_fetch_add(&yields, 1, __ATOMIC_RELAXED);
    switch (chance >> 32 & 15) {
    case 0:
        nanosleep(&(struct timespec){0, (long)(next() % SLEEP_NS_MOST)}, NULL);
        break;
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
        sched_yield();
        break;
    default:
        for (uint64_t turns = next() % TURNS_MOST; turns > 0; turns--) sb_pause();
    }
}

static void too_late(int number) {
    static const char words[] = "yields: this seed went on for a minute: somebody was not woken, or waits in vain\n";
    (void)!write(STDERR_FILENO, words, sizeof words - 1);
    (void)number;
    abort();
}

void yield_each_seed(unsigned long usual, void (*run)(uint64_t seed)) {
    const char *told = getenv("SEEDS");
    bool is_slow = getenv("SABIR_TEST_UNTIMED") != NULL; /* valgrind */
    unsigned long count = told && *told ? strtoul(told, NULL, 10) : is_slow ? usual / 10 + 1 : usual;
    uint64_t first = random_new().state;
    signal(SIGALRM, too_late);
    for (uint64_t i = 0; i < count; i++) {
        printf("# seed %" PRIu64 "\n", first + i);
        fflush(stdout);
        alarm(is_slow ? 0 : SEED_SECONDS_MOST);
        yield_seed_set(first + i);
        run(first + i);
        yield_seed_set(0);
        alarm(0);
    }
}

void there_were_yields(void **state) {
    (void)state;
    print_message("# %" PRIu64 " yields\n", yield_count());
    assert_true(yield_count() > 1000);
}
