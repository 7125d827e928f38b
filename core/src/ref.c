#include "ref.h"

#include "actor.h"
#include "context.h"
#include "error.h"
#include "message.h"
#include "ownership.h"
#include "tap.h"

void sb_ref_init(sabir_ref *ref, const struct sb_ref_ops *ops, enum sb_ref_kind kind, const char *name,
                 const char *endpoint) {
    static _Atomic uint64_t last_serial;
    ref->ops = ops;
    ref->kind = kind;
    ref->name = name;
    ref->endpoint = endpoint;
    ref->manager = NULL;
    ref->serial = atomic_fetch_add_explicit(&last_serial, 1, memory_order_relaxed) + 1;
    atomic_init(&ref->owners, 1);
}

sabir_ref *sabir_ref_retain(sabir_ref *ref) {
    /* Relaxed: who retains already owns one, so nothing is to be ordered. */
    atomic_fetch_add_explicit(&ref->owners, 1, memory_order_relaxed);
    return ref;
}

void sabir_ref_release(sabir_ref *ref) {
    if (!ref) return;
    /* Release what we did with it; acquire what every other owner did before the last one frees. */
    if (atomic_fetch_sub_explicit(&ref->owners, 1, memory_order_acq_rel) == 1) ref->ops->free(ref);
}

int sabir_ref_send(sabir_ref *ref, sabir_message *message, sabir_ref *sender) {
    if (!ref) return sb_error(SABIR_EINVAL, "the ref to send to is NULL");
    if (!message) return sb_error(SABIR_EINVAL, "the message to send is NULL");
    /* To an actor of this process it is passed on where the handler in hand is counted anyway. */
    int code = ref->kind == SB_REF_REMOTE ? sb_context_pass_trace(sb_chain_context(), message) : SABIR_OK;
    if (code != SABIR_OK) return code;
    if (sb_tap_is_open()) return sb_tap_send(ref, message, sender);
    return ref->ops->send(ref, message, sender);
}

static int send_made(sabir_ref *ref, sabir_message *message, sabir_ref *sender) {
    int code = sabir_ref_send(ref, message, sender);
    if (code != SABIR_OK) sabir_message_free(message);
    return code;
}

static SB_COLD int send_value(sabir_ref *ref, const sabir_type *type, const void *value, sabir_ref *sender) {
    sabir_message *message;
    int code = sabir_message_new(type, value, &message);
    return code == SABIR_OK ? send_made(ref, message, sender) : code;
}

int sabir_ref_send_value(sabir_ref *ref, const sabir_type *type, const void *value, sabir_ref *sender) {
    int code;
    if (ref && type && value && sb_ref_takes_words(ref, type)) {
        const struct sabir_context *cause = sb_chain_context();
        bool is_plain = !cause || !cause->message || !cause->message->extra; /* no trace to be passed on */
        if (is_plain && sb_actor_send_words(sb_actor_of(ref), &(struct sb_words){type, value}, sender, cause, &code))
            return code;
    }
    return send_value(ref, type, value, sender);
}

int sabir_ref_send_json(sabir_ref *ref, const sabir_type *type, const char *json, size_t len_bytes, sabir_ref *sender) {
    sabir_message *message;
    int code = sabir_message_new_json(type, json, len_bytes, &message);
    return code == SABIR_OK ? send_made(ref, message, sender) : code;
}

const char *sabir_ref_name(const sabir_ref *ref) {
    return ref->name;
}

const char *sabir_ref_endpoint(const sabir_ref *ref) {
    return ref->endpoint;
}

bool sabir_ref_equal(const sabir_ref *a, const sabir_ref *b) {
    if (a == b) return true;
    if (!a || !b || a->kind != SB_REF_REMOTE || b->kind != SB_REF_REMOTE) return false;
    return sb_text_equal(sb_text_of(a->name), sb_text_of(b->name)) &&
           sb_text_equal(sb_text_of(a->endpoint), sb_text_of(b->endpoint));
}
