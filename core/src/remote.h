/*
 * libzmq and nothing else: sockets, packets, and what became of a connection. This is the one place that knows the library;
 * whoever is above decides what is sent where and when.
 *
 * A socket is used by one thread at a time; whoever passes it on does so under a lock.
 */
#ifndef SB_REMOTE_H
#define SB_REMOTE_H

#include <stdbool.h>
#include <stddef.h>

#include "endpoint.h"

struct sb_remote; /* a library context with its own threads for input and output */
struct sb_socket; /* bound for receiving, or connected for sending */

/* ---- Packets: a frame in the library's memory --------------------------------------------------------------------------- */

struct sb_packet {
    _Alignas(16) unsigned char room[64]; /* remote.c checks that it fits; may be moved by copying the struct */
};

void sb_packet_init(struct sb_packet *packet);                 /* empty; needs no free */
int sb_packet_new(size_t len_bytes, struct sb_packet *packet); /* with room to write; SABIR_ENOMEM */
char *sb_packet_bytes(struct sb_packet *packet);
size_t sb_packet_len_bytes(const struct sb_packet *packet);
const char *sb_packet_peer_address(struct sb_packet *packet); /* of a received one: "127.0.0.1"; "" if unknown */
void sb_packet_free(struct sb_packet *packet);

/*
 * The connection that packets come from, remembered: the library looks an address up in a tree, by name, for every packet; most come
 * from where the one before came from. Of one thread; all zero is none.
 */
struct sb_origin {
    struct sb_packet witness; /* a packet of that connection: as long as it lives, its mark is no other connection's */
    const void *mark;         /* NULL: no witness */
    const void *last_mark;
    const char *address;
};

/* As sb_packet_peer_address. */
const char *sb_origin_address(struct sb_origin *origin, struct sb_packet *packet);
void sb_origin_free(struct sb_origin *origin);

/* ---- Context ---------------------------------------------------------------------------------------------------------- */

int sb_remote_new(struct sb_remote **remote); /* SABIR_ENOMEM, SABIR_EIO */

/*
 * Every socket is closed. Waits until the library has sent what lingers, as long as each socket was told; but not for a resolver of
 * names that does not answer: then what is left ends by itself, later.
 */
void sb_remote_free(struct sb_remote *remote);

/* ---- Sockets ------------------------------------------------------------------------------------------------------------ */

/* Bind a receiving socket (`endpoint` may have TCP port 0 or a wildcard host). SABIR_EBIND with words, SABIR_EIO. */
int sb_remote_bind(struct sb_remote *remote, const struct sb_endpoint *endpoint, struct sb_socket **socket);

/* What is bound really, in the library's words: `tcp://127.0.0.1:43117`. */
int sb_socket_bound(struct sb_socket *socket, char *text, size_t capacity_bytes);

/*
 * Begin to connect a sending socket to the rebuilt text of `endpoint`, again and again until it is closed. `pings`: watch the
 * connection with heartbeats (NET-2). SABIR_EIO with words (no more descriptors or sockets).
 */
int sb_remote_connect(struct sb_remote *remote, const struct sb_endpoint *endpoint, bool pings,
                      struct sb_socket **socket);

/* Does not wait. What the library holds for a live connection is sent for at most `linger_ms` more. NULL is nothing. */
void sb_socket_close(struct sb_socket *socket, int linger_ms);

/*
 * Descriptors for poll. The first is edge-triggered: it tells of change, so whoever is woken reads until nothing is left or
 * asks sb_socket_is_writable. The second, of connecting sockets only, tells of events in the same way.
 */
int sb_socket_fd(const struct sb_socket *socket);
int sb_socket_event_fd(const struct sb_socket *socket);

/* Take the frame, at once: SABIR_OK; SABIR_EFULL: not now, the frame stays; SABIR_EIO: never, the frame stays. */
int sb_socket_send(struct sb_socket *socket, struct sb_packet *packet);

/* Whether a frame would be taken now. When not, the descriptor tells when to ask again. */
bool sb_socket_is_writable(struct sb_socket *socket);

/* The next frame into `packet`, whose content is freed before: true; false: nothing is there. `more`: it is a part only. */
bool sb_socket_receive(struct sb_socket *socket, struct sb_packet *packet, bool *more);

enum sb_link_event {
    SB_LINK_NOTHING, /* no more events now */
    SB_LINK_UP,      /* the handshake is done */
    SB_LINK_DOWN,    /* a connection has ended, up or not */
    SB_LINK_RETRY    /* the library will connect again */
};

/* The next event of a connecting socket's connection. */
enum sb_link_event sb_socket_event(struct sb_socket *socket);

#endif
