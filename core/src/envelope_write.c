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

size_t sb_envelope_len_bytes(const struct sb_envelope *envelope) {
    size_t len = envelope->payload.len_bytes + 1;
    len += sb_json_escaped_len_bytes(envelope->type) + sb_json_escaped_len_bytes(envelope->target);
    if (envelope->has_sender)
        len += sb_json_escaped_len_bytes(envelope->sender_name) + sb_json_escaped_len_bytes(envelope->sender_endpoint);
    if (envelope->dialect == SABIR_DIALECT_FLAT) {
        len += LEN(FLAT_MESSAGE_TYPE) + LEN(FLAT_MESSAGE);
        return len + (envelope->has_sender ? LEN(FLAT_SENDER_ACTOR) + LEN(FLAT_SENDER_ENDPOINT) + LEN(FLAT_RECEIVER)
                                           : LEN(FLAT_NO_SENDER_RECEIVER));
    }
    len += LEN(V1_TYPE) + LEN(V1_TARGET);
    len += envelope->has_sender ? LEN(V1_SENDER_NAME) + LEN(V1_SENDER_ENDPOINT) + LEN(V1_PAYLOAD)
                                : LEN(V1_NO_SENDER_PAYLOAD);
    return len + option_len_bytes(LEN(V1_ID), envelope->id) + option_len_bytes(LEN(V1_RE), envelope->re) +
           option_len_bytes(LEN(V1_TRACE), envelope->trace) + option_len_bytes(LEN(V1_SEQ), envelope->seq);
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

static char *write_v1(const struct sb_envelope *envelope, char *to) {
    to = sb_json_escape(envelope->type, PUT(to, V1_TYPE));
    to = sb_json_escape(envelope->target, PUT(to, V1_TARGET));
    if (envelope->has_sender) {
        to = sb_json_escape(envelope->sender_name, PUT(to, V1_SENDER_NAME));
        to = sb_json_escape(envelope->sender_endpoint, PUT(to, V1_SENDER_ENDPOINT));
        to = PUT(to, V1_PAYLOAD);
    } else {
        to = PUT(to, V1_NO_SENDER_PAYLOAD);
    }
    to = put(to, envelope->payload);
    to = put_option(to, SB_TEXT(V1_ID), envelope->id);
    to = put_option(to, SB_TEXT(V1_RE), envelope->re);
    to = put_option(to, SB_TEXT(V1_TRACE), envelope->trace);
    to = put_option(to, SB_TEXT(V1_SEQ), envelope->seq);
    return PUT(to, "}");
}

static char *write_flat(const struct sb_envelope *envelope, char *to) {
    if (envelope->has_sender) {
        to = sb_json_escape(envelope->sender_name, PUT(to, FLAT_SENDER_ACTOR));
        to = sb_json_escape(envelope->sender_endpoint, PUT(to, FLAT_SENDER_ENDPOINT));
        to = PUT(to, FLAT_RECEIVER);
    } else {
        to = PUT(to, FLAT_NO_SENDER_RECEIVER);
    }
    to = sb_json_escape(envelope->target, to);
    to = sb_json_escape(envelope->type, PUT(to, FLAT_MESSAGE_TYPE));
    to = put(PUT(to, FLAT_MESSAGE), envelope->payload);
    return PUT(to, "}");
}

char *sb_envelope_write(const struct sb_envelope *envelope, char *to) {
    return envelope->dialect == SABIR_DIALECT_FLAT ? write_flat(envelope, to) : write_v1(envelope, to);
}
