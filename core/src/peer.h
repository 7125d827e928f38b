/*
 * Another node, seen from this one: its endpoint, the mail that waits for it, and the right to use its socket.
 *
 * An actor's thread that sends takes the socket for the moment (`is_owned`) and hands its frame to the library itself, as long
 * as nothing waits in the queue. Whoever finds the socket taken, or the peer away, queues; the owner looks at the queue before
 * it lets go. Nobody waits for anybody. Opening, closing and mending is the wire thread's alone (link.c).
 */
#ifndef SB_PEER_H
#define SB_PEER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "endpoint.h"
#include "reject_limit.h"
#include "remote.h"
#include "seq.h"
#include "thread.h"

struct sb_node;

enum sb_peer_state {
    SB_PEER_CLOSED,     /* no socket */
    SB_PEER_CONNECTING, /* a socket without a connection */
    SB_PEER_UP
};

/* A frame in the queue. */
struct sb_letter {
    struct sb_letter *next;
    int64_t queued_ns; /* 0: while the peer was up */
    struct sb_packet packet;
};

/* What the wire thread is told when a descriptor stirs. */
struct sb_watch {
    enum { SB_WATCH_WAKE, SB_WATCH_INBOX, SB_WATCH_EVENTS, SB_WATCH_WRITABLE } kind;
    struct sb_peer *peer;
};

struct sb_peer {
    struct sb_node *node;
    struct sb_endpoint endpoint;
    char seq_head[SB_SEQ_EPOCH_DIGITS + 1]; /* the epoch of what is sent there, and the colon behind it */
    _Atomic uint32_t users;                 /* refs, and the wire thread while it has something to do with it */
    _Atomic bool is_known; /* of the peers file or made by the application: replies may go there, it is never evicted */
    _Atomic bool speaks_flat;       /* never pinged (NET-2) */
    _Atomic int64_t used_ns;        /* coarse: of the wire thread's clock */
    struct sb_peer *next_in_bucket; /* under the table's lock */

    struct sb_mutex lock;
    /* Under the lock. */
    struct sb_socket *socket; /* changed by the wire thread only, and only while nobody owns it */
    enum sb_peer_state state;
    bool is_owned;
    bool wants_close; /* the wire thread waits for the owner to let go */
    bool is_closed;   /* the node has stopped: nothing is taken any more */
    struct sb_letter *first;
    struct sb_letter *last;
    struct sb_letter *spare; /* sent, kept for the next */
    size_t spare_msgs;
    size_t queued_msgs;
    size_t queued_bytes;
    _Atomic uint64_t seq;  /* N of the last envelope; read without the lock for a guess */
    uint64_t sent;         /* handed to the library, ever */
    uint64_t sent_on_link; /* on this connection */
    uint64_t lost;         /* may not have arrived, or expired */
    struct sb_reject_limit rejects;

    /* Of the wire thread alone. */
    bool is_linked; /* in the list of those that have a socket or mail; owns a use */
    bool watches_writable;
    bool pings;             /* how the socket was made */
    bool has_failed;        /* the last attempt to connect did, or the connection is gone */
    bool is_counted_learnt; /* among wire.learnt_open */
    struct sb_peer *previous_link;
    struct sb_peer *next_link;
    int64_t down_since_ns;
    int64_t watchdog_ns; /* when a connection that ended must have been tried again; 0: not waiting */
    int64_t reopen_ns;   /* when to try again to have a socket; 0: not waiting */
    struct sb_watch events_watch;
    struct sb_watch writable_watch;

    /* Under the wire's lock. */
    bool is_attended;
    struct sb_peer *next_attended;
};

/* Both are peer_table.c's to call; see sb_peer_table_get. */
struct sb_peer *sb_peer_new(struct sb_node *node, const struct sb_endpoint *endpoint,
                            uint64_t epoch); /* NULL: no memory */
void sb_peer_free(struct sb_peer *peer);

/*
 * Send or queue a frame whose last bytes are `DIGITS"}`: the count of its seq, which is filled in here, or 0: it has none.
 * Takes the frame on SABIR_OK. SABIR_EDOWN: the queue is full; SABIR_ECLOSED; SABIR_ENOMEM; on errors the frame stays.
 * Any thread; never waits for another one beyond a few instructions.
 */
int sb_peer_send(struct sb_peer *peer, struct sb_packet *packet, unsigned seq_digits);

/* How many digits the next seq is likely to need. */
unsigned sb_peer_seq_digits(struct sb_peer *peer);

/* REJ-4: whether one more Reject may go there now. */
bool sb_peer_may_reject(struct sb_peer *peer);

/*
 * Hand queued frames to the library, at most `budget`. The lock is held and nobody owns the socket; the lock is let go meanwhile.
 * true: all are gone; false: some are left (budget, a full library, or a wish to close).
 */
bool sb_peer_flush_locked(struct sb_peer *peer, size_t budget);

/* Take letters out: all (`before_ns` INT64_MAX), or those at the front that were queued before. The lock is held. */
struct sb_letter *sb_peer_take_locked(struct sb_peer *peer, int64_t before_ns);

/* Give back the memory of letters that are kept for the next. The lock is held. */
void sb_peer_free_spare_locked(struct sb_peer *peer);

#endif
