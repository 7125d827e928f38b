/*
 * From an envelope to the bytes of a frame, straight into memory of the exact length.
 */
#include "envelope.h"

#include <sabir/manager.h>
#include <string.h>

#include "json_escape.h"

/* The pieces between the values. */
#define V1_TYPE "{\"type\":\""
#define V1_TARGET "\",\"target\":\""
#define V1_SENDER_NAME "\",\"sender\":{\"name\":\""
#define V1_SENDER_ENDPOINT "\",\"endpoint\":\""
#define V1_PAYLOAD "\"},\"payload\":"
#define V1_NO_SENDER_PAYLOAD "\",\"sender\":null,\"payload\":"
#define V1_ID ",\"id\":\""
#define V1_RE ",\"re\":\""
#define V1_TRACE ",\"trace\":\""
#define V1_SEQ ",\"seq\":\""
#define FLAT_SENDER_ACTOR "{\"sender_actor\":\""
#define FLAT_SENDER_ENDPOINT "\",\"sender_endpoint\":\""
#define FLAT_RECEIVER "\",\"receiver\":\""
#define FLAT_NO_SENDER_RECEIVER "{\"sender_actor\":null,\"sender_endpoint\":null,\"receiver\":\""
#define FLAT_MESSAGE_TYPE "\",\"message_type\":\""
#define FLAT_MESSAGE "\",\"message\":"

#define LEN(literal) (sizeof(literal) - 1)

static size_t option_len_bytes(size_t piece_len_bytes, struct sb_text text) {
    return text.len_bytes ? piece_len_bytes + sb_json_escaped_len_bytes(text) + 1 : 0;
}

size_t sb_envelope_head_len_bytes(const struct sb_envelope *envelope) {
    size_t len = sb_json_escaped_len_bytes(envelope->type) + sb_json_escaped_len_bytes(envelope->target);
    if (envelope->has_sender)
        len += sb_json_escaped_len_bytes(envelope->sender_name) + sb_json_escaped_len_bytes(envelope->sender_endpoint);
    if (envelope->dialect == SABIR_DIALECT_FLAT) {
        len += LEN(FLAT_MESSAGE_TYPE) + LEN(FLAT_MESSAGE);
        return len + (envelope->has_sender ? LEN(FLAT_SENDER_ACTOR) + LEN(FLAT_SENDER_ENDPOINT) + LEN(FLAT_RECEIVER)
                                           : LEN(FLAT_NO_SENDER_RECEIVER));
    }
    len += LEN(V1_TYPE) + LEN(V1_TARGET);
    return len + (envelope->has_sender ? LEN(V1_SENDER_NAME) + LEN(V1_SENDER_ENDPOINT) + LEN(V1_PAYLOAD)
                                       : LEN(V1_NO_SENDER_PAYLOAD));
}

size_t sb_envelope_tail_len_bytes(const struct sb_envelope *envelope) {
    size_t len = LEN("}");
    if (envelope->dialect == SABIR_DIALECT_FLAT) return len;
    if (envelope->seq.len_bytes) len += LEN(V1_SEQ) + envelope->seq.len_bytes + LEN("\"");
    return len + option_len_bytes(LEN(V1_ID), envelope->id) + option_len_bytes(LEN(V1_RE), envelope->re) +
           option_len_bytes(LEN(V1_TRACE), envelope->trace);
}

size_t sb_envelope_len_bytes(const struct sb_envelope *envelope) {
    return sb_envelope_head_len_bytes(envelope) + envelope->payload.len_bytes + sb_envelope_tail_len_bytes(envelope);
}

static char *put(char *to, struct sb_text text) {
    memcpy(to, text.bytes, text.len_bytes);
    return to + text.len_bytes;
}

/* A constant length lets the compiler store whole words. */
#define PUT(to, literal) (memcpy((to), (literal), LEN(literal)), (to) + LEN(literal))

static char *put_option(char *to, struct sb_text piece, struct sb_text text) {
    if (text.len_bytes == 0) return to;
    to = sb_json_escape(text, put(to, piece));
    return PUT(to, "\"");
}

static char *write_v1_head(const struct sb_envelope *envelope, char *to) {
    to = sb_json_escape(envelope->type, PUT(to, V1_TYPE));
    to = sb_json_escape(envelope->target, PUT(to, V1_TARGET));
    if (!envelope->has_sender) return PUT(to, V1_NO_SENDER_PAYLOAD);
    to = sb_json_escape(envelope->sender_name, PUT(to, V1_SENDER_NAME));
    to = sb_json_escape(envelope->sender_endpoint, PUT(to, V1_SENDER_ENDPOINT));
    return PUT(to, V1_PAYLOAD);
}

static char *write_flat_head(const struct sb_envelope *envelope, char *to) {
    if (envelope->has_sender) {
        to = sb_json_escape(envelope->sender_name, PUT(to, FLAT_SENDER_ACTOR));
        to = sb_json_escape(envelope->sender_endpoint, PUT(to, FLAT_SENDER_ENDPOINT));
        to = PUT(to, FLAT_RECEIVER);
    } else {
        to = PUT(to, FLAT_NO_SENDER_RECEIVER);
    }
    to = sb_json_escape(envelope->target, to);
    to = sb_json_escape(envelope->type, PUT(to, FLAT_MESSAGE_TYPE));
    return PUT(to, FLAT_MESSAGE);
}

char *sb_envelope_write_head(const struct sb_envelope *envelope, char *to) {
    return envelope->dialect == SABIR_DIALECT_FLAT ? write_flat_head(envelope, to) : write_v1_head(envelope, to);
}

char *sb_envelope_write_tail(const struct sb_envelope *envelope, char *to) {
    if (envelope->dialect == SABIR_DIALECT_FLAT) return PUT(to, "}");
    to = put_option(to, SB_TEXT(V1_ID), envelope->id);
    to = put_option(to, SB_TEXT(V1_RE), envelope->re);
    to = put_option(to, SB_TEXT(V1_TRACE), envelope->trace);
    if (envelope->seq.len_bytes) to = PUT(put(PUT(to, V1_SEQ), envelope->seq), "\"");
    return PUT(to, "}");
}

char *sb_envelope_write(const struct sb_envelope *envelope, char *to) {
    return sb_envelope_write_tail(envelope, put(sb_envelope_write_head(envelope, to), envelope->payload));
}
