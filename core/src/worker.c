#include "worker.h"

#include "dispatch.h"
#include "error.h"
#include "manager.h"

static int start(struct sb_actor *actor) {
    int code = sb_ownership_take(&actor->ownership, true);
    if (code == SABIR_OK) {
        code = sb_actor_apply_thread(actor);
        sb_actor_begin_handling(actor, sb_tick_ns());
        if (code == SABIR_OK) code = sb_dispatch_start(actor);
        sb_actor_end_handling(actor, sb_tick_ns());
        sb_ownership_give(&actor->ownership);
    }
    sb_actor_started(actor, code, sb_error_detail());
    return code;
}

/* Whoever waits for the actor has it between two messages. What he does in there is not our time. */
static void give_way(struct sb_actor *actor) {
    sb_actor_end_handling(actor, sb_tick_ns());
    sb_ownership_give(&actor->ownership);
    sb_ownership_take(&actor->ownership, true);
    sb_actor_begin_handling(actor, sb_tick_ns());
}

/* Handle what is there. */
static void handle_all(struct sb_actor *actor) {
    sabir_message *message;
    while (!sb_actor_is_ending(actor) && (message = sb_mailbox_take(&actor->mailbox))) {
        sb_dispatch(actor, message);
        if (sb_ownership_is_wanted(&actor->ownership)) give_way(actor);
    }
}

static void wait_for_message(struct sb_actor *actor) {
    struct sb_mailbox *mailbox = &actor->mailbox;
    if (actor->manager->node && sb_node_read_until(actor->manager->node, mailbox)) return;
    sb_mailbox_wait(mailbox, actor->spec->spin_ns, -1);
}

/* Nobody is waited for in vain here: this thread holds nothing else, so no cycle goes through it and no take fails. */
static void live(struct sb_actor *actor) {
    for (;;) {
        sb_ownership_take(&actor->ownership, true);
        if (!sb_actor_is_handling(actor)) sb_actor_begin_handling(actor, sb_tick_ns());
        handle_all(actor);
        if (sb_actor_is_ending(actor)) return;
        bool rests = sb_mailbox_rest(&actor->mailbox);
        if (rests) sb_actor_end_handling(actor, sb_tick_ns());
        sb_ownership_give(&actor->ownership);
        if (rests) wait_for_message(actor);
    }
}

static void end(struct sb_actor *actor, bool has_started) {
    sb_actor_set_state(actor, SB_ACTOR_STOPPING);
    sb_actor_finish_queue(actor, has_started ? sb_dispatch_queued : NULL);
    if (has_started) sb_dispatch_stop(actor);
    if (sb_actor_is_handling(actor)) sb_actor_end_handling(actor, sb_tick_ns());
    sb_ownership_give(&actor->ownership);
}

void sb_worker_run(void *argument) {
    struct sb_actor *actor = argument;
    int code = start(actor);
    sb_manager_wait_for_start(actor->manager);
    if (code == SABIR_OK) live(actor);
    /* A thread that failed to start for want of memory may not be able to own the actor even now; then nobody ever did. */
    if (code == SABIR_OK || sb_ownership_take(&actor->ownership, true) == SABIR_OK) end(actor, code == SABIR_OK);
    sb_actor_ended(actor);
}
