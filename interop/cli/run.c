#include "run.h"

#include "duration.h"
#include "runner/runner.h"
#include "topology.h"
#include "verb.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const int64_t READY_TIMEOUT_DEFAULT_NS = INT64_C(20) * 1000000000;

struct arguments {
    const char *file;
    const char *until;
    const char *colour;
    int64_t ready_timeout_ns;
};

/* A terminal that can, and nobody who asked for none (https://no-color.org). */
static bool wants_colour(const char *when) {
    if (strcmp(when, "auto") != 0) return strcmp(when, "always") == 0;
    const char *none = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(STDOUT_FILENO) && !(none && *none) && terminal && strcmp(terminal, "dumb") != 0;
}

static bool is_colour(const char *when) {
    return strcmp(when, "auto") == 0 || strcmp(when, "always") == 0 || strcmp(when, "never") == 0;
}

/* One option with its value; 0, or the exit code of misuse. */
static int read_option(const char *name, const char *value, struct arguments *arguments) {
    bool is_known =
        strcmp(name, "--until") == 0 || strcmp(name, "--ready-timeout") == 0 || strcmp(name, "--color") == 0;
    if (!is_known) return cli_verb_misused("run", "there is no option %s", name);
    if (!value) return cli_verb_misused("run", "%s needs a value behind it", name);
    if (strcmp(name, "--until") == 0)
        arguments->until = value;
    else if (strcmp(name, "--color") == 0 && is_colour(value))
        arguments->colour = value;
    else if (strcmp(name, "--color") == 0)
        return cli_verb_misused("run", "--color is always, never or auto, not \"%s\"", value);
    else if (!cli_duration_read(value, &arguments->ready_timeout_ns) || arguments->ready_timeout_ns == 0)
        return cli_verb_misused("run", "--ready-timeout is " CLI_DURATION_FORM ", not \"%s\"", value);
    return 0;
}

static int read_arguments(int argc, char **argv, struct arguments *arguments) {
    *arguments = (struct arguments){.colour = "auto", .ready_timeout_ns = READY_TIMEOUT_DEFAULT_NS};
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] == '-' && argv[i][1]) {
            int misuse = read_option(argv[i], i + 1 < argc ? argv[i + 1] : NULL, arguments);
            if (misuse) return misuse;
            i++;
        } else if (arguments->file) {
            return cli_verb_misused("run", "one topology file at a time, not also %s", argv[i]);
        } else {
            arguments->file = argv[i];
        }
    }
    return arguments->file ? 0 : cli_verb_misused("run", "which topology file?");
}

static int run(const struct cli_topology *topology, const struct arguments *arguments) {
    struct run_options options = {NULL, arguments->ready_timeout_ns, wants_colour(arguments->colour)};
    if (arguments->until) {
        options.until = cli_topology_node(topology, arguments->until);
        if (!options.until)
            return cli_verb_misused("run", "%s has no node \"%s\"%s", topology->file, arguments->until,
                                    cli_topology_suggest_node(topology, arguments->until));
    }
    return run_topology(topology, &options);
}

int cli_run(int argc, char **argv) {
    struct arguments arguments;
    int misuse = read_arguments(argc, argv, &arguments);
    if (misuse) return misuse;
    struct cli_findings findings = {0};
    struct cli_topology *topology = cli_topology_load(arguments.file, &findings);
    if (!topology) cli_findings_print(&findings, arguments.file, stderr);
    int code = topology ? run(topology, &arguments) : CLI_EXIT_USAGE;
    cli_topology_free(topology);
    cli_findings_clear(&findings);
    return code;
}
