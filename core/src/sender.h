/*
 * From the sender that an envelope names to a ref that replies go to: what its endpoint means (END-1, DIA-6), and whether this
 * node may send there (RTE-4). The last ones are kept, so that a stream from one sender makes one ref.
 */
#ifndef SB_SENDER_H
#define SB_SENDER_H

#include <sabir/ref.h>
#include <stdbool.h>
#include <stdint.h>

#include "envelope.h"
#include "remote.h"

struct sb_node;

#define SB_SENDER_PLACES 512
#define SB_ADDRESS_MAX_BYTES 64

struct sb_sender_place {
    sabir_ref *ref;                     /* counted; NULL: free */
    uint32_t generation;                /* of the known peers when it was decided */
    char address[SB_ADDRESS_MAX_BYTES]; /* the connection's, as the decision hangs on it */
};

struct sb_senders {
    struct sb_origin origin;
    struct sb_sender_place *last; /* streams come in runs */
    bool last_is_of_head;         /* the envelopes with a known head name it; whoever reads one without clears this */
    struct sb_sender_place places[SB_SENDER_PLACES];
};

/* The ref of the envelope's sender, borrowed until the next call; NULL: it names none, or there is no memory. */
sabir_ref *sb_sender_get(struct sb_node *node, const struct sb_envelope *envelope, struct sb_packet *packet);

void sb_senders_free(struct sb_senders *senders);

#endif
