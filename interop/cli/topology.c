#define _GNU_SOURCE
#include "topology.h"

#include "memory.h"
#include "reading.h"
#include "suggest.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX_BYTES = 1 << 20 };

/* Whole file; NULL with a finding. */
static char *read_file(const char *file, size_t *len_bytes, struct cli_findings *findings) {
    struct cli_place whole = {0, 0};
    FILE *stream = fopen(file, "rb");
    if (!stream) {
        cli_findings_add(findings, whole, "cannot be opened: %s", strerror(errno));
        return NULL;
    }
    char *bytes = cli_alloc(FILE_MAX_BYTES + 1, 1);
    *len_bytes = fread(bytes, 1, FILE_MAX_BYTES + 1, stream);
    int fault = ferror(stream) ? errno : 0;
    (void)fclose(stream);
    if (!fault && *len_bytes <= FILE_MAX_BYTES) return bytes;
    if (fault)
        cli_findings_add(findings, whole, "cannot be read: %s", strerror(fault));
    else
        cli_findings_add(findings, whole, "is larger than %d bytes, the limit of a topology file", FILE_MAX_BYTES);
    free(bytes);
    return NULL;
}

static char *folder_of(const char *file, struct cli_findings *findings) {
    char *copy = cli_copy(file);
    char *folder = realpath(dirname(copy), NULL);
    if (!folder)
        cli_findings_add(findings, (struct cli_place){0, 0}, "its folder cannot be found: %s", strerror(errno));
    free(copy);
    return folder;
}

/* The byte order mark that some editors write is no character of the file. */
static struct cli_jsonc *read_tree(const char *bytes, size_t len_bytes, struct cli_findings *findings) {
    size_t skipped = len_bytes >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    return cli_jsonc_read(bytes + skipped, len_bytes - skipped, findings);
}

static void load_tree(struct cli_topology *topology, const struct cli_jsonc *root, struct cli_findings *findings) {
    if (!cli_read_is(root, CLI_JSONC_OBJECT, "a topology", findings)) return;
    cli_topology_read(topology, root, findings);
    if (findings->count == 0) cli_topology_check(topology, findings);
    if (findings->count == 0) cli_topology_prepare(topology, findings);
}

struct cli_topology *cli_topology_load(const char *file, struct cli_findings *findings) {
    size_t len_bytes;
    char *bytes = read_file(file, &len_bytes, findings);
    if (!bytes) return NULL;
    struct cli_topology *topology = cli_alloc(1, sizeof *topology);
    topology->file = cli_copy(file);
    topology->folder = folder_of(file, findings);
    struct cli_jsonc *root = topology->folder ? read_tree(bytes, len_bytes, findings) : NULL;
    if (root) load_tree(topology, root, findings);
    cli_jsonc_free(root);
    free(bytes);
    if (findings->count == 0) return topology;
    cli_topology_free(topology);
    return NULL;
}

static void free_words(struct cli_words *words) {
    for (size_t i = 0; i < words->count; i++) free(words->items[i].text);
    free(words->items);
}

static void free_variables(struct cli_variables *variables) {
    for (size_t i = 0; i < variables->count; i++) {
        free(variables->items[i].name);
        free(variables->items[i].value);
    }
    free(variables->items);
}

static void free_node(struct cli_node *node) {
    free(node->name.text);
    free(node->lang);
    free_words(&node->run);
    free(node->program);
    free_words(&node->actors);
    free_words(&node->after);
    free_variables(&node->env);
    free_variables(&node->secrets);
    free(node->dir);
}

void cli_topology_free(struct cli_topology *topology) {
    if (!topology) return;
    for (size_t i = 0; i < topology->node_count; i++) free_node(&topology->nodes[i]);
    for (size_t i = 0; i < topology->sends_count; i++) {
        free(topology->sends[i].from.text);
        free(topology->sends[i].to.text);
        free(topology->sends[i].type.text);
    }
    free(topology->nodes);
    free(topology->sends);
    free_variables(&topology->env);
    free_words(&topology->allow);
    free(topology->file);
    free(topology->folder);
    free(topology->name);
    free(topology);
}

struct cli_node *cli_topology_node(const struct cli_topology *topology, const char *name) {
    for (size_t i = 0; i < topology->node_count; i++) {
        if (strcmp(topology->nodes[i].name.text, name) == 0) return &topology->nodes[i];
    }
    return NULL;
}

const char *cli_topology_suggest_node(const struct cli_topology *topology, const char *name) {
    const char **names = cli_alloc(topology->node_count, sizeof *names);
    for (size_t i = 0; i < topology->node_count; i++) names[i] = topology->nodes[i].name.text;
    const char *clause = cli_suggest_clause(name, names, topology->node_count);
    free(names);
    return clause;
}
