/*
 * Any bytes as a frame. What is accepted is written anew in exactly the announced length, accepted again, and equal;
 * its texts are what the protocol promises. The public judge comes to the same verdict.
 */
#include <sabir/envelope.h>
#include <sabir/error.h>
#include <sabir/manager.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "envelope_head.h"
#include "json_reader.h"
#include "seq.h"

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

/* Read again with its head remembered: the same. */
static void require_remembered(const char *bytes, size_t len, const struct sb_envelope *envelope) {
    struct sb_envelope_head head;
    struct sb_envelope again;
    struct sb_fault fault;
    head.len_bytes = 0;
    for (int i = 0; i < 2; i++) {
        require(sb_envelope_read_next(&head, bytes, len, &again, &fault) == SABIR_OK);
        require_equal(envelope, &again);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct sb_envelope envelope;
    struct sb_envelope again;
    struct sb_fault fault = {NULL, NULL, 0};
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
