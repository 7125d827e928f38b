/*
 * From the bytes of a frame to an envelope. One pass over the text picks up the keys that either dialect knows; only
 * when the text is whole and strict is its shape judged (RTE-6: text before shape), since which dialect it is may be
 * known at its last key.
 */
#include "envelope.h"

#include <sabir/error.h>
#include <sabir/manager.h>
#include <string.h>

#include "envelope_field.h"
#include "json_reader.h"
#include "seq.h"

/* The keys at the top, and the two inside `sender`. */
enum slot {
    SLOT_TYPE,
    SLOT_TARGET,
    SLOT_SENDER,
    SLOT_PAYLOAD,
    SLOT_ID,
    SLOT_RE,
    SLOT_TRACE,
    SLOT_SEQ,
    SLOT_SENDER_ACTOR,
    SLOT_SENDER_ENDPOINT,
    SLOT_RECEIVER,
    SLOT_MESSAGE_TYPE,
    SLOT_MESSAGE,
    SLOT_NAME,
    SLOT_ENDPOINT,
    SLOT_COUNT,
    SLOT_OTHER = SLOT_COUNT
};

struct frame {
    struct sb_json_reader reader;
    uint32_t present;                        /* bit of each slot that was read */
    struct sb_json_token values[SLOT_COUNT]; /* `raw` of an object is the whole of it */
    size_t receiver_key_offset_bytes;
    size_t target_key_offset_bytes;
    struct sb_envelope *envelope;
    char *unescaped; /* free room in envelope->unescaped */
    struct sb_fault *fault;
};

static bool has(const struct frame *frame, enum slot slot) {
    return frame->present >> slot & 1;
}

static int fail(struct frame *frame, const char *clause, const char *reason, size_t offset_bytes) {
    *frame->fault = (struct sb_fault){clause, reason, offset_bytes};
    return SABIR_EMALFORMED;
}

static int fail_value(struct frame *frame, enum slot slot, const char *clause, const char *reason) {
    return fail(frame, clause, reason, frame->values[slot].offset_bytes);
}

/* ---- the pass ---------------------------------------------------------------------------------------------------- */

#define IS(literal, slot) (memcmp(key.bytes, literal, sizeof(literal) - 1) == 0 ? (slot) : SLOT_OTHER)

static enum slot slot_of_plain_key(struct sb_text key) {
    switch (key.len_bytes) {
    case 2:
        return key.bytes[0] == 'i' ? IS("id", SLOT_ID) : IS("re", SLOT_RE);
    case 3:
        return IS("seq", SLOT_SEQ);
    case 4:
        return IS("type", SLOT_TYPE);
    case 5:
        return IS("trace", SLOT_TRACE);
    case 6:
        return key.bytes[0] == 't' ? IS("target", SLOT_TARGET) : IS("sender", SLOT_SENDER);
    case 7:
        return key.bytes[0] == 'p' ? IS("payload", SLOT_PAYLOAD) : IS("message", SLOT_MESSAGE);
    case 8:
        return IS("receiver", SLOT_RECEIVER);
    case 12:
        return key.bytes[0] == 's' ? IS("sender_actor", SLOT_SENDER_ACTOR) : IS("message_type", SLOT_MESSAGE_TYPE);
    case 15:
        return IS("sender_endpoint", SLOT_SENDER_ENDPOINT);
    default:
        return SLOT_OTHER;
    }
}

#define LONGEST_KEY_BYTES 15

/* The key with its escapes resolved, if it is short enough to be one of ours; longer ones come back empty. */
static struct sb_text plain_key(const struct sb_json_token *key, char room[LONGEST_KEY_BYTES]) {
    struct sb_json_cursor cursor;
    size_t len = 0;
    if (!key->has_escapes) return key->raw;
    sb_json_cursor_init(&cursor, key->raw);
    for (int byte; (byte = sb_json_cursor_next(&cursor)) >= 0;) {
        if (len == LONGEST_KEY_BYTES) return (struct sb_text){room, 0};
        room[len++] = (char)byte;
    }
    return (struct sb_text){room, len};
}

static enum slot slot_of(const struct sb_json_token *key) {
    char room[LONGEST_KEY_BYTES];
    return slot_of_plain_key(plain_key(key, room));
}

static enum slot slot_in_sender(const struct sb_json_token *key) {
    char room[LONGEST_KEY_BYTES];
    struct sb_text plain = plain_key(key, room);
    if (sb_text_equal(plain, SB_TEXT("name"))) return SLOT_NAME;
    return sb_text_equal(plain, SB_TEXT("endpoint")) ? SLOT_ENDPOINT : SLOT_OTHER;
}

/* Read on to the end of the value that `token` begins; an object's or array's raw text becomes the whole of it. */
static int read_rest(struct frame *frame, struct sb_json_token *token) {
    if (token->event != SABIR_JSON_OBJECT_BEGIN && token->event != SABIR_JSON_ARRAY_BEGIN) return SABIR_OK;
    return sb_json_reader_rest(&frame->reader, token, &token->raw);
}

static int read_value(struct frame *frame, enum slot slot) {
    struct sb_json_token other;
    struct sb_json_token *token = slot == SLOT_OTHER ? &other : &frame->values[slot];
    int error = sb_json_reader_next(&frame->reader, token);
    if (error) return error;
    if (slot != SLOT_OTHER) frame->present |= UINT32_C(1) << slot;
    return read_rest(frame, token);
}

/* The value of `sender`: its inner keys are picked up as it is read. */
static int read_sender(struct frame *frame) {
    struct sb_json_token *sender = &frame->values[SLOT_SENDER];
    int error = sb_json_reader_next(&frame->reader, sender);
    if (error) return error;
    frame->present |= UINT32_C(1) << SLOT_SENDER;
    if (sender->event != SABIR_JSON_OBJECT_BEGIN) return read_rest(frame, sender);
    for (;;) {
        struct sb_json_token key;
        error = sb_json_reader_next(&frame->reader, &key);
        if (error || key.event == SABIR_JSON_OBJECT_END) return error;
        error = read_value(frame, slot_in_sender(&key));
        if (error) return error;
    }
}

static int read_top(struct frame *frame) {
    for (;;) {
        struct sb_json_token key;
        int error = sb_json_reader_next(&frame->reader, &key);
        if (error || key.event == SABIR_JSON_OBJECT_END) return error;
        enum slot slot = slot_of(&key);
        if (slot == SLOT_RECEIVER) frame->receiver_key_offset_bytes = key.offset_bytes;
        if (slot == SLOT_TARGET) frame->target_key_offset_bytes = key.offset_bytes;
        error = slot == SLOT_SENDER ? read_sender(frame) : read_value(frame, slot);
        if (error) return error;
    }
}

/* The whole text; *is_object: what stands at its top. */
static int read_text(struct frame *frame, struct sb_json_token *top, bool *is_object) {
    struct sb_json_token end;
    int error = sb_json_reader_next(&frame->reader, top);
    if (error) return error;
    *is_object = top->event == SABIR_JSON_OBJECT_BEGIN;
    error = *is_object ? read_top(frame) : read_rest(frame, top);
    return error ? error : sb_json_reader_next(&frame->reader, &end);
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

/* The unescaped text of a string of at most max_bytes; false: it is no string, or longer. */
static bool take_text(struct frame *frame, enum slot slot, size_t max_bytes, struct sb_text *text) {
    const struct sb_json_token *token = &frame->values[slot];
    if (token->event != SABIR_JSON_STRING) return false;
    *text = token->raw;
    if (!token->has_escapes) return text->len_bytes <= max_bytes;
    struct sb_json_cursor cursor;
    sb_json_cursor_init(&cursor, token->raw);
    text->bytes = frame->unescaped;
    text->len_bytes = 0;
    for (int byte; (byte = sb_json_cursor_next(&cursor)) >= 0; text->len_bytes++) {
        if (text->len_bytes == max_bytes) return false;
        *frame->unescaped++ = (char)byte;
    }
    return true;
}

/* A string of 1 to 255 bytes without control characters. */
static bool take_name(struct frame *frame, enum slot slot, struct sb_text *name) {
    return take_text(frame, slot, SB_NAME_MAX_BYTES, name) && name->len_bytes > 0 && sb_text_has_no_control(*name);
}

/* ENV-9: absent, null, or an id. */
static bool take_id(struct frame *frame, enum slot slot, struct sb_text *id) {
    if (!has(frame, slot) || frame->values[slot].event == SABIR_JSON_NULL) return true;
    return take_text(frame, slot, SB_ID_MAX_BYTES, id) && sb_id_is_valid(*id);
}

/* The next two are ignored unless they are valid. */
static void take_trace(struct frame *frame) {
    struct sb_text trace;
    if (has(frame, SLOT_TRACE) && take_text(frame, SLOT_TRACE, SB_TRACE_BYTES, &trace) && sb_trace_is_valid(trace))
        frame->envelope->trace = trace;
}

static void take_seq(struct frame *frame) {
    struct sb_envelope *envelope = frame->envelope;
    struct sb_text seq;
    if (has(frame, SLOT_SEQ) && take_text(frame, SLOT_SEQ, SB_SEQ_MAX_BYTES, &seq) &&
        sb_seq_parse(seq, &envelope->seq_epoch, &envelope->seq_count))
        envelope->seq = seq;
}

/* ---- v1 ---------------------------------------------------------------------------------------------------------- */

static int take_sender(struct frame *frame) {
    struct sb_envelope *envelope = frame->envelope;
    if (!has(frame, SLOT_SENDER) || frame->values[SLOT_SENDER].event == SABIR_JSON_NULL) return SABIR_OK;
    if (frame->values[SLOT_SENDER].event != SABIR_JSON_OBJECT_BEGIN)
        return fail_value(frame, SLOT_SENDER, "ENV-7", "sender must be null or an object with name and endpoint");
    if (!has(frame, SLOT_NAME) || !has(frame, SLOT_ENDPOINT))
        return fail_value(frame, SLOT_SENDER, "ENV-7", "sender must have both name and endpoint");
    if (!take_name(frame, SLOT_NAME, &envelope->sender_name))
        return fail_value(frame, SLOT_NAME, "ENV-7",
                          "sender.name must be a string of 1 to 255 bytes without control characters");
    if (!take_name(frame, SLOT_ENDPOINT, &envelope->sender_endpoint))
        return fail_value(frame, SLOT_ENDPOINT, "ENV-7",
                          "sender.endpoint must be a string of 1 to 255 bytes without control characters");
    envelope->has_sender = true;
    return SABIR_OK;
}

static int judge_v1(struct frame *frame, size_t top_offset_bytes) {
    struct sb_envelope *envelope = frame->envelope;
    if (!has(frame, SLOT_TYPE)) return fail(frame, "ENV-3", "type is missing", top_offset_bytes);
    if (!has(frame, SLOT_TARGET)) return fail(frame, "ENV-3", "target is missing", top_offset_bytes);
    if (!has(frame, SLOT_PAYLOAD)) return fail(frame, "ENV-3", "payload is missing", top_offset_bytes);
    if (!take_name(frame, SLOT_TYPE, &envelope->type))
        return fail_value(frame, SLOT_TYPE, "ENV-6",
                          "type must be a string of 1 to 255 bytes without control characters");
    if (!take_name(frame, SLOT_TARGET, &envelope->target))
        return fail_value(frame, SLOT_TARGET, "ENV-6",
                          "target must be a string of 1 to 255 bytes without control characters");
    int error = take_sender(frame);
    if (error) return error;
    if (frame->values[SLOT_PAYLOAD].event != SABIR_JSON_OBJECT_BEGIN)
        return fail_value(frame, SLOT_PAYLOAD, "ENV-8", "payload must be an object");
    if (!take_id(frame, SLOT_ID, &envelope->id))
        return fail_value(frame, SLOT_ID, "ENV-9", "id must be null or 1 to 64 printable ASCII characters");
    if (!take_id(frame, SLOT_RE, &envelope->re))
        return fail_value(frame, SLOT_RE, "ENV-9", "re must be null or 1 to 64 printable ASCII characters");
    envelope->dialect = SABIR_DIALECT_V1;
    envelope->payload = frame->values[SLOT_PAYLOAD].raw;
    take_trace(frame);
    take_seq(frame);
    return SABIR_OK;
}

/* ---- flat -------------------------------------------------------------------------------------------------------- */

/* DIA-5: absent, null and "" are all none (*text empty). */
static bool take_flat_sender(struct frame *frame, enum slot slot, struct sb_text *text) {
    if (!has(frame, slot) || frame->values[slot].event == SABIR_JSON_NULL) return true;
    return take_text(frame, slot, SB_NAME_MAX_BYTES, text) && sb_text_has_no_control(*text);
}

static int judge_flat(struct frame *frame, size_t top_offset_bytes) {
    struct sb_envelope *envelope = frame->envelope;
    if (!has(frame, SLOT_MESSAGE_TYPE)) return fail(frame, "DIA-5", "message_type is missing", top_offset_bytes);
    if (!take_name(frame, SLOT_MESSAGE_TYPE, &envelope->type))
        return fail_value(frame, SLOT_MESSAGE_TYPE, "ENV-6",
                          "message_type must be a string of 1 to 255 bytes without control characters");
    if (!take_name(frame, SLOT_RECEIVER, &envelope->target))
        return fail_value(frame, SLOT_RECEIVER, "ENV-6",
                          "receiver must be a string of 1 to 255 bytes without control characters");
    if (!take_flat_sender(frame, SLOT_SENDER_ACTOR, &envelope->sender_name))
        return fail_value(frame, SLOT_SENDER_ACTOR, "DIA-5",
                          "sender_actor must be null or a string of at most 255 bytes without control characters");
    if (!take_flat_sender(frame, SLOT_SENDER_ENDPOINT, &envelope->sender_endpoint))
        return fail_value(frame, SLOT_SENDER_ENDPOINT, "DIA-5",
                          "sender_endpoint must be null or a string of at most 255 bytes without control characters");
    bool has_message = has(frame, SLOT_MESSAGE) && frame->values[SLOT_MESSAGE].event != SABIR_JSON_NULL;
    if (has_message && frame->values[SLOT_MESSAGE].event != SABIR_JSON_OBJECT_BEGIN)
        return fail_value(frame, SLOT_MESSAGE, "DIA-5", "message must be null or an object");
    envelope->dialect = SABIR_DIALECT_FLAT;
    envelope->has_sender = envelope->sender_name.len_bytes > 0 && envelope->sender_endpoint.len_bytes > 0;
    if (!envelope->has_sender) envelope->sender_name = envelope->sender_endpoint = (struct sb_text){NULL, 0};
    envelope->payload = has_message ? frame->values[SLOT_MESSAGE].raw : SB_TEXT("{}");
    return SABIR_OK;
}

/* ---- both -------------------------------------------------------------------------------------------------------- */

static int judge(struct frame *frame, size_t top_offset_bytes) {
    if (!has(frame, SLOT_RECEIVER)) return judge_v1(frame, top_offset_bytes);
    if (!has(frame, SLOT_TARGET)) return judge_flat(frame, top_offset_bytes);
    size_t receiver = frame->receiver_key_offset_bytes;
    size_t target = frame->target_key_offset_bytes;
    return fail(frame, "DIA-1", "an envelope has either target or receiver", receiver > target ? receiver : target);
}

int sb_envelope_read(const char *bytes, size_t len_bytes, struct sb_envelope *envelope, struct sb_fault *fault) {
    const struct sb_text none = {NULL, 0};
    if (len_bytes > SB_ENVELOPE_MAX_BYTES) {
        *fault = (struct sb_fault){"LIM-1", "an envelope has at most 2 MiB", SB_ENVELOPE_MAX_BYTES};
        return SABIR_ETOOBIG;
    }
    envelope->has_sender = false;
    envelope->has_known_head = false;
    envelope->value = NULL;
    envelope->sender_name = envelope->sender_endpoint = none;
    envelope->id = envelope->re = envelope->trace = envelope->seq = none;

    struct frame frame;
    frame.present = 0;
    frame.envelope = envelope;
    frame.unescaped = envelope->unescaped;
    frame.fault = fault;
    sb_json_reader_init(&frame.reader, (struct sb_text){bytes, len_bytes}, SB_ENVELOPE_MAX_DEPTH, SB_JSON_STRICT);
    struct sb_json_token top;
    bool is_object;
    int error = read_text(&frame, &top, &is_object);
    sb_json_reader_free(&frame.reader);
    if (error == SABIR_EMALFORMED) *fault = frame.reader.fault;
    if (error) return error;
    return is_object ? judge(&frame, top.offset_bytes)
                     : fail(&frame, "ENV-2", "an envelope is an object", top.offset_bytes);
}
