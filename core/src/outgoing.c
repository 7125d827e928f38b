#include "outgoing.h"

#include <string.h>

#include "buffer.h"
#include "codec.h"
#include "error.h"
#include "json_escape.h"
#include "node_inner.h"
#include "seq.h"

/* Each thread writes payloads into one buffer of its own, which it keeps unless it has become large. */
#define SCRATCH_KEPT_BYTES ((size_t)64 * 1024)

static _Thread_local struct sb_buffer scratch;
static struct sb_thread_slot scratch_slot;

static void scratch_free(void *buffer) {
    sb_buffer_free(buffer);
}

__attribute__((constructor)) static void make_slot(void) {
    sb_thread_slot_init(&scratch_slot, scratch_free);
}

static struct sb_buffer *scratch_begin(void) {
    if (!scratch.bytes) sb_thread_slot_set(&scratch_slot, &scratch);
    scratch.failed = false;
    sb_buffer_clear(&scratch);
    return &scratch;
}

static void scratch_end(void) {
    if (scratch.capacity_bytes > SCRATCH_KEPT_BYTES) sb_buffer_free(&scratch);
}

/* ---- The payload -------------------------------------------------------------------------------------------------------------- */

static void append_member(struct sb_buffer *out, const char *key, struct sb_text value) {
    sb_buffer_append(out, out->len_bytes ? ",\"" : "{\"", 2);
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
    append_member(out, "message_type", (struct sb_text){reject->message_type.bytes, reject->message_type.len_bytes});
    append_member(out, "reason", (struct sb_text){reject->reason.bytes, reject->reason.len_bytes});
    append_member(out, "rejected_by", (struct sb_text){reject->target.bytes, reject->target.len_bytes});
    sb_buffer_append_byte(out, '}');
    return out->failed ? sb_error(SABIR_ENOMEM, "no memory for a Reject") : SABIR_OK;
}

/* The payload's text: the message's own if it has one, else written to the scratch buffer. */
static int payload_of(const struct sb_remote_ref *to, sabir_message *message, struct sb_text *payload) {
    bool is_flat_reject = to->dialect == SABIR_DIALECT_FLAT && message->type->builtin == SB_BUILTIN_REJECT;
    bool has_text = message->extra && message->extra->json;
    if (!is_flat_reject && (has_text || !message->value)) return sb_message_json(message, payload);
    struct sb_buffer *out = scratch_begin();
    int code = is_flat_reject ? write_flat_reject(message, out) : sb_encode(message->type, message->value, out);
    *payload = (struct sb_text){out->bytes, out->len_bytes};
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

#define HEAD_KEPT_BYTES 512

/*
 * Up to the payload, all that one actor sends to another of one type begins alike: each thread keeps the last head that it wrote. Serials
 * are never used again, types and the node's endpoint stay as they are.
 */
struct kept_head {
    uint64_t to; /* serials */
    uint64_t sender;
    const sabir_type *type;
    size_t len_bytes;
    char bytes[HEAD_KEPT_BYTES];
};

static _Thread_local struct kept_head kept_head;

static bool is_kept(const struct sb_remote_ref *to, const sabir_type *type, const sabir_ref *sender) {
    return kept_head.to == to->ref.serial && kept_head.type == type &&
           kept_head.sender == (sender ? sender->serial : 0);
}

static void keep_head(const struct sb_remote_ref *to, const sabir_type *type, const sabir_ref *sender,
                      const char *bytes, size_t len_bytes) {
    if (len_bytes > HEAD_KEPT_BYTES) return;
    kept_head.to = to->ref.serial;
    kept_head.sender = sender ? sender->serial : 0;
    kept_head.type = type;
    kept_head.len_bytes = len_bytes;
    memcpy(kept_head.bytes, bytes, len_bytes);
}

static int write_packet(const struct sb_remote_ref *to, const sabir_type *type, const sabir_ref *sender,
                        const struct sb_envelope *envelope, struct sb_packet *packet) {
    bool is_head_kept = is_kept(to, type, sender);
    size_t head_bytes = is_head_kept ? kept_head.len_bytes : sb_envelope_head_len_bytes(envelope);
    size_t len_bytes = head_bytes + sb_envelope_tail_len_bytes(envelope);
    if (len_bytes > SB_ENVELOPE_MAX_BYTES)
        return sb_error(SABIR_ETOOBIG, "an envelope of %zu bytes for '%s' exceeds the limit of %zu (LIM-1)", len_bytes,
                        to->ref.name, SB_ENVELOPE_MAX_BYTES);
    int code = sb_packet_new(len_bytes, packet);
    if (code != SABIR_OK) return code;
    char *bytes = sb_packet_bytes(packet);
    if (is_head_kept) {
        memcpy(bytes, kept_head.bytes, head_bytes);
    } else {
        sb_envelope_write_head(envelope, bytes);
        keep_head(to, type, sender, bytes, head_bytes);
    }
    sb_envelope_write_tail(envelope, bytes + head_bytes);
    return SABIR_OK;
}

int sb_outgoing_packet(const struct sb_remote_ref *to, sabir_message *message, const sabir_ref *sender,
                       struct sb_packet *packet, unsigned *seq_digits) {
    struct sb_envelope envelope; /* not cleared: its room for escapes is large and not used here */
    char seq[SB_SEQ_MAX_BYTES];
    envelope.dialect = to->dialect;
    envelope.type = message->type->name;
    envelope.target = to->name;
    int code = put_sender(to, sender, &envelope);
    if (code == SABIR_OK) code = put_meta(to, sb_message_meta(message), &envelope);
    if (code != SABIR_OK) return code;
    *seq_digits = put_seq(to, seq, &envelope);
    code = payload_of(to, message, &envelope.payload);
    if (code == SABIR_OK) code = write_packet(to, message->type, sender, &envelope, packet);
    scratch_end();
    return code;
}
