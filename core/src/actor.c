#include "actor.h"

#include <sabir/manager.h>
#include <stddef.h>
#include <string.h>

#include "actor_slab.h"
#include "alloc.h"
#include "ask.h"
#include "context.h"
#include "dead_letter.h"
#include "error.h"
#include "group.h"
#include "high_water.h"
#include "log.h"
#include "manager.h"
#include "recovery.h"
#include "reject.h"
#include "spec_table.h"
#include "tap.h"
#include "timer.h"
#include "watch.h"
#include "worker.h"

/* ---- Sending to it -------------------------------------------------------------------------------------------------- */

/* Shutdown needs no handler: it stops the actor. */
bool sb_actor_handles(const struct sb_actor *actor, const sabir_type *type) {
    return sb_actor_spec_handler(actor->spec, type) || type->builtin == SB_BUILTIN_SHUTDOWN;
}

static int check_message(const struct sb_actor *actor, const sabir_message *message) {
    if (!sb_actor_handles(actor, message->type))
        return sb_error(SABIR_EUNHANDLED, "actor '%s' has no handler for '%s'", actor->ref.name,
                        message->type->name.bytes);
    const void *language = message->extra ? message->extra->language : NULL;
    if (language && language != actor->spec->language)
        return sb_error(SABIR_EMISMATCH,
                        "actor '%s' cannot take the object that this '%s' carries: it speaks another language",
                        actor->ref.name, message->type->name.bytes);
    return SABIR_OK;
}

/* The sender, without counting it where the manager keeps it alive anyway: a shared counter would cost more than all the rest. */
static void attach_sender(struct sb_actor *actor, sabir_message *message, sabir_ref *sender) {
    struct sb_actor *local = sender ? sb_actor_of(sender) : NULL;
    if (local && local->manager == actor->manager && !message->sender_counted)
        message->sender = sender;
    else
        sb_message_set_sender(message, sender);
}

static int full(struct sb_actor *actor) {
    return sb_error(SABIR_EFULL, "the mailbox of actor '%s' holds its %zu messages", actor->ref.name,
                    actor->spec->capacity_msgs);
}

/* What the overload policy says, and whoever waits for the mark. */
static SB_COLD int pushed_unusually(struct sb_actor *actor, sabir_message *message, int code, sabir_message *dropped) {
    if (code == SABIR_EFULL && actor->spec->overload == SABIR_OVERLOAD_DROP_NEWEST) {
        dropped = message;
        code = SABIR_OK;
    }
    if (actor->spec->high_water_to && sb_mailbox_is_news(&actor->mailbox)) sb_high_water_tell(actor);
    if (dropped) {
        sb_dead_letter(actor->manager, SABIR_DEAD_MAILBOX_FULL, sb_text_of(actor->ref.name), dropped->type->name, NULL);
        sabir_message_free(dropped);
    }
    if (code == SABIR_EFULL) return full(actor);
    if (code == SABIR_ECLOSED) return sb_error(code, "actor '%s' has stopped", actor->ref.name);
    return code;
}

static SB_HOT int push(struct sb_actor *actor, sabir_message *message) {
    sabir_message *dropped;
    int code = sb_mailbox_push(&actor->mailbox, message, &dropped);
    bool is_usual = code == SABIR_OK && !dropped && !actor->spec->high_water_to;
    return SB_USUAL(is_usual) ? SABIR_OK : pushed_unusually(actor, message, code, dropped);
}

int sb_actor_check_fork(const struct sb_actor *actor) {
    if (actor->fork_generation == sb_fork_generation()) return SABIR_OK;
    return sb_error(SABIR_EFORKED, "this process is a child of the one in which actor '%s' lives", actor->ref.name);
}

static int local_send(sabir_ref *ref, sabir_message *message, sabir_ref *sender) {
    struct sb_actor *actor = (struct sb_actor *)ref;
    struct sabir_context *cause = sb_chain_context();
    int code = sb_actor_check_fork(actor);
    if (code == SABIR_OK) code = check_message(actor, message);
    if (code == SABIR_OK) code = sb_context_pass_trace(cause, message);
    if (code != SABIR_OK) return code;
    attach_sender(actor, message, sender);
    code = push(actor, message);
    if (code != SABIR_OK)
        sb_message_set_sender(message, NULL);
    else if (cause)
        sb_count(&cause->actor->counts.sent);
    return code;
}

/* A ref that needs no counting: nobody, or an actor of the same manager. */
static SB_HOT bool is_near(const sabir_manager *manager, const sabir_ref *sender) {
    return !sender || (sender->kind == SB_REF_LOCAL && sb_actor_of(sender)->manager == manager);
}

bool sb_actor_send_words(struct sb_actor *actor, const struct sb_words *words, sabir_ref *sender,
                         const struct sabir_context *cause, int *code) {
    if (SB_RARE(actor->fork_generation != sb_fork_generation() || !is_near(actor->manager, sender) ||
                !sb_actor_spec_handler(actor->spec, words->type)))
        return false;
    sabir_message *message = sb_message_new_words(words->type, words->value);
    if (SB_RARE(!message)) return false;
    message->sender = sender;
    *code = push(actor, message);
    if (SB_RARE(*code != SABIR_OK))
        sabir_message_free(message);
    else if (cause)
        sb_count(&cause->actor->counts.sent);
    return true;
}

int sb_actor_deliver(struct sb_actor *actor, sabir_message *message) {
    int code = check_message(actor, message);
    if (code == SABIR_OK && sb_tap_is_open()) sb_tap_received(&actor->ref, message);
    return code == SABIR_OK ? push(actor, message) : code;
}

/* ---- Life ----------------------------------------------------------------------------------------------------------- */

struct sb_actor_extra *sb_actor_extra_make(struct sb_actor *actor) {
    struct sb_actor_extra *extra = sb_actor_extra(actor);
    struct sb_actor_extra *made = extra ? NULL : sb_alloc_zero(1, sizeof *made);
    if (!made) return extra;
    /* Release: who sees it sees it empty. Acquire: the other's, if somebody was faster. */
    if (atomic_compare_exchange_strong_explicit(&actor->extra, &extra, made, memory_order_acq_rel,
                                                memory_order_acquire))
        return made;
    sb_free(made);
    return extra;
}

static void free_extra(struct sb_actor_extra *extra) {
    if (!extra) return;
    sb_free(extra->puller);
    sb_free(extra->recovery);
    sb_free(extra->start_detail);
    sb_free(extra);
}

/* All but the spec. */
static void free_parts(struct sb_actor *actor) {
    sb_mailbox_free(&actor->mailbox);
    free_extra(sb_actor_extra(actor));
    if (actor->ref.name != actor->short_name) sb_free((void *)(uintptr_t)actor->ref.name);
    sb_actor_slab_give(actor);
}

static void local_free(sabir_ref *ref) {
    struct sb_actor *actor = (struct sb_actor *)ref;
    struct sabir_actor *spec = actor->spec;
    free_parts(actor);
    sb_spec_release(spec);
}

static const struct sb_ref_ops local_ops = {.send = local_send, .free = local_free};

bool sb_actor_starts_idle(const struct sb_actor *actor) {
    const struct sabir_actor *spec = actor->spec;
    return spec->group && !spec->is_pulled && !actor->manager->stepper && !spec->callbacks.on_start &&
           !sb_actor_spec_handler(spec, sabir_type_start());
}

static void due_by_mailbox(struct sb_mailbox *mailbox) {
    sb_group_due(sb_actor_of_mailbox(mailbox));
}

static void wake_reader(struct sb_mailbox *mailbox) {
    struct sb_actor *actor = sb_actor_of_mailbox(mailbox);
    sb_node_wake_reader(actor->manager->node);
}

/* A thread of its own that was not asked to be anything special may read the wire for a while (loan.h). */
static bool may_read_wire(const struct sabir_actor *spec) {
    return !spec->is_pulled && spec->cpu_count == 0 && spec->policy == 0 && spec->spin_ns <= 0;
}

static void due_by_ownership(struct sb_ownership *ownership) {
    sb_group_due(sb_actor_of_ownership(ownership));
}

/* A spec as it is to stay: what its mailbox goes by follows from it and from where the actor runs. */
static void complete(struct sabir_actor *spec, const sabir_manager *manager) {
    sb_mailbox_rule_init(&spec->mailbox, spec->capacity_msgs, spec->high_water_msgs,
                         spec->overload == SABIR_OVERLOAD_DROP_OLDEST);
    if (manager->stepper)
        spec->mailbox.wake = sb_stepper_wake;
    else if (spec->group)
        spec->mailbox.wake = due_by_mailbox;
    else if (may_read_wire(spec))
        spec->mailbox.wake_away = wake_reader;
}

/* The parts that are allocated apart; what does not come about is undone by free_parts. */
static int fill(struct sb_actor *actor, const char *name, const char *endpoint) {
    const struct sabir_actor *spec = actor->spec;
    size_t len_bytes = strlen(name);
    char *own_name = len_bytes < sizeof actor->short_name ? memcpy(actor->short_name, name, len_bytes + 1)
                                                          : sb_strndup(name, len_bytes);
    sb_ref_init(&actor->ref, &local_ops, SB_REF_LOCAL, own_name, endpoint);
    bool has_room = sb_mailbox_init(&actor->mailbox, &spec->mailbox) == SABIR_OK && own_name;
    /* Who has a thread needs the rest at once; who has none may never do. */
    if (has_room && !spec->group && !actor->manager->stepper) has_room = sb_actor_extra_make(actor) != NULL;
    if (!has_room) return sb_error(SABIR_ENOMEM, "no memory for actor '%s'", name);
    sb_ownership_init(&actor->ownership, own_name);
    if (actor->manager->stepper)
        actor->ownership.turn = sb_stepper_turn_due;
    else if (spec->group)
        actor->ownership.turn = due_by_ownership;
    if (sb_actor_starts_idle(actor)) sb_mailbox_begin_asleep(&actor->mailbox);
    return sb_recovery_new(actor);
}

int sb_actor_new(sabir_manager *manager, const char *name, const char *endpoint, struct sabir_actor *spec,
                 struct sb_actor **actor) {
    struct sb_actor *made = sb_actor_slab_take();
    if (!made) return sb_error(SABIR_ENOMEM, "no memory for actor '%s'", name);
    complete(spec, manager);
    made->manager = manager;
    made->spec = spec;
    made->self = spec->self;
    made->fork_generation = sb_fork_generation();
    int code = fill(made, name, endpoint);
    if (code != SABIR_OK) {
        free_parts(made);
        return code;
    }
    made->spec = sb_spec_share(spec);
    made->mailbox.rule = &made->spec->mailbox;
    *actor = made;
    return SABIR_OK;
}

void sb_actor_set_state(struct sb_actor *actor, enum sb_actor_state state) {
    atomic_store_explicit(&actor->state, state, memory_order_release);
    if (state != SB_ACTOR_STOPPING) sb_unpark_all(&actor->state); /* for that nobody waits */
}

bool sb_actor_wait(struct sb_actor *actor, enum sb_actor_state state, int64_t deadline_ns) {
    for (;;) {
        uint32_t seen = atomic_load_explicit(&actor->state, memory_order_acquire);
        if (seen >= (uint32_t)state) return true;
        if (!sb_park(&actor->state, seen, deadline_ns)) return sb_actor_state(actor) >= state;
    }
}

void sb_actor_start_now(struct sb_actor *actor) {
    if (sb_actor_state(actor) != SB_ACTOR_NEW) return; /* it was stopped before it began */
    if (sb_actor_starts_idle(actor)) {                 /* at once, so that nobody waits for it */
        atomic_store_explicit(&actor->state, SB_ACTOR_RUNNING, memory_order_release);
        return;
    }
    sb_actor_set_state(actor, SB_ACTOR_STARTING);
    if (actor->manager->stepper) {
        sb_stepper_due(actor->manager->stepper, actor);
        return;
    }
    if (actor->spec->group) {
        sb_group_due(actor);
        return;
    }
    if (actor->spec->is_pulled) return; /* its binding's thread comes by itself */
    struct sb_actor_extra *extra = sb_actor_extra(actor);
    int code = sb_thread_start(&extra->thread, actor->ref.name, sb_worker_run, actor);
    extra->has_thread = code == SABIR_OK;
    if (code == SABIR_OK) return;
    sb_actor_started(actor, code, sb_error_detail());
    sb_actor_set_state(actor, SB_ACTOR_STOPPING); /* before the mailbox is closed: fast_send looks at nothing else */
    sb_mailbox_close(&actor->mailbox);
    sb_actor_finish_queue(actor, NULL);
    sb_actor_ended(actor);
}

void sb_actor_post_stop(struct sb_actor *actor, bool drains) {
    uint8_t not_yet = SB_ENDING_NOT;
    if (!atomic_compare_exchange_strong(&actor->ending, &not_yet, drains ? SB_ENDING_DRAINING : SB_ENDING_BURYING))
        return;
    sb_mailbox_poke(&actor->mailbox);
}

int sb_actor_apply_thread(struct sb_actor *actor) {
    const struct sabir_actor *spec = actor->spec;
    sb_actor_note_thread(actor);
    struct sb_thread_options options = {.name = spec->thread_name ? spec->thread_name : actor->ref.name,
                                        .cpus = spec->cpus,
                                        .cpu_count = spec->cpu_count,
                                        .policy = spec->policy,
                                        .priority = spec->priority};
    int code = sb_thread_apply(&options);
    if (code == SABIR_OK || spec->is_strict) return code;
    sb_log("actor '%s' runs without a thread option: %s", actor->ref.name, sb_error_detail());
    return SABIR_OK;
}

void sb_actor_started(struct sb_actor *actor, int code, const char *detail) {
    actor->start_code = code;
    struct sb_actor_extra *extra = code == SABIR_OK ? NULL : sb_actor_extra_make(actor);
    if (extra) extra->start_detail = sb_strndup(detail, strlen(detail)); /* without memory only the words are lost */
    sb_actor_set_state(actor, SB_ACTOR_RUNNING);
}

/* ---- The end -------------------------------------------------------------------------------------------------------- */

void sb_actor_bury(struct sb_actor *actor, sabir_message *message) {
    if (message->control == SB_CONTROL_ORDER) return;
    if (message->control == SB_CONTROL_TIMER) {
        sb_timer_bury(*sb_message_timer(message));
        return;
    }
    if (message->control == SB_CONTROL_NEWS) { /* nobody sent it, so nobody misses it */
        sabir_message_free(message);
        return;
    }
    struct sb_rejected rejected = {message->sender, message->type->name, sb_text_of(actor->ref.name),
                                   sb_message_meta(message)};
    sb_reject(actor->manager, &rejected, SB_REJECT_STOPPED, "the actor stopped before it came to this message");
    sb_dead_letter(actor->manager, SABIR_DEAD_STOPPED, rejected.target, message->type->name, NULL);
    sabir_message_free(message);
}

void sb_actor_finish_queue(struct sb_actor *actor, bool (*handle)(struct sb_actor *actor, sabir_message *message)) {
    sb_mailbox_close(&actor->mailbox);
    sb_mailbox_hold(&actor->mailbox, false);
    sabir_message *message;
    while ((message = sb_mailbox_take(&actor->mailbox))) {
        bool drains = handle && sb_actor_is_draining(actor);
        if (!drains || message->control != SB_CONTROL_NONE || !handle(actor, message)) sb_actor_bury(actor, message);
    }
    sb_timers_drop(actor);
    sb_watches_drop(actor);
    while ((message = sb_mailbox_take(&actor->mailbox))) sb_actor_bury(actor, message); /* posted meanwhile */
}

void sb_actor_ended(struct sb_actor *actor) {
    if (actor->spec->callbacks.drop) actor->spec->callbacks.drop(actor->self);
    sb_recovery_end(actor);
    sb_watches_tell(actor); /* before it is STOPPED: whoever waits for that may free the manager */
    sb_actor_set_state(actor, SB_ACTOR_STOPPED);
}

/* ---- Seen from outside ---------------------------------------------------------------------------------------------- */

bool sb_actor_is_reachable(const struct sb_actor *actor) {
    return !actor->spec->is_local;
}

bool sb_actor_prefers_text(const struct sb_actor *actor, const sabir_type *type) {
    return actor->spec->is_pulled && !(actor->spec->takes_values && type->is_flat);
}

bool sb_actor_is_stopped(const struct sb_actor *actor) {
    return sb_mailbox_is_closed(&actor->mailbox);
}

sabir_ref *sb_actor_ref(struct sb_actor *actor) {
    return &actor->ref;
}

int sabir_ref_send_object(sabir_ref *ref, const sabir_type *type, void *object, sabir_ref *sender) {
    struct sb_actor *actor = ref ? sb_actor_of(ref) : NULL;
    if (!ref || !type || !object) return sb_error(SABIR_EINVAL, "the ref, the type or the object is NULL");
    if (!actor || !actor->spec->object_drop)
        return sb_error(SABIR_EMISMATCH, "'%s' takes no objects: it is in another process or was made without a drop",
                        ref->name);
    sabir_message *message;
    int code = sabir_message_new_object(type, actor->spec->language, object, NULL, &message);
    if (code != SABIR_OK) return code;
    message->extra->drop = actor->spec->object_drop;
    code = sabir_ref_send(ref, message, sender);
    if (code == SABIR_OK) return SABIR_OK;
    message->extra->drop = NULL; /* it stays the caller's */
    sabir_message_free(message);
    return code;
}

const void *sabir_ref_language(const sabir_ref *ref) {
    struct sb_actor *actor = sb_actor_of(ref);
    return actor ? actor->spec->language : ref ? sb_ask_language(ref) : NULL;
}

void *sabir_ref_actor_get(const sabir_ref *ref, const void *language) {
    struct sb_actor *actor = sb_actor_of(ref);
    return actor && language && actor->spec->language == language ? actor->self : NULL;
}
