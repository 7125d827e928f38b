/*
 * A JSON text that is carried as it is: a JSON field, an open payload. Nobody's type limits it, so the protocol's own limits are checked here.
 */
#ifndef SB_JSON_VALUE_H
#define SB_JSON_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "json_reader.h"

/* What is wrong with a text. */
struct sb_json_value_fault {
    const char *reason; /* one clause; behind the number that it is about, if `number` is one */
    struct sb_text number;
    size_t offset_bytes;
};

/*
 * Read one whole value: strictly, or trusted for its numbers alone. SABIR_OK, SABIR_EMALFORMED (fault says why), SABIR_ENOMEM.
 */
int sb_json_value_check(struct sb_text json, uint32_t max_depth, enum sb_json_trust trust,
                        struct sb_json_value_fault *fault);

#endif
