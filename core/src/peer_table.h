/*
 * The peers by endpoint. A peer stays as long as somebody uses it; those that the application or the peers file named stay as
 * long as the node, since replies to them are allowed from then on (RTE-4).
 */
#ifndef SB_PEER_TABLE_H
#define SB_PEER_TABLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "peer.h"

#define SB_PEER_BUCKETS 256

struct sb_peer_table {
    size_t capacity_msgs; /* of each peer's queue */
    int64_t expiry_ns;
    uint64_t epoch; /* drawn when the node was made; each peer's is the next one: a count for each, no epoch twice */
    _Atomic uint32_t known_generation; /* changes whenever a peer becomes known: what was refused may be allowed now */
    struct sb_mutex lock;
    bool is_closed; /* under the lock: a peer made from now on takes nothing */
    struct sb_peer *buckets[SB_PEER_BUCKETS];
};

/* Takes capacity and expiry from `config`, and its peers. SABIR_ENOMEM. */
int sb_peer_table_init(struct sb_node *node, const sabir_config *config);
void sb_peer_table_free(struct sb_peer_table *table); /* nobody uses a peer any more */

/* The peer of that endpoint, made if need be, with one more user; NULL: no memory. */
struct sb_peer *sb_peer_table_get(struct sb_node *node, const struct sb_endpoint *endpoint);

/* The application or the peers file names it. `dialect`: what it speaks. */
void sb_peer_make_known(struct sb_peer *peer, uint32_t dialect);

bool sb_peer_table_is_known(struct sb_peer_table *table, const char *endpoint_text);

struct sb_peer *sb_peer_retain(struct sb_peer *peer);
void sb_peer_release(struct sb_peer *peer);

/* From now on nothing is taken for any peer. Those that were made are marked here; see sb_peer.is_closed. */
void sb_peer_table_close(struct sb_peer_table *table);

/* Call `visit` for each peer; it must not call back into the table. */
void sb_peer_table_each(struct sb_peer_table *table, void (*visit)(struct sb_peer *peer, void *user_data),
                        void *user_data);

#endif
