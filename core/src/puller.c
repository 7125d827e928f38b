/*
 * A pulled actor: its binding's thread asks for the next batch. From the moment a batch is returned until the next call the thread owns
 * the actor, as a worker owns its own while it handles.
 *
 *     next: START -> next: (started) wait for the manager -> next: batch, batch ... -> next: STOP -> next: ECLOSED
 */
#include "puller.h"

#include <string.h>

#include "alloc.h"
#include "dispatch.h"
#include "error.h"
#include "interpreter.h"
#include "log.h"
#include "manager.h"
#include "recovery.h"
#include "timer.h"

#define BATCH_PART 16 /* of the mailbox's capacity */

struct sabir_puller *sb_puller_new(void) {
    struct sabir_puller *made = sb_alloc_zero(1, sizeof *made);
    if (!made) return NULL;
    made->fork_generation = sb_fork_generation();
    sb_spin_init(&made->way_out);
    made->frame = (struct sb_batch_frame){&made->entries[0].context, sizeof made->entries[0], &made->batch.current};
    made->batch.size_bytes = sizeof made->batch;
    made->batch.item_size_bytes = sizeof made->items[0];
    made->batch.items = made->items;
    return made;
}

int sabir_puller_get(sabir_ref *actor, sabir_puller **puller) {
    struct sb_actor *local = actor ? sb_actor_of(actor) : NULL;
    if (!local || !puller || !local->spec->is_pulled)
        return sb_error(SABIR_EINVAL,
                        "a puller belongs to an actor of this process that was made with sabir_actor_set_pulled");
    if (local->spec->group)
        return sb_error(SABIR_EINVAL, "actor '%s' is pulled by the workers of its group (sabir_group_puller_get)",
                        local->ref.name);
    struct sb_actor_extra *extra = sb_actor_extra_make(local);
    if (extra && extra->puller) return sb_error(SABIR_EEXIST, "actor '%s' has its puller already", local->ref.name);
    struct sabir_puller *made = extra ? sb_puller_new() : NULL;
    if (!made) return sb_error(SABIR_ENOMEM, "no memory for the puller of actor '%s'", local->ref.name);
    made->actor = local;
    sabir_ref_retain(actor);
    extra->puller = made;
    atomic_store_explicit(&local->ownership.yield, &made->batch.yield, memory_order_release);
    *puller = made;
    return SABIR_OK;
}

/* ---- Owning the actor ------------------------------------------------------------------------------------------------ */

int sb_puller_own(struct sabir_puller *puller) {
    if (puller->owns) return SABIR_OK;
    int code = sb_ownership_take(&puller->actor->ownership, true);
    puller->owns = code == SABIR_OK;
    return code;
}

void sb_puller_disown(struct sabir_puller *puller) {
    if (puller->owns) sb_ownership_give(&puller->actor->ownership);
    puller->owns = false;
}

/* The item's turn has come (as far as we can know: the first one's). */
static void count_entry(struct sabir_puller *puller, struct sb_entry *entry) {
    if (!entry->is_counted) sb_mailbox_count_taken(&puller->actor->mailbox);
    entry->is_counted = true;
}

/* Hand the batch out: what the binding does from now on is caused by the item that it says is in hand. */
int sb_puller_hand_out(struct sabir_puller *puller, struct sabir_batch **batch) {
    puller->batch.current = 0;
    puller->batch.self = puller->actor->self;
    count_entry(puller, &puller->entries[0]);
    __atomic_store_n(&puller->batch.yield, sb_ownership_is_wanted(&puller->actor->ownership), __ATOMIC_RELAXED);
    sb_chain_enter(sb_frame_of_batch(&puller->frame));
    puller->handed_out_ns = sb_now_ns();
    sb_actor_begin_handling(puller->actor, sb_tick_ns());
    *batch = &puller->batch;
    return SABIR_OK;
}

void sb_puller_take_back(struct sabir_puller *puller) {
    sb_chain_enter(0);
    if (!sb_actor_is_handling(puller->actor)) return;
    puller->batch_ns = sb_now_ns() - puller->handed_out_ns;
    sb_actor_end_handling(puller->actor, sb_tick_ns());
}

int sb_puller_hand_out_one(struct sabir_puller *puller, uint32_t kind, struct sabir_batch **batch) {
    puller->items[0] = (struct sabir_pulled){.kind = kind};
    puller->entries[0] = (struct sb_entry){.context = {.actor = puller->actor}, .is_counted = true};
    puller->batch.count = 1;
    return sb_puller_hand_out(puller, batch);
}

/* ---- Filling a batch ------------------------------------------------------------------------------------------------- */

static void describe(const struct sb_actor *actor, sabir_message *message, const struct sb_handler *handler,
                     struct sabir_pulled *item) {
    bool is_timer = message->control == SB_CONTROL_TIMER;
    item->kind = is_timer ? SABIR_PULLED_TIMER : SABIR_PULLED_MESSAGE;
    item->has_sender = message->sender != NULL;
    item->type = message->type;
    item->handler_data = handler ? handler->user_data : NULL;
    item->object = sabir_message_object_get(message, actor->spec->language);
    item->json = NULL;
    item->json_len_bytes = 0;
    item->sender = message->sender;
    item->message = message;
    item->value_len_bytes = 0;
}

/* The struct as it lies in the message, for a binding that reads it. false: it takes text. */
static bool add_value(const struct sb_actor *actor, struct sabir_pulled *item) {
    const sabir_type *type = item->type;
    const void *value = item->message->value;
    if (!actor->spec->takes_values || !value || !type->is_flat || type->size_bytes > sizeof item->value) return false;
    memcpy(item->value, value, type->size_bytes);
    item->value_len_bytes = type->size_bytes;
    return true;
}

/* The payload, checked. A firing's is written when it begins. */
static int add_payload(const struct sb_actor *actor, struct sabir_pulled *item) {
    if (item->object || item->kind == SABIR_PULLED_TIMER || add_value(actor, item)) return SABIR_OK;
    int code = sabir_message_check(item->message);
    return code == SABIR_OK ? sabir_message_json_get(item->message, &item->json, &item->json_len_bytes) : code;
}

/* false: the message is not for the binding, and has been dealt with. */
static bool fill(struct sabir_puller *puller, size_t index, sabir_message *message) {
    struct sb_actor *actor = puller->actor;
    const struct sb_handler *handler = sb_actor_spec_handler(actor->spec, message->type);
    puller->entries[index] = (struct sb_entry){
        .context = {.actor = actor, .message = message, .sender = message->sender},
        .is_counted = message->control != SB_CONTROL_NONE || sb_mailbox_drops_oldest(&actor->mailbox),
    };
    describe(actor, message, handler, &puller->items[index]);
    int code = handler ? add_payload(actor, &puller->items[index]) : SABIR_OK;
    if (code == SABIR_OK && handler) return true;
    if (!handler) actor->wants_stop = true; /* Shutdown is the one type that needs none */
    count_entry(puller, &puller->entries[index]);
    sb_dispatch_settle(&puller->entries[index].context, code, sb_error_detail());
    sabir_message_free(message);
    return false;
}

/* What is in a batch cannot be told apart from what its binding handles: it is to be a small part of what the mailbox holds. */
static size_t batch_limit(const struct sb_mailbox *mailbox) {
    if (sb_mailbox_drops_oldest(mailbox)) return 1; /* a sender may want the oldest back */
    uint64_t part = mailbox->rule->capacity / BATCH_PART;
    return part >= SB_BATCH_ITEMS ? SB_BATCH_ITEMS : part > 0 ? (size_t)part : 1;
}

static sabir_message *take(struct sb_mailbox *mailbox) {
    return sb_mailbox_drops_oldest(mailbox) ? sb_mailbox_take(mailbox) : sb_mailbox_take_ahead(mailbox);
}

/* The actor is held: what it has not begun waits in the mailbox for its fresh state. */
static void put_all_back(struct sabir_puller *puller) {
    for (size_t i = puller->batch.count; i-- > 0;) {
        sabir_message *message = puller->entries[i].context.message;
        if (message && (!puller->entries[i].is_counted || message->control != SB_CONTROL_NONE))
            sb_mailbox_put_back(&puller->actor->mailbox, message);
        else if (message)
            sb_actor_bury(puller->actor,
                          message); /* counted as taken: it was in hand when somebody else's call failed */
    }
    puller->batch.count = 0;
}

void sb_puller_gather(struct sabir_puller *puller, size_t limit, bool drains) {
    struct sb_actor *actor = puller->actor;
    size_t fits = batch_limit(&actor->mailbox);
    if (fits < limit) limit = fits;
    sabir_message *message;
    if (actor->is_held) put_all_back(puller);
    while (puller->batch.count < limit && (drains || !sb_actor_is_ending(actor)) && (message = take(&actor->mailbox)))
        if (message->control == SB_CONTROL_ORDER)
            sb_recovery_obey(actor);
        else if (fill(puller, puller->batch.count, message))
            puller->batch.count++;
    if (actor->is_held) put_all_back(puller); /* so it was ordered meanwhile */
}

/* ---- Finishing a batch ----------------------------------------------------------------------------------------------- */

static void finish_item(struct sb_entry *entry) {
    sabir_message *message = entry->context.message;
    if (!message) return; /* a firing that was cancelled */
    const struct sabir_actor *spec = entry->context.actor->spec;
    if (spec->object_drop) sabir_message_object_take(message, spec->language); /* the binding has it */
    bool is_timer = message->control == SB_CONTROL_TIMER;
    if (!entry->is_settled && (!is_timer || entry->has_begun)) sb_dispatch_settle(&entry->context, SABIR_OK, "");
    if (!is_timer)
        sabir_message_free(message);
    else if (entry->has_begun)
        sb_timer_end(*sb_message_timer(message));
    else
        sb_timer_bury(*sb_message_timer(message)); /* the binding passed it over */
}

/* RESTART has come back: all is well unless sabir_puller_fail said otherwise. */
static void restarted(struct sabir_puller *puller) {
    puller->restarts = false;
    puller->batch.count = 0;
    if (!puller->entries[0].is_settled) sb_recovery_done(puller->actor, SABIR_OK, "");
}

/* The first `done` are through; the rest comes again. */
void sb_puller_finish(struct sabir_puller *puller, size_t done) {
    if (puller->restarts) restarted(puller);
    if (done > puller->batch.count) done = puller->batch.count;
    for (size_t i = 0; i < done; i++) {
        count_entry(puller, &puller->entries[i]);
        finish_item(&puller->entries[i]);
    }
    size_t rest = puller->batch.count - done;
    memmove(puller->items, puller->items + done, rest * sizeof puller->items[0]);
    memmove(puller->entries, puller->entries + done, rest * sizeof puller->entries[0]);
    puller->batch.count = rest;
}

/* Somebody else is going to have the actor: to him the rest is queued, and an ordered fast_send handles it first. */
void sb_puller_put_rest_back(struct sabir_puller *puller) {
    for (size_t i = puller->batch.count; i-- > 0;)
        if (!puller->entries[i].is_counted)
            sb_mailbox_put_back(&puller->actor->mailbox, puller->entries[i].context.message);
    size_t kept = 0;
    for (size_t i = 0; i < puller->batch.count; i++) {
        if (!puller->entries[i].is_counted) continue;
        puller->items[kept] = puller->items[i];
        puller->entries[kept++] = puller->entries[i];
    }
    puller->batch.count = kept;
}

void sb_puller_bury_rest(struct sabir_puller *puller) {
    for (size_t i = 0; i < puller->batch.count; i++) {
        count_entry(puller, &puller->entries[i]);
        if (puller->entries[i].context.message) sb_actor_bury(puller->actor, puller->entries[i].context.message);
    }
    puller->batch.count = 0;
}

/* ---- The stages ------------------------------------------------------------------------------------------------------ */

/* The manager stopped without a start, and has ended the actor itself. */
static int leave_unstarted(struct sabir_puller *puller) {
    struct sb_actor *actor = puller->actor;
    puller->stage = SB_STAGE_ENDED;
    puller->actor = NULL;
    sabir_ref_release(&actor->ref); /* which may free the puller */
    return sb_error(SABIR_ECLOSED, "the manager stopped before it started");
}

/* START has come back: all is well unless sabir_puller_fail said otherwise. */
static void started(struct sabir_puller *puller) {
    bool failed = puller->entries[0].is_settled;
    puller->batch.count = 0;
    sb_puller_disown(puller);
    if (!failed) sb_actor_started(puller->actor, SABIR_OK, "");
    sb_manager_wait_for_start(puller->actor->manager);
    puller->stage = failed ? SB_STAGE_ENDED : SB_STAGE_RUNNING;
}

static int end(struct sabir_puller *puller) {
    struct sb_actor *actor = puller->actor;
    if (!actor) return sb_error(SABIR_ECLOSED, "the actor has ended");
    puller->stage = SB_STAGE_ENDED;
    if (!puller->owns && sb_puller_own(puller) == SABIR_OK) sb_actor_finish_queue(actor, NULL); /* it never ran */
    sb_puller_disown(puller);
    puller->actor = NULL;
    sb_actor_ended(actor);
    sabir_ref_release(&actor->ref); /* which may free the puller */
    return sb_error(SABIR_ECLOSED, "the actor has ended");
}

/* The binding's thread may be there before the manager starts: then it waits for that. */
static int begin(struct sabir_puller *puller, int64_t deadline_ns, struct sabir_batch **batch) {
    if (!sb_actor_wait(puller->actor, SB_ACTOR_STARTING, deadline_ns))
        return sb_error(SABIR_ETIMEDOUT, "the manager of actor '%s' did not start in time", puller->actor->ref.name);
    if (sb_actor_is_stopped(puller->actor)) return leave_unstarted(puller);
    int code = sb_puller_own(puller);
    if (code == SABIR_OK) code = sb_actor_apply_thread(puller->actor);
    puller->stage = SB_STAGE_STARTING;
    if (code == SABIR_OK) return sb_puller_hand_out_one(puller, SABIR_PULLED_START, batch);
    puller->entries[0].is_settled = true; /* a thread option that it cannot be without */
    sb_actor_started(puller->actor, code, sb_error_detail());
    started(puller);
    return end(puller);
}

/* Drain if that is asked for; then STOP, and after that the end. */
int sb_puller_stop_actor(struct sabir_puller *puller, struct sabir_batch **batch) {
    struct sb_actor *actor = puller->actor;
    sb_mailbox_close(&actor->mailbox);
    if (sb_actor_is_draining(actor)) {
        sb_puller_gather(puller, SB_BATCH_ITEMS, true);
        if (puller->batch.count > 0) return sb_puller_hand_out(puller, batch);
    }
    sb_puller_bury_rest(puller);
    sb_actor_finish_queue(actor, NULL);
    puller->stage = SB_STAGE_STOPPED;
    return sb_puller_hand_out_one(puller, SABIR_PULLED_STOP, batch);
}

/* Let whoever waits have the actor between two messages. */
int sb_puller_yield(struct sabir_puller *puller) {
    if (puller->owns && !sb_ownership_is_wanted(&puller->actor->ownership)) return SABIR_OK;
    if (puller->owns) sb_puller_put_rest_back(puller);
    sb_puller_disown(puller);
    return sb_puller_own(puller);
}

int sb_puller_hand_out_restart(struct sabir_puller *puller, struct sabir_batch **batch) {
    sb_recovery_begin(puller->actor);
    puller->restarts = true;
    return sb_puller_hand_out_one(puller, SABIR_PULLED_RESTART, batch);
}

static int run(struct sabir_puller *puller, int64_t deadline_ns, struct sabir_batch **batch) {
    struct sb_actor *actor = puller->actor;
    for (;;) {
        int code = sb_puller_yield(puller);
        if (code != SABIR_OK) return code;
        sb_puller_gather(puller, SB_BATCH_ITEMS, false);
        if (sb_actor_is_ending(actor)) break;
        if (sb_recovery_is_due(actor)) return sb_puller_hand_out_restart(puller, batch);
        if (puller->batch.count > 0) return sb_puller_hand_out(puller, batch);
        bool rests = sb_mailbox_rest(&actor->mailbox);
        sb_puller_disown(puller);
        if (rests && !sb_mailbox_wait(&actor->mailbox, actor->spec->spin_ns, deadline_ns))
            return sb_error(SABIR_ETIMEDOUT, "no message for actor '%s' in time", actor->ref.name);
    }
    sb_actor_set_state(actor, SB_ACTOR_STOPPING);
    puller->stage = SB_STAGE_STOPPING;
    return sb_puller_stop_actor(puller, batch);
}

static int next(sabir_puller *puller, size_t done, int64_t timeout_ns, struct sabir_batch **batch) {
    if (puller->worker) {
        if (timeout_ns >= 0) return sb_error(SABIR_EINVAL, "a group's worker waits without end: the timeout is -1");
        return sb_member_next(puller, done, true, batch);
    }
    if (puller->stage == SB_STAGE_ENDED) return end(puller);
    int code = sb_actor_check_fork(puller->actor); /* not the manager: without a start it may have gone already */
    if (code != SABIR_OK) return code;
    if (puller->owns) sb_puller_take_back(puller);
    int64_t deadline_ns = timeout_ns < 0 ? -1 : sb_now_ns() + timeout_ns;
    if (puller->stage == SB_STAGE_NEW) return begin(puller, deadline_ns, batch);
    if (puller->stage == SB_STAGE_STARTING) started(puller);
    if (puller->stage == SB_STAGE_STOPPED || puller->stage == SB_STAGE_ENDED) return end(puller);
    sb_puller_finish(puller, done);
    if (puller->stage == SB_STAGE_STOPPING) return sb_puller_stop_actor(puller, batch);
    return run(puller, deadline_ns, batch);
}

int sabir_puller_next(sabir_puller *puller, size_t done, int64_t timeout_ns, struct sabir_batch **batch) {
    if (!puller || !batch) return sb_error(SABIR_EINVAL, "puller or batch is NULL");
    if (puller->is_out) sb_interpreter_leave();
    puller->is_out = false;
    int code = next(puller, done, timeout_ns, batch);
    if (code != SABIR_OK) return code; /* the puller may be gone */
    sb_interpreter_enter(&puller->way_out);
    puller->is_out = true;
    return SABIR_OK;
}

int sabir_puller_try_next(sabir_puller *puller, size_t done, struct sabir_batch **batch) {
    if (!puller || !batch) return sb_error(SABIR_EINVAL, "puller or batch is NULL");
    if (puller->worker) return sb_member_next(puller, done, false, batch);
    bool is_running = puller->stage == SB_STAGE_RUNNING;
    if ((!is_running && puller->stage != SB_STAGE_STOPPING) || !puller->owns) return SABIR_ETIMEDOUT;
    struct sb_actor *actor = puller->actor;
    if (sb_actor_check_fork(actor) != SABIR_OK) return SABIR_EFORKED;
    sb_puller_take_back(puller);
    sb_puller_finish(puller, done);
    if (!is_running || sb_ownership_is_wanted(&actor->ownership) || sb_actor_is_ending(actor) || actor->is_held)
        return SABIR_ETIMEDOUT;
    sb_puller_gather(puller, SB_BATCH_ITEMS, false);
    return puller->batch.count > 0 ? sb_puller_hand_out(puller, batch) : SABIR_ETIMEDOUT;
}

/* ---- What the binding says of an item -------------------------------------------------------------------------------- */

/* NULL, with a detail: there is no such item, or its firing was cancelled. */
static struct sb_entry *entry_of(sabir_puller *puller, size_t index) {
    if (puller && index < puller->batch.count) return &puller->entries[index];
    sb_error(SABIR_EINVAL, "the batch has no item %zu", index);
    return NULL;
}

int sabir_puller_begin(sabir_puller *puller, size_t index) {
    struct sb_entry *entry = entry_of(puller, index);
    if (!entry) return SABIR_EINVAL;
    struct sabir_pulled *item = &puller->items[index];
    if (item->kind != SABIR_PULLED_TIMER || entry->has_begun) return SABIR_OK;
    if (!sb_timer_begin(*sb_message_timer(item->message))) {
        entry->context.message = item->message = NULL; /* gone with its timer */
        return sb_error(SABIR_ENOENT, "the timer was cancelled");
    }
    entry->has_begun = true;
    sb_message_forget_text(item->message); /* of the firing before */
    return sabir_message_json_get(item->message, &item->json, &item->json_len_bytes);
}

int sabir_puller_reply(sabir_puller *puller, size_t index, sabir_message *message) {
    struct sb_entry *entry = entry_of(puller, index);
    return entry ? sabir_context_reply(&entry->context, message) : SABIR_EINVAL;
}

int sabir_puller_reply_object(sabir_puller *puller, size_t index, const sabir_type *type, void *object) {
    struct sb_entry *entry = entry_of(puller, index);
    if (!entry || !type || !object) return sb_error(SABIR_EINVAL, "the item, the type or the object is not there");
    const struct sabir_actor *spec = puller->actor->spec;
    sabir_ref *to = entry->context.sender;
    if (to && (!spec->object_drop || sabir_ref_language(to) != spec->language))
        return sb_error(SABIR_EMISMATCH, "'%s' takes no objects from actor '%s'", to->name, puller->actor->ref.name);
    sabir_message *message;
    int code = sabir_message_new_object(type, spec->language, object, NULL, &message);
    if (code != SABIR_OK) return code;
    message->extra->drop = spec->object_drop;
    code = sabir_context_reply(&entry->context, message);
    if (code == SABIR_OK) return SABIR_OK;
    message->extra->drop = NULL; /* it stays the caller's */
    sabir_message_free(message);
    return code;
}

int sabir_puller_reply_take(sabir_puller *puller, size_t index, sabir_reply_token **token) {
    struct sb_entry *entry = entry_of(puller, index);
    return entry ? sabir_context_reply_take(&entry->context, token) : SABIR_EINVAL;
}

int sabir_puller_fail(sabir_puller *puller, size_t index, int code, const char *detail) {
    struct sb_entry *entry = entry_of(puller, index);
    if (!entry) return SABIR_EINVAL;
    if (entry->is_settled) return SABIR_OK;
    entry->is_settled = true;
    const char *words = detail ? detail : "";
    if (entry->context.message)
        sb_dispatch_settle(&entry->context, code, words);
    else if (puller->restarts)
        sb_recovery_done(puller->actor, code, words);
    else if (puller->stage == SB_STAGE_STARTING)
        sb_actor_started(puller->actor, code, words);
    else
        sb_log("actor '%s' failed in on_stop: %s", puller->actor->ref.name, words);
    if (puller->actor->is_held || puller->actor->wants_stop)
        __atomic_store_n(&puller->batch.yield, 1, __ATOMIC_RELAXED); /* the rest is not for this state any more */
    return SABIR_OK;
}

void sabir_puller_stop(sabir_puller *puller) {
    puller->actor->wants_stop = true;
}
