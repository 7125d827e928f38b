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

#include "ask_table.h"

/* End all of the table with SABIR_ECLOSED. */
void sb_ask_end_all(struct sb_ask_table *table);

/* End those to that endpoint with SABIR_EDOWN. */
void sb_ask_link_down(struct sb_ask_table *table, const char *endpoint);

/* The language whose objects the pending ask behind `ref` takes for its answer; NULL: none, or `ref` is no ask. */
const void *sb_ask_language(const sabir_ref *ref);

/* If `sender` is a pending ask: its outcome is `code` with this thread's last error, for there is no memory for a message that says more. */
void sb_ask_end(sabir_ref *sender, int code);

/* The answer to the request that `sender` waits for may now come from elsewhere: its asker is out of the graph of who waits for whom. */
void sb_ask_detach(sabir_ref *sender);

#endif
