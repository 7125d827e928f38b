#include "verb.h"

#include "check.h"
#include "envelope.h"
#include "run.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char CHECK_USAGE[] =
    "usage: sabir check [--json] FILE\n"
    "\n"
    "Reads the topology FILE and says everything that would keep `sabir run` from starting it: syntax, unknown\n"
    "and duplicate keys, names that lead nowhere, cycles, missing programs, folders, variables and secrets.\n"
    "Starts nothing.\n"
    "\n"
    "  --json    one JSON object on standard output: {\"ok\", \"file\", \"errors\": [...]} or the topology\n"
    "\n"
    "exit codes: 0 the file is good, 2 it is not, or the command was misused\n";

static const char RUN_USAGE[] =
    "usage: sabir run [--until NODE] [--ready-timeout TIME] [--color WHEN] FILE\n"
    "\n"
    "Starts the nodes of the topology FILE in the order of `after`, shows what they write, each line behind the\n"
    "name of its node, and stops them all, in reverse order, on Ctrl-C, SIGTERM or when one fails. No process\n"
    "outlives it.\n"
    "\n"
    "  --until NODE          stop the system when NODE has ended\n"
    "  --ready-timeout TIME  how long a node may take to be ready, where the file does not say it (20s)\n"
    "  --color WHEN          always, never or auto: on a terminal that can (auto)\n"
    "\n"
    "exit codes: 0 every node ended well, 1 a node failed, 2 bad file or usage, 128 + n stopped by signal n\n";

static const char ENVELOPE_USAGE[] =
    "usage: sabir envelope [--json] [--text] [FILE]\n"
    "\n"
    "Reads the bytes of FILE, or of standard input, as a node would read them from the wire, and says what they\n"
    "are: the envelope's dialect, type, target, sender and size, or the clause of the protocol that they break,\n"
    "and where.\n"
    "\n"
    "  --json    one JSON object on standard output, for machines\n"
    "  --text    judge any JSON text, not only an envelope\n"
    "\n"
    "exit codes: 0 accepted, 1 malformed, 2 the file cannot be read, or the command was misused\n";

const struct cli_verb CLI_VERBS[] = {
    {"check", "say what is wrong with a topology file", CHECK_USAGE, cli_check},
    {"envelope", "judge one envelope: what it says, or which clause it breaks, where", ENVELOPE_USAGE, cli_envelope},
    {"run", "start, watch and stop the nodes of a topology", RUN_USAGE, cli_run},
    {NULL, NULL, NULL, NULL},
};

const struct cli_verb *cli_verb_find(const char *name) {
    for (const struct cli_verb *verb = CLI_VERBS; verb->name; verb++) {
        if (strcmp(verb->name, name) == 0) return verb;
    }
    return NULL;
}

int cli_verb_misused(const char *verb, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    (void)fprintf(stderr, "sabir %s: ", verb);
    (void)vfprintf(stderr, format, arguments);
    (void)fprintf(stderr, "\nsee: sabir help %s\n", verb);
    va_end(arguments);
    return CLI_EXIT_USAGE;
}
