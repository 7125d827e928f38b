/*
 * `sabir VERB`: one command for people, whatever a verb is written in.
 */
#include "external.h"
#include "memory.h"
#include "suggest.h"
#include "verb.h"

#include <sabir/version.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int print_help(FILE *out) {
    size_t count;
    char **externals = cli_external_list(&count);
    (void)fprintf(out, "sabir: actors in many processes and languages, as one system\n"
                       "\n"
                       "usage: sabir VERB [ARGUMENTS]\n"
                       "       sabir help VERB\n"
                       "       sabir --version\n"
                       "\n"
                       "verbs:\n");
    for (const struct cli_verb *verb = CLI_VERBS; verb->name; verb++)
        (void)fprintf(out, "  %-10s %s\n", verb->name, verb->summary);
    for (size_t i = 0; i < count; i++) {
        if (!cli_verb_find(externals[i]))
            (void)fprintf(out, "  %-10s (a program of its own: sabir-%s)\n", externals[i], externals[i]);
    }
    cli_external_free(externals);
    return 0;
}

/* The word for the person who mistyped: among the verbs of the table and those that lie beside this program. */
static int refuse_verb(const char *name) {
    size_t external_count, count = 0;
    char **externals = cli_external_list(&external_count);
    while (CLI_VERBS[count].name) count++;
    const char **known = cli_alloc(count + external_count + 1, sizeof *known);
    for (size_t i = 0; i < count; i++) known[i] = CLI_VERBS[i].name;
    for (size_t i = 0; i < external_count; i++) known[count++] = externals[i];
    known[count++] = "help";
    (void)fprintf(stderr, "sabir: there is no verb \"%s\"%s\nsee: sabir --help\n", name,
                  cli_suggest_clause(name, known, count));
    free(known);
    cli_external_free(externals);
    return CLI_EXIT_USAGE;
}

static int run_external(char **argv) {
    const char *name = argv[0];
    int code = cli_external_exec(name, argv);
    return code ? code : refuse_verb(name);
}

static int print_usage(const struct cli_verb *verb) {
    return printf("sabir %s: %s\n\n%s", verb->name, verb->summary, verb->usage) < 0;
}

static int help(char *name) {
    const struct cli_verb *verb = name ? cli_verb_find(name) : NULL;
    if (!name || verb) return verb ? print_usage(verb) : print_help(stdout);
    char ask[] = "--help";
    char *asked[] = {name, ask, NULL};
    return run_external(asked);
}

static bool asks_for_help(const char *word) {
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

int main(int argc, char **argv) {
    if (argc < 2) {
        (void)print_help(stderr);
        return CLI_EXIT_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "--version") == 0) return printf("sabir %s\n", sabir_version_text()) < 0;
    if (asks_for_help(name) || strcmp(name, "help") == 0) return help(argc > 2 ? argv[2] : NULL);
    const struct cli_verb *verb = cli_verb_find(name);
    if (!verb) return run_external(argv + 1);
    return argc == 3 && asks_for_help(argv[2]) ? print_usage(verb) : verb->run(argc - 1, argv + 1);
}
