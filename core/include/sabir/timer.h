/*
 * Timers of an actor. A firing is a Timeout message with the timer's id on the actor's control lane.
 * Durations run on the monotonic clock. Equal deadlines fire in arming order.
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
