/* The top level of a topology file, and its `sends`. */
#include "memory.h"
#include "reading.h"
#include "topology.h"

#include <stdlib.h>
#include <string.h>

enum { NODES_MAX = 256 };

static const char *const TOPOLOGY_KEYS[] = {"$schema", "topology", "env", "nodes", "sends", "allow"};
enum { TOPOLOGY_KEY_COUNT = sizeof TOPOLOGY_KEYS / sizeof TOPOLOGY_KEYS[0] };

/* A node's name stands in NAME@NODE, in file names and in front of log lines. */
static bool is_plain_name(const char *name) {
    static const char BYTES[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";
    size_t len_bytes = strlen(name);
    return len_bytes > 0 && len_bytes <= 64 && strspn(name, BYTES) == len_bytes && name[0] != '-' && name[0] != '.';
}

static void read_name(struct cli_topology *topology, const struct cli_jsonc *root, struct cli_findings *findings) {
    const struct cli_jsonc *name = cli_jsonc_get(root, "topology");
    if (!name) {
        cli_findings_add(findings, root->place, "\"topology\" is missing: the name of the system");
        return;
    }
    topology->name = cli_read_text(name, "\"topology\"", findings);
    if (topology->name && !is_plain_name(topology->name))
        cli_findings_add(findings, name->place, "\"topology\" must be 1 to 64 letters, digits, \"_\", \"-\" or \".\"");
}

static void read_nodes(struct cli_topology *topology, const struct cli_jsonc *root, struct cli_findings *findings) {
    const struct cli_jsonc *nodes = cli_jsonc_get(root, "nodes");
    if (!nodes) {
        cli_findings_add(findings, root->place, "\"nodes\" is missing: an object with at least one node");
        return;
    }
    if (!cli_read_is(nodes, CLI_JSONC_OBJECT, "\"nodes\"", findings)) return;
    if (nodes->count == 0 || nodes->count > NODES_MAX) {
        cli_findings_add(findings, nodes->place, "\"nodes\" must hold 1 to %d nodes, not %zu", NODES_MAX, nodes->count);
        return;
    }
    topology->nodes = cli_alloc(nodes->count, sizeof *topology->nodes);
    for (const struct cli_jsonc *value = nodes->first; value; value = value->next) {
        struct cli_node *node = &topology->nodes[topology->node_count++];
        node->name = (struct cli_word){cli_copy(value->key), value->key_place};
        if (!is_plain_name(value->key))
            cli_findings_add(findings, value->key_place,
                             "a node's name must be 1 to 64 letters, digits, \"_\", \"-\" or \".\", not \"%s\"",
                             value->key);
        cli_topology_read_node(topology, node, value, findings);
    }
}

static void read_send(struct cli_topology *topology, const struct cli_jsonc *value, struct cli_findings *findings) {
    struct cli_words words = {0};
    cli_read_words(value, "an entry of \"sends\"", &words, findings);
    if (words.count == 3) {
        struct cli_sends *sends = &topology->sends[topology->sends_count++];
        *sends = (struct cli_sends){words.items[0], words.items[1], words.items[2], false};
        size_t len_bytes = strlen(sends->type.text);
        if (len_bytes > 1 && sends->type.text[len_bytes - 1] == '?') {
            sends->wants_reply = true;
            sends->type.text[len_bytes - 1] = '\0';
        }
        (void)cli_read_is_wire_name(&sends->type, "a message type", findings);
    } else {
        cli_findings_add(findings, value->place, "an entry of \"sends\" is [FROM, TO, TYPE], three strings");
        for (size_t i = 0; i < words.count; i++) free(words.items[i].text);
    }
    free(words.items);
}

static void read_sends(struct cli_topology *topology, const struct cli_jsonc *sends, struct cli_findings *findings) {
    if (!sends || !cli_read_is(sends, CLI_JSONC_ARRAY, "\"sends\"", findings)) return;
    topology->sends = cli_alloc(sends->count, sizeof *topology->sends);
    for (const struct cli_jsonc *value = sends->first; value; value = value->next) read_send(topology, value, findings);
}

void cli_topology_read(struct cli_topology *topology, const struct cli_jsonc *root, struct cli_findings *findings) {
    const struct cli_jsonc *env = cli_jsonc_get(root, "env"), *allow = cli_jsonc_get(root, "allow");
    cli_read_keys(root, TOPOLOGY_KEYS, TOPOLOGY_KEY_COUNT, "a topology", findings);
    read_name(topology, root, findings);
    if (env) cli_read_variables(env, "\"env\"", &topology->env, findings);
    read_nodes(topology, root, findings);
    read_sends(topology, cli_jsonc_get(root, "sends"), findings);
    if (allow) cli_read_words(allow, "\"allow\"", &topology->allow, findings);
}
