#include "turn.h"

#include "dispatch.h"
#include "error.h"
#include "manager.h"

#define TURN_MESSAGES 64
#define TURN_NS 50000
#define MESSAGES_A_LOOK 8 /* between two looks at the clock */

static void start(struct sb_actor *actor) {
    sb_actor_note_thread(actor);
    int code = sb_dispatch_start(actor);
    sb_actor_started(actor, code, sb_error_detail());
}

/* Give it up at the end of the turn. */
static void give(struct sb_actor *actor, int64_t *clock_ns) {
    *clock_ns = sb_now_ns();
    sb_actor_end_handling(actor, *clock_ns);
    sb_ownership_give(&actor->ownership);
}

static void end(struct sb_actor *actor, int64_t *clock_ns) {
    bool has_started = actor->start_code == SABIR_OK;
    sb_actor_set_state(actor, SB_ACTOR_STOPPING);
    sb_actor_finish_queue(actor, has_started ? sb_dispatch_queued : NULL);
    if (has_started) sb_dispatch_stop(actor);
    give(actor, clock_ns);
    sb_actor_ended(actor);
}

/* true: the mailbox is not known to be empty. */
static bool handle_some(struct sb_actor *actor, int64_t deadline_ns) {
    int limit = actor->manager->stepper ? 1 : TURN_MESSAGES;
    for (int count = 1; count <= limit && !sb_actor_is_ending(actor); count++) {
        sabir_message *message = sb_mailbox_take(&actor->mailbox);
        if (!message) return false;
        sb_dispatch(actor, message);
        if (sb_ownership_is_wanted(&actor->ownership)) return true;
        if (count % MESSAGES_A_LOOK == 0 && sb_now_ns() >= deadline_ns) return true;
    }
    return true;
}

bool sb_turn_run(struct sb_actor *actor, int64_t *clock_ns) {
    if (!sb_ownership_take_or_defer(&actor->ownership)) return false; /* whoever owns it makes it due again */
    if (*clock_ns == 0) *clock_ns = sb_now_ns();
    sb_actor_begin_handling(actor, *clock_ns);
    if (sb_actor_state(actor) == SB_ACTOR_STARTING) start(actor);
    /* Before the manager runs nothing is handled: it makes the actor due again when all have started. */
    if (!sb_manager_runs(actor->manager) || sb_actor_state(actor) != SB_ACTOR_RUNNING) {
        give(actor, clock_ns);
        return false;
    }
    /* One that started idle: the first worker that runs it is the one that is named. */
    if (atomic_load_explicit(&actor->thread_id, memory_order_relaxed) == 0) sb_actor_note_thread(actor);
    bool more = handle_some(actor, *clock_ns + TURN_NS);
    if (sb_actor_is_ending(actor) || actor->start_code != SABIR_OK) {
        end(actor, clock_ns);
        return false;
    }
    if (!more) more = !sb_mailbox_sleep(&actor->mailbox);
    give(actor, clock_ns);
    return more;
}

static bool may_end_unheard(const struct sb_actor *actor) {
    const struct sabir_actor *spec = actor->spec;
    return spec->group && !spec->is_pulled && !actor->manager->stepper && !spec->callbacks.on_stop &&
           !spec->callbacks.drop;
}

/* Owned by the caller. What is pushed after it was taken over comes too late: it is buried. */
static bool end_asleep(struct sb_actor *actor) {
    if (sb_actor_state(actor) != SB_ACTOR_RUNNING || actor->is_held || actor->start_code != SABIR_OK ||
        sb_actor_is_ending(actor) || !sb_mailbox_take_over(&actor->mailbox))
        return false;
    atomic_store(&actor->ending, SB_ENDING_BURYING);
    sb_actor_set_state(actor, SB_ACTOR_STOPPING);
    sb_actor_finish_queue(actor, NULL);
    return true;
}

bool sb_turn_end_idle(struct sb_actor *actor) {
    if (!may_end_unheard(actor) || !sb_mailbox_is_asleep(&actor->mailbox) || !sb_chain_prepare() ||
        !sb_ownership_take_free(&actor->ownership))
        return false;
    bool ends = end_asleep(actor);
    sb_ownership_give(&actor->ownership);
    if (ends) sb_actor_ended(actor);
    return ends;
}
