#include "remote.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <zmq.h>

#include "alloc.h"
#include "error.h"
#include "log.h"
#include "thread.h"

/*
 * The options, each with its reason (measured with libzmq 4.3.4).
 * SENT_AHEAD: frames the library may hold per peer. What it holds is lost with the connection, so it is small; but a sender
 * that meets the limit pays a wake-up of another thread.
 */
#define SENT_AHEAD_MSGS 1000
#define RECEIVED_AHEAD_MSGS 1000
#define FRAME_MAX_BYTES ((int64_t)4 * 1024 * 1024) /* above the protocol's limit, which is told apart from an attack */
#define HANDSHAKE_MS 3000
#define CONNECT_MS 3000        /* a host that drops packets is not waited for as long as the system would */
#define RECONNECT_FIRST_MS 100 /* a peer that binds late or again is reached within a second */
#define RECONNECT_MAX_MS 1000
#define PING_EVERY_MS 1000 /* a frozen peer is noticed within 4 s: a ping after the last frame, and its time-out */
#define PING_TIMEOUT_MS 2500
#define PING_LIFE_MS 3000   /* how long the peer keeps a connection on which we have gone silent */
#define KEEPALIVE_IDLE_S 10 /* accepted connections are not pinged: the system finds the dead ones */
#define KEEPALIVE_EVERY_S 5
#define KEEPALIVE_COUNT 3
#define BACKLOG 512
#define SOCKETS_MAX 8192 /* each peer takes three: its own and two for its events */

/*
 * The library resolves names on its own threads and waits there; peers with a literal address have another thread than those
 * with a name, so that a slow resolver delays nobody else.
 */
#define ENDING_NS INT64_C(500000000) /* longer than anything lingers, and a stop has 2 s in all */
#define IO_THREADS 2
#define AFFINITY_LITERAL ((uint64_t)1)
#define AFFINITY_NAME ((uint64_t)2)

struct sb_remote {
    void *context;
    bool has_names;               /* a peer with a name was connected to: the library may be waiting for a resolver */
    _Atomic uint32_t ended;       /* 0: not yet; 1: it has; 2: nobody waits any more */
    _Atomic uint64_t events_made; /* names for the inner sockets that carry events */
};

struct sb_socket {
    void *zmq;
    void *events; /* NULL if bound */
    int fd;
    int event_fd;
};

_Static_assert(sizeof(zmq_msg_t) <= sizeof(struct sb_packet), "a packet has room for the library's message");

/* ---- Packets ------------------------------------------------------------------------------------------------------------ */

static zmq_msg_t *message_of(struct sb_packet *packet) {
    return (zmq_msg_t *)(void *)packet->room;
}

void sb_packet_init(struct sb_packet *packet) {
    zmq_msg_init(message_of(packet));
}

int sb_packet_new(size_t len_bytes, struct sb_packet *packet) {
    if (zmq_msg_init_size(message_of(packet), len_bytes) == 0) return SABIR_OK;
    return sb_error(SABIR_ENOMEM, "no memory for an envelope of %zu bytes", len_bytes);
}

char *sb_packet_bytes(struct sb_packet *packet) {
    return zmq_msg_data(message_of(packet));
}

size_t sb_packet_len_bytes(const struct sb_packet *packet) {
    return zmq_msg_size((const zmq_msg_t *)(const void *)packet->room);
}

const char *sb_packet_peer_address(struct sb_packet *packet) {
    const char *address = zmq_msg_gets(message_of(packet), "Peer-Address");
    return address ? address : "";
}

void sb_packet_free(struct sb_packet *packet) {
    zmq_msg_close(message_of(packet));
}

/* ---- Where packets come from ---------------------------------------------------------------------------------------------- */

/*
 * All messages of a connection share one block of properties, counted by its messages; each message begins with its address, in every
 * release of the series that we know. In others there is no mark, and each address is looked up.
 */
static const void *mark_of(const struct sb_packet *packet) {
    static _Atomic int is_known; /* 0: not asked yet; 1: yes; 2: no */
    int known = atomic_load_explicit(&is_known, memory_order_relaxed);
    if (known == 0) {
        int major, minor, patch;
        zmq_version(&major, &minor, &patch);
        known = major == 4 && minor == 3 && patch <= 5 ? 1 : 2;
        atomic_store_explicit(&is_known, known, memory_order_relaxed);
    }
    const void *mark = NULL;
    if (known == 1) memcpy(&mark, packet->room, sizeof mark);
    return mark;
}

const char *sb_origin_address(struct sb_origin *origin, struct sb_packet *packet) {
    const void *mark = mark_of(packet);
    if (mark && mark == origin->mark) return origin->address;
    const char *address = sb_packet_peer_address(packet);
    bool comes_again = mark && mark == origin->last_mark;
    origin->last_mark = mark;
    if (!comes_again) return address; /* connections in turn would cost a witness each */
    sb_origin_free(origin);
    sb_packet_init(&origin->witness);
    if (zmq_msg_copy(message_of(&origin->witness), message_of(packet)) != 0) return address;
    origin->mark = mark;
    origin->address = sb_packet_peer_address(&origin->witness);
    return origin->address;
}

void sb_origin_free(struct sb_origin *origin) {
    if (origin->mark) sb_packet_free(&origin->witness);
    origin->mark = NULL;
}

/* ---- Context -------------------------------------------------------------------------------------------------------------- */

int sb_remote_new(struct sb_remote **result) {
    struct sb_remote *remote = sb_alloc_zero(1, sizeof *remote);
    if (!remote) return sb_error(SABIR_ENOMEM, "no memory for the way to other nodes");
    remote->context = zmq_ctx_new();
    if (!remote->context) {
        sb_free(remote);
        return sb_error(SABIR_EIO, "libzmq cannot start: %s", zmq_strerror(errno));
    }
    zmq_ctx_set(remote->context, ZMQ_IO_THREADS, IO_THREADS);
    zmq_ctx_set(remote->context, ZMQ_MAX_SOCKETS, SOCKETS_MAX);
    *result = remote;
    return SABIR_OK;
}

static void end_context(struct sb_remote *remote) {
    while (zmq_ctx_term(remote->context) == -1 && errno == EINTR) {
    }
}

static void run_ending(void *argument) {
    struct sb_remote *remote = argument;
    uint32_t not_yet = 0;
    end_context(remote);
    if (atomic_compare_exchange_strong(&remote->ended, &not_yet, 1))
        sb_unpark_all(&remote->ended);
    else
        sb_free(remote);
}

/* false: it takes too long, and frees what it needs by itself. */
static bool wait_for_end(struct sb_remote *remote) {
    int64_t deadline = sb_now_ns() + ENDING_NS;
    while (atomic_load(&remote->ended) == 0 && sb_park(&remote->ended, 0, deadline)) {
    }
    uint32_t not_yet = 0;
    return !atomic_compare_exchange_strong(&remote->ended, &not_yet, 2);
}

void sb_remote_free(struct sb_remote *remote) {
    if (!remote) return;
    struct sb_thread ending;
    if (!remote->has_names || sb_thread_start(&ending, "sabir-ending", run_ending, remote) != SABIR_OK) {
        end_context(remote);
    } else if (wait_for_end(remote)) {
        sb_thread_join(&ending);
    } else {
        sb_thread_detach(&ending);
        sb_log("a resolver of names does not answer; the node stops without it");
        return;
    }
    sb_free(remote);
}

/* ---- Sockets -------------------------------------------------------------------------------------------------------------- */

static void set_int(void *zmq, int option, int value) {
    zmq_setsockopt(zmq, option, &value, sizeof value);
}

static void set_common(void *zmq, const struct sb_endpoint *endpoint) {
    int64_t max_bytes = FRAME_MAX_BYTES;
    uint64_t affinity = endpoint->kind == SB_HOST_NAME ? AFFINITY_NAME : AFFINITY_LITERAL;
    zmq_setsockopt(zmq, ZMQ_MAXMSGSIZE, &max_bytes, sizeof max_bytes);
    zmq_setsockopt(zmq, ZMQ_AFFINITY, &affinity, sizeof affinity);
    set_int(zmq, ZMQ_LINGER, 0); /* until somebody says otherwise when closing: an exit never hangs */
    set_int(zmq, ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS);
    set_int(zmq, ZMQ_TCP_KEEPALIVE, 1);
    set_int(zmq, ZMQ_TCP_KEEPALIVE_IDLE, KEEPALIVE_IDLE_S);
    set_int(zmq, ZMQ_TCP_KEEPALIVE_INTVL, KEEPALIVE_EVERY_S);
    set_int(zmq, ZMQ_TCP_KEEPALIVE_CNT, KEEPALIVE_COUNT);
    set_int(zmq, ZMQ_IPV6, endpoint->kind == SB_HOST_IPV6 || endpoint->kind == SB_HOST_NAME);
}

static int descriptor_of(void *zmq) {
    int fd = -1;
    size_t size = sizeof fd;
    return zmq_getsockopt(zmq, ZMQ_FD, &fd, &size) == 0 ? fd : -1;
}

/* NULL with the error in *code. */
static struct sb_socket *socket_new(struct sb_remote *remote, int kind, const struct sb_endpoint *endpoint, int *code) {
    struct sb_socket *socket = sb_alloc_zero(1, sizeof *socket);
    if (!socket) {
        *code = sb_error(SABIR_ENOMEM, "no memory for a socket");
        return NULL;
    }
    socket->event_fd = -1;
    socket->zmq = zmq_socket(remote->context, kind);
    if (!socket->zmq) {
        *code = sb_error(SABIR_EIO, "no socket for %s: %s; raise the limit of open files (ulimit -n)", endpoint->text,
                         zmq_strerror(errno));
        sb_free(socket);
        return NULL;
    }
    set_common(socket->zmq, endpoint);
    socket->fd = descriptor_of(socket->zmq);
    return socket;
}

int sb_remote_bind(struct sb_remote *remote, const struct sb_endpoint *endpoint, struct sb_socket **result) {
    int code;
    struct sb_socket *socket = socket_new(remote, ZMQ_PULL, endpoint, &code);
    if (!socket) return code;
    set_int(socket->zmq, ZMQ_RCVHWM, RECEIVED_AHEAD_MSGS);
    set_int(socket->zmq, ZMQ_BACKLOG, BACKLOG);
    if (zmq_bind(socket->zmq, endpoint->text) != 0) {
        code = sb_error(SABIR_EBIND, "cannot bind %s: %s", endpoint->text, zmq_strerror(errno));
        sb_socket_close(socket, 0);
        return code;
    }
    *result = socket;
    return SABIR_OK;
}

int sb_socket_bound(struct sb_socket *socket, char *text, size_t capacity_bytes) {
    size_t size = capacity_bytes;
    if (zmq_getsockopt(socket->zmq, ZMQ_LAST_ENDPOINT, text, &size) == 0) return SABIR_OK;
    return sb_error(SABIR_EIO, "libzmq does not say what it has bound: %s", zmq_strerror(errno));
}

/*
 * Events of the connection arrive on a pair of inner sockets. The reading end is connected before anything can happen and has
 * no limit: the library's own thread would wait, for ever, for a reader that is not there.
 */
static int open_events(struct sb_remote *remote, struct sb_socket *socket) {
    char name[48];
    snprintf(name, sizeof name, "inproc://events-%llu", (unsigned long long)remote->events_made++);
    int wanted = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CONNECT_RETRIED;
    socket->events = zmq_socket(remote->context, ZMQ_PAIR);
    if (!socket->events) return -1;
    set_int(socket->events, ZMQ_RCVHWM, 0);
    set_int(socket->events, ZMQ_LINGER, 0);
    if (zmq_socket_monitor(socket->zmq, name, wanted) != 0) return -1;
    if (zmq_connect(socket->events, name) != 0) return -1;
    socket->event_fd = descriptor_of(socket->events);
    return 0;
}

int sb_remote_connect(struct sb_remote *remote, const struct sb_endpoint *endpoint, bool pings,
                      struct sb_socket **result) {
    int code;
    struct sb_socket *socket = socket_new(remote, ZMQ_PUSH, endpoint, &code);
    if (!socket) return code;
    if (endpoint->kind == SB_HOST_NAME) remote->has_names = true;
    set_int(socket->zmq, ZMQ_IMMEDIATE, 1); /* hold nothing for a peer that is not there: our own queue is counted */
    set_int(socket->zmq, ZMQ_SNDHWM, SENT_AHEAD_MSGS);
    set_int(socket->zmq, ZMQ_CONNECT_TIMEOUT, CONNECT_MS);
    set_int(socket->zmq, ZMQ_RECONNECT_IVL, RECONNECT_FIRST_MS);
    set_int(socket->zmq, ZMQ_RECONNECT_IVL_MAX, RECONNECT_MAX_MS);
    if (pings) {
        set_int(socket->zmq, ZMQ_HEARTBEAT_IVL, PING_EVERY_MS);
        set_int(socket->zmq, ZMQ_HEARTBEAT_TIMEOUT, PING_TIMEOUT_MS);
        set_int(socket->zmq, ZMQ_HEARTBEAT_TTL, PING_LIFE_MS);
    }
    if (open_events(remote, socket) != 0 || zmq_connect(socket->zmq, endpoint->text) != 0) {
        code = sb_error(SABIR_EIO, "cannot connect to %s: %s", endpoint->text, zmq_strerror(errno));
        sb_socket_close(socket, 0);
        return code;
    }
    *result = socket;
    return SABIR_OK;
}

void sb_socket_close(struct sb_socket *socket, int linger_ms) {
    if (!socket) return;
    if (socket->events) {
        zmq_socket_monitor(socket->zmq, NULL, 0); /* first: nobody writes events that nobody reads */
        zmq_close(socket->events);
    }
    set_int(socket->zmq, ZMQ_LINGER, linger_ms);
    zmq_close(socket->zmq);
    sb_free(socket);
}

int sb_socket_fd(const struct sb_socket *socket) {
    return socket->fd;
}

int sb_socket_event_fd(const struct sb_socket *socket) {
    return socket->event_fd;
}

int sb_socket_send(struct sb_socket *socket, struct sb_packet *packet) {
    for (int attempt = 0;; attempt++) {
        if (zmq_msg_send(message_of(packet), socket->zmq, ZMQ_DONTWAIT) >= 0) return SABIR_OK;
        if (errno == EINTR) continue;
        if (errno != EAGAIN) return sb_error(SABIR_EIO, "libzmq refuses to send: %s", zmq_strerror(errno));
        /* The library looks at what has happened only now and then; this makes it look, and the descriptor tells the rest. */
        if (attempt > 0 || !sb_socket_is_writable(socket)) return SABIR_EFULL;
    }
}

bool sb_socket_is_writable(struct sb_socket *socket) {
    int events = 0;
    size_t size = sizeof events;
    return zmq_getsockopt(socket->zmq, ZMQ_EVENTS, &events, &size) == 0 && (events & ZMQ_POLLOUT) != 0;
}

bool sb_socket_receive(struct sb_socket *socket, struct sb_packet *packet, bool *more) {
    int rc;
    do {
        rc = zmq_msg_recv(message_of(packet), socket->zmq, ZMQ_DONTWAIT);
    } while (rc == -1 && errno == EINTR);
    if (rc == -1) return false;
    *more = zmq_msg_more(message_of(packet)) != 0;
    return true;
}

enum sb_link_event sb_socket_event(struct sb_socket *socket) {
    zmq_msg_t part;
    uint16_t event = 0;
    bool is_first = true;
    bool more;
    zmq_msg_init(&part);
    do { /* two parts: number and value, then the address */
        if (zmq_msg_recv(&part, socket->events, ZMQ_DONTWAIT) == -1) {
            zmq_msg_close(&part);
            return SB_LINK_NOTHING;
        }
        if (is_first && zmq_msg_size(&part) >= sizeof event) memcpy(&event, zmq_msg_data(&part), sizeof event);
        is_first = false;
        more = zmq_msg_more(&part) != 0;
    } while (more);
    zmq_msg_close(&part);
    if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) return SB_LINK_UP;
    return event == ZMQ_EVENT_CONNECT_RETRIED ? SB_LINK_RETRY : SB_LINK_DOWN;
}
