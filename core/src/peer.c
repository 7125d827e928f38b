#include "peer.h"

#include <string.h>

#include "alloc.h"
#include "error.h"
#include "node_inner.h"

/* Beside its capacity in messages a queue has one in bytes: large envelopes for a peer that is away must not fill the memory. */
#define QUEUE_MAX_BYTES ((size_t)256 * 1024 * 1024)

/* What a sender hands over on behalf of others before it leaves the rest to the wire thread. */
#define OWNERS_BUDGET 64

#define CHAIN_MSGS 32   /* sent without a look at the lock */
#define SPARE_MSGS 1024 /* letters that are kept */

#define SEQ_TAIL_BYTES 2 /* `"}` behind the count */

struct sb_peer *sb_peer_new(struct sb_node *node, const struct sb_endpoint *endpoint, uint64_t epoch) {
    struct sb_peer *peer = sb_alloc_zero(1, sizeof *peer);
    if (!peer) return NULL;
    peer->node = node;
    peer->endpoint = *endpoint;
    sb_seq_print_epoch(epoch, peer->seq_head);
    peer->events_watch = (struct sb_watch){SB_WATCH_EVENTS, peer};
    peer->writable_watch = (struct sb_watch){SB_WATCH_WRITABLE, peer};
    sb_mutex_init(&peer->lock);
    return peer;
}

void sb_peer_free_spare_locked(struct sb_peer *peer) {
    for (struct sb_letter *letter = peer->spare, *next; letter; letter = next) {
        next = letter->next;
        sb_free(letter);
    }
    peer->spare = NULL;
    peer->spare_msgs = 0;
}

void sb_peer_free(struct sb_peer *peer) {
    sb_peer_free_spare_locked(peer);
    sb_mutex_free(&peer->lock);
    sb_free(peer);
}

unsigned sb_peer_seq_digits(struct sb_peer *peer) {
    return sb_seq_digits(atomic_load_explicit(&peer->seq, memory_order_relaxed) + 1);
}

bool sb_peer_may_reject(struct sb_peer *peer) {
    int64_t now = sb_now_ns();
    sb_mutex_lock(&peer->lock);
    bool may = sb_reject_limit_take(&peer->rejects, now);
    sb_mutex_unlock(&peer->lock);
    return may;
}

/* ---- Filling in the count ------------------------------------------------------------------------------------------------- */

/* The count has another number of digits than was thought: a frame of the right length takes the place of this one. */
static int resize_count(struct sb_packet *packet, unsigned old_digits, unsigned new_digits) {
    struct sb_packet resized;
    size_t head = sb_packet_len_bytes(packet) - SEQ_TAIL_BYTES - old_digits;
    int code = sb_packet_new(head + new_digits + SEQ_TAIL_BYTES, &resized);
    if (code != SABIR_OK) return code;
    memcpy(sb_packet_bytes(&resized), sb_packet_bytes(packet), head);
    memcpy(sb_packet_bytes(&resized) + head + new_digits, "\"}", SEQ_TAIL_BYTES);
    sb_packet_free(packet);
    *packet = resized;
    return SABIR_OK;
}

/* The order of counts is the order in which frames leave: drawn under the lock that decides it. */
static int number_locked(struct sb_peer *peer, struct sb_packet *packet, unsigned digits) {
    if (digits == 0) return SABIR_OK;
    uint64_t n = atomic_load_explicit(&peer->seq, memory_order_relaxed) + 1;
    unsigned needed = sb_seq_digits(n);
    if (needed != digits) {
        int code = resize_count(packet, digits, needed);
        if (code != SABIR_OK) return code;
    }
    sb_seq_print_count(n, needed, sb_packet_bytes(packet) + sb_packet_len_bytes(packet) - SEQ_TAIL_BYTES - needed);
    atomic_store_explicit(&peer->seq, n, memory_order_relaxed); /* written under the lock alone */
    return SABIR_OK;
}

/* ---- The queue -------------------------------------------------------------------------------------------------------------- */

static void count_queued(struct sb_peer *peer, const struct sb_letter *letter) {
    peer->queued_msgs++;
    peer->queued_bytes += sb_packet_len_bytes(&letter->packet);
}

static void count_unqueued(struct sb_peer *peer, const struct sb_letter *letter) {
    peer->queued_msgs--;
    peer->queued_bytes -= sb_packet_len_bytes(&letter->packet);
}

static void append_locked(struct sb_peer *peer, struct sb_letter *letter) {
    letter->next = NULL;
    if (peer->last)
        peer->last->next = letter;
    else
        peer->first = letter;
    peer->last = letter;
    count_queued(peer, letter);
}

/* A chain goes back to the front. */
static void prepend_locked(struct sb_peer *peer, struct sb_letter *chain) {
    struct sb_letter *last = NULL;
    for (struct sb_letter *letter = chain; letter; letter = letter->next) {
        count_queued(peer, letter);
        last = letter;
    }
    if (!last) return;
    last->next = peer->first;
    peer->first = chain;
    if (!peer->last) peer->last = last;
}

/* The first ones as a chain, at most `max_msgs`. */
static struct sb_letter *cut_locked(struct sb_peer *peer, size_t max_msgs) {
    struct sb_letter *chain = peer->first;
    struct sb_letter **end = &chain;
    for (; *end && max_msgs > 0; max_msgs--) {
        count_unqueued(peer, *end);
        end = &(*end)->next;
    }
    peer->first = *end;
    if (!peer->first) peer->last = NULL;
    *end = NULL;
    return chain;
}

struct sb_letter *sb_peer_take_locked(struct sb_peer *peer, int64_t before_ns) {
    struct sb_letter *taken = peer->first;
    struct sb_letter **end = &taken;
    while (*end && (*end)->queued_ns < before_ns) {
        count_unqueued(peer, *end);
        end = &(*end)->next;
    }
    peer->first = *end;
    if (!peer->first) peer->last = NULL;
    *end = NULL;
    return taken;
}

/*
 * A letter that was sent is kept for the next one: made by one thread and sent by another, it would cost more than the frame. What is
 * queued while the peer is up has no time of its own: should the connection go, its time begins then (link.c).
 */
static struct sb_letter *letter_new_locked(struct sb_peer *peer, const struct sb_packet *packet) {
    struct sb_letter *letter = peer->spare;
    if (letter) {
        peer->spare = letter->next;
        peer->spare_msgs--;
    } else {
        letter = sb_alloc(sizeof *letter);
        if (!letter) return NULL;
    }
    letter->next = NULL;
    letter->queued_ns = peer->state == SB_PEER_UP ? 0 : sb_now_ns();
    letter->packet = *packet;
    return letter;
}

/* The letters of a chain up to `rest` were sent. Returns how many. */
static size_t spare_locked(struct sb_peer *peer, struct sb_letter *chain, const struct sb_letter *rest) {
    size_t count = 0;
    for (struct sb_letter *letter = chain, *next; letter != rest; letter = next, count++) {
        next = letter->next;
        if (peer->spare_msgs == SPARE_MSGS) {
            sb_free(letter);
            continue;
        }
        letter->next = peer->spare;
        peer->spare = letter;
        peer->spare_msgs++;
    }
    return count;
}

/* ---- Sending ------------------------------------------------------------------------------------------------------------------ */

static void count_sent_locked(struct sb_peer *peer, size_t count) {
    peer->sent += count;
    peer->sent_on_link += count;
}

/* Send a chain until a frame is refused; *rest: what was not sent. */
static int send_chain(struct sb_socket *socket, struct sb_letter *chain, struct sb_letter **rest) {
    int code = SABIR_OK;
    while (chain && (code = sb_socket_send(socket, &chain->packet)) == SABIR_OK) chain = chain->next;
    *rest = chain;
    return code;
}

bool sb_peer_flush_locked(struct sb_peer *peer, size_t budget) {
    int code = SABIR_OK;
    peer->is_owned = true;
    while (code == SABIR_OK && peer->first && budget > 0 && peer->state == SB_PEER_UP && !peer->wants_close) {
        struct sb_letter *rest, *chain = cut_locked(peer, budget < CHAIN_MSGS ? budget : CHAIN_MSGS);
        sb_mutex_unlock(&peer->lock);
        code = send_chain(peer->socket, chain, &rest);
        sb_mutex_lock(&peer->lock);
        size_t sent = spare_locked(peer, chain, rest);
        count_sent_locked(peer, sent);
        budget -= sent;
        prepend_locked(peer, rest);
        if (code == SABIR_EIO) peer->wants_close = true; /* the socket is of no use: the wire thread makes another */
    }
    peer->is_owned = false;
    return !peer->first && !peer->wants_close;
}

/* The lock is held, nobody owns the socket, nothing is queued: to the library at once. Lets the lock go. */
static int send_direct(struct sb_peer *peer, struct sb_packet *packet) {
    peer->is_owned = true;
    sb_mutex_unlock(&peer->lock);
    int code = sb_socket_send(peer->socket, packet);
    bool is_sent = code == SABIR_OK;
    sb_mutex_lock(&peer->lock);
    struct sb_letter *letter = is_sent ? NULL : letter_new_locked(peer, packet);
    if (code == SABIR_EIO) peer->wants_close = true;
    if (is_sent)
        count_sent_locked(peer, 1);
    else if (letter)
        prepend_locked(peer, letter); /* others have queued meanwhile, with later counts */
    bool is_done = is_sent && !peer->first && !peer->wants_close;
    if (is_done)
        peer->is_owned = false;
    else if (is_sent)
        is_done = sb_peer_flush_locked(peer, OWNERS_BUDGET);
    else
        peer->is_owned = false; /* the library is full or the peer gone: the wire thread waits for either */
    sb_mutex_unlock(&peer->lock);
    if (!is_done) sb_wire_attend(&peer->node->wire, peer);
    if (is_sent || letter) return SABIR_OK;
    return sb_error(SABIR_ENOMEM, "no memory to queue an envelope for %s", peer->endpoint.text);
}

/* Lets the lock go. */
static int send_queued(struct sb_peer *peer, struct sb_packet *packet) {
    struct sb_letter *letter = letter_new_locked(peer, packet);
    if (!letter) {
        sb_mutex_unlock(&peer->lock);
        return sb_error(SABIR_ENOMEM, "no memory to queue an envelope for %s", peer->endpoint.text);
    }
    /* An owner looks at the queue before it lets go, and the wire thread watches a queue that is not empty. */
    bool is_first = !peer->first && !peer->is_owned;
    append_locked(peer, letter);
    sb_mutex_unlock(&peer->lock);
    if (is_first) sb_wire_attend(&peer->node->wire, peer);
    return SABIR_OK;
}

static int check_room_locked(const struct sb_peer *peer) {
    if (peer->queued_msgs < peer->node->peers.capacity_msgs && peer->queued_bytes < QUEUE_MAX_BYTES) return SABIR_OK;
    return sb_error(SABIR_EDOWN,
                    "%zu envelopes of together %zu bytes wait for %s already; is it running, and is it fast enough?",
                    peer->queued_msgs, peer->queued_bytes, peer->endpoint.text);
}

int sb_peer_send(struct sb_peer *peer, struct sb_packet *packet, unsigned seq_digits) {
    sb_mutex_lock(&peer->lock);
    int code = peer->is_closed ? sb_error(SABIR_ECLOSED, "this node has stopped") : check_room_locked(peer);
    if (code == SABIR_OK) code = number_locked(peer, packet, seq_digits);
    if (code != SABIR_OK) {
        sb_mutex_unlock(&peer->lock);
        return code;
    }
    bool is_free = peer->state == SB_PEER_UP && !peer->is_owned && !peer->first && !peer->wants_close;
    return is_free ? send_direct(peer, packet) : send_queued(peer, packet);
}
