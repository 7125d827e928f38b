/*
 * A manager's way to other nodes: one bound PULL socket, one PUSH socket per peer, one thread that reads and mends. What it needs of the
 * manager stands in directory.h, dead_letter.h and reject.h.
 */
#ifndef SB_NODE_H
#define SB_NODE_H

#include <sabir/json.h>
#include <sabir/manager.h>
#include <stdint.h>

#include "config.h"

struct sb_mailbox;
struct sb_node;

/* Make and, if the configuration has a bind endpoint, bind. `config` is borrowed and outlives the node. SABIR_EBIND, SABIR_ENOMEM. */
int sb_node_new(sabir_manager *manager, const sabir_config *config, struct sb_node **node);

/* Begin to read (a node that is not bound only sends). SABIR_ENOMEM, SABIR_EIO. */
int sb_node_start(struct sb_node *node);

/* Read nothing more; sending goes on. Returns when the reading thread delivers nothing any more. Idempotent. */
void sb_node_stop_reading(struct sb_node *node);

/* Send what is queued for peers that are up, at most 300 ms, then close every socket. Idempotent. Refs outlive it and say SABIR_ECLOSED. */
void sb_node_stop(struct sb_node *node);

/* After sb_node_stop. Remote refs may outlive it: what they share is counted. */
void sb_node_free(struct sb_node *node);

/* The advertised and the bound endpoint; NULL if not bound. */
const char *sb_node_endpoint(const struct sb_node *node);
const char *sb_node_bound(const struct sb_node *node);

/* A ref that the application makes: the name and the endpoint are checked (ENV-6, END-1), replies there are allowed from now on. */
int sb_node_ref_new(struct sb_node *node, struct sb_text name, struct sb_text endpoint, uint32_t dialect,
                    sabir_ref **ref);

/*
 * Of an actor's thread whose mailbox rests: where the node has lent it the wire (loan.h), read until there is something for the actor.
 * false: it has not; wait in the ordinary way. And the other side: its mailbox has got something. Any thread.
 */
bool sb_node_read_until(struct sb_node *node, struct sb_mailbox *mailbox);
void sb_node_wake_reader(struct sb_node *node);

/* Append "peers": [...], "wire": {...} of the snapshot to an open object. */
int sb_node_report(struct sb_node *node, sabir_json_writer *writer);

#endif
