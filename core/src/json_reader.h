/*
 * JSON text, token by token, as strictly as the wire asks (RFC 8259 and I-JSON: ENV-2, ENV-4, TXT-1, LIM-1). No
 * recursion, no tree, numbers stay text. The reader lives on the caller's stack; it allocates only to find duplicate
 * keys in large objects (json_keys.h), so whoever began to read ends with sb_json_reader_free.
 */
#ifndef SB_JSON_READER_H
#define SB_JSON_READER_H

#include <sabir/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "json_escape.h"
#include "json_keys.h"
#include "text.h"

enum sb_json_trust {
    SB_JSON_STRICT = 0,
    SB_JSON_TRUSTED = 1 /* the text was accepted by the strict reader before: walk it fast, look for no fault */
};

/* One token. A slice points into the text that is read. */
struct sb_json_token {
    uint32_t event;      /* enum sabir_json_event */
    bool has_escapes;    /* KEY, STRING: `raw` holds at least one backslash */
    struct sb_text raw;  /* KEY, STRING: what stands between the quotes; others: the token as it stands */
    size_t offset_bytes; /* of the token's first byte (of the opening quote) */
};

struct sb_json_reader {
    const char *at;
    const char *begin;
    const char *end;
    uint32_t depth; /* how many objects and arrays are open */
    uint32_t max_depth;
    uint32_t expects; /* what may come next; json_reader.c's */
    bool is_trusted;
    uint64_t objects; /* bit d-1: what is open at depth d is an object */
    struct sb_fault fault;
    struct sb_json_keys keys;
};

/*
 * Begin to read any one value. `max_depth` at most SB_JSON_MAX_DEPTH; an object or array at the top is level 1. Costs
 * nothing.
 */
void sb_json_reader_init(struct sb_json_reader *reader, struct sb_text text, uint32_t max_depth,
                         enum sb_json_trust trust);
void sb_json_reader_free(struct sb_json_reader *reader);

/*
 * The next token; SABIR_JSON_END at the end of the text, again and again. SABIR_EMALFORMED: reader->fault says why,
 * and the same comes at every later call. SABIR_ENOMEM.
 */
int sb_json_reader_next(struct sb_json_reader *reader, struct sb_json_token *token);

/*
 * The whole value that `token`, the last one read, begins, as it stands in the text: a scalar at once (a string with
 * its quotes), an object or array after reading on to its end. Errors as next.
 */
int sb_json_reader_rest(struct sb_json_reader *reader, const struct sb_json_token *token, struct sb_text *value);

/* Where the reader is: just behind the last token (and behind a key's colon). */
static inline size_t sb_json_reader_offset_bytes(const struct sb_json_reader *reader) {
    return (size_t)(reader->at - reader->begin);
}

/* Judge a whole text. SABIR_OK, SABIR_EMALFORMED (with the fault), SABIR_ENOMEM. */
int sb_json_check(struct sb_text text, uint32_t max_depth, struct sb_fault *fault);

/* Whether an accepted string, unescaped, is `plain`. */
bool sb_json_token_is(const struct sb_json_token *token, struct sb_text plain);

#endif
