/*
 * One node while it runs: a state, one deadline, and the descriptors that the runner waits for.
 *
 *     WAITING --start--> STARTING --ready--> READY
 *        ^                  |  too late        |  ends
 *        |                  v                  v
 *     BACKOFF <--restart-- STOPPING --2 s--> KILLING --> ENDED
 */
#ifndef RUN_NODE_H
#define RUN_NODE_H

#include "cli/topology.h"
#include "guard.h"
#include "lines.h"
#include "log.h"
#include "loop.h"
#include "tcp_port.h"

#include <stdbool.h>
#include <stdint.h>

enum run_state {
    RUN_WAITING,  /* for the nodes of `after` */
    RUN_STARTING, /* runs, is not ready */
    RUN_READY,
    RUN_STOPPING, /* was asked to end */
    RUN_KILLING,  /* was made to end */
    RUN_BACKOFF,  /* will be started again */
    RUN_ENDED     /* will not */
};

/* What all nodes of a run share. */
struct run_common {
    const struct cli_topology *topology;
    struct run_loop loop;
    struct run_log log;
    char *folder;
    char *peers_path;
    int64_t ready_timeout_ns; /* where the file does not say one */
    bool is_stopping;
};

struct run_node {
    const struct cli_node *plan;
    struct run_common *common;
    int colour;
    enum run_state state;
    int64_t deadline_ns; /* of the state; INT64_MAX: none */
    int64_t started_ns;
    struct run_tcp_port tcp_port;
    char *notify_path;
    int notify_fd;
    bool has_process; /* guard, and the watches, are valid */
    struct run_guard guard;
    struct run_watch exit_watch, control_watch, stdout_watch, stderr_watch, notify_watch;
    struct run_lines stdout_lines, stderr_lines;
    pid_t pid;
    int status; /* as of wait, once has_status */
    bool has_status;
    bool is_ready; /* this time */
    bool has_been_ready;
    bool has_fault;      /* this time: a reason to call it failed, whatever its exit code */
    bool has_failed;     /* for good */
    bool was_killed;     /* it did not stop when asked */
    bool has_lost_guard; /* what it started may still live */
    unsigned exits;
};

/* plan, common, colour and tcp_port are set. Opens the socket for sd_notify; false with errno. */
bool run_node_open(struct run_node *node);
void run_node_close(struct run_node *node);

void run_node_start(struct run_node *node);

/* Ask it to end: end of its standard input, and its stop signal. A node that does not run is ended by that. */
void run_node_stop(struct run_node *node);

/* Make it end. */
void run_node_kill(struct run_node *node);

/* Its deadline has passed. */
void run_node_expire(struct run_node *node);

#endif
