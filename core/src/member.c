/*
 * A member of a pulled group, as a worker of its binding runs it: turn after turn, each of one member, with the worker's own puller.
 *
 *     due -> begin -> START | one batch | (drain ...) STOP -> leave: asleep, due again, or ended
 *
 * It is turn.c for handlers that run elsewhere: a turn spans two calls of the binding. Nothing of a batch is kept when a turn ends.
 */
#include <string.h>

#include "error.h"
#include "manager.h"
#include "puller.h"
#include "recovery.h"

#define TURN_NS                                                                                                        \
    500000 /* what a turn should take at most; the next one's messages are halved after one that took longer */

/* ---- A turn ---------------------------------------------------------------------------------------------------------- */

static bool begin(struct sabir_puller *puller, struct sb_actor *actor) {
    if (!sb_ownership_take_or_defer(&actor->ownership)) return false; /* whoever owns it makes it due again */
    puller->actor = actor;
    puller->owns = true;
    puller->stage = SB_STAGE_NEW;
    puller->batch.count = 0;
    atomic_store_explicit(&actor->ownership.yield, &puller->batch.yield, memory_order_release);
    return true;
}

/* Who waits reads `yield` under the lock through which he is handed the actor: nobody has it in hand when the actor is given back. */
static struct sb_actor *let_go(struct sabir_puller *puller) {
    struct sb_actor *actor = puller->actor;
    atomic_store_explicit(&actor->ownership.yield, NULL, memory_order_release);
    sb_puller_disown(puller);
    puller->actor = NULL;
    return actor;
}

static void leave(struct sabir_puller *puller, bool has_more) {
    sb_group_turn_over(puller->worker, let_go(puller), has_more);
}

/* SB_ACTOR_STOPPED comes last: the actor may be gone then. */
static void end(struct sabir_puller *puller) {
    sb_actor_ended(let_go(puller));
}

static void note_time(struct sabir_puller *puller) {
    if (puller->batch_ns > TURN_NS)
        puller->turn_msgs = puller->turn_msgs > 1 ? puller->turn_msgs / 2 : 1;
    else if (puller->turn_msgs < SB_BATCH_ITEMS)
        puller->turn_msgs *= 2;
}

/* What the binding had in hand is through, as far as `done` says. */
static void finish(struct sabir_puller *puller, size_t done) {
    if (puller->stage == SB_STAGE_STARTING) {
        if (!puller->entries[0].is_settled) sb_actor_started(puller->actor, SABIR_OK, "");
        puller->batch.count = 0;
        puller->stage = SB_STAGE_NEW;
    } else if (puller->stage != SB_STAGE_STOPPED) {
        sb_puller_finish(puller, done);
    }
}

static int start(struct sabir_puller *puller, struct sabir_batch **batch) {
    sb_actor_note_thread(puller->actor);
    puller->stage = SB_STAGE_STARTING;
    return sb_puller_hand_out_one(puller, SABIR_PULLED_START, batch);
}

/* true: something is handed out. false: the turn is over. */
static bool stop(struct sabir_puller *puller, struct sabir_batch **batch) {
    struct sb_actor *actor = puller->actor;
    sb_actor_set_state(actor, SB_ACTOR_STOPPING);
    if (actor->start_code == SABIR_OK) {
        puller->stage = SB_STAGE_STOPPING;
        return sb_puller_stop_actor(puller, batch) == SABIR_OK;
    }
    sb_actor_finish_queue(actor, NULL); /* it never ran */
    end(puller);
    return false;
}

/* The batch was cut short for who waits. false: the turn is over. */
static bool go_on_after_cut(struct sabir_puller *puller) {
    sb_puller_put_rest_back(puller);
    if (puller->batch.count == 0) {
        leave(puller, true);
        return false;
    }
    sb_puller_yield(puller); /* cannot fail: this thread holds nothing else */
    if (sb_actor_state(puller->actor) < SB_ACTOR_STOPPING) return true;
    sb_puller_bury_rest(puller); /* meanwhile it was due again, and another worker has brought it to its end */
    leave(puller, false);
    return false;
}

/* A batch of what waits: one turn is one batch. */
static bool run(struct sabir_puller *puller, struct sabir_batch **batch) {
    struct sb_actor *actor = puller->actor;
    bool is_cut = puller->batch.count > 0;
    if (puller->stage == SB_STAGE_RUNNING && !is_cut) {
        note_time(puller);
        leave(puller, !sb_mailbox_sleep(&actor->mailbox));
        return false;
    }
    if (is_cut && !go_on_after_cut(puller)) return false;
    sb_puller_gather(puller, puller->turn_msgs, false);
    if (sb_actor_is_ending(actor)) return stop(puller, batch);
    if (sb_recovery_is_due(actor)) {
        puller->stage = SB_STAGE_RUNNING;
        return sb_puller_hand_out_restart(puller, batch) == SABIR_OK;
    }
    if (puller->batch.count == 0) {
        leave(puller, !sb_mailbox_sleep(&actor->mailbox));
        return false;
    }
    puller->stage = SB_STAGE_RUNNING;
    return sb_puller_hand_out(puller, batch) == SABIR_OK;
}

/* What comes next in the turn; false: it is over. */
static bool go_on(struct sabir_puller *puller, struct sabir_batch **batch) {
    struct sb_actor *actor = puller->actor;
    if (puller->stage == SB_STAGE_STOPPED) {
        end(puller);
        return false;
    }
    if (puller->stage == SB_STAGE_STOPPING) return sb_puller_stop_actor(puller, batch) == SABIR_OK;
    if (sb_actor_state(actor) == SB_ACTOR_STARTING) return start(puller, batch) == SABIR_OK;
    /* Before the manager runs nothing is handled: then it makes the member due again. */
    if (!sb_manager_runs(actor->manager) || sb_actor_state(actor) >= SB_ACTOR_STOPPING) {
        leave(puller, false);
        return false;
    }
    bool ends = sb_actor_is_ending(actor) || actor->start_code != SABIR_OK;
    return ends && puller->batch.count == 0 ? stop(puller, batch) : run(puller, batch);
}

/* ---- The worker ------------------------------------------------------------------------------------------------------ */

/* Only what needs neither the actor of somebody else nor the end of one. */
static bool may_go_on(const struct sabir_puller *puller) {
    const struct sb_actor *actor = puller->actor;
    return puller->stage <= SB_STAGE_RUNNING && !sb_actor_is_ending(actor) && actor->start_code == SABIR_OK &&
           !sb_ownership_is_wanted(&actor->ownership);
}

static int over(struct sabir_puller *puller) {
    puller->stage = SB_STAGE_ENDED;
    sb_group_leave(puller->worker); /* which frees the puller, if the manager is gone */
    return sb_error(SABIR_ECLOSED, "the group has ended");
}

int sb_member_next(struct sabir_puller *puller, size_t done, bool may_wait, struct sabir_batch **batch) {
    if (puller->stage == SB_STAGE_ENDED) return sb_error(SABIR_ECLOSED, "the group has ended");
    if (puller->fork_generation != sb_fork_generation())
        return sb_error(SABIR_EFORKED, "this process is a child of the one in which the group lives");
    if (!puller->has_thread) {
        if (!may_wait) return sb_error(SABIR_ETIMEDOUT, "the worker has still to enter its group");
        puller->has_thread = true;
        puller->turn_msgs = SB_BATCH_ITEMS;
        sb_group_enter(puller->worker);
    }
    if (puller->actor) {
        sb_puller_take_back(puller);
        finish(puller, done);
    }
    for (;;) {
        if (puller->actor) {
            if (!may_wait && !may_go_on(puller)) return sb_error(SABIR_ETIMEDOUT, "the member in hand has to wait");
            if (go_on(puller, batch)) return SABIR_OK;
            continue;
        }
        struct sb_actor *actor = sb_group_next(puller->worker, may_wait);
        if (actor)
            begin(puller, actor);
        else if (may_wait || sb_group_is_over(puller->worker))
            return over(puller);
        else
            return sb_error(SABIR_ETIMEDOUT, "no member is due");
    }
}
