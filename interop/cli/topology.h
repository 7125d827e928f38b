/*
 * A topology: the nodes of a system and how they start, as its file says it. Plain data; whoever reads it changes nothing.
 *
 *     file --jsonc--> tree --topology_read--> topology --topology_check--> the same, without contradictions
 *                                                      --topology_prepare--> and possible on this machine
 */
#ifndef CLI_TOPOLOGY_H
#define CLI_TOPOLOGY_H

#include "findings.h"
#include "jsonc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A text and where it stands. */
struct cli_word {
    char *text;
    struct cli_place place;
};

struct cli_words {
    struct cli_word *items;
    size_t count;
};

struct cli_variable {
    char *name;
    char *value; /* of a secret: where it comes from until topology_prepare, then what it is */
    struct cli_place place;
};

struct cli_variables {
    struct cli_variable *items;
    size_t count;
};

enum cli_restart { CLI_RESTART_NEVER, CLI_RESTART_FAILURE, CLI_RESTART_ALWAYS };

/* How a node says that it is ready. */
enum cli_ready {
    CLI_READY_TOLD /* READY line or sd_notify, whichever comes first */,
    CLI_READY_LINE,
    CLI_READY_NOTIFY,
    CLI_READY_START
};

struct cli_node {
    struct cli_word name;
    char *lang; /* NULL: not said; for people only */
    struct cli_words run;
    char *program; /* run[0] as a path, known after topology_prepare */
    struct cli_words actors;
    uint16_t tcp_port; /* 0: one is chosen */
    struct cli_place tcp_port_place;
    struct cli_words after;
    enum cli_restart restart;
    unsigned restart_max;
    int64_t backoff_ns;
    enum cli_ready ready;
    int64_t ready_timeout_ns; /* 0: not said */
    int stop_signal;
    int64_t stop_timeout_ns;
    struct cli_variables env;
    struct cli_variables secrets;
    char *dir; /* absolute */
    struct cli_place dir_place;
    bool is_flat;
};

struct cli_sends {
    struct cli_word from, to, type;
    bool wants_reply; /* the type ended with "?" */
};

struct cli_topology {
    char *file;   /* as given, for messages */
    char *folder; /* absolute, where it lies */
    char *name;
    struct cli_variables env;
    struct cli_node *nodes; /* in the order of the file */
    size_t node_count;
    struct cli_sends *sends;
    size_t sends_count;
    struct cli_words allow; /* hosts that replies may go to (RTE-4 c) */
};

/* Read and check the file; NULL with findings if there is anything wrong with it. Free with cli_topology_free. */
struct cli_topology *cli_topology_load(const char *file, struct cli_findings *findings);

/* NULL is nothing. */
void cli_topology_free(struct cli_topology *topology);

/* The node of that name, or NULL. */
struct cli_node *cli_topology_node(const struct cli_topology *topology, const char *name);

/* `; did you mean ...` among the nodes; valid until the next suggestion. */
const char *cli_topology_suggest_node(const struct cli_topology *topology, const char *name);

/* ---- The steps of cli_topology_load; each adds to the findings ---------------------------------------------------------- */

void cli_topology_read(struct cli_topology *topology, const struct cli_jsonc *root, struct cli_findings *findings);
void cli_topology_read_node(struct cli_topology *topology, struct cli_node *node, const struct cli_jsonc *value,
                            struct cli_findings *findings);

/* Names that lead nowhere, cycles, TCP ports taken twice. */
void cli_topology_check(const struct cli_topology *topology, struct cli_findings *findings);

/* Find programs, folders and secrets on this machine. */
void cli_topology_prepare(struct cli_topology *topology, struct cli_findings *findings);

#endif
