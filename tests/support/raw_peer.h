/*
 * The other side of the wire, by hand: TCP sockets and just enough ZMTP 3.0 to be a peer, a rude one if need be. Every wait has an
 * end; what does not come in time fails the test.
 */
#ifndef SUPPORT_RAW_PEER_H
#define SUPPORT_RAW_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RAW_PATIENCE_MS 10000 /* for what must come, on a machine that has other things to do */

#define RAW_MORE 0x01
#define RAW_LONG 0x02
#define RAW_COMMAND 0x04

/* Listen on `address` ("127.0.0.1"), TCP port *tcp_port, or any with 0; returns the descriptor. -1: the port is taken. */
int raw_listen(const char *address, uint16_t *tcp_port);

/* A TCP port of `address` that nobody listens on. */
uint16_t raw_free_tcp_port(const char *address);

/* A connection within `timeout_ms`, or -1. */
int raw_accept(int listener, int timeout_ms);

int raw_connect(const char *address, uint16_t tcp_port);

/* Greet and shake hands as a socket of `type` ("PUSH", "PULL"); false: the other side does not play. */
bool raw_shake_hands(int fd, const char *type);

/* Connect and shake hands as PUSH; the second from an address of one's own. */
int raw_connect_push(const char *address, uint16_t tcp_port);
int raw_connect_push_from(const char *own_address, const char *address, uint16_t tcp_port);

/* All bytes, or as many as are taken. */
bool raw_write(int fd, const void *bytes, size_t len_bytes);

bool raw_send_frame(int fd, unsigned flags, const void *bytes, size_t len_bytes);
bool raw_send_text(int fd, const char *text);

/*
 * The next frame's body into `body`, NUL-terminated; returns its length, or -1: nothing came, or the connection has ended. *flags may
 * be NULL. A PING is answered and not returned; *pings (may be NULL) counts them.
 */
long raw_receive_frame(int fd, char *body, size_t capacity_bytes, int timeout_ms, unsigned *pings);

/* Whether the other side ends the connection in time; what it says until then is skipped. */
bool raw_ends(int fd, int timeout_ms);

/* The TCP port in `tcp://127.0.0.1:PORT`. */
uint16_t raw_tcp_port_of(const char *endpoint);

/* Let time pass where time itself is the case. */
void raw_pass_time(int ms);

#endif
