/*
 * The walk of decode.c over a payload's tokens, as its parts see it. The walk goes once to measure and once to fill:
 *
 *     measure   every `to` is NULL: check each field, count the items of each list and map, add up the room
 *     fill      the same again, into one block of that room:
 *
 *         | struct | items of lists and maps, each at a multiple of 8 | bytes of strings |
 */
#ifndef SB_DECODER_H
#define SB_DECODER_H

#include "json_reader.h"
#include "type.h"
#include "value_fault.h"

struct sb_decoder_counts;

struct sb_decoder {
    struct sb_json_reader reader; /* trusted */
    struct sb_json_token token;   /* the last one read */
    char *items_at;               /* the next free byte of both regions; NULL when measuring */
    char *bytes_at;
    uint64_t items_bytes; /* what measuring has added up */
    uint64_t bytes_bytes;
    bool is_measured; /* filling what was measured: every check has been made */
    struct sb_decoder_counts *counts;
    struct sb_value_fault fault;
};

/* SABIR_EBADPAYLOAD: the last token, as it stands, and what it is not: "1.5 is not an integer". */
int sb_decoder_fail(struct sb_decoder *decoder, const char *is_not);

/* The last token, a KEY or a STRING, unescaped. */
void sb_decode_key(struct sb_decoder *decoder, struct sabir_string *to);

/* The value that the last token begins, of any kind that holds no other. */
int sb_decode_scalar(struct sb_decoder *decoder, enum sb_kind_code code, void *to);

/* That every number of a text that is otherwise accepted can be carried (NUM-1, NUM-3). */
int sb_decode_check_numbers(struct sb_decoder *decoder, struct sb_text json);

#endif
