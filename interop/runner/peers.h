/*
 * The peers file: where every node of the topology is, for all of them (SABIR_PEERS).
 */
#ifndef RUN_PEERS_H
#define RUN_PEERS_H

#include "cli/topology.h"

#include <stdbool.h>
#include <stdint.h>

/* Write it to a new file. tcp_ports: one per node, in the order of the topology. False with errno. */
bool run_peers_write(const struct cli_topology *topology, const uint16_t *tcp_ports, const char *path);

#endif
