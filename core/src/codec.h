/*
 * Between a type's struct and its JSON text, in both directions, and copies of a struct with everything that it reaches.
 */
#ifndef SB_CODEC_H
#define SB_CODEC_H

#include <sabir/type.h>
#include <stddef.h>

#include "buffer.h"
#include "text.h"

/*
 * Append the JSON object of `value` to `out`. Absent optionals are not written; a JSON field without text is null, an open payload without
 * text is {}. SABIR_EVALUE (NaN, not UTF-8, a JSON field that is no JSON, a key twice in a map, deeper than an envelope allows; the detail
 * names the field), SABIR_ENOMEM; then `out` is as long as before.
 */
int sb_encode(const sabir_type *type, const void *value, struct sb_buffer *out);

/*
 * Decode `json`, an object that the strict reader has accepted, into one block: the struct first, everything it reaches behind it, freed
 * with one sb_free. SABIR_EBADPAYLOAD (the detail names the field: "l[3]: 1.5 is not an integer"; or the value would take more than
 * 64 MiB), SABIR_ENOMEM.
 */
int sb_decode(const sabir_type *type, struct sb_text json, void **block);

/* sb_decode of a flat type, into the caller's struct; without a detail where it does not fit (SABIR_EBADPAYLOAD). */
int sb_decode_flat(const sabir_type *type, struct sb_text json, void *value);

/* The check of sb_decode without its result and without an allocation. For an open type: that every number can be carried (NUM-1, NUM-3). */
int sb_check(const sabir_type *type, struct sb_text json);

/* That every number can be carried (NUM-1, NUM-3), also in fields that the type does not have: what a sender may not write. */
int sb_check_numbers(struct sb_text json);

/*
 * Deep copies. sb_value_len_bytes: of the struct and everything behind it (checks nothing). sb_value_copy: to `to`, aligned to 16 bytes,
 * which has that room. sb_value_check: what sb_encode would refuse, without writing (SABIR_EVALUE; SABIR_ENOMEM for maps of many keys).
 */
size_t sb_value_len_bytes(const sabir_type *type, const void *value);
void sb_value_copy(const sabir_type *type, const void *value, void *to);
int sb_value_check(const sabir_type *type, const void *value);

#endif
