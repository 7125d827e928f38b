/*
 * From a received frame to an actor's mailbox, or to the Reject that says why not. The checks stand in the order of RTE-6: the
 * first that fails decides.
 */
#ifndef SB_INBOUND_H
#define SB_INBOUND_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "envelope_head.h"
#include "remote.h"
#include "sender.h"
#include "seq.h"

struct sb_node;

#define SB_CLAUSE_PLACES 48

/* How often each clause was broken; a place is taken for good by the first that needs it. */
struct sb_clause_count {
    const char *_Atomic clause; /* static text */
    _Atomic uint64_t count;
};

struct sb_inbound {
    _Atomic uint64_t received; /* messages of the library, whole ones and multipart ones */
    struct sb_clause_count malformed[SB_CLAUSE_PLACES];
    /* Of whoever reads the wire: the wire thread, or its guest (loan.h). */
    struct sb_packet packet;
    bool is_in_multipart; /* the parts up to the last are dropped */
    struct sb_envelope_head head;
    struct sb_seq_table seqs;
    struct sb_senders senders;
    struct sb_actor *last_target;
    const sabir_type *last_type; /* what came with the head that is known, and went there; NULL: it went nowhere */
};

void sb_inbound_init(struct sb_inbound *inbound);
void sb_inbound_free(struct sb_inbound *inbound);

/* Take at most `budget` messages from the node's inbox, and say how many. true: nothing is left now. For whoever reads the wire. */
bool sb_inbound_drain(struct sb_node *node, size_t budget, size_t *taken);

/* One frame of one part. */
void sb_inbound_take(struct sb_node *node, struct sb_packet *packet);

#endif
