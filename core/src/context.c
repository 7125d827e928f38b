#include "context.h"

#include <string.h>

#include "alloc.h"
#include "ask.h"
#include "codec.h"
#include "error.h"
#include "group.h"
#include "reject.h"
#include "words.h"

sabir_ref *sabir_context_self(sabir_context *context) {
    return &context->actor->ref;
}

sabir_ref *sabir_context_sender(sabir_context *context) {
    return context->sender;
}

sabir_message *sabir_context_message(sabir_context *context) {
    struct sb_fast_reply *fast = context->fast;
    if (!context->message && fast && fast->request_type &&
        sb_message_new_value(fast->request_type, fast->request, &context->message) == SABIR_OK)
        fast->owns_message = fast->is_unusual = true;
    return context->message;
}

sabir_manager *sabir_context_manager(sabir_context *context) {
    return context->actor->manager;
}

void sabir_context_about_to_wait(sabir_context *context) {
    if (context->actor->spec->group) sb_group_about_to_wait();
}

void sabir_context_stop(sabir_context *context) {
    context->actor->wants_stop = true;
}

bool sb_message_is_asked(const sabir_message *message) {
    if (message->sender && message->sender->kind == SB_REF_ASK) return true;
    const struct sb_meta *meta = sb_message_meta(message);
    return meta && meta->id[0];
}

/* ---- What a handler causes ------------------------------------------------------------------------------------------- */

int sb_context_pass_trace(const struct sabir_context *cause, sabir_message *message) {
    if (!cause || !cause->message || !cause->message->extra) return SABIR_OK;
    const struct sb_meta *from = sb_message_meta(cause->message);
    if (!from || !from->trace[0]) return SABIR_OK;
    struct sb_meta *to = sb_message_meta_make(message);
    if (!to) return sb_error(SABIR_ENOMEM, "no memory for a trace");
    if (!to->trace[0]) memcpy(to->trace, from->trace, sizeof to->trace);
    return SABIR_OK;
}

/* ---- Replying to a mailbox ------------------------------------------------------------------------------------------- */

static int nobody_to_answer(const struct sabir_context *context) {
    return sb_error(SABIR_ENOENT, "there is nobody to answer: %s",
                    context->answered || context->taken ? "the message was answered already" : "it names no sender");
}

/* Make `reply` the answer to `cause`: its id becomes `re`, its trace goes on. */
static int attach_cause(sabir_message *reply, const struct sb_meta *cause) {
    if (!cause) return SABIR_OK;
    struct sb_meta *meta = sb_message_meta_make(reply);
    if (!meta) return sb_error(SABIR_ENOMEM, "no memory for a reply");
    memcpy(meta->re, cause->id, sizeof meta->re);
    if (!meta->trace[0]) memcpy(meta->trace, cause->trace, sizeof meta->trace);
    return SABIR_OK;
}

static bool may_answer(const struct sabir_context *context) {
    if (!context->message || !context->sender || context->taken) return false;
    return !context->answered || !sb_message_is_asked(context->message);
}

static int reply_by_send(sabir_context *context, sabir_message *message) {
    if (!may_answer(context)) return nobody_to_answer(context);
    int code = attach_cause(message, sb_message_meta(context->message));
    if (code == SABIR_OK) code = sabir_ref_send(context->sender, message, &context->actor->ref);
    if (code == SABIR_OK) context->answered = true;
    return code;
}

/* ---- Replying to a fast_send ----------------------------------------------------------------------------------------- */

/* Into the caller's buffer; what cannot be done is the caller's error too. */
static int reply_to_buffer(struct sb_fast_reply *fast, const sabir_type *type, const void *value) {
    if (!fast->type) return SABIR_OK; /* a reply is not wanted */
    size_t len_bytes = type->is_flat ? type->size_bytes : sb_value_len_bytes(type, value);
    if (type != fast->type)
        fast->code = sb_error(SABIR_EMISMATCH, "the reply is of type '%s'; the caller waits for '%s'", type->name.bytes,
                              fast->type->name.bytes);
    else if (len_bytes > fast->capacity_bytes)
        fast->code = sb_error(SABIR_ETOOBIG, "the reply '%s' needs %zu bytes; the caller has room for %zu",
                              type->name.bytes, len_bytes, fast->capacity_bytes);
    else if (type->is_flat)
        memcpy(fast->buffer, value, len_bytes);
    else
        sb_value_copy(type, value, fast->buffer);
    fast->is_unusual |= fast->code != SABIR_OK;
    return fast->code;
}

static int reply_value_fast(struct sb_fast_reply *fast, const sabir_type *type, const void *value) {
    int code =
        fast->wants_message ? sabir_message_new(type, value, &fast->message) : reply_to_buffer(fast, type, value);
    fast->replied = code == SABIR_OK;
    return code;
}

static int reply_message_fast(struct sb_fast_reply *fast, sabir_message *message) {
    if (fast->wants_message) {
        fast->message = message;
        fast->replied = true;
        return SABIR_OK;
    }
    const void *value;
    int code = sabir_message_value_get(message, message->type, &value);
    if (code == SABIR_OK) code = reply_value_fast(fast, message->type, value);
    if (code == SABIR_OK) sabir_message_free(message);
    return code;
}

/* ---- Both ------------------------------------------------------------------------------------------------------------ */

int sabir_context_reply(sabir_context *context, sabir_message *message) {
    if (!message) return sb_error(SABIR_EINVAL, "the reply is NULL");
    if (!context->fast) return reply_by_send(context, message);
    return context->fast->replied ? nobody_to_answer(context) : reply_message_fast(context->fast, message);
}

/* The way of nearly every fast_send: a small plain struct of the type that is waited for, into the caller's buffer. */
static SB_HOT bool reply_plainly(struct sb_fast_reply *fast, const sabir_type *type, const void *value) {
    if (fast->type != type || fast->replied || !value) return false;
    size_t len_bytes = type->word_bytes;
    if (len_bytes - 1 >= fast->capacity_bytes) return false; /* 0 of them, too */
    sb_words_copy(fast->buffer, value, len_bytes);
    fast->replied = true;
    return true;
}

static int reply_value(sabir_context *context, const sabir_type *type, const void *value) {
    if (!type) return sb_type_missing("the reply's type");
    if (context->fast) {
        if (context->fast->replied) return nobody_to_answer(context);
        if (value && !type->is_open) return reply_value_fast(context->fast, type, value);
    } else if (!may_answer(context)) {
        return nobody_to_answer(context);
    }
    sabir_message *message;
    int code = sabir_message_new(type, value, &message);
    if (code != SABIR_OK) return code;
    code = sabir_context_reply(context, message);
    if (code != SABIR_OK) sabir_message_free(message);
    return code;
}

/* The same of a message of the mailbox: whoever sent it is an actor of this process, and waits for no answer. */
static SB_HOT bool reply_by_words(sabir_context *context, const sabir_type *type, const void *value, int *code) {
    if (!context->sender || !context->message || context->taken || !value) return false;
    if (context->message->extra || !sb_ref_takes_words(context->sender, type)) return false;
    if (!sb_actor_send_words(sb_actor_of(context->sender), &(struct sb_words){type, value}, &context->actor->ref,
                             context, code))
        return false;
    context->answered |= *code == SABIR_OK;
    return true;
}

/* Apart, so that a fast_send's reply is a few straight instructions. */
static SB_COLD int reply_otherwise(sabir_context *context, const sabir_type *type, const void *value) {
    int code;
    if (type && !context->fast && reply_by_words(context, type, value, &code)) return code;
    return reply_value(context, type, value);
}

int sabir_context_reply_value(sabir_context *context, const sabir_type *type, const void *value) {
    if (type && context->fast && reply_plainly(context->fast, type, value)) return SABIR_OK;
    return reply_otherwise(context, type, value);
}

/* ---- Replying later -------------------------------------------------------------------------------------------------- */

struct sabir_reply_token {
    sabir_ref *from; /* the actor whose answer it is */
    sabir_ref *to;
    bool is_asked;
    const sabir_type *request_type;
    struct sb_meta cause;
};

int sabir_context_reply_take(sabir_context *context, sabir_reply_token **token) {
    if (!token) return sb_error(SABIR_EINVAL, "there is nowhere to put the token: the last argument is NULL");
    if (context->fast)
        return sb_error(SABIR_EUNSUPPORTED,
                        "the message came by fast_send: its caller waits in this call, so reply now");
    if (!may_answer(context)) return nobody_to_answer(context);
    sabir_reply_token *made = sb_alloc_zero(1, sizeof *made);
    if (!made) return sb_error(SABIR_ENOMEM, "no memory for a reply token");
    made->from = sabir_ref_retain(&context->actor->ref);
    made->to = sabir_ref_retain(context->sender);
    made->is_asked = sb_message_is_asked(context->message);
    made->request_type = context->message->type;
    const struct sb_meta *meta = sb_message_meta(context->message);
    if (meta) made->cause = *meta;
    sb_ask_detach(context->sender);
    context->taken = true;
    *token = made;
    return SABIR_OK;
}

static void token_end(sabir_reply_token *token) {
    sabir_ref_release(token->to);
    sabir_ref_release(token->from);
    sb_free(token);
}

static void reject_failed(sabir_reply_token *token, const char *reason) {
    struct sb_rejected rejected = {token->to, token->request_type->name, sb_text_of(token->from->name), &token->cause};
    sb_reject(sb_actor_of(token->from)->manager, &rejected, SB_REJECT_FAILED, reason);
}

int sabir_reply_token_send(sabir_reply_token *token, sabir_message *message) {
    if (!token) return sb_error(SABIR_EINVAL, "the reply token is NULL");
    int code = message ? attach_cause(message, &token->cause) : sb_error(SABIR_EINVAL, "the reply is NULL");
    if (code == SABIR_OK) code = sabir_ref_send(token->to, message, token->from);
    if (code != SABIR_OK && token->is_asked) {
        char detail[256];
        sabir_error_detail_copy(detail, sizeof detail);
        reject_failed(token, "the reply could not be sent");
        sb_error(code, "%s", detail);
    }
    token_end(token);
    return code;
}

void sabir_reply_token_free(sabir_reply_token *token) {
    if (!token) return;
    if (token->is_asked) reject_failed(token, "the actor gave up its right to reply");
    token_end(token);
}
