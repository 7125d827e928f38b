#include "spin.h"

#include <stdatomic.h>

#include "thread.h"

#define BUDGET_MIN_NS 2000
#define BUDGET_MAX_NS 50000  /* longer than a wake-up: else two that wait for each other never get to spinning */
#define PAUSES_A_LOOK 8      /* between two looks at the clock */
#define PAUSES_APART 8       /* before the second look, twice as many before each further one */
#define POLITE_AFTER_NS 4000 /* who waits for longer may be waiting for a thread that needs this very CPU */

static _Atomic int32_t spinners;

void sb_spin_init(struct sb_spin *spin) {
    spin->budget_ns = BUDGET_MAX_NS;
}

static SB_HOT int32_t cpu_count(void) {
    static _Atomic int32_t cpus; /* 0: not counted yet */
    int32_t known = atomic_load_explicit(&cpus, memory_order_relaxed);
    if (SB_RARE(known == 0)) {
        known = (int32_t)sb_cpu_count();
        atomic_store_explicit(&cpus, known, memory_order_relaxed);
    }
    return known;
}

bool sb_spin_may_glance(void) {
    return cpu_count() > 1;
}

static bool may_spin(void) {
    if (atomic_fetch_add_explicit(&spinners, 1, memory_order_relaxed) < cpu_count() - 1) return true;
    atomic_fetch_sub_explicit(&spinners, 1, memory_order_relaxed);
    return false;
}

static bool spin_for(int64_t budget_ns, bool (*done)(const void *argument), const void *argument) {
    int64_t begin_ns = sb_now_ns();
    for (int64_t spent_ns = 0; spent_ns < budget_ns; spent_ns = sb_now_ns() - begin_ns) {
        if (spent_ns >= POLITE_AFTER_NS) sb_yield();
        for (int i = 0; i < PAUSES_A_LOOK; i++) {
            if (done(argument)) return true;
            sb_pause();
        }
    }
    return done(argument);
}

bool sb_spin_longer(struct sb_spin *spin, int64_t fixed_ns, bool (*done)(const void *argument), const void *argument) {
    if (!may_spin()) return done(argument);
    bool paid = spin_for(fixed_ns > 0 ? fixed_ns : spin->budget_ns, done, argument);
    atomic_fetch_sub_explicit(&spinners, 1, memory_order_relaxed);
    uint32_t next_ns = paid ? spin->budget_ns * 2 : spin->budget_ns / 2;
    spin->budget_ns = next_ns > BUDGET_MAX_NS ? BUDGET_MAX_NS : next_ns < BUDGET_MIN_NS ? BUDGET_MIN_NS : next_ns;
    return paid;
}

bool sb_spin_apart(int64_t spin_ns, bool (*done)(void *argument), void *argument) {
    if (!may_spin()) return false;
    int64_t end_ns = sb_now_ns() + spin_ns;
    bool is_done = false;
    for (int pauses = PAUSES_APART; !is_done && sb_now_ns() < end_ns; pauses *= 2) {
        for (int i = 0; i < pauses; i++) sb_pause();
        is_done = done(argument);
    }
    atomic_fetch_sub_explicit(&spinners, 1, memory_order_relaxed);
    return is_done;
}
