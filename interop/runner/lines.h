/*
 * Splits what comes out of a pipe into lines. The memory is fixed; of a line that is longer the rest is counted and left out.
 */
#ifndef RUN_LINES_H
#define RUN_LINES_H

#include "log.h"

#include <stdbool.h>
#include <stddef.h>

/* A line without its end; bytes[len_bytes] is NUL. */
typedef void (*run_on_line)(void *owner, const char *bytes, size_t len_bytes, size_t cut_bytes);

struct run_lines {
    run_on_line on_line;
    void *owner;
    size_t len_bytes;
    size_t cut_bytes;
    char bytes[RUN_LINE_MAX_BYTES + 1];
};

/* Read what there is, at most a bounded piece. False at the end of the pipe (a last line without end is handed out then). */
bool run_lines_read(struct run_lines *lines, int fd);

/* Read until there is nothing more, or for ever so long as is sensible of somebody who has ended. */
void run_lines_drain(struct run_lines *lines, int fd);

#endif
