/*
 * Alarms: functions called at a time of the monotonic clock, on one thread of the process that sleeps until the next one is due.
 *
 *     set -> heap by (deadline, order of setting) -> the thread calls fire(alarm) without a lock
 *
 * An alarm lies in its user's own struct. The thread exists while somebody retains the alarms and at least one was set.
 */
#ifndef SB_ALARM_H
#define SB_ALARM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sb_alarm {
    void (*fire)(struct sb_alarm *alarm);
    int64_t deadline_ns;
    uint64_t order;
    size_t place; /* in the heap, from 1; 0: not set */
    struct sb_clock
        *clock;            /* another clock than the monotonic one (clock.h), from behind sb_alarm_init on; else NULL */
    struct sb_alarm *next; /* on that clock */
};

void sb_alarm_init(struct sb_alarm *alarm, void (*fire)(struct sb_alarm *alarm));

/* The time of its clock. */
int64_t sb_alarm_now_ns(const struct sb_alarm *alarm);

/* Set, or set anew. SABIR_ENOMEM, SABIR_EIO (no thread). Also from within fire. */
int sb_alarm_set(struct sb_alarm *alarm, int64_t deadline_ns);

/*
 * Not set any more, and its fire is not running (unless the caller is it). true: it was set and has not fired. The alarm may be freed then.
 */
bool sb_alarm_cancel(struct sb_alarm *alarm);

/* One user more or less; when the last one goes, the thread ends. Every alarm was cancelled by then. */
void sb_alarms_retain(void);
void sb_alarms_release(void);

#endif
