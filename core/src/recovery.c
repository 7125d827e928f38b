#include "recovery.h"

#include <string.h>

#include "alloc.h"
#include "dispatch.h"
#include "error.h"
#include "log.h"
#include "manager.h"
#include "supervisor.h"
#include "timer.h"
#include "watch.h"

/* NULL: it never comes back. */
static struct sb_recovery *recovery_of(const struct sb_actor *actor) {
    const struct sb_actor_extra *extra = sb_actor_extra(actor);
    return extra ? extra->recovery : NULL;
}

/* ---- Orders ------------------------------------------------------------------------------------------------------------ */

/* Sequentially consistent, as sb_recovery_obey's two: either it sees this order, or we post anew. */
void sb_recovery_order(struct sb_recovery *recovery, enum sb_order order) {
    atomic_store(&recovery->order, order);
    if (!atomic_exchange(&recovery->is_posted, true))
        sb_mailbox_push_control(&recovery->actor->mailbox, &recovery->message);
}

static void time_is_up(struct sb_alarm *alarm) {
    sb_recovery_order((struct sb_recovery *)(void *)alarm, SB_ORDER_RESTART);
}

void sb_recovery_order_later(struct sb_recovery *recovery, int64_t deadline_ns) {
    if (sb_alarm_set(&recovery->alarm, deadline_ns) != SABIR_OK) sb_recovery_order(recovery, SB_ORDER_RESTART);
}

/* ---- Making and ending ---------------------------------------------------------------------------------------------------- */

int sb_recovery_new(struct sb_actor *actor) {
    const struct sabir_actor *spec = actor->spec;
    if (spec->on_failure != SABIR_FAILURE_RESTART && !spec->supervisor) return SABIR_OK;
    if (!spec->callbacks.on_restart && !spec->is_pulled)
        return sb_error(SABIR_EINVAL, "actor '%s' is to be restarted, but has no on_restart that makes its state fresh",
                        actor->ref.name);
    struct sb_actor_extra *extra = sb_actor_extra_make(actor);
    struct sb_recovery *made = extra ? sb_alloc_zero(1, sizeof *made) : NULL;
    if (!made) return sb_error(SABIR_ENOMEM, "no memory for actor '%s'", actor->ref.name);
    sb_alarm_init(&made->alarm, time_is_up);
    made->alarm.clock = sb_manager_clock(actor->manager);
    made->past.is_exact = made->alarm.clock != NULL;
    made->actor = actor;
    made->message.control = SB_CONTROL_ORDER;
    extra->recovery = made;
    if (spec->supervisor) sb_supervisor_enter(spec->supervisor, made);
    return SABIR_OK;
}

void sb_recovery_end(struct sb_actor *actor) {
    struct sb_recovery *recovery = recovery_of(actor);
    if (!recovery) return;
    if (actor->spec->supervisor) sb_supervisor_leave(recovery);
    sb_alarm_cancel(&recovery->alarm);
}

/* ---- Failing --------------------------------------------------------------------------------------------------------------- */

static void hold(struct sb_actor *actor, bool is_held) {
    actor->is_held = is_held;
    sb_mailbox_hold(&actor->mailbox, is_held);
}

static void end(struct sb_actor *actor) {
    actor->has_failed = true;
    actor->wants_stop = true;
}

static void fail_alone(struct sb_actor *actor) {
    struct sb_recovery *recovery = recovery_of(actor);
    int64_t now_ns = sb_alarm_now_ns(&recovery->alarm);
    int64_t delay_ns = sb_restart_past_add(&recovery->past, &actor->spec->restart_rule, now_ns);
    if (delay_ns >= 0) {
        sb_recovery_order_later(recovery, now_ns + delay_ns);
        return;
    }
    sb_log("actor '%s' has failed too often and ends: it may be restarted %u times in %lld ms", actor->ref.name,
           (unsigned)actor->spec->restart_rule.limit, (long long)(actor->spec->restart_rule.window_ns / 1000000));
    end(actor);
}

static void fail(struct sb_actor *actor) {
    hold(actor, true);
    if (actor->spec->supervisor)
        sb_supervisor_failed(recovery_of(actor));
    else
        fail_alone(actor);
}

void sb_recovery_fail(struct sb_actor *actor) {
    if (actor->is_held) return;      /* it is being dealt with */
    if (sb_actor_is_ending(actor)) { /* it does not come back, and such a state is not to drain its queue */
        if (actor->spec->on_failure != SABIR_FAILURE_RESUME) actor->wants_stop = true;
        return;
    }
    switch (actor->spec->on_failure) {
    case SABIR_FAILURE_STOP:
        end(actor);
        break;
    case SABIR_FAILURE_RESTART:
        fail(actor);
        break;
    default:
        break;
    }
}

/* ---- Coming back ----------------------------------------------------------------------------------------------------------- */

/* What the old state had asked for means nothing to the fresh one. */
void sb_recovery_begin(struct sb_actor *actor) {
    recovery_of(actor)->is_due = false;
    sb_timers_drop(actor);
    sb_watches_drop(actor);
}

void sb_recovery_done(struct sb_actor *actor, int code, const char *detail) {
    sb_count(&sb_actor_extra(actor)->restarts);
    if (code == SABIR_OK) {
        hold(actor, false);
        return;
    }
    const char *name = sabir_error_name(code);
    sb_count(&actor->counts.failed);
    sb_log("actor '%s' failed in its restart: %s%s%s", actor->ref.name, name ? name : "an unknown error",
           *detail ? ": " : "", detail);
    fail(actor);
}

bool sb_recovery_is_due(const struct sb_actor *actor) {
    const struct sb_recovery *recovery = recovery_of(actor);
    return recovery && recovery->is_due;
}

static void restart(struct sb_actor *actor) {
    hold(actor, true);
    if (actor->spec
            ->is_pulled) { /* its own thread sees that when it looks into the mailbox, which the order has made it do */
        recovery_of(actor)->is_due = true;
        return;
    }
    sb_recovery_begin(actor);
    int code = sb_dispatch_restart(actor);
    sb_recovery_done(actor, code, sb_error_detail());
}

void sb_recovery_obey(struct sb_actor *actor) {
    struct sb_recovery *recovery = recovery_of(actor);
    atomic_store(&recovery->is_posted, false);
    uint32_t order = atomic_exchange(&recovery->order, SB_ORDER_NONE);
    if (sb_actor_is_ending(actor)) return;
    if (order == SB_ORDER_HOLD)
        hold(actor, true);
    else if (order == SB_ORDER_RESTART)
        restart(actor);
    else if (order == SB_ORDER_END)
        end(actor);
}
