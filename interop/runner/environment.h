/*
 * The environment of a node: that of the runner, then the topology's `env`, then the node's `env` and `secrets`, then what every
 * node is told. What comes later wins.
 */
#ifndef RUN_ENVIRONMENT_H
#define RUN_ENVIRONMENT_H

#include "cli/topology.h"

#include <stdint.h>

/* What a node is told by its runner. */
struct run_told {
    uint16_t tcp_port;
    const char *peers_path;
    const char *notify_path;
};

/* For execve; to be freed with run_environment_free. */
char **run_environment_new(const struct cli_topology *topology, const struct cli_node *node,
                           const struct run_told *told);
void run_environment_free(char **environment);

#endif
