/*
 * ${NAME} and ${NAME:-default} in texts of a topology file, from the environment of the command; `$$` is `$`.
 */
#ifndef CLI_SUBSTITUTE_H
#define CLI_SUBSTITUTE_H

#include <stddef.h>

/* The text with its variables put in, to be freed; NULL with a sentence in `fault`. */
char *cli_substitute(const char *text, char *fault, size_t fault_capacity_bytes);

#endif
