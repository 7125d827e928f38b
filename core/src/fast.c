/*
 * fast_send: the handler runs now, in the caller's thread, owning the actor. No queue, no allocation. A deadline is for the waiting: what
 * has begun is not given up.
 */
#include "context.h"
#include "dispatch.h"
#include "error.h"
#include "group.h"
#include "manager.h"
#include "recovery.h"
#include "tap.h"

/* ---- Entering -------------------------------------------------------------------------------------------------------- */

static SB_COLD int no_local_actor(const sabir_ref *ref) {
    if (!ref) return sb_error(SABIR_EINVAL, "the ref to call is NULL");
    const struct sb_actor *actor = sb_actor_of(ref);
    if (actor) return sb_actor_check_fork(actor);
    return sb_error(SABIR_EREMOTE, "actor '%s' is not in this process: use ask, which works for every actor",
                    ref->name);
}

/* NULL: no_local_actor says why. */
static SB_HOT struct sb_actor *local_actor(sabir_ref *ref) {
    struct sb_actor *actor = ref ? sb_actor_of(ref) : NULL;
    return actor && actor->fork_generation == sb_fork_generation() ? actor : NULL;
}

/* By its owner, as the next. The mailbox of a RUNNING actor is open: STOPPING comes before it is closed. */
static SB_HOT bool is_callable(const struct sb_actor *actor) {
    return !actor->is_held && sb_actor_state(actor) == SB_ACTOR_RUNNING;
}

/* Before its on_start has returned an actor has no state to call; after its end it has none any more. */
static int check_life(const struct sb_actor *actor) {
    if (sb_actor_is_stopped(actor)) return sb_error(SABIR_ECLOSED, "actor '%s' has stopped", actor->ref.name);
    if (sb_actor_state(actor) != SB_ACTOR_RUNNING)
        return sb_error(SABIR_ESTATE, "actor '%s' has not started: start the manager first", actor->ref.name);
    if (actor->is_held)
        return sb_error(SABIR_ESTATE, "actor '%s' has failed and waits for its restart: send to it, or try again later",
                        actor->ref.name);
    return SABIR_OK;
}

static SB_COLD void leave_slowly(struct sb_actor *actor) {
    bool ends = actor->wants_stop;
    sb_ownership_give(&actor->ownership);
    if (ends) sb_actor_post_stop(actor, false);
}

static SB_HOT void leave(struct sb_actor *actor, struct sb_chain *chain) {
    bool is_usual = !actor->wants_stop && sb_ownership_give_unwanted(&actor->ownership, chain);
    if (!__builtin_expect(is_usual, 1)) leave_slowly(actor);
}

/* SABIR_FAST_ORDERED: what is queued at this moment, and no more, comes first. SABIR_ETIMEDOUT: not all of it was handled in time. */
static int run_queued(struct sb_actor *actor, int64_t deadline_ns) {
    for (uint64_t count = sb_mailbox_gather(&actor->mailbox); count > 0 && !sb_actor_is_ending(actor); count--) {
        if (deadline_ns >= 0 && (deadline_ns == 0 || sb_now_ns() >= deadline_ns))
            return sb_error(SABIR_ETIMEDOUT, "actor '%s' has %llu messages still to handle before this one",
                            actor->ref.name, (unsigned long long)count);
        sabir_message *message = sb_mailbox_take(&actor->mailbox);
        if (!message) break;
        sb_dispatch(actor, message);
    }
    return actor->is_held ? check_life(actor) : SABIR_OK; /* one of them may have failed */
}

static SB_COLD int enter_slowly(struct sb_actor *actor, bool owns, uint32_t flags, int64_t deadline_ns) {
    int code = SABIR_OK;
    if (!owns) {
        if (deadline_ns != 0) sb_group_about_to_wait(); /* who has the actor may wait for one that is due here */
        code = sb_ownership_take_until(&actor->ownership, deadline_ns);
    }
    if (code != SABIR_OK) return code;
    code = check_life(actor);
    if (code == SABIR_OK && flags & SABIR_FAST_ORDERED) code = run_queued(actor, deadline_ns);
    if (code != SABIR_OK) leave_slowly(actor);
    return code;
}

static SB_HOT int enter(struct sb_actor *actor, struct sb_chain *chain, uint32_t flags, int64_t deadline_ns) {
    bool owns = sb_ownership_take_free(&actor->ownership, chain);
    if (SB_USUAL(owns && !(flags & SABIR_FAST_ORDERED) && is_callable(actor))) return SABIR_OK;
    return enter_slowly(actor, owns, flags, deadline_ns);
}

/* 0 stays 0: whoever does not want to wait at all does not look at the clock either. */
static int deadline_of(int64_t timeout_ns, int64_t *deadline_ns) {
    if (timeout_ns < -1)
        return sb_error(SABIR_EINVAL, "%lld ns is no time to wait: use 0 or more, or -1 to wait without end",
                        (long long)timeout_ns);
    int64_t now_ns = timeout_ns > 0 ? sb_now_ns() : 0;
    *deadline_ns = timeout_ns > INT64_MAX - now_ns ? INT64_MAX : timeout_ns > 0 ? now_ns + timeout_ns : timeout_ns;
    return SABIR_OK;
}

int sabir_ref_enter_timed(sabir_ref *ref, uint32_t flags, int64_t timeout_ns) {
    int64_t deadline_ns = 0;
    int code = deadline_of(timeout_ns, &deadline_ns);
    if (code != SABIR_OK) return code;
    struct sb_actor *actor = local_actor(ref);
    return actor ? enter(actor, sb_own_chain, flags, deadline_ns) : no_local_actor(ref);
}

int sabir_ref_enter(sabir_ref *ref, uint32_t flags) {
    return sabir_ref_enter_timed(ref, flags, -1);
}

int sabir_ref_try_enter(sabir_ref *ref) {
    return sabir_ref_enter_timed(ref, 0, 0);
}

int sabir_ref_stop(sabir_ref *ref) {
    struct sb_actor *actor = local_actor(ref);
    if (!actor) return no_local_actor(ref);
    if (!sb_ownership_is_mine(&actor->ownership))
        return sb_error(SABIR_ESTATE,
                        "actor '%s' is stopped so from its own handlers; elsewhere call sabir_manager_stop_actor",
                        actor->ref.name);
    actor->wants_stop = true;
    return SABIR_OK;
}

void sabir_ref_failed(sabir_ref *ref) {
    struct sb_actor *actor = ref ? sb_actor_of(ref) : NULL;
    if (!actor || !sb_ownership_is_mine(&actor->ownership)) return;
    sb_count(&actor->counts.failed);
    sb_recovery_fail(actor);
}

void sabir_ref_leave(sabir_ref *ref) {
    struct sb_actor *actor = sb_actor_of(ref);
    if (!actor) return;                /* nobody could enter it */
    sb_count(&actor->counts.received); /* the message that the binding has handled meanwhile */
    leave(actor, sb_own_chain);
}

/* ---- Calling --------------------------------------------------------------------------------------------------------- */

/* What the handler's code is to the caller: its own failure keeps its words. */
static int outcome(const struct sb_actor *actor, int code, const struct sb_fast_reply *fast) {
    if (fast->code != SABIR_OK) return fast->code;
    if (code == SABIR_OK || code == SABIR_EBADPAYLOAD) return code;
    char detail[512];
    sabir_error_detail_copy(detail, sizeof detail);
    const char *name = sabir_error_name(code);
    return sb_error(SABIR_EFAILED, "actor '%s' failed: %s%s%s", actor->ref.name, name ? name : "an unknown error",
                    *detail ? ": " : "", detail);
}

/* A handler of values gets the caller's struct as it lies there; one of messages gets a message made of it. */
static SB_COLD int run_with_message(const struct sb_handler *handler, struct sabir_context *context) {
    const struct sb_fast_reply *fast = context->fast;
    if (handler && handler->handle_value && fast->request_type) {
        sb_error_clear();
        return handler->handle_value(context->actor->self, fast->request, handler->user_data, context);
    }
    if (!sabir_context_message(context)) return sb_error(SABIR_ENOMEM, "no memory for the request");
    return sb_dispatch_call(context, context->message);
}

/* `request` is the caller's struct; NULL: it came as a message. */
static SB_HOT int run(const struct sb_handler *handler, struct sabir_context *context, struct sb_actor *actor,
                      const void *request) {
    if (!handler || !handler->handle || !request) return run_with_message(handler, context);
    sb_error_clear();
    return handler->handle(actor->self, request, context);
}

/* The caller is told in words; the actor's policy is applied. */
static SB_COLD int end_unusually(struct sb_actor *actor, int code, const struct sabir_context *context) {
    const struct sb_fast_reply *fast = context->fast;
    if (fast->owns_message) sabir_message_free(context->message);
    sb_count(code == SABIR_OK ? &actor->counts.received : &actor->counts.failed);
    int told = outcome(actor, code, fast);
    if (code == SABIR_OK || code == SABIR_EBADPAYLOAD) return told;
    char detail[1024]; /* the policy may have words of its own */
    sabir_error_detail_copy(detail, sizeof detail);
    sb_recovery_fail(actor);
    return sb_error(told, "%s", detail);
}

/* The actor is owned. */
static SB_HOT int call(const struct sb_handler *handler, struct sabir_context *context, struct sb_actor *actor,
                       struct sb_chain *chain, const void *request) {
    sb_frame outer = chain->frame;
    chain->frame = sb_frame_of_context(context);
    int code = run(handler, context, actor, request);
    chain->frame = outer;
    if (SB_RARE(code != SABIR_OK || context->fast->is_unusual)) return end_unusually(actor, code, context);
    sb_count(&actor->counts.received);
    return SABIR_OK;
}

static SB_COLD int has_no_handler(const struct sb_actor *actor, const sabir_type *type) {
    return sb_error(SABIR_EUNHANDLED, "actor '%s' has no handler for '%s'", actor->ref.name, type->name.bytes);
}

static SB_HOT int fast_send(sabir_ref *ref, const sabir_type *type, const void *request, uint32_t flags,
                            int64_t deadline_ns, struct sabir_context *context) {
    struct sb_actor *actor = local_actor(ref);
    if (!actor) return no_local_actor(ref);
    const struct sb_handler *handler = sb_actor_spec_handler(actor->spec, type);
    if (!handler && !sb_actor_handles(actor, type)) return has_no_handler(actor, type);
    struct sb_chain *chain = sb_own_chain;
    int code = enter(actor, chain, flags, deadline_ns);
    if (code != SABIR_OK) return code;
    if (SB_RARE(!chain)) chain = sb_own_chain; /* its first call made it */
    context->actor = actor;
    code = call(handler, context, actor, chain, request);
    leave(actor, chain);
    if (sb_tap_is_open()) sb_tap_called(context, code);
    return code;
}

static SB_COLD int bad_argument(const struct sb_fast_reply *fast) {
    if (!fast->request_type) return sb_type_missing("the request's type");
    if (!fast->request) return sb_error(SABIR_EINVAL, "the request is NULL");
    return sb_error(SABIR_EINVAL, "the reply has a type but no room: reply is NULL");
}

/* What a struct is called with. */
static int fast_send_value(sabir_ref *ref, uint32_t flags, int64_t deadline_ns, sabir_ref *sender,
                           struct sb_fast_reply *fast, bool *replied) {
    const void *request = fast->request;
    if (!fast->request_type || !request || (fast->type && !fast->buffer)) return bad_argument(fast);
    struct sabir_context context = {.sender = sender, .fast = fast};
    int code = fast_send(ref, fast->request_type, request, flags, deadline_ns, &context);
    if (replied) *replied = code == SABIR_OK && fast->replied;
    return code;
}

int sabir_ref_fast_send_timed(sabir_ref *ref, sabir_ref *sender, const sabir_type *request_type, const void *request,
                              const sabir_type *reply_type, void *reply, size_t reply_capacity_bytes, uint32_t flags,
                              int64_t timeout_ns, bool *replied) {
    struct sb_fast_reply fast = {.type = reply_type,
                                 .buffer = reply,
                                 .capacity_bytes = reply_capacity_bytes,
                                 .request_type = request_type,
                                 .request = request};
    int64_t deadline_ns = 0;
    int code = deadline_of(timeout_ns, &deadline_ns);
    if (replied) *replied = false;
    return code == SABIR_OK ? fast_send_value(ref, flags, deadline_ns, sender, &fast, replied) : code;
}

/* ---- Calling with a struct, and no deadline ---------------------------------------------------------------------------- */

/*
 * The way of nearly every call is straight: the actor is reserved for this thread, or nobody's, and the first look finds its handler.
 * Whatever is not so is found before anything is done, and goes the long way with the arguments as they came (a jump, not a call).
 */
#define ARGUMENTS ref, sender, request_type, request, reply_type, reply, reply_capacity_bytes, flags, replied
#define PARAMETERS                                                                                                     \
    sabir_ref *ref, sabir_ref *sender, const sabir_type *request_type, const void *request,                            \
        const sabir_type *reply_type, void *reply, size_t reply_capacity_bytes, uint32_t flags, bool *replied

static SB_COLD int the_long_way(PARAMETERS) {
    struct sb_fast_reply fast = {.type = reply_type,
                                 .buffer = reply,
                                 .capacity_bytes = reply_capacity_bytes,
                                 .request_type = request_type,
                                 .request = request};
    return fast_send_value(ref, flags, -1, sender, &fast, replied);
}

/* Somebody wanted the actor just when it was taken. */
static SB_COLD int after_revocation(PARAMETERS) {
    struct sb_actor *actor = sb_actor_of(ref);
    if (sb_ownership_take_revoked(&actor->ownership)) leave_slowly(actor);
    return the_long_way(ARGUMENTS);
}

/* It is taken, and no actor to call. */
static SB_COLD int after_giving_back(PARAMETERS) {
    leave_slowly(sb_actor_of(ref));
    return the_long_way(ARGUMENTS);
}

/* The actor is taken. */
static SB_HOT int call_straight(struct sb_actor *actor, struct sb_chain *chain, sabir_handler handle, sabir_ref *sender,
                                struct sb_fast_reply *fast) {
    struct sabir_context context = {actor, NULL, sender, fast, false, false};
    sb_frame outer = chain->frame;
    chain->frame = sb_frame_of_context(&context);
    sb_error_clear();
    int code = handle(actor->self, fast->request, &context);
    chain->frame = outer;
    if (SB_RARE(code != SABIR_OK || fast->is_unusual))
        code = end_unusually(actor, code, &context);
    else
        sb_count(&actor->counts.received);
    leave(actor, chain);
    return code;
}

int sabir_ref_fast_send(PARAMETERS) {
    struct sb_chain *chain = sb_own_chain;
    if (SB_RARE(!chain || !request_type || !reply)) return the_long_way(ARGUMENTS);
    struct sb_actor *actor = local_actor(ref);
    if (SB_RARE(!actor || !request || flags != 0 || sb_tap_is_open())) return the_long_way(ARGUMENTS);
    sabir_handler handle = sb_actor_spec_first_handle(actor->spec, request_type);
    if (SB_RARE(!handle)) return the_long_way(ARGUMENTS);
    enum sb_laid laid = sb_ownership_lay(&actor->ownership, chain);
    if (SB_RARE(laid == SB_NOT_LAID) && !sb_ownership_take_nobodys(&actor->ownership, chain))
        return the_long_way(ARGUMENTS);
    if (SB_RARE(laid == SB_LAID_IN_VAIN)) return after_revocation(ARGUMENTS);
    if (SB_RARE(!is_callable(actor))) return after_giving_back(ARGUMENTS);
    struct sb_fast_reply fast = {.type = reply_type,
                                 .buffer = reply,
                                 .capacity_bytes = reply_capacity_bytes,
                                 .request_type = request_type,
                                 .request = request};
    int code = call_straight(actor, chain, handle, sender, &fast);
    if (replied) *replied = code == SABIR_OK && fast.replied;
    return code;
}

/* ---- Calling with a message ------------------------------------------------------------------------------------------------- */

/* An object can only be looked into by its own language. */
static int check_language(const sabir_ref *ref, const sabir_message *request) {
    struct sb_actor *actor = ref ? sb_actor_of(ref) : NULL;
    const void *language = request->extra ? request->extra->language : NULL;
    if (!actor || !language || language == actor->spec->language) return SABIR_OK;
    return sb_error(SABIR_EMISMATCH,
                    "actor '%s' cannot take the object that this '%s' carries: it speaks another language",
                    actor->ref.name, request->type->name.bytes);
}

int sabir_ref_fast_send_message(sabir_ref *ref, sabir_ref *sender, sabir_message *request, uint32_t flags,
                                sabir_message **reply) {
    return sabir_ref_fast_send_message_timed(ref, sender, request, flags, -1, reply);
}

int sabir_ref_fast_send_message_timed(sabir_ref *ref, sabir_ref *sender, sabir_message *request, uint32_t flags,
                                      int64_t timeout_ns, sabir_message **reply) {
    if (!request) return sb_error(SABIR_EINVAL, "the request is NULL");
    if (!reply) return sb_error(SABIR_EINVAL, "there is nowhere to put the reply: the last argument is NULL");
    *reply = NULL;
    int64_t deadline_ns = 0;
    int code = deadline_of(timeout_ns, &deadline_ns);
    if (code == SABIR_OK) code = check_language(ref, request);
    if (code != SABIR_OK) return code;
    struct sb_fast_reply fast = {.wants_message = true};
    struct sabir_context context = {.message = request, .sender = sender, .fast = &fast};
    code = fast_send(ref, request->type, NULL, flags, deadline_ns, &context);
    if (code == SABIR_OK)
        *reply = fast.message;
    else
        sabir_message_free(fast.message);
    return code;
}
