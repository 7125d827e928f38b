#include "turn.h"

#include "dispatch.h"
#include "error.h"
#include "manager.h"

#define TURN_MESSAGES 64
#define TURN_NS 50000
#define MESSAGES_A_LOOK 4 /* between two looks at the clock: a turn of fewer messages never looks */

/* The turn begins: a snapshot finds the actor in the worker's hand. */
static SB_HOT void stint_begin(struct sb_stint *stint, struct sb_actor *actor) {
    int64_t tick_ns = atomic_load_explicit(&stint->tick_ns, memory_order_relaxed);
    if (SB_RARE(tick_ns == 0)) atomic_store_explicit(&stint->tick_ns, sb_tick_ns(), memory_order_relaxed);
    atomic_store_explicit(&stint->actor, actor, memory_order_relaxed);
}

/* What was ticked off belongs to the actor, which is still owned. */
static SB_HOT void stint_end(struct sb_stint *stint, struct sb_actor *actor) {
    int64_t now_ns = sb_tick_ns(), then_ns = atomic_load_explicit(&stint->tick_ns, memory_order_relaxed);
    if (SB_USUAL(now_ns == then_ns)) return;
    /* A reader sees either of the two, or neither for a moment; it looks twice (snapshot.c). */
    atomic_store_explicit(&stint->tick_ns, now_ns, memory_order_release);
    sb_actor_add_handling(actor, now_ns - then_ns);
}

/* Give it up at the end of the turn. */
static SB_HOT void give(struct sb_actor *actor, struct sb_stint *stint) {
    stint_end(stint, actor);
    if (SB_RARE(!sb_ownership_give_unwanted(&actor->ownership, sb_own_chain))) sb_ownership_give(&actor->ownership);
}

static void start(struct sb_actor *actor) {
    sb_actor_note_thread(actor);
    int code = sb_dispatch_start(actor);
    sb_actor_started(actor, code, sb_error_detail());
}

static SB_COLD void end(struct sb_actor *actor, struct sb_stint *stint) {
    bool has_started = actor->start_code == SABIR_OK;
    sb_actor_set_state(actor, SB_ACTOR_STOPPING);
    sb_actor_finish_queue(actor, has_started ? sb_dispatch_queued : NULL);
    if (has_started) sb_dispatch_stop(actor);
    give(actor, stint);
    atomic_store_explicit(&stint->actor, NULL, memory_order_relaxed); /* another may soon lie where it lay */
    sb_actor_ended(actor);
}

/* From here on a message makes it due again. Sequentially consistent with the exchange of who makes it due. */
static void be_due_no_more(struct sb_actor *actor) {
    atomic_store(&actor->is_due, false);
}

/* Be due again, if nobody else has made it so meanwhile: then it is in a queue, and not ours any more. */
static bool be_due_again(struct sb_actor *actor) {
    return !atomic_exchange(&actor->is_due, true);
}

/* Whoever owns it meanwhile makes it due. */
static SB_COLD bool take_or_defer(struct sb_actor *actor) {
    be_due_no_more(actor);
    if (!sb_ownership_take_or_defer(&actor->ownership)) return false;
    if (be_due_again(actor)) return true;
    sb_ownership_give(&actor->ownership);
    return false;
}

/* Its first turn, or a turn too early. true: it runs. */
static SB_COLD bool begin(struct sb_actor *actor) {
    if (sb_actor_state(actor) == SB_ACTOR_STARTING) start(actor);
    return sb_manager_runs(actor->manager) && sb_actor_state(actor) == SB_ACTOR_RUNNING;
}

/* Before the manager runs nothing is handled: it makes the actor due again when all have started; just now, perhaps. */
static SB_COLD bool put_off(struct sb_actor *actor, struct sb_stint *stint) {
    be_due_no_more(actor);
    give(actor, stint);
    return sb_manager_runs(actor->manager) && sb_actor_state(actor) == SB_ACTOR_RUNNING && be_due_again(actor);
}

static bool is_over(int64_t *deadline_ns) {
    int64_t now_ns = sb_now_ns();
    if (*deadline_ns == 0) *deadline_ns = now_ns + TURN_NS;
    return now_ns >= *deadline_ns;
}

/* true: the mailbox is not known to be empty. false: nothing seems to be there; who falls asleep looks properly. */
static SB_HOT bool handle_some(struct sb_actor *actor) {
    int64_t deadline_ns = 0; /* the clock has still to be looked at */
    int limit = actor->manager->stepper ? 1 : TURN_MESSAGES;
    for (int count = 1; count <= limit && !sb_actor_is_ending(actor); count++) {
        sabir_message *message = sb_mailbox_take(&actor->mailbox);
        if (!message) return false;
        sb_dispatch(actor, message);
        if (sb_ownership_is_wanted(&actor->ownership)) return true;
        if (sb_mailbox_seems_empty(&actor->mailbox)) return false;
        if (count % MESSAGES_A_LOOK == 0 && is_over(&deadline_ns)) return true;
    }
    return true;
}

/* The next message makes it due; true: it has come already. */
static SB_HOT bool fall_asleep(struct sb_actor *actor) {
    /* Release, with the compare-and-swap that puts the mailbox to sleep: who wakes it (acquire) sees that it is due no more. */
    atomic_store_explicit(&actor->is_due, false, memory_order_release);
    return SB_RARE(!sb_mailbox_sleep(&actor->mailbox)) && be_due_again(actor);
}

bool sb_turn_run(struct sb_actor *actor, struct sb_stint *stint) {
    if (SB_RARE(!sb_ownership_take_free(&actor->ownership, sb_own_chain)) && !take_or_defer(actor)) return false;
    stint_begin(stint, actor);
    bool runs = sb_actor_state(actor) == SB_ACTOR_RUNNING && sb_manager_runs(actor->manager);
    if (SB_RARE(!runs) && !begin(actor)) return put_off(actor, stint);
    /* One that started idle: the first worker that runs it is the one that is named. */
    if (atomic_load_explicit(&actor->thread_id, memory_order_relaxed) == 0) sb_actor_note_thread(actor);
    bool more = handle_some(actor);
    if (SB_RARE(sb_actor_is_ending(actor) || actor->start_code != SABIR_OK)) {
        end(actor, stint);
        return false;
    }
    if (!more) more = fall_asleep(actor);
    give(actor, stint);
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
        !sb_ownership_take_free(&actor->ownership, sb_own_chain))
        return false;
    bool ends = end_asleep(actor);
    sb_ownership_give(&actor->ownership);
    if (ends) sb_actor_ended(actor);
    return ends;
}
