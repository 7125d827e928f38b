/*
 * The asks of a manager that wait for an answer from another node, by the number in their id.
 *
 *     id = "<epoch>-<number>"        epoch: random, of this table; number: counts from 1 (ASK-2)
 *
 * An entry lies in its user's own struct. It is in the table from `add` until somebody takes it out, once: by its id, by its endpoint,
 * with all others, or by itself. Whoever took it out has what its user counted for the table.
 */
#ifndef SB_ASK_TABLE_H
#define SB_ASK_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "envelope.h"
#include "ref.h"
#include "text.h"
#include "thread.h"

#define SB_ASK_OUTSIDE "sabir.ask" /* who asks when no actor does */
#define SB_ASK_FIRST_BUCKETS 32    /* a power of two */

struct sb_ask_entry {
    uint64_t number;              /* 0: not in the table; under the table's lock, as the next */
    struct sb_ask_entry *next;    /* in its bucket; in a chain that was taken out */
    const char *asker;            /* as long-lived as the entry, as the next */
    const char *endpoint;         /* of the node that is asked */
    char id[SB_ID_MAX_BYTES + 1]; /* set by add */
};

struct sb_ask_table {
    struct sb_mutex lock;
    uint64_t epoch;
    uint64_t last_number;
    size_t count;
    size_t bucket_count;
    struct sb_ask_entry **buckets; /* `first_buckets` until they are full */
    struct sb_ask_entry *first_buckets[SB_ASK_FIRST_BUCKETS];
    sabir_ref outside; /* the sender of those whom no actor sends */
};

void sb_ask_table_init(struct sb_ask_table *table, const char *endpoint);
void sb_ask_table_free(struct sb_ask_table *table); /* which is empty */

/* Give the entry an id of its own and put it in. Never fails: without memory for more buckets it gets slower. */
void sb_ask_table_add(struct sb_ask_table *table, struct sb_ask_entry *entry);

/* Take it out; false: somebody has. */
bool sb_ask_table_remove(struct sb_ask_table *table, struct sb_ask_entry *entry);

/* Take out the one of that id and asker; NULL: there is none. */
struct sb_ask_entry *sb_ask_table_take(struct sb_ask_table *table, struct sb_text id, struct sb_text asker);

/* Take out all that are to that endpoint (NULL: all), linked by `next` in no particular order. */
struct sb_ask_entry *sb_ask_table_take_all(struct sb_ask_table *table, const char *endpoint);

#endif
