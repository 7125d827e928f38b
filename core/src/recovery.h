/*
 * An actor that fails and comes back. It is held from the failure to its restart: its mailbox takes messages but gives none out.
 *
 *     failed -> held, alarm set -> order RESTART on the control lane -> fresh state -> not held any more
 *
 * Orders come from its alarm and from its supervisor, on other threads; the newest one counts. Carrying them out is the owner's.
 */
#ifndef SB_RECOVERY_H
#define SB_RECOVERY_H

#include "actor.h"
#include "alarm.h"
#include "restart_rule.h"

enum sb_order {
    SB_ORDER_NONE,
    SB_ORDER_HOLD,    /* another one's failure: a RESTART will follow */
    SB_ORDER_RESTART, /* now */
    SB_ORDER_END      /* the supervisor has given up */
};

struct sb_recovery {
    struct sb_alarm alarm; /* first member: the alarm's address is the recovery's */
    struct sb_actor *actor;
    struct sabir_message message; /* of the control lane */
    _Atomic uint32_t order;       /* enum sb_order */
    _Atomic bool is_posted;       /* the message is in the lane */
    bool is_due;                  /* the owner's: a pulled actor is to be restarted by its binding's thread */
    struct sb_restart_past past;
    struct sb_recovery *next_of_supervisor; /* under the supervisors' lock */
    struct sb_recovery **link_of_supervisor;
};

/* Give the actor what it needs to come back, if its spec asks for that. SABIR_ENOMEM, SABIR_EINVAL (nothing makes fresh state). */
int sb_recovery_new(struct sb_actor *actor);

/* The actor has ended: no order comes any more. Calls nobody. */
void sb_recovery_end(struct sb_actor *actor);

/* A handler has failed, and that was told: apply the policy. Owning the actor. */
void sb_recovery_fail(struct sb_actor *actor);

/* The control message has come: do what was ordered last. Owning the actor. */
void sb_recovery_obey(struct sb_actor *actor);

/* A pulled actor: to be restarted now; then, what came of it. */
bool sb_recovery_is_due(const struct sb_actor *actor);
void sb_recovery_begin(struct sb_actor *actor);
void sb_recovery_done(struct sb_actor *actor, int code, const char *detail);

/* ---- For the supervisor ----------------------------------------------------------------------------------------------- */

void sb_recovery_order(struct sb_recovery *recovery, enum sb_order order);

/* RESTART in so long, or, if no alarm can be had, at once. */
void sb_recovery_order_later(struct sb_recovery *recovery, int64_t deadline_ns);

#endif
