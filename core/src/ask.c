#include "ask.h"

#include <string.h>

#include "actor.h"
#include "alarm.h"
#include "alloc.h"
#include "context.h"
#include "dead_letter.h"
#include "error.h"
#include "group.h"
#include "manager.h"
#include "ownership.h"
#include "ref.h"
#include "spin.h"

#define STEPPED_NS 3600000000000 /* without end, where time stands still: an hour of that time */

#define DETAIL_BYTES 512

struct sb_ask {
    struct sb_alarm alarm; /* first member: the alarm's address is the ask's */
    sabir_ref ref;
    sabir_manager *manager;
    struct sb_ask_edge edge;
    _Atomic bool is_done;
    sabir_ask_done done;
    void *user_data;
    const void *language; /* of the object that the request carries; NULL: it carries none */
    bool is_remote;
    sabir_ref *target;         /* counted */
    struct sb_ask_entry entry; /* of one to another node; the table has a count of `ref` while it is in */
};

static struct sb_ask *ask_of(sabir_ref *ref) {
    return (struct sb_ask *)(void *)((char *)ref - offsetof(struct sb_ask, ref));
}

static struct sb_ask *ask_of_entry(struct sb_ask_entry *entry) {
    return (struct sb_ask *)(void *)((char *)entry - offsetof(struct sb_ask, entry));
}

static void ask_free(sabir_ref *ref) {
    struct sb_ask *ask = ask_of(ref);
    sabir_ref_release(ask->target);
    sb_free(ask);
}

/* ---- The outcome ----------------------------------------------------------------------------------------------------- */

static void leave_table(struct sb_ask *ask) {
    if (ask->is_remote && sb_ask_table_remove(&ask->manager->asks, &ask->entry)) sabir_ref_release(&ask->ref);
}

/*
 * The first outcome is the one; false: it is not this one, and `message` stays with the caller. Unless it is a message this thread's last
 * error says why.
 */
static bool complete(struct sb_ask *ask, int code, sabir_message *message) {
    if (atomic_exchange_explicit(&ask->is_done, true, memory_order_acq_rel)) return false;
    sb_ask_edge_end(&ask->edge);
    sb_alarm_cancel(&ask->alarm);
    leave_table(ask);
    if (message) sb_message_set_sender(message, NULL);
    ask->done(ask->user_data, code, message);
    sabir_ref_release(&ask->ref);
    return true;
}

static int code_of(const sabir_message *message) {
    return message->type->builtin == SB_BUILTIN_REJECT ? SABIR_EREJECTED : SABIR_OK;
}

static int ask_send(sabir_ref *ref, sabir_message *message, sabir_ref *sender) {
    (void)sender;
    struct sb_ask *ask = ask_of(ref);
    if (complete(ask, code_of(message), message)) return SABIR_OK;
    sb_dead_letter(ask->manager, SABIR_DEAD_LATE_REPLY, sb_text_of(ref->name), message->type->name, NULL);
    sabir_message_free(message);
    return SABIR_OK;
}

static const struct sb_ref_ops ask_ops = {.send = ask_send, .free = ask_free};

static bool local_state_is_new(const sabir_ref *ref) {
    const struct sb_actor *actor = sb_actor_of(ref);
    return actor && sb_actor_state(actor) == SB_ACTOR_NEW;
}

static void time_up(struct sb_alarm *alarm) {
    struct sb_ask *ask = (struct sb_ask *)(void *)alarm;
    bool has_not_started = local_state_is_new(ask->target);
    complete(ask,
             sb_error(SABIR_ETIMEDOUT, "actor '%s' did not answer in time%s", ask->target->name,
                      has_not_started ? ": its manager has not started, so it handles nothing yet" : ""),
             NULL);
}

const void *sb_ask_language(const sabir_ref *ref) {
    if (ref->ops != &ask_ops) return NULL;
    return ((const struct sb_ask *)(const void *)((const char *)ref - offsetof(struct sb_ask, ref)))->language;
}

void sb_ask_end(sabir_ref *sender, int code) {
    if (sender->kind == SB_REF_ASK) complete(ask_of(sender), code, NULL);
}

void sb_ask_detach(sabir_ref *sender) {
    if (sender->kind == SB_REF_ASK) sb_ask_edge_end(&ask_of(sender)->edge);
}

/* ---- Asking ---------------------------------------------------------------------------------------------------------- */

static sabir_manager *manager_of(const sabir_ref *ref) {
    struct sb_actor *actor = sb_actor_of(ref);
    return actor ? actor->manager : ref->manager;
}

static int ask_new(sabir_ref *target, sabir_ask_done done, void *user_data, struct sb_ask **ask) {
    sabir_manager *manager = manager_of(target);
    if (!manager) return sb_error(SABIR_ECLOSED, "actor '%s' belongs to a manager that has gone", target->name);
    struct sb_ask *made = sb_alloc_zero(1, sizeof *made);
    if (!made) return sb_error(SABIR_ENOMEM, "no memory for an ask");
    struct sabir_context *context = sb_chain_context();
    made->entry.asker = context ? context->actor->ref.name : SB_ASK_OUTSIDE;
    sb_ref_init(&made->ref, &ask_ops, SB_REF_ASK, SB_ASK_OUTSIDE, NULL);
    sb_alarm_init(&made->alarm, time_up);
    made->alarm.clock = sb_manager_clock(manager);
    made->manager = made->ref.manager = manager;
    made->done = done;
    made->user_data = user_data;
    made->target = sabir_ref_retain(target);
    made->entry.endpoint = target->endpoint;
    made->is_remote = target->kind == SB_REF_REMOTE;
    *ask = made;
    return SABIR_OK;
}

/* A local actor answers to the ask itself; another node answers to who asks, under the id. */
static int send_request(struct sb_ask *ask, sabir_message *request) {
    if (!ask->is_remote) return sabir_ref_send(ask->target, request, &ask->ref);
    struct sb_meta *meta = sb_message_meta_make(request);
    if (!meta) return sb_error(SABIR_ENOMEM, "no memory for an ask");
    sabir_ref_retain(&ask->ref);
    sb_ask_table_add(&ask->manager->asks, &ask->entry);
    memcpy(meta->id, ask->entry.id, sizeof meta->id);
    struct sabir_context *context = sb_chain_context();
    sabir_ref *sender = context ? &context->actor->ref : &ask->manager->asks.outside;
    return sabir_ref_send(ask->target, request, sender);
}

/* It was never sent: no outcome is told. */
static void withdraw(struct sb_ask *ask) {
    if (atomic_exchange_explicit(&ask->is_done, true, memory_order_acq_rel)) return;
    sb_ask_edge_end(&ask->edge);
    sb_alarm_cancel(&ask->alarm);
    leave_table(ask);
    sabir_ref_release(&ask->ref);
}

static int check(sabir_ref *ref, const sabir_message *request, int64_t timeout_ns, sabir_ask_done done) {
    if (!ref) return sb_error(SABIR_EINVAL, "the ref to ask is NULL");
    if (!request) return sb_error(SABIR_EINVAL, "the request is NULL");
    if (!done) return sb_error(SABIR_EINVAL, "there is nobody to tell the outcome: done is NULL");
    if (timeout_ns != -1 && timeout_ns <= 0)
        return sb_error(SABIR_EINVAL, "%lld ns is no time to wait: use more than 0, or -1 to wait without end",
                        (long long)timeout_ns);
    if (ref->kind == SB_REF_ASK) return sb_error(SABIR_EINVAL, "a pending ask cannot be asked");
    return SABIR_OK;
}

/* Takes over `request` in every case. `blocks`: the calling thread is going to wait. */
static int ask_start(sabir_ref *ref, sabir_message *request, int64_t timeout_ns, sabir_ask_done done, void *user_data,
                     bool blocks, sabir_ask **handle) {
    int code = check(ref, request, timeout_ns, done);
    struct sb_ask *ask = NULL;
    if (code == SABIR_OK) code = ask_new(ref, done, user_data, &ask);
    if (code != SABIR_OK) {
        sabir_message_free(request);
        return code;
    }
    if (request->extra) ask->language = request->extra->language;
    sabir_ref_retain(&ask->ref); /* an outcome may come, and free it, while we are still at it */
    if (handle) {
        sabir_ref_retain(&ask->ref);
        *handle = (sabir_ask *)(void *)ask;
    }
    struct sb_actor *local = sb_actor_of(ref);
    if (blocks && local) code = sb_ask_edge_begin(&ask->edge, &local->ownership);
    if (code == SABIR_OK && timeout_ns > 0) code = sb_alarm_set(&ask->alarm, sb_alarm_now_ns(&ask->alarm) + timeout_ns);
    if (code == SABIR_OK) code = send_request(ask, request);
    if (code != SABIR_OK) {
        /* If the time was up first, that was the outcome, and it was told. */
        bool was_told = atomic_load_explicit(&ask->is_done, memory_order_acquire);
        withdraw(ask);
        sabir_message_free(request);
        if (was_told) code = SABIR_OK;
        if (handle && code != SABIR_OK) {
            sabir_ask_free(*handle);
            *handle = NULL;
        }
    }
    sabir_ref_release(&ask->ref);
    return code;
}

int sabir_ref_ask_async(sabir_ref *ref, sabir_message *request, int64_t timeout_ns, sabir_ask_done done,
                        void *user_data) {
    return ask_start(ref, request, timeout_ns, done, user_data, false, NULL);
}

int sabir_ref_ask_start(sabir_ref *ref, sabir_message *request, int64_t timeout_ns, sabir_ask_done done,
                        void *user_data, sabir_ask **ask) {
    if (!ask) {
        sabir_message_free(request);
        return sb_error(SABIR_EINVAL, "there is nowhere to put the ask: the last argument is NULL");
    }
    *ask = NULL;
    return ask_start(ref, request, timeout_ns, done, user_data, false, ask);
}

void sabir_ask_cancel(sabir_ask *handle) {
    struct sb_ask *ask = (struct sb_ask *)(void *)handle;
    if (!ask || atomic_load_explicit(&ask->is_done, memory_order_relaxed)) return;
    complete(ask, sb_error(SABIR_EINTR, "the asker has given up"), NULL);
}

void sabir_ask_free(sabir_ask *handle) {
    struct sb_ask *ask = (struct sb_ask *)(void *)handle;
    if (ask) sabir_ref_release(&ask->ref);
}

struct outcome {
    _Atomic uint32_t is_there;
    int code;
    sabir_message *reply;
    char detail[DETAIL_BYTES]; /* the words of the thread that told us, unless it is a message */
};

static void note_outcome(void *user_data, int code, sabir_message *reply) {
    struct outcome *outcome = user_data;
    outcome->code = code;
    outcome->reply = reply;
    if (code != SABIR_OK && !reply) sabir_error_detail_copy(outcome->detail, sizeof outcome->detail);
    atomic_store_explicit(&outcome->is_there, 1, memory_order_release);
    sb_unpark_one(&outcome->is_there); /* of the address alone: the asker may have gone on */
}

static bool has_outcome(const void *argument) {
    const struct outcome *outcome = argument;
    return atomic_load_explicit(&outcome->is_there, memory_order_acquire) != 0;
}

static int outcome_error(const sabir_ref *ref, const struct outcome *outcome) {
    switch (outcome->code) {
    case SABIR_OK:
        return SABIR_OK;
    case SABIR_EREJECTED:
        return sb_error(SABIR_EREJECTED, "the request to actor '%s' was answered with a Reject", ref->name);
    default:
        return sb_error(outcome->code, "%s", outcome->detail);
    }
}

static struct sb_stepper *stepper_of(const sabir_ref *ref) {
    const sabir_manager *manager = manager_of(ref);
    return manager ? manager->stepper : NULL;
}

int sabir_ref_ask(sabir_ref *ref, sabir_message *request, int64_t timeout_ns, sabir_message **reply) {
    if (!reply) {
        sabir_message_free(request);
        return sb_error(SABIR_EINVAL, "there is nowhere to put the reply: the last argument is NULL");
    }
    *reply = NULL;
    struct outcome outcome = {.code = SABIR_OK};
    struct sb_stepper *stepper = ref ? stepper_of(ref) : NULL;
    if (stepper && timeout_ns == -1) timeout_ns = STEPPED_NS;
    int code = ask_start(ref, request, timeout_ns, note_outcome, &outcome, true, NULL);
    if (code != SABIR_OK) return code;
    if (stepper) sb_stepper_run_until(stepper, INT64_MAX, has_outcome, &outcome); /* in the end its time is up */
    sb_group_about_to_wait();
    struct sb_spin spin;
    sb_spin_init(&spin);
    if (!sb_spin_until(&spin, -1, has_outcome, &outcome))
        while (!has_outcome(&outcome)) sb_park(&outcome.is_there, 0, -1);
    *reply = outcome.reply;
    return outcome_error(ref, &outcome);
}

/* ---- The manager's side ---------------------------------------------------------------------------------------------- */

/* End each of a chain that was taken out of the table, with this thread's last error. */
static void end_chain(struct sb_ask_entry *entry, int code) {
    while (entry) {
        struct sb_ask *ask = ask_of_entry(entry);
        entry = entry->next;
        complete(ask, code, NULL);
        sabir_ref_release(&ask->ref);
    }
}

void sb_ask_end_all(struct sb_ask_table *table) {
    struct sb_ask_entry *chain = sb_ask_table_take_all(table, NULL);
    if (chain) end_chain(chain, sb_error(SABIR_ECLOSED, "the manager stopped before the answer came"));
}

void sb_ask_link_down(struct sb_ask_table *table, const char *endpoint) {
    struct sb_ask_entry *chain = sb_ask_table_take_all(table, endpoint);
    if (chain)
        end_chain(chain, sb_error(SABIR_EDOWN, "the link to the node at %s was lost before the answer came", endpoint));
}

static struct sb_ask *take(sabir_manager *manager, struct sb_text re, struct sb_text target) {
    struct sb_ask_entry *entry = sb_ask_table_take(&manager->asks, re, target);
    return entry ? ask_of_entry(entry) : NULL;
}

bool sb_ask_answer(sabir_manager *manager, struct sb_text re, struct sb_text target, sabir_message *message) {
    struct sb_ask *ask = take(manager, re, target);
    if (!ask) return false;
    bool answered = complete(ask, code_of(message), message);
    sabir_ref_release(&ask->ref);
    return answered;
}

bool sb_ask_fail(sabir_manager *manager, struct sb_text re, struct sb_text target, int code) {
    struct sb_ask *ask = take(manager, re, target);
    if (!ask) return false;
    bool ended = complete(ask, code, NULL);
    sabir_ref_release(&ask->ref);
    return ended;
}
