/*
 * A verb of the `sabir` command. Those of the table are C and in this program; every other one is a program `sabir-VERB`.
 */
#ifndef CLI_VERB_H
#define CLI_VERB_H

#include <stddef.h>

/* What a verb's function returns when its arguments are wrong. */
enum { CLI_EXIT_USAGE = 2 };

struct cli_verb {
    const char *name;
    const char *summary; /* one line, for the list of verbs */
    const char *usage;   /* what `sabir help VERB` says behind the summary */
    /* argv[0] is the verb; returns the exit code. */
    int (*run)(int argc, char **argv);
};

/* The table, ended by an entry without name. */
extern const struct cli_verb CLI_VERBS[];

/* NULL if the table has no such verb. */
const struct cli_verb *cli_verb_find(const char *name);

/* "sabir VERB: sentence" and where to read more on standard error; returns CLI_EXIT_USAGE. */
__attribute__((format(printf, 2, 3))) int cli_verb_misused(const char *verb, const char *format, ...);

#endif
