#include "envelope_head.h"

#include <sabir/error.h>
#include <sabir/manager.h>
#include <string.h>

#include "alloc.h"
#include "json_reader.h"

#define SEQ_PIECE ",\"seq\":\""
#define SEQ_PIECE_BYTES (sizeof(SEQ_PIECE) - 1)
#define SEQ_TAIL_BYTES 2 /* `"}` */
#define SEQ_HEAD_BYTES (SB_SEQ_EPOCH_DIGITS + 1)

/* A desk for texts of up to 64 KiB stays. */
#define LEAST_DESK_BYTES ((size_t)1024)
#define KEPT_DESK_BYTES ((size_t)256 * 1024)

static void free_desk(struct sb_envelope_head *head) {
    sb_free(head->desk);
    head->desk = NULL;
    head->desk_bytes = 0;
}

void sb_envelope_head_free(struct sb_envelope_head *head) {
    free_desk(head);
    head->len_bytes = 0;
}

/* ---- What follows the payload --------------------------------------------------------------------------------------------------- */

/* The seq of `,"seq":"EPOCH:N"}`, exactly so but for what stands between the quotes; false: it is another tail. */
static bool split_seq_tail(struct sb_text tail, struct sb_text *seq) {
    if (tail.len_bytes < SEQ_PIECE_BYTES + SEQ_HEAD_BYTES + SEQ_TAIL_BYTES) return false;
    *seq = (struct sb_text){tail.bytes + SEQ_PIECE_BYTES, tail.len_bytes - SEQ_PIECE_BYTES - SEQ_TAIL_BYTES};
    return memcmp(tail.bytes, SEQ_PIECE, SEQ_PIECE_BYTES) == 0 &&
           memcmp(seq->bytes + seq->len_bytes, "\"}", SEQ_TAIL_BYTES) == 0;
}

/* With the epoch that is remembered, or any other. */
static bool read_seq_tail(const struct sb_envelope_head *head, struct sb_text tail, struct sb_envelope *envelope) {
    struct sb_text seq;
    if (!split_seq_tail(tail, &seq)) return false;
    if (memcmp(seq.bytes, head->seq_head, SEQ_HEAD_BYTES) == 0) {
        struct sb_text count = {seq.bytes + SEQ_HEAD_BYTES, seq.len_bytes - SEQ_HEAD_BYTES};
        envelope->seq_epoch = head->seq_epoch;
        if (!sb_seq_parse_count(count, &envelope->seq_count)) return false;
    } else if (!sb_seq_parse(seq, &envelope->seq_epoch, &envelope->seq_count)) {
        return false;
    }
    envelope->seq = seq;
    return true;
}

static bool is_bare_tail(struct sb_text tail) {
    return tail.len_bytes == 1 && tail.bytes[0] == '}';
}

/* ---- With what is remembered ------------------------------------------------------------------------------------------------------ */

/* A desk for the value of a text. One that is needed no more is not kept if it is large. */
static char *desk_for(struct sb_envelope_head *head, struct sb_text text) {
    size_t wanted_bytes = sb_plain_desk_bytes(head->plain_type, text);
    if (head->desk_bytes > KEPT_DESK_BYTES && wanted_bytes <= KEPT_DESK_BYTES) free_desk(head);
    if (head->desk_bytes >= wanted_bytes) return head->desk;
    free_desk(head);
    size_t made_bytes = LEAST_DESK_BYTES;
    while (made_bytes < wanted_bytes) made_bytes *= 2;
    head->desk = sb_alloc(made_bytes);
    if (head->desk) head->desk_bytes = made_bytes;
    return head->desk;
}

/* A payload in its type's plain form needs no tokens, and is read once: what is accepted is a value. */
static bool read_plain(struct sb_envelope_head *head, struct sb_text text, struct sb_envelope *envelope) {
    const sabir_type *type = head->plain_type;
    envelope->value = NULL;
    if (!type) return false;
    char *desk = (char *)head->value;
    size_t desk_bytes = sizeof head->value;
    if (head->takes_text) {
        desk_bytes = 0;
    } else if (!head->fits_inside) {
        desk = desk_for(head, text);
        desk_bytes = desk ? sb_plain_desk_bytes(type, text) : 0;
    }
    size_t len_bytes = sb_plain_read(type, text, desk, desk_bytes, &envelope->room);
    envelope->payload = (struct sb_text){text.bytes, len_bytes};
    if (len_bytes > 0 && sb_plain_on_desk_bytes(type, &envelope->room) <= desk_bytes) envelope->value = desk;
    return len_bytes > 0;
}

/* The object at the beginning of `text`; false: there is none that is right. */
static bool read_payload(struct sb_text text, struct sb_text *payload) {
    struct sb_json_reader reader;
    struct sb_json_token token;
    sb_json_reader_init(&reader, text, SB_ENVELOPE_MAX_DEPTH - 1, SB_JSON_STRICT);
    bool is_object = sb_json_reader_next(&reader, &token) == SABIR_OK && token.event == SABIR_JSON_OBJECT_BEGIN &&
                     token.offset_bytes == 0 && sb_json_reader_rest(&reader, &token, payload) == SABIR_OK;
    sb_json_reader_free(&reader);
    return is_object;
}

static bool recall(struct sb_envelope_head *head, struct sb_text frame, struct sb_envelope *envelope) {
    const struct sb_text none = {NULL, 0};
    if (head->len_bytes == 0 || frame.len_bytes <= head->len_bytes || frame.len_bytes > SB_ENVELOPE_MAX_BYTES ||
        memcmp(frame.bytes, head->bytes, head->len_bytes) != 0)
        return false;
    struct sb_text rest = {frame.bytes + head->len_bytes, frame.len_bytes - head->len_bytes};
    if (!read_plain(head, rest, envelope) && !read_payload(rest, &envelope->payload)) return false;
    struct sb_text tail = {rest.bytes + envelope->payload.len_bytes, rest.len_bytes - envelope->payload.len_bytes};
    envelope->seq = none;
    if (head->ends_with_seq ? !read_seq_tail(head, tail, envelope) : !is_bare_tail(tail)) return false;
    envelope->has_known_head = true;
    envelope->dialect = head->dialect;
    envelope->has_sender = head->has_sender;
    envelope->type = head->type;
    envelope->target = head->target;
    envelope->sender_name = head->sender_name;
    envelope->sender_endpoint = head->sender_endpoint;
    envelope->id = envelope->re = envelope->trace = none;
    return true;
}

/* ---- Remembering ------------------------------------------------------------------------------------------------------------------ */

/* A text that stands in the head, or is absent; else false. */
static bool keep(struct sb_envelope_head *head, const char *frame, struct sb_text text, struct sb_text *kept) {
    *kept = (struct sb_text){NULL, 0};
    if (!text.bytes) return true;
    if (text.bytes < frame || text.bytes + text.len_bytes > frame + head->len_bytes) return false;
    *kept = (struct sb_text){head->bytes + (text.bytes - frame), text.len_bytes};
    return true;
}

/* A key that may come once must not hide in the head: with `seq` behind the payload it was not before it, and without it nothing follows
 * that could come twice. */
static bool is_worth_keeping(struct sb_text frame, const struct sb_envelope *envelope, bool *ends_with_seq) {
    const char *payload = envelope->payload.bytes;
    if (envelope->id.bytes || envelope->re.bytes || envelope->trace.bytes) return false;
    if (payload <= frame.bytes || payload >= frame.bytes + frame.len_bytes) return false;
    if ((size_t)(payload - frame.bytes) > SB_ENVELOPE_HEAD_MAX_BYTES) return false;
    const char *end = payload + envelope->payload.len_bytes;
    struct sb_text tail = {end, (size_t)(frame.bytes + frame.len_bytes - end)};
    struct sb_text seq;
    *ends_with_seq =
        envelope->dialect == SABIR_DIALECT_V1 && split_seq_tail(tail, &seq) && seq.bytes == envelope->seq.bytes;
    return *ends_with_seq || (is_bare_tail(tail) && !envelope->seq.bytes);
}

static void remember(struct sb_envelope_head *head, struct sb_text frame, const struct sb_envelope *envelope) {
    head->len_bytes = 0;
    if (!is_worth_keeping(frame, envelope, &head->ends_with_seq)) return;
    head->len_bytes = (size_t)(envelope->payload.bytes - frame.bytes);
    if (!keep(head, frame.bytes, envelope->type, &head->type) ||
        !keep(head, frame.bytes, envelope->target, &head->target) ||
        !keep(head, frame.bytes, envelope->sender_name, &head->sender_name) ||
        !keep(head, frame.bytes, envelope->sender_endpoint, &head->sender_endpoint)) {
        head->len_bytes = 0;
        return;
    }
    const sabir_type *type = sb_type_find(envelope->type);
    head->plain_type = type && type->is_plain ? type : NULL;
    head->fits_inside = head->plain_type && type->is_flat && type->size_bytes <= sizeof head->value;
    head->takes_text = false;
    head->dialect = envelope->dialect;
    head->has_sender = envelope->has_sender;
    if (head->ends_with_seq) {
        memcpy(head->seq_head, envelope->seq.bytes, SEQ_HEAD_BYTES);
        head->seq_epoch = envelope->seq_epoch;
    }
    memcpy(head->bytes, frame.bytes, head->len_bytes);
}

int sb_envelope_read_next(struct sb_envelope_head *head, const char *bytes, size_t len_bytes,
                          struct sb_envelope *envelope, struct sb_fault *fault) {
    struct sb_text frame = {bytes, len_bytes};
    if (recall(head, frame, envelope)) return SABIR_OK;
    int code = sb_envelope_read(bytes, len_bytes, envelope, fault);
    if (code == SABIR_OK) remember(head, frame, envelope);
    return code;
}
