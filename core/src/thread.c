#define _GNU_SOURCE
#include "thread.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "alloc.h"
#include "error.h"

#define NS_PER_S 1000000000
#define STORES_SEEN_NS                                                                                                 \
    10000000 /* beyond any doubt; what a processor has stored is seen by others within a microsecond */

_Static_assert(sizeof(pthread_mutex_t) <= sizeof(struct sb_mutex), "a mutex fits its room");
_Static_assert(sizeof(pthread_cond_t) <= sizeof(struct sb_condition), "a condition fits its room");
_Static_assert(sizeof(pthread_t) <= sizeof(struct sb_thread), "a thread fits its room");
_Static_assert(sizeof(pthread_key_t) <= sizeof(struct sb_thread_slot), "a key fits its room");

/* ---- Mutex and condition ---------------------------------------------------------------------------------------------- */

static pthread_mutex_t *mutex_of(struct sb_mutex *mutex) {
    return (pthread_mutex_t *)(void *)mutex->room;
}

static pthread_cond_t *condition_of(struct sb_condition *condition) {
    return (pthread_cond_t *)(void *)condition->room;
}

void sb_mutex_init(struct sb_mutex *mutex) {
    pthread_mutex_init(mutex_of(mutex), NULL);
}

void sb_mutex_free(struct sb_mutex *mutex) {
    pthread_mutex_destroy(mutex_of(mutex));
}

void sb_mutex_lock(struct sb_mutex *mutex) {
    pthread_mutex_lock(mutex_of(mutex));
}

bool sb_mutex_try_lock(struct sb_mutex *mutex) {
    return pthread_mutex_trylock(mutex_of(mutex)) == 0;
}

void sb_mutex_unlock(struct sb_mutex *mutex) {
    pthread_mutex_unlock(mutex_of(mutex));
}

void sb_condition_init(struct sb_condition *condition) {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition_of(condition), &attributes);
    pthread_condattr_destroy(&attributes);
}

void sb_condition_free(struct sb_condition *condition) {
    pthread_cond_destroy(condition_of(condition));
}

static struct timespec timespec_of(int64_t ns) {
    return (struct timespec){.tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S};
}

bool sb_condition_wait(struct sb_condition *condition, struct sb_mutex *mutex, int64_t deadline_ns) {
    if (deadline_ns < 0) return pthread_cond_wait(condition_of(condition), mutex_of(mutex)) == 0;
    struct timespec deadline = timespec_of(deadline_ns);
    return pthread_cond_timedwait(condition_of(condition), mutex_of(mutex), &deadline) != ETIMEDOUT;
}

void sb_condition_signal(struct sb_condition *condition) {
    pthread_cond_signal(condition_of(condition));
}

void sb_condition_broadcast(struct sb_condition *condition) {
    pthread_cond_broadcast(condition_of(condition));
}

/* ---- Threads ---------------------------------------------------------------------------------------------------------- */

struct beginning {
    void (*run)(void *argument);
    void *argument;
    char name[16];
};

static void *begin(void *argument) {
    struct beginning beginning = *(struct beginning *)argument;
    sb_free(argument);
    pthread_setname_np(pthread_self(), beginning.name);
    beginning.run(beginning.argument);
    return NULL;
}

int sb_thread_start(struct sb_thread *thread, const char *name, void (*run)(void *argument), void *argument) {
    struct beginning *beginning = sb_alloc(sizeof *beginning);
    if (!beginning) return sb_error(SABIR_ENOMEM, "no memory to start thread '%s'", name);
    beginning->run = run;
    beginning->argument = argument;
    memset(beginning->name, 0, sizeof beginning->name);
    strncpy(beginning->name, name, sizeof beginning->name - 1);

    /* Signals belong to the application's threads: the new one inherits a full mask. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failure = pthread_create((pthread_t *)(void *)thread->room, NULL, begin, beginning);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failure == 0) return SABIR_OK;
    sb_free(beginning);
    return sb_error(SABIR_EIO, "thread '%s' cannot be started: %s", name, strerror(failure));
}

void sb_thread_join(struct sb_thread *thread) {
    pthread_t id;
    memcpy(&id, thread->room, sizeof id);
    pthread_join(id, NULL);
}

void sb_thread_detach(struct sb_thread *thread) {
    pthread_t id;
    memcpy(&id, thread->room, sizeof id);
    pthread_detach(id);
}

static int apply_cpus(const struct sb_thread_options *options) {
    cpu_set_t set;
    CPU_ZERO(&set);
    for (size_t i = 0; i < options->cpu_count; i++) {
        if (options->cpus[i] >= CPU_SETSIZE) return EINVAL;
        CPU_SET(options->cpus[i], &set);
    }
    return pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

static int apply_policy(const struct sb_thread_options *options) {
    struct sched_param parameters = {.sched_priority = (int)options->priority};
    return pthread_setschedparam(pthread_self(), options->policy == 1 ? SCHED_FIFO : SCHED_RR, &parameters);
}

int sb_thread_apply(const struct sb_thread_options *options) {
    int code = SABIR_OK;
    if (options->name) {
        char name[16] = {0};
        strncpy(name, options->name, sizeof name - 1);
        pthread_setname_np(pthread_self(), name);
    }
    int failure = options->policy > 0 ? apply_policy(options) : 0;
    if (failure != 0)
        code = sb_error(failure == EPERM ? SABIR_EPERM : SABIR_EINVAL,
                        "real-time priority %u: %s (give the process CAP_SYS_NICE or a limit with `ulimit -r`)",
                        (unsigned)options->priority, strerror(failure));
    failure = options->cpu_count > 0 ? apply_cpus(options) : 0;
    if (failure != 0)
        code = sb_error(failure == EPERM ? SABIR_EPERM : SABIR_EINVAL,
                        "CPU affinity: %s (this machine has CPUs 0 to %u; the process may be confined to fewer)",
                        strerror(failure), (unsigned)sysconf(_SC_NPROCESSORS_CONF) - 1);
    return code;
}

uint64_t sb_thread_id(void) {
    static _Thread_local uint64_t id;
    if (id == 0) id = (uint64_t)syscall(SYS_gettid);
    return id;
}

void sb_thread_be_punctual(void) {
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
}

int64_t sb_thread_cpu_ns(uint64_t id) {
    /* How Linux numbers the clock of a thread (what pthread_getcpuclockid computes, for one that may have gone). */
    clockid_t clock = (clockid_t)(~(uint32_t)id << 3 | 6);
    struct timespec used;
    if (clock_gettime(clock, &used) != 0) return -1;
    return (int64_t)used.tv_sec * 1000000000 + used.tv_nsec;
}

void sb_thread_slot_init(struct sb_thread_slot *slot, void (*exited)(void *value)) {
    pthread_key_create((pthread_key_t *)(void *)slot->room, exited);
}

void sb_thread_slot_set(struct sb_thread_slot *slot, void *value) {
    pthread_setspecific(*(pthread_key_t *)(void *)slot->room, value);
}

void sb_thread_slot_free(struct sb_thread_slot *slot) {
    pthread_key_delete(*(pthread_key_t *)(void *)slot->room);
}

/* ---- Parking ---------------------------------------------------------------------------------------------------------- */

bool sb_park(_Atomic uint32_t *word, uint32_t expected, int64_t deadline_ns) {
    struct timespec deadline = timespec_of(deadline_ns);
    /* The bitset form takes an absolute time of the monotonic clock. */
    long failed = syscall(SYS_futex, word, FUTEX_WAIT_BITSET_PRIVATE, expected, deadline_ns < 0 ? NULL : &deadline,
                          NULL, FUTEX_BITSET_MATCH_ANY);
    return !(failed == -1 && errno == ETIMEDOUT);
}

void sb_unpark_one(_Atomic uint32_t *word) {
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

void sb_unpark_all(_Atomic uint32_t *word) {
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

/* ---- Barriers --------------------------------------------------------------------------------------------------------- */

#if defined(__SANITIZE_THREAD__) /* gcc */
#define BARRIER_IS_SEEN 0
#elif defined(__has_feature) /* clang */
#if __has_feature(thread_sanitizer)
#define BARRIER_IS_SEEN 0
#endif
#endif
#ifndef BARRIER_IS_SEEN
#define BARRIER_IS_SEEN 1
#endif

bool sb_barrier_everywhere_prepare(void) {
    return BARRIER_IS_SEEN && syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
}

void sb_barrier_everywhere(void) {
    if (syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0) return;
    /* Prepared, and yet refused: a filter of system calls was put on later. Others do not look at us, but time makes them seen. */
    struct timespec left = timespec_of(STORES_SEEN_NS);
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

void sb_yield(void) {
    sched_yield();
}

void sb_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

uint32_t sb_cpu_count(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    return (uint32_t)CPU_COUNT(&set);
}

/* ---- Clocks, chance, forks -------------------------------------------------------------------------------------------- */

static int64_t clock_ns(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

int64_t sb_now_ns(void) {
    return clock_ns(CLOCK_MONOTONIC);
}

int64_t sb_tick_ns(void) {
#ifdef CLOCK_MONOTONIC_COARSE
    return clock_ns(CLOCK_MONOTONIC_COARSE);
#else
    return clock_ns(CLOCK_MONOTONIC);
#endif
}

int64_t sb_wall_ns(void) {
    return clock_ns(CLOCK_REALTIME);
}

void sb_random(void *bytes, size_t len_bytes) {
    unsigned char *to = bytes;
    while (len_bytes > 0) {
        ssize_t got = getrandom(to, len_bytes, 0);
        if (got < 0) continue; /* EINTR: the only failure of a valid call */
        to += got;
        len_bytes -= (size_t)got;
    }
}

_Atomic uint32_t sb_forks_seen;

static void count_fork(void) {
    atomic_fetch_add_explicit(&sb_forks_seen, 1, memory_order_relaxed);
}

__attribute__((constructor)) static void watch_forks(void) {
    pthread_atfork(NULL, NULL, count_fork);
}
