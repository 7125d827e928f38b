/*
 * The plain form of a struct, as this library writes it: every field in the order of the table, nothing between them, strings without
 * escapes. It is written, and read with all that the strict reader demands, in one pass without tokens:
 *
 *     {"number":42,"price":1.5,"legs":[{"name":"a","is_firm":true}]}
 *
 * Structs of numbers, truth values, strings, other such structs, and lists of them (but no lists within lists) have it. A text that looks
 * in any way otherwise is left to decode.c, a value that cannot be written so to encode.c: they know why.
 */
#ifndef SB_PLAIN_H
#define SB_PLAIN_H

#include "buffer.h"
#include "type.h"

/* What a value needs behind its struct: the items of lists, each list at a multiple of 8, and the bytes of strings. */
struct sb_plain_room {
    size_t items_bytes;
    size_t bytes_bytes;
};

/* Check the object that `text` begins with; more may follow. Returns its length; 0: it is not of the type's plain form. */
size_t sb_plain_check(const sabir_type *type, struct sb_text text, struct sb_plain_room *room);

/* Read what sb_plain_check has accepted into a struct, all zero, and the room behind it. */
void sb_plain_fill(const sabir_type *type, struct sb_text text, void *value, char *items, char *bytes);

/* Both at once for a flat type, whose struct needs no room behind it: as sb_plain_check. At 0 *value is anything. */
size_t sb_plain_read(const sabir_type *type, struct sb_text text, void *value);

/* Append the value's plain form. false: it has none, or there is no memory; then `out` is as long as before. */
bool sb_plain_write(const sabir_type *type, const void *value, struct sb_buffer *out);

#endif
