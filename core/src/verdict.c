/*
 * The public face of the judge: the wire's own reader, asked about bytes that somebody holds in his hand.
 */
#include <sabir/envelope.h>
#include <sabir/error.h>

#include "alloc.h"
#include "envelope.h"
#include "error.h"
#include "json_reader.h"

struct sabir_verdict {
    bool accepted;
    struct sb_fault fault;
    struct sb_envelope envelope; /* all texts {NULL, 0} unless an envelope was accepted */
};

static void clear(sabir_verdict *verdict) {
    verdict->accepted = false;
    verdict->fault = (struct sb_fault){NULL, NULL, 0};
    verdict->envelope = (struct sb_envelope){.dialect = SABIR_DIALECT_V1};
}

static int judge(sabir_verdict *verdict, const char *bytes, size_t len_bytes, uint32_t judged) {
    int error;
    if (judged == SABIR_JUDGED_TEXT)
        error = sb_json_check((struct sb_text){bytes, len_bytes}, SB_JSON_MAX_DEPTH, &verdict->fault);
    else
        error = sb_envelope_read(bytes, len_bytes, &verdict->envelope, &verdict->fault);
    if (error == SABIR_ENOMEM) return sb_error(error, "no memory to look for duplicate keys in %zu bytes", len_bytes);
    verdict->accepted = error == SABIR_OK;
    if (error)
        verdict->envelope = (struct sb_envelope){.dialect = SABIR_DIALECT_V1}; /* nothing of a refused one is told */
    return SABIR_OK;
}

int sabir_verdict_new(const char *bytes, size_t len_bytes, uint32_t judged, sabir_verdict **verdict) {
    if (!verdict || (!bytes && len_bytes > 0))
        return sb_error(SABIR_EINVAL, "sabir_verdict_new: %s is NULL", verdict ? "bytes" : "verdict");
    if (judged > SABIR_JUDGED_TEXT)
        return sb_error(SABIR_EINVAL, "sabir_verdict_new: judged is %u; say SABIR_JUDGED_ENVELOPE or SABIR_JUDGED_TEXT",
                        judged);
    sabir_verdict *made = sb_alloc(sizeof *made);
    if (!made) return sb_error(SABIR_ENOMEM, "no memory for a verdict");
    clear(made);
    int error = judge(made, bytes, len_bytes, judged);
    if (error) {
        sb_free(made);
        return error;
    }
    *verdict = made;
    return SABIR_OK;
}

void sabir_verdict_free(sabir_verdict *verdict) {
    sb_free(verdict);
}

bool sabir_verdict_accepted(const sabir_verdict *verdict) {
    return verdict && verdict->accepted;
}

const char *sabir_verdict_clause(const sabir_verdict *verdict) {
    return verdict && !verdict->accepted ? verdict->fault.clause : NULL;
}

const char *sabir_verdict_reason(const sabir_verdict *verdict) {
    return verdict && !verdict->accepted ? verdict->fault.reason : NULL;
}

size_t sabir_verdict_offset_bytes(const sabir_verdict *verdict) {
    return verdict && !verdict->accepted ? verdict->fault.offset_bytes : 0;
}

uint32_t sabir_verdict_dialect(const sabir_verdict *verdict) {
    return verdict ? verdict->envelope.dialect : (uint32_t)SABIR_DIALECT_V1;
}

/* A part of the envelope; `verdict` and `text` may be NULL. */
#define PART(name)                                                                                                     \
    void sabir_verdict_##name##_get(const sabir_verdict *verdict, struct sabir_string *text) {                         \
        if (text)                                                                                                      \
            *text = verdict ? (struct sabir_string){verdict->envelope.name.bytes, verdict->envelope.name.len_bytes}    \
                            : (struct sabir_string){NULL, 0};                                                          \
    }

PART(type)
PART(target)
PART(sender_name)
PART(sender_endpoint)
PART(payload)
PART(id)
PART(re)
