/*
 * Where log lines go: standard output, without ever waiting for it. What a slow terminal does not take is kept up to a limit;
 * beyond it lines are left out and counted.
 *
 * O_NONBLOCK belongs to an open file description, and that of a terminal is shared with the user's shell. So it is never set
 * there: the terminal (or pipe) is opened a second time. Where that is not possible, small pieces are written after poll says
 * that there is room: exact for a pipe (PIPE_BUF), and for a terminal that is neither ours to open nor our own, the best there is.
 */
#ifndef RUN_OUTPUT_H
#define RUN_OUTPUT_H

#include "loop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct run_output {
    struct run_loop *loop;
    struct run_watch watch;
    int fd;
    bool owns_fd;
    size_t piece_max_bytes; /* 0: any size; the descriptor does not block */
    bool is_socket;
    bool is_lost;  /* nobody reads any more (EPIPE, or another error) */
    char *pending; /* bytes not yet taken: pending[begin .. begin + len) */
    size_t begin;
    size_t len_bytes;
    uint64_t omitted_lines;
};

/* `fd` stays the caller's. */
void run_output_open(struct run_output *output, struct run_loop *loop, int fd);

/* One whole line, with its line end. Never blocks. */
void run_output_line(struct run_output *output, const char *bytes, size_t len_bytes);

/* Give the reader until deadline_ns to take what is pending, then close. */
void run_output_close(struct run_output *output, int64_t deadline_ns);

#endif
