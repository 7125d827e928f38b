#include "dispatch.h"

#include <stdio.h>

#include "dead_letter.h"
#include "error.h"
#include "log.h"
#include "reject.h"
#include "timer.h"

static bool carries_object(const sabir_message *message) {
    return message->extra && message->extra->language;
}

int sb_dispatch_call(struct sabir_context *context, sabir_message *message) {
    struct sb_actor *actor = context->actor;
    const struct sb_handler *handler = sb_actor_spec_handler(actor->spec, message->type);
    if (!handler) { /* Shutdown is the one type that needs none */
        actor->wants_stop = true;
        return SABIR_OK;
    }
    sb_error_clear();
    if (handler->handle_message && (!handler->handle_value || carries_object(message))) {
        int code = sabir_message_check(message);
        return code == SABIR_OK ? handler->handle_message(actor->spec->self, message, handler->user_data, context)
                                : code;
    }
    const void *value;
    int code = sabir_message_value_get(message, message->type, &value);
    if (code != SABIR_OK) return code;
    return handler->handle_value ? handler->handle_value(actor->spec->self, value, handler->user_data, context)
                                 : handler->handle(actor->spec->self, value, context);
}

/* ---- What comes of it ------------------------------------------------------------------------------------------------ */

static void reject(struct sabir_context *context, enum sb_reject_code code, const char *reason) {
    struct sb_actor *actor = context->actor;
    struct sb_rejected rejected = {context->sender, context->message->type->name, sb_text_of(actor->name),
                                   sb_message_meta(context->message)};
    context->answered = true;
    atomic_fetch_add_explicit(&actor->counts.rejected, 1, memory_order_relaxed);
    sb_reject(actor->manager, &rejected, code, reason);
}

static void settle_failure(struct sabir_context *context, int code, const char *detail) {
    struct sb_actor *actor = context->actor;
    const char *type = context->message->type->name.bytes;
    const char *name = sabir_error_name(code);
    sb_count(&actor->counts.failed);
    sb_log("actor '%s' failed on '%s': %s%s%s", actor->name, type, name ? name : "an unknown error",
           *detail ? ": " : "", detail);
    sb_dead_letter(actor->manager, SABIR_DEAD_FAILED, sb_text_of(actor->name), context->message->type->name, detail);
    if (sb_message_is_asked(context->message) && !context->answered && !context->taken)
        reject(context, SB_REJECT_FAILED, "the handler failed");
}

void sb_dispatch_settle(struct sabir_context *context, int code, const char *detail) {
    sabir_message *message = context->message;
    sb_count(&context->actor->counts.received);
    if (code == SABIR_OK) {
        if (sb_message_is_asked(message) && !context->answered && !context->taken)
            reject(context, SB_REJECT_FAILED, "the handler ended without an answer");
    } else if (code == SABIR_EBADPAYLOAD) {
        sb_dead_letter(context->actor->manager, SABIR_DEAD_BAD_PAYLOAD, sb_text_of(context->actor->name),
                       message->type->name, detail);
        if (!context->answered)
            reject(context, SB_REJECT_BAD_PAYLOAD, *detail ? detail : "the payload does not fit the type");
    } else {
        settle_failure(context, code, detail);
    }
}

/* ---- One message ----------------------------------------------------------------------------------------------------- */

static void handle(struct sb_actor *actor, sabir_message *message) {
    struct sabir_context context = {.actor = actor, .message = message, .sender = message->sender};
    const struct sb_frame *outer = sb_chain_enter(&(struct sb_frame){.contexts = &context});
    int code = sb_dispatch_call(&context, message);
    sb_dispatch_settle(&context, code, sb_error_detail());
    sb_chain_enter(outer);
}

void sb_dispatch(struct sb_actor *actor, sabir_message *message) {
    switch (message->control) {
    case SB_CONTROL_STOP:
        break; /* it only wakes: the loop sees that a stop was posted */
    case SB_CONTROL_TIMER:
        if (!sb_timer_begin(message->subject)) break;
        handle(actor, message);
        sb_timer_end(message->subject);
        break;
    default:
        handle(actor, message);
        sabir_message_free(message);
    }
}

bool sb_dispatch_queued(struct sb_actor *actor, sabir_message *message) {
    sb_dispatch(actor, message);
    return true;
}

int sb_dispatch_start(struct sb_actor *actor) {
    if (!actor->spec->callbacks.on_start) return SABIR_OK;
    struct sabir_context context = {.actor = actor};
    const struct sb_frame *outer = sb_chain_enter(&(struct sb_frame){.contexts = &context});
    sb_error_clear();
    int code = actor->spec->callbacks.on_start(actor->spec->self, &context);
    sb_chain_enter(outer);
    return code;
}

void sb_dispatch_stop(struct sb_actor *actor) {
    if (!actor->spec->callbacks.on_stop) return;
    struct sabir_context context = {.actor = actor};
    const struct sb_frame *outer = sb_chain_enter(&(struct sb_frame){.contexts = &context});
    actor->spec->callbacks.on_stop(actor->spec->self, &context);
    sb_chain_enter(outer);
}
