/*
 * Verbs that are programs of their own: `sabir-VERB`, looked for in the folder of this program, then in libexec/sabir beside it
 * (PREFIX/libexec/sabir of an installed one), then in PATH. Anybody can add a verb so.
 */
#ifndef CLI_EXTERNAL_H
#define CLI_EXTERNAL_H

#include <stddef.h>

/* Become `sabir-VERB` with argv[1] and what follows as its arguments. Returns only if there is none (0) or it cannot be run (126). */
int cli_external_exec(const char *verb, char **argv);

/* The names of all such verbs in the first two places, sorted; ended by NULL; to be freed with cli_external_free. */
char **cli_external_list(size_t *count);
void cli_external_free(char **names);

#endif
