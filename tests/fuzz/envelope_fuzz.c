/*
 * Any bytes as one frame from the wire: the verdict names a clause and a place inside the bytes, or the parts of an envelope; and the
 * wire's reader and writer agree: what was read, written again, reads as the same envelope, in exactly the announced length.
 */
#include "envelope.h"
#include "fault.h"

#include <sabir/sabir.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_equal(struct sb_text a, struct sb_text b) {
    return a.len_bytes == b.len_bytes && (a.len_bytes == 0 || memcmp(a.bytes, b.bytes, a.len_bytes) == 0);
}

static bool is_same(const struct sb_envelope *a, const struct sb_envelope *b) {
    return a->dialect == b->dialect && a->has_sender == b->has_sender && is_equal(a->type, b->type) &&
           is_equal(a->target, b->target) && is_equal(a->sender_name, b->sender_name) &&
           is_equal(a->sender_endpoint, b->sender_endpoint) && is_equal(a->payload, b->payload) &&
           is_equal(a->id, b->id) && is_equal(a->re, b->re) && is_equal(a->trace, b->trace);
}

static void check_round_trip(const char *bytes, size_t len_bytes) {
    static struct sb_envelope first, second;
    struct sb_fault fault;
    if (sb_envelope_read(bytes, len_bytes, &first, &fault) != SABIR_OK) return;
    size_t written_bytes = sb_envelope_len_bytes(&first);
    char *written = malloc(written_bytes);
    if (!written) return;
    if (sb_envelope_write(&first, written) != written + written_bytes) abort();
    if (written_bytes <= SB_ENVELOPE_MAX_BYTES) {
        if (sb_envelope_read(written, written_bytes, &second, &fault) != SABIR_OK || !is_same(&first, &second)) abort();
    }
    free(written);
}

static void check_verdict(const char *bytes, size_t len_bytes, uint32_t judged) {
    sabir_verdict *verdict;
    if (sabir_verdict_new(bytes, len_bytes, judged, &verdict) != SABIR_OK) return;
    bool accepted = sabir_verdict_accepted(verdict);
    if (accepted != !sabir_verdict_clause(verdict) || accepted != !sabir_verdict_reason(verdict)) abort();
    if (sabir_verdict_offset_bytes(verdict) > len_bytes) abort();
    struct sabir_string type;
    sabir_verdict_type_get(verdict, &type);
    if (accepted && judged == SABIR_JUDGED_ENVELOPE && (type.len_bytes == 0 || type.len_bytes > SB_NAME_MAX_BYTES))
        abort();
    sabir_verdict_free(verdict);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    check_round_trip((const char *)data, size);
    check_verdict((const char *)data, size, SABIR_JUDGED_ENVELOPE);
    check_verdict((const char *)data, size, SABIR_JUDGED_TEXT);
    return 0;
}
