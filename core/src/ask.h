/*
 * A pending ask: a ref of its own kind that replies and Rejects go to, with exactly one outcome out of reply, reject, down, timeout, closed.
 * To a local actor it is the request's sender. A request to another node carries an id instead, under which the manager finds the ask
 * when the answer comes (ASK-1).
 *
 *     pending --answer | Reject | link lost | time up | manager stops--> done (the first one counts)
 */
#ifndef SB_ASK_H
#define SB_ASK_H

#include <sabir/ref.h>

#include "alarm.h"
#include "ref.h"
#include "thread.h"

struct sb_ask;

/* A manager's asks to other nodes, by id. */
struct sb_ask_table {
    struct sb_mutex lock;
    struct sb_ask *first;
    sabir_ref outside; /* who asks when no actor does: the reserved name `sabir.ask` */
    uint64_t epoch;
    uint64_t next_number;
};

void sb_ask_table_init(struct sb_ask_table *table, const char *endpoint);

/* End every pending ask with SABIR_ECLOSED. */
void sb_ask_table_close(struct sb_ask_table *table);
void sb_ask_table_free(struct sb_ask_table *table);

/* End those to that endpoint with SABIR_EDOWN. */
void sb_ask_table_link_down(struct sb_ask_table *table, const char *endpoint);

/* The language whose objects the pending ask behind `ref` takes for its answer; NULL: none, or `ref` is no ask. */
const void *sb_ask_language(const sabir_ref *ref);

/* The answer to the request that `sender` waits for may now come from elsewhere: its asker is out of the graph of who waits for whom. */
void sb_ask_detach(sabir_ref *sender);

#endif
