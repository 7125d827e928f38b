/*
 * A clock that stands still until somebody moves it, and the alarms that are set on it: the time of a stepped manager. An alarm that has
 * one (sb_alarm.clock) is kept here instead of on the process's timer thread, and fires on the thread that moves the clock.
 */
#ifndef SB_CLOCK_H
#define SB_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "alarm.h"
#include "thread.h"

struct sb_clock {
    struct sb_mutex lock;
    struct sb_alarm *first; /* by (deadline, order of setting), linked by `next` */
    _Atomic int64_t now_ns;
    uint64_t next_order;
};

void sb_clock_init(struct sb_clock *clock);
void sb_clock_free(struct sb_clock *clock);

int64_t sb_clock_now_ns(const struct sb_clock *clock);

/* sb_alarm_set and sb_alarm_cancel of an alarm on this clock. */
void sb_clock_set(struct sb_clock *clock, struct sb_alarm *alarm, int64_t deadline_ns);
bool sb_clock_cancel(struct sb_clock *clock, struct sb_alarm *alarm);

/*
 * Move the clock to the next deadline and fire its alarm, if that lies at `until_ns` or before. false: none does; then the clock is at
 * `until_ns`.
 */
bool sb_clock_fire_next(struct sb_clock *clock, int64_t until_ns);

#endif
