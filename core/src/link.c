#include "link.h"

#include "alloc.h"
#include "dead_letter.h"
#include "directory.h"
#include "envelope.h"
#include "error.h"
#include "log.h"
#include "node_inner.h"

#define SECOND_NS INT64_C(1000000000)
#define FLUSH_PER_TURN 1024
#define LINGER_MS 300
#define WATCHDOG_NS SECOND_NS /* libzmq tries again at once, or (after a malformed command) never */
#define REOPEN_NS SECOND_NS   /* after a socket could not be had */
/*
 * The library closes sockets on threads of its own, later than it is asked to: a flood of new names must not have more of them
 * closing than open. So evictions are paced, and whoever finds no place waits for one.
 */
#define EVICTIONS_AT_ONCE 32
#define EVICTION_NS (2 * SECOND_NS / 1000)
#define PLACE_NS (SECOND_NS / 20)
#define IDLE_DOWN_NS (30 * SECOND_NS) /* a peer that is away and has no mail is not called any more */
#define IDLE_UP_NS (60 * SECOND_NS)   /* a learnt peer that nobody sends to */

static bool is_learnt(const struct sb_peer *peer) {
    return !atomic_load_explicit(&peer->is_known, memory_order_acquire);
}

static bool has_mail(struct sb_peer *peer) {
    sb_mutex_lock(&peer->lock);
    bool has = peer->first != NULL;
    sb_mutex_unlock(&peer->lock);
    return has;
}

static void due_at(struct sb_peer *peer, int64_t due_ns) {
    struct sb_wire *wire = &peer->node->wire;
    if (due_ns < wire->due_ns) wire->due_ns = due_ns;
}

/* ---- The list of those that the wire thread looks after ------------------------------------------------------------------- */

static void join_list(struct sb_peer *peer, int64_t now_ns) {
    if (peer->is_linked) return;
    struct sb_wire *wire = &peer->node->wire;
    sb_peer_retain(peer);
    peer->is_linked = true;
    peer->down_since_ns = now_ns;
    peer->previous_link = NULL;
    peer->next_link = wire->links;
    if (wire->links) wire->links->previous_link = peer;
    wire->links = peer;
}

/* The peer may be freed by this. */
static void leave_list(struct sb_peer *peer) {
    struct sb_wire *wire = &peer->node->wire;
    if (peer->next_link) peer->next_link->previous_link = peer->previous_link;
    if (peer->previous_link)
        peer->previous_link->next_link = peer->next_link;
    else
        wire->links = peer->next_link;
    peer->is_linked = false;
    sb_peer_release(peer);
}

/* ---- Mail that goes nowhere ------------------------------------------------------------------------------------------------- */

static void bury(struct sb_peer *peer, struct sb_letter *letters) {
    struct sb_envelope envelope;
    struct sb_fault fault;
    uint64_t count = 0;
    while (letters) {
        struct sb_letter *letter = letters;
        letters = letter->next;
        /* What the letter was stands in its own bytes. */
        int code =
            sb_envelope_read(sb_packet_bytes(&letter->packet), sb_packet_len_bytes(&letter->packet), &envelope, &fault);
        struct sb_text nothing = {NULL, 0};
        sb_dead_letter(peer->node->manager, SABIR_DEAD_LINK_DOWN, code == SABIR_OK ? envelope.target : nothing,
                       code == SABIR_OK ? envelope.type : nothing, peer->endpoint.text);
        sb_packet_free(&letter->packet);
        sb_free(letter);
        count++;
    }
    sb_mutex_lock(&peer->lock);
    peer->lost += count;
    sb_mutex_unlock(&peer->lock);
}

/* ---- Closing ---------------------------------------------------------------------------------------------------------------- */

static void watch_writable(struct sb_peer *peer, bool watches) {
    if (peer->watches_writable == watches) return;
    struct sb_wire *wire = &peer->node->wire;
    if (watches)
        sb_wire_watch(wire, sb_socket_fd(peer->socket), &peer->writable_watch);
    else
        sb_wire_unwatch(wire, sb_socket_fd(peer->socket));
    peer->watches_writable = watches;
}

/* false: somebody is using the socket; he will call for attention when he lets go. */
static bool close_socket(struct sb_peer *peer, int linger_ms) {
    sb_mutex_lock(&peer->lock);
    struct sb_socket *socket = peer->socket;
    bool is_owned = peer->is_owned;
    peer->wants_close = is_owned;
    if (is_owned || !socket) {
        sb_mutex_unlock(&peer->lock);
        return !is_owned;
    }
    bool was_up = peer->state == SB_PEER_UP;
    peer->state = SB_PEER_CLOSED;
    sb_peer_free_spare_locked(peer);
    sb_mutex_unlock(&peer->lock);
    if (was_up) peer->down_since_ns = sb_now_ns(); /* what was queued meanwhile has its whole time */
    watch_writable(peer, false);
    sb_wire_unwatch(&peer->node->wire, sb_socket_event_fd(socket));
    sb_mutex_lock(&peer->lock);
    peer->socket = NULL;
    sb_mutex_unlock(&peer->lock);
    sb_socket_close(socket, linger_ms);
    if (peer->is_counted_learnt) peer->node->wire.learnt_open--;
    peer->is_counted_learnt = false;
    peer->watchdog_ns = 0;
    return true;
}

/* ---- Opening ---------------------------------------------------------------------------------------------------------------- */

static bool may_evict(struct sb_wire *wire, int64_t now_ns) {
    if (wire->evictions_until_ns < now_ns) wire->evictions_until_ns = now_ns;
    if (wire->evictions_until_ns - now_ns >= EVICTIONS_AT_ONCE * EVICTION_NS) return false;
    wire->evictions_until_ns += EVICTION_NS;
    return true;
}

static void evict_one(struct sb_node *node) {
    struct sb_peer *oldest = NULL;
    int64_t oldest_ns = INT64_MAX;
    for (struct sb_peer *peer = node->wire.links; peer; peer = peer->next_link) {
        if (!peer->is_counted_learnt || !is_learnt(peer)) continue;
        int64_t used_ns = atomic_load_explicit(&peer->used_ns, memory_order_relaxed);
        if (used_ns < oldest_ns) {
            oldest = peer;
            oldest_ns = used_ns;
        }
    }
    if (!oldest) return;
    sb_mutex_lock(&oldest->lock);
    struct sb_letter *letters = sb_peer_take_locked(oldest, INT64_MAX);
    sb_mutex_unlock(&oldest->lock);
    bury(oldest, letters);
    close_socket(oldest, LINGER_MS);
    due_at(oldest, 0); /* the next sweep takes it off the list */
}

static void open_socket(struct sb_peer *peer, int64_t now_ns) {
    struct sb_wire *wire = &peer->node->wire;
    struct sb_socket *socket;
    if (is_learnt(peer) && wire->learnt_open >= SB_LINK_LEARNT_MAX) {
        if (!may_evict(wire, now_ns)) {
            peer->reopen_ns = now_ns + PLACE_NS;
            return;
        }
        evict_one(peer->node);
    }
    peer->pings = !atomic_load_explicit(&peer->speaks_flat, memory_order_relaxed);
    peer->has_failed = false;
    peer->reopen_ns = 0;
    if (sb_remote_connect(peer->node->remote, &peer->endpoint, peer->pings, &socket) != SABIR_OK) {
        if (now_ns - wire->complained_ns >= REOPEN_NS) sb_log("%s; mail waits", sb_error_detail());
        wire->complained_ns = now_ns;
        peer->reopen_ns = now_ns + REOPEN_NS;
        return;
    }
    sb_mutex_lock(&peer->lock);
    peer->socket = socket;
    peer->state = SB_PEER_CONNECTING;
    sb_mutex_unlock(&peer->lock);
    peer->is_counted_learnt = is_learnt(peer);
    if (peer->is_counted_learnt) wire->learnt_open++;
    sb_wire_watch(wire, sb_socket_event_fd(socket), &peer->events_watch);
}

static void reopen_if_needed(struct sb_peer *peer, int64_t now_ns) {
    if (peer->socket || !has_mail(peer) || now_ns < peer->reopen_ns) return;
    open_socket(peer, now_ns);
    sb_link_events(peer); /* the descriptor stirs only once all that came before was read */
}

/* ---- Sending ----------------------------------------------------------------------------------------------------------------- */

void sb_link_flush(struct sb_peer *peer) {
    sb_mutex_lock(&peer->lock);
    if (!peer->socket || peer->is_owned || peer->state != SB_PEER_UP) {
        sb_mutex_unlock(&peer->lock);
        return;
    }
    bool is_done = sb_peer_flush_locked(peer, FLUSH_PER_TURN);
    /* Asked under the lock, so that from here on the descriptor stirs when it changes. */
    bool is_full = !is_done && !peer->wants_close && !sb_socket_is_writable(peer->socket);
    sb_mutex_unlock(&peer->lock);
    watch_writable(peer, is_full);
    if (!is_done && !is_full) sb_wire_attend(&peer->node->wire, peer);
}

static void link_lost(struct sb_peer *peer, int64_t now_ns) {
    sb_mutex_lock(&peer->lock);
    bool was_up = peer->state == SB_PEER_UP;
    uint64_t sent = peer->sent_on_link;
    if (was_up) {
        peer->state = SB_PEER_CONNECTING;
        peer->sent_on_link = 0;
        peer->lost += sent;
    }
    sb_mutex_unlock(&peer->lock);
    peer->watchdog_ns = now_ns + WATCHDOG_NS;
    peer->has_failed = true;
    if (!was_up) return;
    peer->down_since_ns = now_ns;
    watch_writable(peer, false);
    /* Without acknowledgements all that was sent on the connection may be lost. */
    sb_directory_link_down(peer->node->manager, peer->endpoint.text, sent, sent);
}

static void link_up(struct sb_peer *peer) {
    peer->watchdog_ns = 0;
    peer->has_failed = false;
    sb_mutex_lock(&peer->lock);
    peer->state = SB_PEER_UP;
    peer->sent_on_link = 0;
    sb_mutex_unlock(&peer->lock);
}

void sb_link_events(struct sb_peer *peer) {
    int64_t now = sb_now_ns();
    enum sb_link_event event;
    while (peer->socket && (event = sb_socket_event(peer->socket)) != SB_LINK_NOTHING) {
        switch (event) {
        case SB_LINK_UP:
            link_up(peer);
            break;
        case SB_LINK_DOWN:
            link_lost(peer, now);
            break;
        case SB_LINK_RETRY:
            peer->watchdog_ns = 0;
            peer->has_failed = true;
            break;
        case SB_LINK_NOTHING:
            break;
        }
    }
    if (!peer->socket) return;
    /* Let the library drop what belonged to a connection that is gone. */
    sb_mutex_lock(&peer->lock);
    if (!peer->is_owned) sb_socket_is_writable(peer->socket);
    sb_mutex_unlock(&peer->lock);
    sb_link_flush(peer);
    if (peer->is_linked) due_at(peer, now); /* times may have changed: have them computed */
}

void sb_link_attend(struct sb_peer *peer) {
    int64_t now = sb_now_ns();
    join_list(peer, now);
    sb_mutex_lock(&peer->lock);
    bool wants_close = peer->wants_close;
    sb_mutex_unlock(&peer->lock);
    bool must_not_ping = peer->socket && peer->pings && atomic_load_explicit(&peer->speaks_flat, memory_order_relaxed);
    if (wants_close || must_not_ping) {
        if (!close_socket(peer, LINGER_MS)) return;
        /* What the old socket still sends must not arrive behind what a new one would: it would be taken for a duplicate (ORD-2). */
        peer->reopen_ns = now + LINGER_MS * (SECOND_NS / 1000);
    }
    reopen_if_needed(peer, now);
    sb_link_flush(peer);
    due_at(peer, now);
}

/* ---- What is due -------------------------------------------------------------------------------------------------------------- */

static void expire(struct sb_peer *peer, int64_t now_ns) {
    int64_t expiry_ns = peer->node->peers.expiry_ns;
    if (now_ns - peer->down_since_ns < expiry_ns) return;
    sb_mutex_lock(&peer->lock);
    struct sb_letter *letters = peer->state == SB_PEER_UP ? NULL : sb_peer_take_locked(peer, now_ns - expiry_ns + 1);
    sb_mutex_unlock(&peer->lock);
    if (!letters) return;
    bury(peer, letters);
    sb_directory_link_down(peer->node->manager, peer->endpoint.text, 0, 0); /* asks that wait for it end */
}

/* When the peer needs something next. */
static int64_t next_due(struct sb_peer *peer) {
    sb_mutex_lock(&peer->lock);
    bool is_up = peer->state == SB_PEER_UP;
    int64_t queued_ns = peer->first ? peer->first->queued_ns : -1;
    sb_mutex_unlock(&peer->lock);
    int64_t due = SB_WIRE_NEVER;
    if (peer->watchdog_ns) due = peer->watchdog_ns;
    if (!peer->socket && peer->reopen_ns && peer->reopen_ns < due) due = peer->reopen_ns;
    int64_t other = SB_WIRE_NEVER;
    if (queued_ns >= 0 && !is_up) {
        other = (queued_ns > peer->down_since_ns ? queued_ns : peer->down_since_ns) + peer->node->peers.expiry_ns;
    } else if (queued_ns < 0 && !is_up) {
        other = peer->down_since_ns + IDLE_DOWN_NS;
    } else if (queued_ns < 0 && is_learnt(peer)) {
        other = atomic_load_explicit(&peer->used_ns, memory_order_relaxed) + IDLE_UP_NS;
    }
    return other < due ? other : due;
}

static bool is_idle(struct sb_peer *peer, int64_t now_ns) {
    if (has_mail(peer)) return false;
    if (!peer->socket) return true;
    if (peer->state != SB_PEER_UP)
        return now_ns - peer->down_since_ns >= IDLE_DOWN_NS; /* written by this thread alone */
    return is_learnt(peer) && now_ns - atomic_load_explicit(&peer->used_ns, memory_order_relaxed) >= IDLE_UP_NS;
}

static void sweep_one(struct sb_peer *peer, int64_t now_ns) {
    expire(peer, now_ns);
    if (peer->watchdog_ns && now_ns >= peer->watchdog_ns)
        close_socket(peer, 0); /* libzmq has given the connection up */
    reopen_if_needed(peer, now_ns);
    if (is_idle(peer, now_ns) && close_socket(peer, LINGER_MS)) {
        leave_list(peer);
        return;
    }
    due_at(peer, next_due(peer));
}

void sb_link_sweep(struct sb_node *node, int64_t now_ns) {
    node->wire.due_ns = SB_WIRE_NEVER;
    for (struct sb_peer *peer = node->wire.links, *next; peer; peer = next) {
        next = peer->next_link;
        sweep_one(peer, now_ns);
    }
}

/* ---- The end ------------------------------------------------------------------------------------------------------------------- */

bool sb_link_has_hope(struct sb_node *node) {
    if (sb_wire_is_called(&node->wire)) return true;
    for (struct sb_peer *peer = node->wire.links; peer; peer = peer->next_link) {
        if (peer->socket && has_mail(peer) && (peer->state == SB_PEER_UP || !peer->has_failed)) return true;
    }
    return false;
}

void sb_link_adopt(struct sb_peer *peer) {
    join_list(peer, sb_now_ns());
}

void sb_link_close_all(struct sb_node *node, int linger_ms) {
    struct sb_peer *peer;
    while ((peer = node->wire.links)) {
        sb_mutex_lock(&peer->lock);
        struct sb_letter *letters = sb_peer_take_locked(peer, INT64_MAX);
        sb_mutex_unlock(&peer->lock);
        bury(peer, letters);
        while (!close_socket(peer, linger_ms)) sb_pause(); /* a sender is between two instructions of his last send */
        leave_list(peer);
    }
}
