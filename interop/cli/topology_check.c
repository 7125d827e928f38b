/* Does a topology contradict itself? Names that lead nowhere, cycles of `after`, TCP ports taken twice. */
#include "memory.h"
#include "suggest.h"
#include "topology.h"

#include <stdlib.h>
#include <string.h>

static void check_after(const struct cli_topology *topology, const struct cli_node *node,
                        struct cli_findings *findings) {
    for (size_t i = 0; i < node->after.count; i++) {
        const struct cli_word *word = &node->after.items[i];
        if (strcmp(word->text, node->name.text) == 0)
            cli_findings_add(findings, word->place, "the node \"%s\" cannot start after itself", word->text);
        else if (!cli_topology_node(topology, word->text))
            cli_findings_add(findings, word->place, "there is no node \"%s\" to start after%s", word->text,
                             cli_topology_suggest_node(topology, word->text));
    }
}

enum colour { WHITE, GREY, BLACK };

/* Depth first; at most NODES_MAX deep. The path in words is built on the way back from the node that closes the cycle. */
static char *find_cycle(const struct cli_topology *topology, const struct cli_node *node, enum colour *colours,
                        const struct cli_node **closing) {
    size_t index = (size_t)(node - topology->nodes);
    if (colours[index] == BLACK) return NULL;
    if (colours[index] == GREY) {
        *closing = node;
        return cli_copy(node->name.text);
    }
    colours[index] = GREY;
    for (size_t i = 0; i < node->after.count; i++) {
        char *path = find_cycle(topology, cli_topology_node(topology, node->after.items[i].text), colours, closing);
        if (!path) continue;
        if (!*closing) /* the cycle is complete; what led to it is no part of it */
            return path;
        char *longer = cli_format("%s after %s", node->name.text, path);
        free(path);
        if (*closing == node) *closing = NULL;
        return longer;
    }
    colours[index] = BLACK;
    return NULL;
}

static void check_cycles(const struct cli_topology *topology, struct cli_findings *findings) {
    enum colour *colours = cli_alloc(topology->node_count, sizeof *colours);
    for (size_t i = 0; i < topology->node_count; i++) {
        const struct cli_node *node = &topology->nodes[i], *closing = NULL;
        char *path = find_cycle(topology, node, colours, &closing);
        if (path) {
            cli_findings_add(findings, node->after.items[0].place, "none of these could start first: %s", path);
            free(path);
            break; /* the colours are those of an unfinished search now */
        }
    }
    free(colours);
}

static void check_tcp_ports(const struct cli_topology *topology, struct cli_findings *findings) {
    for (size_t i = 0; i < topology->node_count; i++) {
        for (size_t j = 0; j < i; j++) {
            const struct cli_node *later = &topology->nodes[i], *earlier = &topology->nodes[j];
            if (later->tcp_port && later->tcp_port == earlier->tcp_port)
                cli_findings_add(findings, later->tcp_port_place, "the TCP port %u is that of the node \"%s\" already",
                                 (unsigned)later->tcp_port, earlier->name.text);
        }
    }
}

static bool has_actor(const struct cli_node *node, const char *actor, size_t len_bytes) {
    for (size_t i = 0; i < node->actors.count; i++) {
        const char *name = node->actors.items[i].text;
        if (strlen(name) == len_bytes && memcmp(name, actor, len_bytes) == 0) return true;
    }
    return false;
}

static size_t nodes_with_actor(const struct cli_topology *topology, const char *actor) {
    size_t count = 0;
    for (size_t i = 0; i < topology->node_count; i++) count += has_actor(&topology->nodes[i], actor, strlen(actor));
    return count;
}

static void check_at_node(const struct cli_topology *topology, const struct cli_word *end, const char *node_name,
                          struct cli_findings *findings) {
    const struct cli_node *node = cli_topology_node(topology, node_name);
    size_t len_bytes = (size_t)(node_name - 1 - end->text);
    if (!node)
        cli_findings_add(findings, end->place, "there is no node \"%s\"%s", node_name,
                         cli_topology_suggest_node(topology, node_name));
    else if (!has_actor(node, end->text, len_bytes))
        cli_findings_add(findings, end->place, "the node \"%s\" lists no actor \"%.*s\"", node_name, (int)len_bytes,
                         end->text);
}

static const char *suggest_actor(const struct cli_topology *topology, const char *actor) {
    size_t count = 0, at = 0;
    for (size_t i = 0; i < topology->node_count; i++) count += topology->nodes[i].actors.count;
    const char **names = cli_alloc(count, sizeof *names);
    for (size_t i = 0; i < topology->node_count; i++) {
        for (size_t j = 0; j < topology->nodes[i].actors.count; j++)
            names[at++] = topology->nodes[i].actors.items[j].text;
    }
    const char *clause = cli_suggest_clause(actor, names, count);
    free(names);
    return clause;
}

/* One end of a `sends` entry: ACTOR or ACTOR@NODE. */
static void check_end(const struct cli_topology *topology, const struct cli_word *end, struct cli_findings *findings) {
    size_t count = nodes_with_actor(topology, end->text);
    if (count == 1) return;
    const char *at = strrchr(end->text, '@');
    if (count > 1)
        cli_findings_add(findings, end->place, "%zu nodes have an actor \"%s\": write %s@NODE", count, end->text,
                         end->text);
    else if (at)
        check_at_node(topology, end, at + 1, findings);
    else
        cli_findings_add(findings, end->place, "no node lists an actor \"%s\"%s", end->text,
                         suggest_actor(topology, end->text));
}

void cli_topology_check(const struct cli_topology *topology, struct cli_findings *findings) {
    for (size_t i = 0; i < topology->node_count; i++) check_after(topology, &topology->nodes[i], findings);
    if (findings->count == 0) check_cycles(topology, findings);
    check_tcp_ports(topology, findings);
    for (size_t i = 0; i < topology->sends_count; i++) {
        check_end(topology, &topology->sends[i].from, findings);
        check_end(topology, &topology->sends[i].to, findings);
    }
}
