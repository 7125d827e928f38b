/*
 * Spinning a little before sleeping: a futex round trip costs some 25 µs, a cache line crossing 25 ns. At most one thread fewer than
 * there are CPUs spins at a time in the process, but for a first glance of half a microsecond, and none on one CPU. The budget adapts: it
 * grows while spinning pays and shrinks while it does not.
 */
#ifndef SB_SPIN_H
#define SB_SPIN_H

#include <stdbool.h>
#include <stdint.h>

#include "hot.h"
#include "thread.h"

/*
 * Looks before a place among the spinners is asked for: a partner that is at it answers meanwhile, and the two of them would only pass the
 * cache line of the count to and fro. Half a microsecond.
 */
#define SB_SPIN_GLANCES 20

struct sb_spin {
    uint32_t budget_ns; /* the next spin's; its user's alone */
};

void sb_spin_init(struct sb_spin *spin);

/* sb_spin_until behind the glances. */
bool sb_spin_longer(struct sb_spin *spin, int64_t fixed_ns, bool (*done)(const void *argument), const void *argument);
bool sb_spin_may_glance(void); /* there is more than one CPU */

/*
 * Spin until done(argument), for `fixed_ns`, or adaptively if that is -1; 0: not at all. Returns the last done().
 */
static SB_HOT bool sb_spin_until(struct sb_spin *spin, int64_t fixed_ns, bool (*done)(const void *argument),
                                 const void *argument) {
    if (done(argument)) return true;
    if (fixed_ns == 0 || !sb_spin_may_glance()) return false;
    for (int i = 0; fixed_ns < 0 && i < SB_SPIN_GLANCES; i++) {
        sb_pause();
        if (done(argument)) return true;
    }
    return sb_spin_longer(spin, fixed_ns, done, argument);
}

/*
 * Spin for what the partner gives up again and again, and looks at growing distances, so that the partner's cache lines stay where they
 * are: for `spin_ns` at most. Returns the last done(), which may change what it looks at.
 */
bool sb_spin_apart(int64_t spin_ns, bool (*done)(void *argument), void *argument);

#endif
