/*
 * Timers of an actor. A firing is a Timeout message with the timer's id on the actor's control lane.
 * Durations run on the monotonic clock, whatever is done to the wall clock. Equal deadlines fire in arming order.
 */
#ifndef SABIR_TIMER_H
#define SABIR_TIMER_H

#include <sabir/export.h>
#include <sabir/ref.h>

SABIR_BEGIN_DECLS

/**
 * Send the actor one Timeout after delay_ns.
 *
 * Shape    delay_ns >= 0. timer_id: unique in the process, never 0.
 * Threads  any
 * Errors   SABIR_EINVAL, SABIR_ECLOSED, SABIR_ENOMEM
 *          SABIR_EREMOTE     the actor is not in this process
 *          SABIR_EUNHANDLED  the actor has no handler for Timeout
 * Since    1.0
 */
SABIR_API int sabir_timer_once(sabir_ref *actor, int64_t delay_ns, uint64_t *timer_id);

/**
 * Send the actor a Timeout every period_ns, first after one period. At most one firing is unhandled at a time; it counts the
 * ones that it stands for (`missed`). Shape: period_ns > 0. Errors as sabir_timer_once. Since 1.0
 */
SABIR_API int sabir_timer_periodic(sabir_ref *actor, int64_t period_ns, uint64_t *timer_id);

/**
 * Send the actor a Timeout each time the wall clock (UTC) comes to a multiple of period_ns since 1970, plus offset_ns: with an hour and
 * 0, at each full hour. When that clock is set, the timer goes by the new time at once: boundaries that were skipped are one firing,
 * which counts them; a boundary that it has fired for is not fired for again when the clock comes to it a second time.
 *
 * Shape    period_ns > 0, at most 50 years; 0 <= offset_ns < period_ns.
 * Errors   as sabir_timer_once, and SABIR_EIO (no descriptor or thread to watch the clock with)
 * Since    1.0
 */
SABIR_API int sabir_timer_aligned(sabir_ref *actor, int64_t period_ns, int64_t offset_ns, uint64_t *timer_id);

/**
 * Disarm a timer. No firing of it begins to be handled after this call has returned; from another thread it waits for one that is
 * being handled.
 *
 * Threads  any; waits only for the timer's own handler.
 * Errors   SABIR_ENOENT     there is no such timer (it fired, or was cancelled)
 *          SABIR_EDEADLOCK  its handler is in this chain of calls, below another actor's: disarmed, but not waited for
 * Since    1.0
 */
SABIR_API int sabir_timer_cancel(uint64_t timer_id);

SABIR_END_DECLS

#endif
