#include "dispatch.h"

#include <stdio.h>

#include "dead_letter.h"
#include "error.h"
#include "log.h"
#include "recovery.h"
#include "reject.h"
#include "timer.h"

static bool carries_object(const sabir_message *message) {
    return message->extra && message->extra->language;
}

static SB_COLD int call_unusually(const struct sb_handler *handler, struct sabir_context *context,
                                  sabir_message *message) {
    struct sb_actor *actor = context->actor;
    if (!handler) { /* Shutdown is the one type that needs none */
        actor->wants_stop = true;
        return SABIR_OK;
    }
    sb_error_clear();
    if (handler->handle_message && (!handler->handle_value || carries_object(message))) {
        int code = sabir_message_check(message);
        return code == SABIR_OK ? handler->handle_message(actor->self, message, handler->user_data, context) : code;
    }
    const void *value;
    int code = sabir_message_value_get(message, message->type, &value);
    if (code != SABIR_OK) return code;
    return handler->handle_value ? handler->handle_value(actor->self, value, handler->user_data, context)
                                 : handler->handle(actor->self, value, context);
}

static SB_HOT int call(struct sabir_context *context, sabir_message *message) {
    const struct sb_actor *actor = context->actor;
    const struct sb_handler *handler = sb_actor_spec_handler(actor->spec, message->type);
    bool has_struct = handler && message->value;
    if (SB_RARE(!has_struct || (!handler->handle && !handler->handle_value)))
        return call_unusually(handler, context, message);
    sb_error_clear();
    return handler->handle ? handler->handle(actor->self, message->value, context)
                           : handler->handle_value(actor->self, message->value, handler->user_data, context);
}

int sb_dispatch_call(struct sabir_context *context, sabir_message *message) {
    return call(context, message);
}

/* ---- What comes of it ------------------------------------------------------------------------------------------------ */

static void reject(struct sabir_context *context, enum sb_reject_code code, const char *reason) {
    struct sb_actor *actor = context->actor;
    struct sb_rejected rejected = {context->sender, context->message->type->name, sb_text_of(actor->ref.name),
                                   sb_message_meta(context->message)};
    context->answered = true;
    atomic_fetch_add_explicit(&actor->counts.rejected, 1, memory_order_relaxed);
    sb_reject(actor->manager, &rejected, code, reason);
}

#define SHOWN_BYTES 200

/* The payload as the log shows it: its text, cut, without half a character. "": an object, which is its language's to show. */
static void show_payload(sabir_message *message, char shown[SHOWN_BYTES + 5]) {
    struct sb_text text;
    bool had_text = message->extra && message->extra->json;
    shown[0] = '\0';
    if (sb_message_json(message, &text) != SABIR_OK) return;
    size_t len_bytes = text.len_bytes < SHOWN_BYTES ? text.len_bytes : SHOWN_BYTES;
    bool is_cut = len_bytes < text.len_bytes;
    while (is_cut && len_bytes > 0 && ((unsigned char)text.bytes[len_bytes] & 0xC0) == 0x80) len_bytes--;
    snprintf(shown, SHOWN_BYTES + 5, " %.*s%s", (int)len_bytes, text.bytes, is_cut ? "..." : "");
    if (!had_text) sb_message_forget_text(message); /* a timer's next firing is another one */
}

static void log_failure(const struct sb_actor *actor, sabir_message *message, const char *name, const char *words) {
    char shown[SHOWN_BYTES + 5];
    show_payload(message, shown);
    sb_log("actor '%s' failed on '%s'%s: %s%s%s", actor->ref.name, message->type->name.bytes, shown,
           name ? name : "an unknown error", *words ? ": " : "", words);
}

static void settle_failure(struct sabir_context *context, int code, const char *detail) {
    struct sb_actor *actor = context->actor;
    sb_count(&actor->counts.failed);
    char words[1024]; /* `detail` may be the thread's own, which the log's wish for the payload can change */
    snprintf(words, sizeof words, "%s", detail);
    log_failure(actor, context->message, sabir_error_name(code), words);
    sb_dead_letter(actor->manager, SABIR_DEAD_FAILED, sb_text_of(actor->ref.name), context->message->type->name, words);
    if (sb_message_is_asked(context->message) && !context->answered && !context->taken)
        reject(context, SB_REJECT_FAILED, "the handler failed");
    sb_recovery_fail(actor);
}

static SB_COLD void settle_unusually(struct sabir_context *context, int code, const char *detail) {
    sabir_message *message = context->message;
    if (code == SABIR_OK) {
        if (sb_message_is_asked(message) && !context->answered && !context->taken)
            reject(context, SB_REJECT_FAILED, "the handler ended without an answer");
    } else if (code == SABIR_EBADPAYLOAD) {
        sb_dead_letter(context->actor->manager, SABIR_DEAD_BAD_PAYLOAD, sb_text_of(context->actor->ref.name),
                       message->type->name, detail);
        if (!context->answered)
            reject(context, SB_REJECT_BAD_PAYLOAD, *detail ? detail : "the payload does not fit the type");
    } else {
        settle_failure(context, code, detail);
    }
}

/* Nobody waits for its answer, or he has it. */
static SB_HOT bool is_settled(const struct sabir_context *context) {
    const sabir_message *message = context->message;
    return context->answered || (!message->extra && (!message->sender || message->sender->kind != SB_REF_ASK));
}

static SB_HOT void settle(struct sabir_context *context, int code) {
    sb_count(&context->actor->counts.received);
    if (SB_RARE(code != SABIR_OK || !is_settled(context))) settle_unusually(context, code, sb_error_detail());
}

void sb_dispatch_settle(struct sabir_context *context, int code, const char *detail) {
    sb_count(&context->actor->counts.received);
    settle_unusually(context, code, detail);
}

/* ---- One message ----------------------------------------------------------------------------------------------------- */

static SB_HOT void handle(struct sb_actor *actor, sabir_message *message) {
    struct sabir_context context = {.actor = actor, .message = message, .sender = message->sender};
    sb_frame outer = sb_chain_enter(sb_frame_of_context(&context));
    int code = call(&context, message);
    settle(&context, code);
    sb_chain_enter(outer);
}

static SB_COLD void dispatch_control(struct sb_actor *actor, sabir_message *message) {
    switch (message->control) {
    case SB_CONTROL_ORDER:
        sb_recovery_obey(actor);
        break;
    case SB_CONTROL_TIMER:
        if (!sb_timer_begin(*sb_message_timer(message))) break;
        handle(actor, message);
        sb_timer_end(*sb_message_timer(message));
        break;
    default:
        handle(actor, message);
        sabir_message_free(message);
    }
}

void sb_dispatch(struct sb_actor *actor, sabir_message *message) {
    if (SB_RARE(message->control != SB_CONTROL_NONE)) {
        dispatch_control(actor, message);
        return;
    }
    handle(actor, message);
    sabir_message_free(message);
}

bool sb_dispatch_queued(struct sb_actor *actor, sabir_message *message) {
    sb_dispatch(actor, message);
    return true;
}

static int call_hook(struct sb_actor *actor, int (*hook)(void *self, sabir_context *context)) {
    if (!hook) return SABIR_OK;
    struct sabir_context context = {.actor = actor};
    sb_frame outer = sb_chain_enter(sb_frame_of_context(&context));
    sb_error_clear();
    int code = hook(actor->self, &context);
    sb_chain_enter(outer);
    return code;
}

/* A handler of Start, if there is one, gets the first message of all. */
static int handle_start(struct sb_actor *actor) {
    if (!sb_actor_spec_handler(actor->spec, sabir_type_start())) return SABIR_OK;
    sabir_message *message;
    char empty = 0;
    int code = sb_message_new_value(sabir_type_start(), &empty, &message);
    if (code != SABIR_OK) return code;
    struct sabir_context context = {.actor = actor, .message = message};
    sb_frame outer = sb_chain_enter(sb_frame_of_context(&context));
    code = sb_dispatch_call(&context, message);
    sb_chain_enter(outer);
    sabir_message_free(message);
    return code;
}

int sb_dispatch_start(struct sb_actor *actor) {
    int code = call_hook(actor, actor->spec->callbacks.on_start);
    return code == SABIR_OK ? handle_start(actor) : code;
}

int sb_dispatch_restart(struct sb_actor *actor) {
    int code = call_hook(actor, actor->spec->callbacks.on_restart);
    return code == SABIR_OK ? sb_dispatch_start(actor) : code;
}

void sb_dispatch_stop(struct sb_actor *actor) {
    if (!actor->spec->callbacks.on_stop) return;
    struct sabir_context context = {.actor = actor};
    sb_frame outer = sb_chain_enter(sb_frame_of_context(&context));
    actor->spec->callbacks.on_stop(actor->self, &context);
    sb_chain_enter(outer);
}
