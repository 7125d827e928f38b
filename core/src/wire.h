/*
 * The wire thread: sleeps until the inbox, a peer's connection, a full socket, somebody's call or a due time stirs, and then reads
 * and mends. It makes no wake-ups of its own while nothing waits for anything.
 */
#ifndef SB_WIRE_H
#define SB_WIRE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "loan.h"
#include "peer.h"
#include "thread.h"

#define SB_WIRE_NEVER INT64_MAX

enum sb_wire_phase { SB_WIRE_RUNS, SB_WIRE_SENDS, SB_WIRE_STOPPED };

struct sb_wire {
    int epoll_fd;
    int wake_fd;
    struct sb_watch wake_watch;
    struct sb_watch inbox_watch;
    struct sb_thread thread;
    bool is_started;
    _Atomic uint32_t wanted;  /* enum sb_wire_phase */
    _Atomic uint32_t reached; /* the same; who waits for it sleeps on it */
    _Atomic int64_t clock_ns; /* when the last turn began */

    struct sb_mutex lock; /* of the list of peers that want attention */
    struct sb_peer *first_attended;
    struct sb_peer *last_attended;

    struct sb_loan loan;
    bool inbox_is_ready; /* of whoever reads the wire */

    /* Of the wire thread alone. */
    int64_t drained_ns;         /* when the last drain began */
    int64_t due_ns;             /* no peer needs anything before; may be too early */
    struct sb_peer *links;      /* peers with a socket or mail */
    size_t learnt_open;         /* of them: made known by an envelope only, with a socket */
    int64_t complained_ns;      /* when it last logged that no socket could be had */
    int64_t evictions_until_ns; /* each eviction moves it on; how far it is ahead paces them */
};

int sb_wire_init(struct sb_node *node); /* SABIR_EIO */
void sb_wire_free(struct sb_node *node);
int sb_wire_start(struct sb_node *node); /* SABIR_ENOMEM, SABIR_EIO */

/* Have the wire thread look at the peer: it has mail, or is to be closed. Any thread. */
void sb_wire_attend(struct sb_wire *wire, struct sb_peer *peer);

/* Whether some peer waits for attention. */
bool sb_wire_is_called(struct sb_wire *wire);

/* Have whoever waits at the wire look round; and, of him, what was called so far is seen. */
void sb_wire_wake(struct sb_wire *wire);
void sb_wire_take_wake(struct sb_wire *wire);

/* Go to that phase and return when it is reached. */
void sb_wire_reach(struct sb_node *node, enum sb_wire_phase phase);

/* For link.c, on the wire thread. */
void sb_wire_watch(struct sb_wire *wire, int fd, struct sb_watch *watch);
void sb_wire_unwatch(struct sb_wire *wire, int fd);

#endif
