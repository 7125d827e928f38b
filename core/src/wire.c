#include "wire.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "error.h"
#include "link.h"
#include "mailbox.h"
#include "node_inner.h"

#define EVENTS_PER_TURN 64
#define MESSAGES_PER_WAKE 32 /* an actor that sleeps is woken for that many at once, a few microseconds late */
#define FRAMES_PER_TURN 256  /* then peers are looked after, also while the inbox is never empty */
#define PEERS_PER_TURN 8     /* then the inbox is, also while every envelope names a new peer */
#define STOP_NS INT64_C(300000000)
#define MS_NS INT64_C(1000000)

/* ---- What others do to it ------------------------------------------------------------------------------------------------- */

void sb_wire_wake(struct sb_wire *wire) {
    uint64_t one = 1;
    ssize_t written = write(wire->wake_fd, &one, sizeof one);
    (void)written; /* a counter that is full is readable all the more */
}

void sb_wire_take_wake(struct sb_wire *wire) {
    uint64_t ignored;
    while (read(wire->wake_fd, &ignored, sizeof ignored) == -1 && errno == EINTR) {
    }
}

void sb_wire_attend(struct sb_wire *wire, struct sb_peer *peer) {
    sb_mutex_lock(&wire->lock);
    bool is_new = !peer->is_attended;
    bool is_first = is_new && !wire->first_attended;
    if (is_new) {
        sb_peer_retain(peer);
        peer->is_attended = true;
        peer->next_attended = NULL;
        if (wire->last_attended)
            wire->last_attended->next_attended = peer;
        else
            wire->first_attended = peer;
        wire->last_attended = peer;
    }
    sb_mutex_unlock(&wire->lock);
    if (is_first) sb_wire_wake(wire);
}

bool sb_wire_is_called(struct sb_wire *wire) {
    sb_mutex_lock(&wire->lock);
    bool is_called = wire->first_attended != NULL;
    sb_mutex_unlock(&wire->lock);
    return is_called;
}

static struct sb_peer *next_attended(struct sb_wire *wire) {
    sb_mutex_lock(&wire->lock);
    struct sb_peer *peer = wire->first_attended;
    if (peer) {
        wire->first_attended = peer->next_attended;
        if (!wire->first_attended) wire->last_attended = NULL;
        peer->is_attended = false;
    }
    sb_mutex_unlock(&wire->lock);
    return peer;
}

void sb_wire_watch(struct sb_wire *wire, int fd, struct sb_watch *watch) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = watch};
    epoll_ctl(wire->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

void sb_wire_unwatch(struct sb_wire *wire, int fd) {
    epoll_ctl(wire->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
}

/* ---- One turn --------------------------------------------------------------------------------------------------------------- */

/* false: more of them wait. */
static bool attend_peers(struct sb_node *node) {
    for (int i = 0; i < PEERS_PER_TURN; i++) {
        struct sb_peer *peer = next_attended(&node->wire);
        if (!peer) return true;
        sb_link_attend(peer);
        sb_peer_release(peer);
    }
    return false;
}

static int timeout_ms(const struct sb_wire *wire, bool has_work) {
    if (has_work) return 0;
    if (wire->due_ns == SB_WIRE_NEVER) return -1;
    int64_t left_ns = wire->due_ns - sb_now_ns();
    if (left_ns <= 0) return 0;
    return left_ns / MS_NS >= 60000 ? 60000 : (int)(left_ns / MS_NS) + 1;
}

static void handle(struct sb_node *node, const struct sb_watch *watch) {
    switch (watch->kind) {
    case SB_WATCH_WAKE:
        sb_wire_take_wake(&node->wire);
        break;
    case SB_WATCH_INBOX:
        node->wire.inbox_is_ready = true;
        break;
    case SB_WATCH_EVENTS:
        sb_link_events(watch->peer);
        break;
    case SB_WATCH_WRITABLE:
        sb_link_flush(watch->peer);
        break;
    }
}

/* true: nothing is left now. */
static bool drain(struct sb_node *node, int64_t now_ns) {
    struct sb_wire *wire = &node->wire;
    bool is_empty = false;
    int64_t since_last_ns = now_ns - wire->drained_ns;
    wire->drained_ns = now_ns;
    wire->inbox_is_ready = false;
    for (size_t done = 0; done < FRAMES_PER_TURN && !is_empty; done += MESSAGES_PER_WAKE) {
        size_t received;
        sb_mailbox_hold_wakes();
        is_empty = sb_inbound_drain(node, MESSAGES_PER_WAKE, &received);
        bool is_lent = is_empty && sb_loan_offer(node, done + received, since_last_ns);
        sb_mailbox_let_wakes_go();
        if (!is_lent) continue;
        sb_loan_wait(node);
        return false; /* it was not this thread that looked last */
    }
    return is_empty;
}

static void turn(struct sb_node *node, bool may_sleep) {
    struct sb_wire *wire = &node->wire;
    struct epoll_event events[EVENTS_PER_TURN];
    int64_t now = sb_now_ns();
    atomic_store_explicit(&wire->clock_ns, now, memory_order_relaxed);
    bool all_attended = attend_peers(node);
    if (node->inbox && wire->inbox_is_ready) wire->inbox_is_ready = !drain(node, now);
    if (now >= wire->due_ns) sb_link_sweep(node, now);
    bool has_work = !may_sleep || !all_attended || (node->inbox && wire->inbox_is_ready);
    int count = epoll_wait(wire->epoll_fd, events, EVENTS_PER_TURN, timeout_ms(wire, has_work));
    /* A peer of a later event may be closed by an earlier one, but stays until the next turn: see sb_link_sweep. */
    for (int i = 0; i < count; i++) handle(node, events[i].data.ptr);
}

/* ---- The phases -------------------------------------------------------------------------------------------------------------- */

static void reached(struct sb_wire *wire, enum sb_wire_phase phase) {
    atomic_store_explicit(&wire->reached, phase, memory_order_release);
    sb_unpark_all(&wire->reached);
}

static void close_inbox(struct sb_node *node) {
    if (!node->inbox) return;
    sb_wire_unwatch(&node->wire, sb_socket_fd(node->inbox));
    sb_socket_close(node->inbox, 0);
    node->inbox = NULL;
}

/* Peers that are up, or about to be, get what is queued for them; then everything is closed. */
static void wind_up(struct sb_node *node) {
    struct sb_wire *wire = &node->wire;
    int64_t deadline = sb_now_ns() + STOP_NS;
    close_inbox(node);
    sb_peer_table_close(&node->peers);
    turn(node, false);
    while (sb_link_has_hope(node) && sb_now_ns() < deadline) {
        if (wire->due_ns > deadline) wire->due_ns = deadline;
        turn(node, true);
    }
    int64_t left_ns = deadline - sb_now_ns();
    for (struct sb_peer *peer; (peer = next_attended(wire)); sb_peer_release(peer)) sb_link_adopt(peer);
    sb_link_close_all(node, left_ns > 0 ? (int)(left_ns / MS_NS) : 0);
    for (struct sb_peer *peer; (peer = next_attended(wire)); sb_peer_release(peer)) {
    }
    sb_remote_free(node->remote);
    node->remote = NULL;
}

static void run(void *argument) {
    struct sb_node *node = argument;
    struct sb_wire *wire = &node->wire;
    for (;;) {
        uint32_t wanted = atomic_load_explicit(&wire->wanted, memory_order_acquire);
        if (wanted == SB_WIRE_STOPPED) break;
        if (wanted == SB_WIRE_SENDS && node->inbox) {
            close_inbox(node);
            reached(wire, SB_WIRE_SENDS);
        }
        turn(node, true);
    }
    wind_up(node);
    reached(wire, SB_WIRE_STOPPED);
}

void sb_wire_reach(struct sb_node *node, enum sb_wire_phase phase) {
    struct sb_wire *wire = &node->wire;
    if (atomic_load_explicit(&wire->reached, memory_order_acquire) >= phase) return;
    if (!wire->is_started) {
        if (phase == SB_WIRE_SENDS)
            close_inbox(node);
        else
            wind_up(node);
        reached(wire, phase);
        return;
    }
    if (phase == SB_WIRE_SENDS && !node->is_bound) return; /* nothing was read */
    atomic_store_explicit(&wire->wanted, phase, memory_order_release);
    sb_wire_wake(wire);
    for (uint32_t now; (now = atomic_load_explicit(&wire->reached, memory_order_acquire)) < phase;)
        sb_park(&wire->reached, now, -1);
    if (phase == SB_WIRE_STOPPED) {
        sb_thread_join(&wire->thread);
        wire->is_started = false;
    }
}

/* ---- Making ------------------------------------------------------------------------------------------------------------------- */

int sb_wire_init(struct sb_node *node) {
    struct sb_wire *wire = &node->wire;
    wire->due_ns = SB_WIRE_NEVER;
    sb_loan_init(&wire->loan);
    wire->wake_watch.kind = SB_WATCH_WAKE;
    wire->inbox_watch.kind = SB_WATCH_INBOX;
    wire->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    wire->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (wire->wake_fd == -1 || wire->epoll_fd == -1) {
        int code = sb_error(SABIR_EIO, "no descriptor for the node: %s; raise the limit of open files (ulimit -n)",
                            strerror(errno));
        if (wire->wake_fd != -1) close(wire->wake_fd);
        if (wire->epoll_fd != -1) close(wire->epoll_fd);
        return code;
    }
    sb_mutex_init(&wire->lock);
    sb_wire_watch(wire, wire->wake_fd, &wire->wake_watch);
    return SABIR_OK;
}

int sb_wire_start(struct sb_node *node) {
    struct sb_wire *wire = &node->wire;
    if (node->inbox) {
        sb_wire_watch(wire, sb_socket_fd(node->inbox), &wire->inbox_watch);
        wire->inbox_is_ready = true; /* what came before now stirs nothing */
    }
    int code = sb_thread_start(&wire->thread, "sabir-wire", run, node);
    wire->is_started = code == SABIR_OK;
    return code;
}

void sb_wire_free(struct sb_node *node) {
    close(node->wire.wake_fd);
    close(node->wire.epoll_fd);
    sb_mutex_free(&node->wire.lock);
}
