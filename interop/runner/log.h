/*
 * Log lines as people see them: `name  | text`, one colour per name, nothing in the text that a terminal would obey.
 */
#ifndef RUN_LOG_H
#define RUN_LOG_H

#include "output.h"

#include <stdbool.h>
#include <stddef.h>

struct run_log {
    struct run_output output;
    bool has_colour;
    int name_width;
};

/* Longer ones are cut, and say how much is missing. */
enum { RUN_LINE_MAX_BYTES = 8192 };

/* `colour`: any small number, the same for the same name; negative: the runner itself. cut_bytes: how many bytes are missing at the end. */
void run_log_line(struct run_log *log, const char *name, int colour, const char *bytes, size_t len_bytes,
                  size_t cut_bytes);

/* A line of the runner's own. */
__attribute__((format(printf, 2, 3))) void run_log_say(struct run_log *log, const char *format, ...);

#endif
