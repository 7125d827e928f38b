/*
 * What every node of this port does: read its environment, bind, start its actors, say READY, and end when it is told to.
 */
#ifndef PORT_NODE_H
#define PORT_NODE_H

#include <sabir/sabir.h>

/* Gives the manager its actors; an error ends the node. */
typedef int (*port_manage)(sabir_manager *manager);

/* Returns the exit code: 0, 1 for an error in between, 10 if there is nothing that it could listen at. */
int port_node_run(port_manage manage, const char *features);

/* Make an actor of `self`, which is freed with it, or on error. *ref may be NULL. */
int port_node_actor(sabir_actor **actor, void *self);

/* The code's name as reports have it: without `SABIR_E`. */
const char *port_error_name(int code);

#endif
