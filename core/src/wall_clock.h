/*
 * The wall clock, which somebody may set at any time: told to whoever must know, on a thread that exists as long as somebody does.
 *
 *     retain -> a thread that sleeps until the clock is set -> was_set() -> sleeps again -> release: the thread ends
 *
 * Following a time server is no setting: the monotonic clock follows it as well.
 */
#ifndef SB_WALL_CLOCK_H
#define SB_WALL_CLOCK_H

#include <stdint.h>

/* Nanoseconds since 1970. */
int64_t sb_wall_clock_now_ns(void);

/*
 * One more who must know; `was_set` is the same function each time, called without a lock. It must not call these two. SABIR_EIO (no
 * descriptor, no thread), SABIR_ENOMEM.
 */
int sb_wall_clock_retain(void (*was_set)(void));
void sb_wall_clock_release(void);

/* For tests: as if the clock had been set by that much more or less. Whoever must know has been told when this returns. */
void sb_wall_clock_shift(int64_t shift_ns);

#endif
