/*
 * The operating system's threads: the only door to pthread. Mutex, condition, thread, per-thread exit, parking, clocks.
 */
#ifndef SB_THREAD_H
#define SB_THREAD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for the system's objects; thread.c checks that they fit. Never copied or moved. */
struct sb_mutex {
    _Alignas(16) unsigned char room[64];
};
struct sb_condition {
    _Alignas(16) unsigned char room[64];
};
struct sb_thread {
    _Alignas(16) unsigned char room[16];
};

void sb_mutex_init(struct sb_mutex *mutex);
void sb_mutex_free(struct sb_mutex *mutex);
void sb_mutex_lock(struct sb_mutex *mutex);
bool sb_mutex_try_lock(struct sb_mutex *mutex);
void sb_mutex_unlock(struct sb_mutex *mutex);

/* Waits on the monotonic clock; deadline_ns -1: without end. false: the deadline has passed. */
void sb_condition_init(struct sb_condition *condition);
void sb_condition_free(struct sb_condition *condition);
bool sb_condition_wait(struct sb_condition *condition, struct sb_mutex *mutex, int64_t deadline_ns);
void sb_condition_signal(struct sb_condition *condition);
void sb_condition_broadcast(struct sb_condition *condition);

/* What a new thread is to be. */
struct sb_thread_options {
    const char *name; /* cut to 15 bytes */
    const uint32_t *cpus;
    size_t cpu_count; /* 0: any */
    uint32_t policy;  /* 0 normal, 1 FIFO, 2 round robin */
    uint32_t priority;
};

/* A joinable thread with all signals blocked. SABIR_ENOMEM, SABIR_EIO. */
int sb_thread_start(struct sb_thread *thread, const char *name, void (*run)(void *argument), void *argument);
void sb_thread_join(struct sb_thread *thread);
void sb_thread_detach(struct sb_thread *thread); /* instead of the join: it goes by itself when it is done */

/* Apply options to the calling thread. SABIR_EPERM or SABIR_EINVAL with a detail; the rest is applied all the same. */
int sb_thread_apply(const struct sb_thread_options *options);
uint64_t sb_thread_id(void); /* the system's number of the calling thread */
/* From now on the calling thread's timed waits end when they are due: else the system adds up to 50 µs, to wake several threads at once. */
void sb_thread_be_punctual(void);

/* The processor time that thread `id` of this process has used; -1: there is no such thread. */
int64_t sb_thread_cpu_ns(uint64_t id);

/* Call `exited(value)` when the calling thread ends, if it set a non-NULL value. One slot per use, made once. */
struct sb_thread_slot {
    _Alignas(8) unsigned char room[8];
};
void sb_thread_slot_init(struct sb_thread_slot *slot, void (*exited)(void *value));
void sb_thread_slot_set(struct sb_thread_slot *slot, void *value);
void sb_thread_slot_free(struct sb_thread_slot *slot);

/* Sleep while *word == expected; spurious returns are possible. deadline_ns -1: without end. false: the deadline has passed. */
bool sb_park(_Atomic uint32_t *word, uint32_t expected, int64_t deadline_ns);
void sb_unpark_one(_Atomic uint32_t *word);
void sb_unpark_all(_Atomic uint32_t *word);

/*
 * Have every running thread of the process pass a full memory barrier: what each did before it is seen here, what the caller did before
 * this call is seen by what each does after. Others then need no barrier of their own. false: the system has no such thing, or
 * ThreadSanitizer, which would not see it, is at work.
 */
bool sb_barrier_everywhere_prepare(void); /* once, before the first use */
void sb_barrier_everywhere(void);

/* One turn of a spinning loop. */
void sb_pause(void);

/* Let another thread have this CPU, if one wants it. */
void sb_yield(void);
uint32_t sb_cpu_count(void);

int64_t sb_now_ns(void); /* monotonic clock */
int64_t
sb_tick_ns(void); /* the same as of the system's last tick, 1 to 10 ms ago; looked up in a quarter of the time */
int64_t sb_wall_ns(void); /* wall clock, since 1970 */

/* Random bytes of the system. */
void sb_random(void *bytes, size_t len_bytes);

/* Counts this process's forks as its children see them: another value than at creation means that we are a child. */
extern _Atomic uint32_t sb_forks_seen;
static inline uint32_t sb_fork_generation(void) {
    return atomic_load_explicit(&sb_forks_seen, memory_order_relaxed);
}

#endif
