/*
 * What a node is made of, for the files that make it up: node.c, wire.c, loan.c, link.c, peer.c, inbound.c, sender.c, remote_ref.c.
 *
 *     actors' threads ── remote_ref ── peer ──┐ direct, while nothing is queued
 *                                      queue  ├── PUSH sockets ── libzmq
 *     wire thread ── wire ── link ─────┘      │
 *                      └── inbound ── sender ─┴── PULL socket ── libzmq
 */
#ifndef SB_NODE_INNER_H
#define SB_NODE_INNER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "inbound.h"
#include "node.h"
#include "peer_table.h"
#include "refusal.h"
#include "remote.h"
#include "wire.h"

struct sb_remote_ref;

struct sb_node {
    _Atomic uint32_t owners;  /* the manager's, and one for each remote ref */
    _Atomic bool is_closed;   /* nothing is sent any more; manager and config may be gone */
    uint32_t fork_generation; /* of the process that made it */
    sabir_manager *manager;
    const sabir_config *config;
    bool is_bound;
    struct sb_endpoint bound;
    struct sb_endpoint advertised;
    struct sb_text advertised_text; /* of advertised.text; {NULL, 0} if not bound */
    struct sb_remote *remote;
    struct sb_socket *inbox; /* NULL: not bound, or not reading any more */
    struct sb_peer_table peers;
    struct sb_refusals refusals;
    struct sb_mutex refs_lock;
    struct sb_remote_ref *refs; /* all that there are, so that none knows a manager that has gone */
    struct sb_wire wire;
    struct sb_inbound inbound;
};

static inline struct sb_node *sb_node_retain(struct sb_node *node) {
    atomic_fetch_add_explicit(&node->owners, 1, memory_order_relaxed);
    return node;
}
void sb_node_release(struct sb_node *node);

#endif
