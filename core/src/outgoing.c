#include "outgoing.h"

#include <string.h>

#include "alloc.h"
#include "buffer.h"
#include "codec.h"
#include "error.h"
#include "json_escape.h"
#include "node_inner.h"
#include "seq.h"

/*
 * Where a thread writes: the head of an envelope, up to its payload, and behind it the payload if it has no text yet. All that one actor
 * sends to another of one type begins alike, so the head stays for the next one. Serials are never used again, types and the node's
 * endpoint stay as they are.
 *
 *     {"type":"Note","target":"sink","sender":{...},"payload":  {"number":42}
 *     '------------------ head_bytes: kept -----------------'  '-- anew ----'
 */
struct desk {
    uint64_t to; /* serials, and the type: of the head that is kept */
    uint64_t sender;
    const sabir_type *type;
    size_t head_bytes; /* 0: none is kept */
    struct sb_buffer out;
};

#define DESK_KEPT_BYTES ((size_t)64 * 1024) /* a desk that was larger begins anew */

static _Thread_local struct desk *own __attribute__((tls_model("initial-exec")));
static struct sb_thread_slot desk_slot;

static void desk_free(void *value) {
    struct desk *desk = value;
    sb_buffer_free(&desk->out);
    sb_free(desk);
    own = NULL;
}

__attribute__((constructor)) static void make_slot(void) {
    sb_thread_slot_init(&desk_slot, desk_free);
}

/* NULL: no memory. */
static struct desk *desk_of_thread(void) {
    if (own) return own;
    own = sb_alloc_zero(1, sizeof *own);
    if (own) sb_thread_slot_set(&desk_slot, own);
    return own;
}

/* Only the head is kept. */
static void desk_clear(struct desk *desk) {
    if (desk->out.capacity_bytes > DESK_KEPT_BYTES) {
        sb_buffer_free(&desk->out);
        desk->head_bytes = 0;
    }
    desk->out.failed = false;
    desk->out.len_bytes = desk->head_bytes;
}

/* ---- The head ------------------------------------------------------------------------------------------------------------------ */

static bool has_head(const struct desk *desk, const struct sb_remote_ref *to, const sabir_type *type,
                     const sabir_ref *sender) {
    return desk->head_bytes > 0 && desk->to == to->ref.serial && desk->type == type &&
           desk->sender == (sender ? sender->serial : 0);
}

static int put_head(struct desk *desk, const struct sb_remote_ref *to, const sabir_type *type, const sabir_ref *sender,
                    const struct sb_envelope *envelope) {
    if (has_head(desk, to, type, sender)) return SABIR_OK;
    desk->head_bytes = desk->out.len_bytes = 0;
    size_t head_bytes = sb_envelope_head_len_bytes(envelope);
    char *room = sb_buffer_reserve(&desk->out, head_bytes);
    if (!room) return sb_error(SABIR_ENOMEM, "no memory for an envelope to '%s'", to->ref.name);
    sb_envelope_write_head(envelope, room);
    desk->to = to->ref.serial;
    desk->type = type;
    desk->sender = sender ? sender->serial : 0;
    desk->head_bytes = desk->out.len_bytes = head_bytes;
    return SABIR_OK;
}

/* ---- The payload -------------------------------------------------------------------------------------------------------------- */

static void append_member(struct sb_buffer *out, const char *before_key, const char *key, struct sb_text value) {
    sb_buffer_append(out, before_key, strlen(before_key));
    sb_buffer_append(out, key, strlen(key));
    sb_buffer_append(out, "\":\"", 3);
    size_t len_bytes = sb_json_escaped_len_bytes(value);
    char *room = sb_buffer_reserve(out, len_bytes);
    if (!room) return;
    sb_json_escape(value, room);
    out->len_bytes += len_bytes;
    sb_buffer_append_byte(out, '"');
}

/* DIA-3: exactly three fields; the older family dies of a fourth. Who rejected is, there, the target. */
static int write_flat_reject(sabir_message *message, struct sb_buffer *out) {
    const void *value;
    int code = sabir_message_value_get(message, sabir_type_reject(), &value);
    if (code != SABIR_OK) return code;
    const struct sabir_reject *reject = value;
    struct sb_text type = {reject->message_type.bytes, reject->message_type.len_bytes};
    append_member(out, "{\"", "message_type", type);
    append_member(out, ",\"", "reason", (struct sb_text){reject->reason.bytes, reject->reason.len_bytes});
    append_member(out, ",\"", "rejected_by", (struct sb_text){reject->target.bytes, reject->target.len_bytes});
    sb_buffer_append_byte(out, '}');
    return out->failed ? sb_error(SABIR_ENOMEM, "no memory for a Reject") : SABIR_OK;
}

/* The payload's text: the message's own if it has one, else written behind the head. */
static int put_payload(struct desk *desk, const struct sb_remote_ref *to, sabir_message *message,
                       struct sb_text *payload) {
    bool is_flat_reject = to->dialect == SABIR_DIALECT_FLAT && message->type->builtin == SB_BUILTIN_REJECT;
    bool has_text = message->extra && message->extra->json;
    if (!is_flat_reject && (has_text || !message->value)) return sb_message_json(message, payload);
    struct sb_buffer *out = &desk->out;
    int code = is_flat_reject ? write_flat_reject(message, out) : sb_encode(message->type, message->value, out);
    if (code == SABIR_OK) *payload = (struct sb_text){out->bytes + desk->head_bytes, out->len_bytes - desk->head_bytes};
    return code;
}

/* ---- The rest of the envelope --------------------------------------------------------------------------------------------------- */

static int put_sender(const struct sb_remote_ref *to, const sabir_ref *sender, struct sb_envelope *envelope) {
    envelope->has_sender = sender != NULL;
    if (!sender) return SABIR_OK;
    if (sender->kind == SB_REF_REMOTE)
        return sb_error(SABIR_EINVAL,
                        "the sender '%s' is an actor of another node; who forwards sends as itself (RTE-5)",
                        sender->name);
    if (!to->node->is_bound)
        return sb_error(
            SABIR_EUNBOUND,
            "this node has no endpoint that a reply to '%s' could go to: bind one (sabir_config_set_bind), or "
            "send without a sender",
            sender->name);
    envelope->sender_name = sb_text_of(sender->name);
    envelope->sender_endpoint = to->node->advertised_text;
    return SABIR_OK;
}

static int put_meta(const struct sb_remote_ref *to, const struct sb_meta *meta, struct sb_envelope *envelope) {
    struct sb_text nothing = {NULL, 0};
    bool is_flat = to->dialect == SABIR_DIALECT_FLAT;
    if (is_flat && meta && meta->id[0])
        return sb_error(SABIR_EUNSUPPORTED, "'%s' at %s speaks dialect flat, which has no asks (DIA-4)", to->ref.name,
                        to->ref.endpoint);
    bool has = meta && !is_flat;
    envelope->id = has ? sb_text_of(meta->id) : nothing;
    envelope->re = has ? sb_text_of(meta->re) : nothing;
    envelope->trace = has ? sb_text_of(meta->trace) : nothing;
    return SABIR_OK;
}

static unsigned put_seq(const struct sb_remote_ref *to, char room[SB_SEQ_MAX_BYTES], struct sb_envelope *envelope) {
    envelope->seq = (struct sb_text){NULL, 0};
    if (to->dialect == SABIR_DIALECT_FLAT) return 0;
    unsigned digits = sb_peer_seq_digits(to->peer);
    memcpy(room, to->peer->seq_head, sizeof to->peer->seq_head); /* the count is filled in when it leaves */
    memset(room + sizeof to->peer->seq_head, '0', digits);
    envelope->seq = (struct sb_text){room, sizeof to->peer->seq_head + digits};
    return digits;
}

/* ---- The frame ------------------------------------------------------------------------------------------------------------------ */

static char *put(char *to, const char *bytes, size_t len_bytes) {
    memcpy(to, bytes, len_bytes);
    return to + len_bytes;
}

static int write_packet(const struct desk *desk, const struct sb_remote_ref *to, const struct sb_envelope *envelope,
                        struct sb_packet *packet) {
    size_t payload_bytes = envelope->payload.len_bytes;
    size_t len_bytes = desk->head_bytes + payload_bytes + sb_envelope_tail_len_bytes(envelope);
    if (len_bytes > SB_ENVELOPE_MAX_BYTES)
        return sb_error(SABIR_ETOOBIG, "an envelope of %zu bytes for '%s' exceeds the limit of %zu (LIM-1)", len_bytes,
                        to->ref.name, SB_ENVELOPE_MAX_BYTES);
    int code = sb_packet_new(len_bytes, packet);
    if (code != SABIR_OK) return code;
    char *at = put(sb_packet_bytes(packet), desk->out.bytes, desk->out.len_bytes);
    bool is_on_desk = desk->out.len_bytes > desk->head_bytes;
    if (!is_on_desk) at = put(at, envelope->payload.bytes, payload_bytes);
    sb_envelope_write_tail(envelope, at);
    return SABIR_OK;
}

static int write_envelope(struct desk *desk, const struct sb_remote_ref *to, sabir_message *message,
                          const sabir_ref *sender, struct sb_envelope *envelope, struct sb_packet *packet) {
    int code = put_head(desk, to, message->type, sender, envelope);
    if (code == SABIR_OK) code = put_payload(desk, to, message, &envelope->payload);
    if (code == SABIR_OK) code = write_packet(desk, to, envelope, packet);
    desk_clear(desk);
    return code;
}

int sb_outgoing_packet(const struct sb_remote_ref *to, sabir_message *message, const sabir_ref *sender,
                       struct sb_packet *packet, unsigned *seq_digits) {
    struct sb_envelope envelope; /* not cleared: its room for escapes is large and not used here */
    char seq[SB_SEQ_MAX_BYTES];
    struct desk *desk = desk_of_thread();
    if (!desk) return sb_error(SABIR_ENOMEM, "no memory for an envelope to '%s'", to->ref.name);
    envelope.dialect = to->dialect;
    envelope.type = message->type->name;
    envelope.target = to->name;
    int code = put_sender(to, sender, &envelope);
    if (code == SABIR_OK) code = put_meta(to, sb_message_meta(message), &envelope);
    if (code != SABIR_OK) return code;
    *seq_digits = put_seq(to, seq, &envelope);
    return write_envelope(desk, to, message, sender, &envelope, packet);
}
