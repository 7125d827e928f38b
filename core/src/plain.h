/*
 * The plain form of a struct, as this library writes it: every field in the order of the table, nothing between them, strings without
 * escapes. It is written, and read with all that the strict reader demands, in one pass without tokens:
 *
 *     {"number":42,"price":1.5,"legs":[{"name":"a","is_firm":true}]}
 *
 * Structs of numbers, truth values, strings, other such structs, and lists of them (but no lists within lists) have it. A text that looks
 * in any way otherwise is left to decode.c, a value that cannot be written so to encode.c: they know why.
 *
 * How much room a value needs is known only at the end of its text, so it is read onto a desk, whose strings are still slices of the text,
 * and then moved into a block of exactly its room:
 *
 *     desk     | struct | items of lists, each list at a multiple of 8 | free
 *     block    | struct | items, the same                              | bytes of strings |
 */
#ifndef SB_PLAIN_H
#define SB_PLAIN_H

#include "buffer.h"
#include "type.h"

#define SB_PLAIN_ALIGN_BYTES 8 /* no kind needs more */

/* What a value needs behind its struct. */
struct sb_plain_room {
    size_t items_bytes;
    size_t bytes_bytes;
};

static inline size_t sb_plain_round_up(size_t len_bytes) {
    return (len_bytes + SB_PLAIN_ALIGN_BYTES - 1) / SB_PLAIN_ALIGN_BYTES * SB_PLAIN_ALIGN_BYTES;
}

static inline size_t sb_plain_struct_bytes(const sabir_type *type) {
    return sb_plain_round_up(type->size_bytes);
}

/* A desk of so many bytes has room for whatever takes no more than four times its text, as nearly everything does. */
static inline size_t sb_plain_desk_bytes(const sabir_type *type, struct sb_text text) {
    return sb_plain_struct_bytes(type) + 4 * text.len_bytes;
}

/* What lies on a desk in the end. More than it has: the text was checked only, and there is no value. */
static inline size_t sb_plain_on_desk_bytes(const sabir_type *type, const struct sb_plain_room *room) {
    return room->items_bytes == 0 ? type->size_bytes : sb_plain_struct_bytes(type) + room->items_bytes;
}

/* What sb_plain_move fills. */
static inline size_t sb_plain_block_bytes(const sabir_type *type, const struct sb_plain_room *room) {
    return sb_plain_on_desk_bytes(type, room) + room->bytes_bytes;
}

/*
 * Check the object that `text` begins with; more may follow, and the last byte of all is a brace, as in an envelope. Returns its length;
 * 0: it is not of the type's plain form.
 */
size_t sb_plain_check(const sabir_type *type, struct sb_text text, struct sb_plain_room *room);

/*
 * Check it and read it onto a desk, at a multiple of 8, as sb_plain_check. At 0 what lies on the desk is anything. A flat type's desk may
 * be its struct alone.
 */
size_t sb_plain_read(const sabir_type *type, struct sb_text text, void *desk, size_t desk_bytes,
                     struct sb_plain_room *room);

/* Make what was read a value of its own, in a block at a multiple of 8. */
void sb_plain_move(const sabir_type *type, const void *desk, const struct sb_plain_room *room, void *block);

/* Append the value's plain form. false: it has none, or there is no memory; then `out` is as long as before. */
bool sb_plain_write(const sabir_type *type, const void *value, struct sb_buffer *out);

#endif
