/*
 * JSON text written token by token: OUT-1's spelling (raw UTF-8; only `"`, `\` and U+0000-001F are escaped), commas
 * and colons by themselves, no white space. For whoever knows the shape of what he writes, json_escape.h and
 * json_number.h have the parts.
 */
#ifndef SB_JSON_WRITER_H
#define SB_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "json_escape.h"
#include "json_number.h"
#include "text.h"

struct sb_json_writer {
    struct sb_buffer *out;
    uint32_t depth;
    uint32_t max_depth; /* at most SB_JSON_MAX_DEPTH */
    uint32_t expects;   /* what may come next; json_writer.c's */
    int error;          /* the first error; it sticks */
    uint64_t objects;   /* bit d-1: what is open at depth d is an object */
};

/* Write one value behind what `out` already holds. */
void sb_json_writer_init(struct sb_json_writer *writer, struct sb_buffer *out, uint32_t max_depth);

/*
 * Each writes one token and returns writer->error: SABIR_EVALUE (NaN, an infinity, a string that is not UTF-8, deeper
 * than max_depth), SABIR_ESTATE (the token cannot stand here; a second key of the same name is not looked for),
 * SABIR_ENOMEM. They set no detail.
 */
int sb_json_write_object_begin(struct sb_json_writer *writer);
int sb_json_write_object_end(struct sb_json_writer *writer);
int sb_json_write_array_begin(struct sb_json_writer *writer);
int sb_json_write_array_end(struct sb_json_writer *writer);
int sb_json_write_key(struct sb_json_writer *writer, struct sb_text key);
int sb_json_write_string(struct sb_json_writer *writer, struct sb_text text);
int sb_json_write_int64(struct sb_json_writer *writer, int64_t value);
int sb_json_write_uint64(struct sb_json_writer *writer, uint64_t value);
int sb_json_write_double(struct sb_json_writer *writer, double value);
int sb_json_write_bool(struct sb_json_writer *writer, bool value);
int sb_json_write_null(struct sb_json_writer *writer);
/* One whole value that is JSON text; what it holds and how deep it is is the caller's to know. */
int sb_json_write_trusted(struct sb_json_writer *writer, struct sb_text json);

/* Whether exactly one whole value has been written. */
bool sb_json_writer_is_done(const struct sb_json_writer *writer);

#endif
