/*
 * What becomes of an actor whose handler failed. The failing message is a dead letter (`failed`), never tried again; who asked gets a
 * Reject `failed`; the neighbours do not notice.
 *
 *     resume    the next message, with the state as it is (default)
 *     stop      the end: on_stop, and a Down `failed` for those who watch it
 *     restart   fresh state, the mailbox kept: on_restart, then on_start; its timers and watches are gone
 *
 * Restarts have a limit within a window of time, 3 in 10 s unless set; one more is the end as with stop. Before each there is a delay,
 * doubled with every restart within the window and shortened at random by up to a half; meanwhile the mailbox takes messages, nobody
 * handles them, and fast_send says SABIR_ESTATE. In a stepped manager (sabir/kit.h) window and delay are of its time, and the delay is not
 * shortened.
 */
#ifndef SABIR_FAILURE_H
#define SABIR_FAILURE_H

#include <sabir/actor.h>
#include <sabir/export.h>

enum sabir_failure_policy { SABIR_FAILURE_RESUME = 0, SABIR_FAILURE_STOP = 1, SABIR_FAILURE_RESTART = 2 };

#define SABIR_RESTART_LIMIT_MAX 64u
#define SABIR_RESTART_UNLIMITED 0xFFFFFFFFu

SABIR_BEGIN_DECLS

/**
 * What happens when a handler fails: one of enum sabir_failure_policy. An actor with `restart` needs on_restart, unless it is pulled:
 * sabir_manager_manage refuses it otherwise. Errors: SABIR_EINVAL. Since 1.0
 */
SABIR_API int sabir_actor_set_on_failure(sabir_actor *actor, uint32_t policy);

/**
 * At most `limit` restarts within any window_ns: 0 to SABIR_RESTART_LIMIT_MAX, or SABIR_RESTART_UNLIMITED. Default 3 in 10 s. A supervisor's
 * limit takes its place. Errors: SABIR_EINVAL. Since 1.0
 */
SABIR_API int sabir_actor_set_restart_limit(sabir_actor *actor, uint32_t limit, int64_t window_ns);

/**
 * The delay before the first restart within the window, and the longest one; 0 <= first_ns <= max_ns. Default 10 ms and 1 s. A
 * supervisor's delay takes its place. Errors: SABIR_EINVAL. Since 1.0
 */
SABIR_API int sabir_actor_set_restart_delay(sabir_actor *actor, int64_t first_ns, int64_t max_ns);

/**
 * For a binding that runs a handler itself, between sabir_ref_enter and sabir_ref_leave: that handler has failed. The caller is told by
 * the binding; this is for the actor's policy. Since 1.0
 */
SABIR_API void sabir_ref_failed(sabir_ref *ref);

SABIR_END_DECLS

#endif
