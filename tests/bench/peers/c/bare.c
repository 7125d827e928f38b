/*
 * There and back between two threads with nothing in between: what a message costs at least where it runs. ns for there and back.
 *
 *     bare line ROUNDS     a number in a cache line each way; who waits for it looks at it all the time
 *     bare futex ROUNDS    the same; who waits for it sleeps until he is woken
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench.h"
#include "rig.h"

static const char usage[] = "bare line|futex ROUNDS";

/* A line of its own each, and the next one too, which the processor fetches along. */
struct mark {
    _Alignas(128) _Atomic uint32_t number;
};

static struct mark there, back;
static int64_t rounds;
static bool sleeps;

static void put(struct mark *mark, uint32_t number) {
    atomic_store_explicit(&mark->number, number, memory_order_release);
    if (sleeps) syscall(SYS_futex, &mark->number, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void wait_for(struct mark *mark, uint32_t number) {
    uint32_t seen;
    while ((seen = atomic_load_explicit(&mark->number, memory_order_acquire)) != number)
        if (sleeps) syscall(SYS_futex, &mark->number, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
}

static void *answer(void *argument) {
    for (int64_t i = 1; i <= rounds; i++) {
        wait_for(&there, (uint32_t)i);
        put(&back, (uint32_t)i);
    }
    return argument;
}

int main(int argc, char **argv) {
    rounds = rig_number(argc, argv, 2, 1, usage);
    sleeps = strcmp(argv[1], "futex") == 0;
    if (!sleeps && strcmp(argv[1], "line") != 0) bench_die("usage: %s", usage);
    pthread_t other;
    if (pthread_create(&other, NULL, answer, NULL)) bench_die("no thread");
    double begin_s = bench_now_s();
    for (int64_t i = 1; i <= rounds; i++) {
        put(&there, (uint32_t)i);
        wait_for(&back, (uint32_t)i);
    }
    double seconds = bench_now_s() - begin_s;
    pthread_join(other, NULL);
    rig_print("value", seconds * 1e9 / (double)rounds);
    return 0;
}
