/*
 * Any bytes as a frame. What is accepted is written anew in exactly the announced length, accepted again, and equal;
 * its texts are what the protocol promises. The public judge comes to the same verdict. A payload that is read in the plain form in passing
 * is the value that the reader of tokens makes of it.
 */
#include <sabir/envelope.h>
#include <sabir/error.h>
#include <sabir/manager.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "codec.h"
#include "envelope_head.h"
#include "json_reader.h"
#include "seq.h"

#define LINE_FIELDS(F)                                                                                                 \
    F(SABIR_INT64, id) F(SABIR_DOUBLE, price) F(SABIR_STRING, name) F(SABIR_BOOL, firm) F(SABIR_UINT64, a_longer_name)
SABIR_MESSAGE(Line, LINE_FIELDS);
#define LINES_FIELDS(F)                                                                                                \
    F(SABIR_INT32, n)                                                                                                  \
    F(SABIR_LIST(SABIR_STRUCT(Line)), lines)                                                                           \
    F(SABIR_STRUCT(Line), last) F(SABIR_LIST(SABIR_STRING), words) F(SABIR_LIST(SABIR_BOOL), flags)
SABIR_MESSAGE(Lines, LINES_FIELDS);

static void require(bool kept) {
    if (!kept) abort();
}

static void require_valid(const struct sb_envelope *envelope) {
    struct sb_fault fault;
    require(sb_name_is_valid(envelope->type));
    require(sb_name_is_valid(envelope->target));
    require(!envelope->has_sender ||
            (sb_name_is_valid(envelope->sender_name) && sb_name_is_valid(envelope->sender_endpoint)));
    require(!envelope->id.bytes || sb_id_is_valid(envelope->id));
    require(!envelope->re.bytes || sb_id_is_valid(envelope->re));
    require(!envelope->trace.bytes || sb_trace_is_valid(envelope->trace));
    uint64_t epoch, count;
    require(!envelope->seq.bytes || sb_seq_parse(envelope->seq, &epoch, &count));
    require(envelope->payload.len_bytes >= 2 && envelope->payload.bytes[0] == '{');
    require(sb_json_check(envelope->payload, SB_ENVELOPE_MAX_DEPTH - 1, &fault) == SABIR_OK);
}

static void require_equal(const struct sb_envelope *a, const struct sb_envelope *b) {
    require(a->dialect == b->dialect && a->has_sender == b->has_sender);
    require(sb_text_equal(a->type, b->type) && sb_text_equal(a->target, b->target));
    require(sb_text_equal(a->sender_name, b->sender_name) && sb_text_equal(a->sender_endpoint, b->sender_endpoint));
    require(sb_text_equal(a->payload, b->payload));
    require(sb_text_equal(a->id, b->id) && sb_text_equal(a->re, b->re));
    require(sb_text_equal(a->trace, b->trace) && sb_text_equal(a->seq, b->seq));
}

static void require_verdict(const char *bytes, size_t len, bool accepted) {
    sabir_verdict *verdict;
    require(sabir_verdict_new(bytes, len, SABIR_JUDGED_ENVELOPE, &verdict) == SABIR_OK);
    require(sabir_verdict_accepted(verdict) == accepted);
    require((sabir_verdict_clause(verdict) == NULL) == accepted && (sabir_verdict_reason(verdict) == NULL) == accepted);
    require(sabir_verdict_offset_bytes(verdict) <= len);
    sabir_verdict_free(verdict);
}

/* By the reader of tokens, since no plain text begins with a blank. */
static void *decode_tokens(const sabir_type *type, struct sb_text payload) {
    struct sb_buffer spaced = SB_BUFFER_INIT;
    void *block;
    sb_buffer_append_byte(&spaced, ' ');
    sb_buffer_append(&spaced, payload.bytes, payload.len_bytes);
    require(sb_decode(type, (struct sb_text){spaced.bytes, spaced.len_bytes}, &block) == SABIR_OK);
    sb_buffer_free(&spaced);
    return block;
}

static void require_same_value(const struct sb_envelope *envelope) {
    const sabir_type *type = sb_type_find(envelope->type);
    struct sb_buffer here = SB_BUFFER_INIT, there = SB_BUFFER_INIT;
    void *other = decode_tokens(type, envelope->payload);
    void *block = malloc(sb_plain_block_bytes(type, &envelope->room));
    require(block != NULL);
    sb_plain_move(type, envelope->value, &envelope->room, block);
    require(sb_encode(type, block, &here) == SABIR_OK && sb_encode(type, other, &there) == SABIR_OK);
    require(here.len_bytes == there.len_bytes && memcmp(here.bytes, there.bytes, here.len_bytes) == 0);
    free(block);
    sb_free(other);
    sb_buffer_free(&here);
    sb_buffer_free(&there);
}

/* Read again with its head remembered: the same, and the value is what the payload says. */
static void require_remembered(const char *bytes, size_t len, const struct sb_envelope *envelope) {
    struct sb_envelope_head head = {0};
    struct sb_envelope again;
    struct sb_fault fault;
    for (int i = 0; i < 3; i++) {
        require(sb_envelope_read_next(&head, bytes, len, &again, &fault) == SABIR_OK);
        require_equal(envelope, &again);
        if (again.value) require_same_value(&again);
        head.takes_text = i == 1;
    }
    require(!again.value);
    sb_envelope_head_free(&head);
}

/* With the head of a good envelope known, the text behind it is accepted and refused as without. */
static void require_judged_alike(const char *bytes, size_t len) {
    static const char good[] = "{\"type\":\"Lines\",\"target\":\"t\",\"sender\":null,\"payload\":{}}";
    static struct sb_envelope_head head;
    struct sb_envelope envelope, again;
    struct sb_fault fault, known;
    size_t head_bytes = sizeof good - sizeof "{}}";
    require(sb_envelope_read_next(&head, good, sizeof good - 1, &envelope, &fault) == SABIR_OK);
    char *text = malloc(head_bytes + len);
    require(text != NULL);
    memcpy(text, good, head_bytes);
    memcpy(text + head_bytes, bytes, len);
    int code = sb_envelope_read(text, head_bytes + len, &envelope, &fault);
    require(sb_envelope_read_next(&head, text, head_bytes + len, &again, &known) == code);
    if (code == SABIR_OK) {
        require_equal(&envelope, &again);
        if (again.value) require_same_value(&again);
    } else {
        require(fault.clause == known.clause && fault.reason == known.reason);
        require(fault.offset_bytes == known.offset_bytes);
    }
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct sb_envelope envelope;
    struct sb_envelope again;
    struct sb_fault fault = {NULL, NULL, 0};
    require(Line_type() && Lines_type());
    require_judged_alike((const char *)data, size);
    int error = sb_envelope_read((const char *)data, size, &envelope, &fault);
    require_verdict((const char *)data, size, error == SABIR_OK);
    if (error) {
        require(error == SABIR_EMALFORMED || error == SABIR_ETOOBIG);
        require(fault.clause && fault.reason && fault.offset_bytes <= size);
        return 0;
    }
    require_valid(&envelope);
    require_remembered((const char *)data, size, &envelope);
    size_t len = sb_envelope_len_bytes(&envelope);
    char *bytes = malloc(len);
    require(bytes && sb_envelope_write(&envelope, bytes) == bytes + len);
    if (len <= SB_ENVELOPE_MAX_BYTES) { /* what was left out and is written as null may lead beyond it */
        require(sb_envelope_read(bytes, len, &again, &fault) == SABIR_OK);
        require_equal(&envelope, &again);
    }
    free(bytes);
    return 0;
}
