/*
 * Any bytes as a topology file: either there is a tree, or there is a finding that says why not. Every place that is named lies in
 * the text. A READY line is read by the same reader, so it is tried too.
 */
#include "cli/memory.h"
#include "cli/topology.h"
#include "runner/readiness.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len_bytes);

/* A promise that was broken. */
static void require(bool kept) {
    if (!kept) abort();
}

static void read_topology(const struct cli_jsonc *root, struct cli_findings *findings) {
    struct cli_topology *topology = cli_alloc(1, sizeof *topology);
    topology->folder = cli_copy("/");
    cli_topology_read(topology, root, findings);
    if (findings->count == 0) {
        require(topology->node_count > 0 && topology->name);
        cli_topology_check(topology, findings);
    }
    cli_topology_free(topology);
}

static void check_places(const struct cli_findings *findings, const char *bytes, size_t len_bytes) {
    unsigned lines = 1;
    for (size_t i = 0; i < len_bytes; i++) lines += bytes[i] == '\n';
    for (size_t i = 0; i < findings->count; i++) {
        struct cli_place place = findings->items[i].place;
        require(place.line >= 1 && place.line <= lines && place.column >= 1 && place.column <= len_bytes + 1);
        require(*findings->items[i].sentence);
    }
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len_bytes) {
    struct cli_findings findings = {0};
    char *text = cli_copy_bytes((const char *)data, len_bytes), *endpoint;
    struct cli_jsonc *root = cli_jsonc_read(text, len_bytes, &findings);
    require(root ? findings.count == 0 : findings.count == 1);
    if (root && root->kind == CLI_JSONC_OBJECT) read_topology(root, &findings);
    check_places(&findings, text, len_bytes);
    cli_jsonc_free(root);
    cli_findings_clear(&findings);
    enum run_ready_line judged = run_readiness_judge(text, len_bytes, 7001, &endpoint);
    require((endpoint != NULL) == (judged == RUN_LINE_ELSEWHERE));
    free(endpoint);
    free(text);
    return 0;
}
