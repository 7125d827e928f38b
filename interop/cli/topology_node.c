/* One node of a topology file: a table of keys, and a function for each. */
#include "memory.h"
#include "reading.h"
#include "topology.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { RESTARTS_DEFAULT = 5, RESTARTS_MOST = 1000000 };
static const int64_t MS_NS = 1000000;
static const int64_t BACKOFF_DEFAULT_NS = INT64_C(500) * 1000000;
static const int64_t STOP_TIMEOUT_DEFAULT_NS = INT64_C(2) * 1000000000;

/* Where a key's function puts its value. */
struct target {
    struct cli_topology *topology;
    struct cli_node *node;
    struct cli_findings *findings;
};

typedef void (*key_reader)(const struct target *target, const struct cli_jsonc *value);

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static void read_lang(const struct target *target, const struct cli_jsonc *value) {
    target->node->lang = cli_read_text(value, "\"lang\"", target->findings);
}

static void read_run(const struct target *target, const struct cli_jsonc *value) {
    struct cli_words *run = &target->node->run;
    if (value->kind == CLI_JSONC_STRING) {
        cli_findings_add(
            target->findings, value->place,
            "\"run\" is an array of arguments, not a line for a shell: [\"python3\", \"-u\", \"node.py\"]");
        return;
    }
    cli_read_words(value, "\"run\"", run, target->findings);
    if (value->kind == CLI_JSONC_ARRAY && value->count == 0)
        cli_findings_add(target->findings, value->place, "\"run\" is empty: name the program to start");
    else if (run->count && !*run->items[0].text)
        cli_findings_add(target->findings, run->items[0].place,
                         "the first item of \"run\" is empty: name the program to start");
}

static void read_actors(const struct target *target, const struct cli_jsonc *value) {
    struct cli_words *actors = &target->node->actors;
    cli_read_words(value, "\"actors\"", actors, target->findings);
    for (size_t i = 0; i < actors->count; i++) {
        (void)cli_read_is_wire_name(&actors->items[i], "an actor's name", target->findings);
        for (size_t j = 0; j < i; j++) {
            if (strcmp(actors->items[i].text, actors->items[j].text) == 0)
                cli_findings_add(target->findings, actors->items[i].place, "the actor \"%s\" is listed twice",
                                 actors->items[i].text);
        }
    }
}

static void read_tcp_port(const struct target *target, const struct cli_jsonc *value) {
    long number;
    if (cli_read_number(value, "\"tcp_port\"", 1, 65535, &number, target->findings))
        target->node->tcp_port = (uint16_t)number;
    target->node->tcp_port_place = value->place;
}

static void read_after(const struct target *target, const struct cli_jsonc *value) {
    cli_read_words(value, "\"after\"", &target->node->after, target->findings);
}

static void read_restart(const struct target *target, const struct cli_jsonc *value) {
    static const char *const KEYS[] = {"when", "max", "backoff"};
    static const char *const WHEN[] = {"never", "failure", "always"}; /* enum cli_restart */
    if (!cli_read_is(value, CLI_JSONC_OBJECT, "\"restart\"", target->findings)) return;
    cli_read_keys(value, KEYS, COUNT_OF(KEYS), "\"restart\"", target->findings);
    const struct cli_jsonc *when = cli_jsonc_get(value, "when"), *max = cli_jsonc_get(value, "max");
    const struct cli_jsonc *backoff = cli_jsonc_get(value, "backoff");
    int choice = when ? cli_read_choice(when, "\"when\"", WHEN, COUNT_OF(WHEN), target->findings) : -1;
    if (!when)
        cli_findings_add(target->findings, value->place,
                         "\"restart\" needs \"when\": \"never\", \"failure\" or \"always\"");
    if (choice >= 0) target->node->restart = (enum cli_restart)choice;
    long number;
    if (max && cli_read_number(max, "\"max\"", 0, RESTARTS_MOST, &number, target->findings))
        target->node->restart_max = (unsigned)number;
    if (backoff) (void)cli_read_duration(backoff, "\"backoff\"", MS_NS, &target->node->backoff_ns, target->findings);
}

static void read_env(const struct target *target, const struct cli_jsonc *value) {
    cli_read_variables(value, "\"env\"", &target->node->env, target->findings);
}

static void read_secrets(const struct target *target, const struct cli_jsonc *value) {
    struct cli_variables *secrets = &target->node->secrets;
    cli_read_variables(value, "\"secrets\"", secrets, target->findings);
    for (size_t i = 0; i < secrets->count; i++) {
        const char *from = secrets->items[i].value;
        bool is_known = (strncmp(from, "file:", 5) == 0 && from[5]) || (strncmp(from, "env:", 4) == 0 && from[4]);
        if (!is_known) /* not shown: somebody may have written the secret itself */
            cli_findings_add(target->findings, secrets->items[i].place,
                             "the secret %s must say where it comes from: \"file:PATH\" or \"env:NAME\"",
                             secrets->items[i].name);
    }
}

static void read_dir(const struct target *target, const struct cli_jsonc *value) {
    char *dir = cli_read_text(value, "\"dir\"", target->findings);
    if (!dir) return;
    free(target->node->dir);
    target->node->dir_place = value->place;
    target->node->dir = dir[0] == '/' ? cli_copy(dir) : cli_format("%s/%s", target->topology->folder, dir);
    free(dir);
}

static void read_ready(const struct target *target, const struct cli_jsonc *value) {
    static const char *const KEYS[] = {"by", "timeout"};
    static const char *const BY[] = {"told", "line", "notify", "start"}; /* enum cli_ready */
    if (!cli_read_is(value, CLI_JSONC_OBJECT, "\"ready\"", target->findings)) return;
    cli_read_keys(value, KEYS, COUNT_OF(KEYS), "\"ready\"", target->findings);
    const struct cli_jsonc *by = cli_jsonc_get(value, "by"), *timeout = cli_jsonc_get(value, "timeout");
    int choice = by ? cli_read_choice(by, "\"by\"", BY, COUNT_OF(BY), target->findings) : -1;
    if (choice >= 0) target->node->ready = (enum cli_ready)choice;
    if (timeout)
        (void)cli_read_duration(timeout, "\"timeout\"", MS_NS, &target->node->ready_timeout_ns, target->findings);
}

static void read_stop(const struct target *target, const struct cli_jsonc *value) {
    static const char *const KEYS[] = {"signal", "timeout"};
    static const char *const SIGNALS[] = {"SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2"};
    static const int NUMBERS[] = {SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2};
    if (!cli_read_is(value, CLI_JSONC_OBJECT, "\"stop\"", target->findings)) return;
    cli_read_keys(value, KEYS, COUNT_OF(KEYS), "\"stop\"", target->findings);
    const struct cli_jsonc *sent = cli_jsonc_get(value, "signal"), *timeout = cli_jsonc_get(value, "timeout");
    int choice = sent ? cli_read_choice(sent, "\"signal\"", SIGNALS, COUNT_OF(SIGNALS), target->findings) : -1;
    if (choice >= 0) target->node->stop_signal = NUMBERS[choice];
    if (timeout)
        (void)cli_read_duration(timeout, "\"timeout\"", MS_NS, &target->node->stop_timeout_ns, target->findings);
}

static void read_dialect(const struct target *target, const struct cli_jsonc *value) {
    static const char *const DIALECTS[] = {"v1", "flat"};
    target->node->is_flat = cli_read_choice(value, "\"dialect\"", DIALECTS, COUNT_OF(DIALECTS), target->findings) == 1;
}

/* Words of the topology's language that this release does not obey: said, not ignored. */
static void refuse(const struct target *target, const struct cli_jsonc *value) {
    cli_findings_add(target->findings, value->key_place,
                     "\"%s\" is not built yet: this release runs each node once, on this machine", value->key);
}

static const struct {
    const char *key;
    key_reader read;
} NODE_KEYS[] = {
    {"lang", read_lang},   {"run", read_run},         {"actors", read_actors}, {"tcp_port", read_tcp_port},
    {"after", read_after}, {"restart", read_restart}, {"env", read_env},       {"secrets", read_secrets},
    {"dir", read_dir},     {"ready", read_ready},     {"stop", read_stop},     {"dialect", read_dialect},
    {"count", refuse},     {"image", refuse},         {"on", refuse},
};

static void set_defaults(const struct cli_topology *topology, struct cli_node *node) {
    node->dir = cli_copy(topology->folder);
    node->restart_max = RESTARTS_DEFAULT;
    node->backoff_ns = BACKOFF_DEFAULT_NS;
    node->stop_signal = SIGTERM;
    node->stop_timeout_ns = STOP_TIMEOUT_DEFAULT_NS;
}

void cli_topology_read_node(struct cli_topology *topology, struct cli_node *node, const struct cli_jsonc *value,
                            struct cli_findings *findings) {
    struct target target = {topology, node, findings};
    const char *keys[COUNT_OF(NODE_KEYS)];
    set_defaults(topology, node);
    if (!cli_read_is(value, CLI_JSONC_OBJECT, "a node", findings)) return;
    for (size_t i = 0; i < COUNT_OF(NODE_KEYS); i++) {
        const struct cli_jsonc *member = cli_jsonc_get(value, NODE_KEYS[i].key);
        keys[i] = NODE_KEYS[i].key;
        if (member) NODE_KEYS[i].read(&target, member);
    }
    cli_read_keys(value, keys, COUNT_OF(keys), "a node", findings);
    if (!cli_jsonc_get(value, "run"))
        cli_findings_add(findings, node->name.place,
                         "the node \"%s\" has no \"run\": the program to start and its arguments", node->name.text);
}
