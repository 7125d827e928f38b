/*
 * Runs a topology: starts its nodes in order, watches them, stops them in reverse order. One thread, one loop.
 */
#ifndef RUN_RUNNER_H
#define RUN_RUNNER_H

#include "cli/topology.h"

#include <stdbool.h>
#include <stdint.h>

struct run_options {
    const struct cli_node *until; /* stop when it has ended; NULL: when all have */
    int64_t ready_timeout_ns;
    bool has_colour;
};

/* Returns the exit code of `sabir run` when no node lives any more. */
int run_topology(const struct cli_topology *topology, const struct run_options *options);

#endif
