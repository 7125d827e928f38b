/*
 * A TCP port on loopback for each node, before any node starts, because each must be told those of all others.
 *
 * Each is held by a socket until its node starts, so that nobody else is given it. Chosen ones lie below the range from which
 * the system takes the source ports of connections: a peer that tries to connect before its neighbour listens could otherwise
 * be given that very port and connect to itself.
 */
#ifndef RUN_TCP_PORT_H
#define RUN_TCP_PORT_H

#include <stdint.h>

struct run_tcp_port {
    uint16_t number;
    int held_fd; /* -1: released */
};

/* Take `wanted`, or with 0 a free one. 0 on success, else errno. */
int run_tcp_port_take(uint16_t wanted, struct run_tcp_port *tcp_port);

/* Let the node have it. */
void run_tcp_port_release(struct run_tcp_port *tcp_port);

#endif
