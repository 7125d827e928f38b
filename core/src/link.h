/*
 * What the wire thread does for a peer: opens its socket when there is mail, sees its connection come and go, mends it, and
 * turns mail for a peer that stays away into dead letters.
 */
#ifndef SB_LINK_H
#define SB_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "peer.h"

/* Peers that nobody but an envelope told us of get at most so many sockets; the least recently used one is closed. */
#define SB_LINK_LEARNT_MAX 64

/* All of these: on the wire thread alone. */

void sb_link_attend(struct sb_peer *peer); /* somebody has called: mail, or a wish to close */
void sb_link_events(struct sb_peer *peer); /* its connection has changed */
void sb_link_flush(struct sb_peer *peer);  /* hand over what is queued, if it is up */

/* Do what is due for each peer, and say in wire.due_ns when the next one is. */
void sb_link_sweep(struct sb_node *node, int64_t now_ns);

/* Whether some mail may still go if we wait a little: its peer is up or the first attempt to reach it is under way. */
bool sb_link_has_hope(struct sb_node *node);

/* Have it in the list, so that sb_link_close_all finds its mail. */
void sb_link_adopt(struct sb_peer *peer);

void sb_link_close_all(struct sb_node *node, int linger_ms);

#endif
