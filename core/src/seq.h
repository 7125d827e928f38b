/*
 * ORD-2: `seq` is "EPOCH:N", so that nothing arrives twice or late across half-open reconnects.
 *
 * A sender draws an epoch for each peer and counts from 1. A receiver remembers the greatest N of the last epochs that it heard
 * of; the table is bounded, the epoch that was quiet for longest makes room.
 */
#ifndef SB_SEQ_H
#define SB_SEQ_H

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

#define SB_SEQ_EPOCH_DIGITS 16
#define SB_SEQ_EPOCHS 1024 /* remembered at most */

/* How many decimal digits `n` has. */
unsigned sb_seq_digits(uint64_t n);

/* Write EPOCH and the colon; no NUL. */
void sb_seq_print_epoch(uint64_t epoch, char to[SB_SEQ_EPOCH_DIGITS + 1]);

/* Write `n`, which has as many, in `digits` digits (leading zeros fill up); no NUL. */
void sb_seq_print_count(uint64_t n, unsigned digits, char *to);

/* false: it is not of that form and says nothing. */
bool sb_seq_parse(struct sb_text seq, uint64_t *epoch, uint64_t *n);

/* The N of it alone: from 1, without a needless 0, in 64 bits. */
bool sb_seq_parse_count(struct sb_text digits, uint64_t *n);

struct sb_seq_entry {
    uint64_t epoch;
    uint64_t greatest; /* 0: the place is free */
    uint64_t used;     /* the table's clock when it was last heard of */
};

/* Of one thread. All zero is an empty table. */
struct sb_seq_table {
    uint64_t clock;
    size_t last; /* where the last one was found: streams come in runs */
    struct sb_seq_entry entries[SB_SEQ_EPOCHS];
};

/* Whether `n` is new for its epoch; remembers it. false: a duplicate or a latecomer. */
bool sb_seq_is_new(struct sb_seq_table *table, uint64_t epoch, uint64_t n);

#endif
