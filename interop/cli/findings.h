/*
 * What is wrong with a file: a list of `line:column: sentence`, kept in the order of the file.
 * Everything that reads a topology adds to it, so that a person sees all mistakes at once.
 */
#ifndef CLI_FINDINGS_H
#define CLI_FINDINGS_H

#include <stddef.h>
#include <stdio.h>

/* Both count from 1; the column counts characters, as editors do. Line 0: the file as a whole. */
struct cli_place {
    unsigned line;
    unsigned column;
};

struct cli_finding {
    struct cli_place place;
    char *sentence;
};

struct cli_findings {
    struct cli_finding *items;
    size_t count;
};

__attribute__((format(printf, 3, 4))) void cli_findings_add(struct cli_findings *findings, struct cli_place place,
                                                            const char *format, ...);

/* Write one line each: `file:line:column: sentence`. */
void cli_findings_print(struct cli_findings *findings, const char *file, FILE *out);

void cli_findings_clear(struct cli_findings *findings);

#endif
