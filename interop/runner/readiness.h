/*
 * How a node says that it is ready: a READY line on standard output, or sd_notify's datagram, as under systemd.
 */
#ifndef RUN_READINESS_H
#define RUN_READINESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum run_ready_line {
    RUN_LINE_OTHER,     /* not a READY line */
    RUN_LINE_READY,     /* ready, where it was told to be (or it does not say where) */
    RUN_LINE_ELSEWHERE, /* ready, but at another endpoint than the one that all other nodes were told */
    RUN_LINE_BROKEN     /* begins with READY, but what follows is no JSON object */
};

/* Judge a line (NUL-terminated). *endpoint: what it says instead, to be freed, if it is ELSEWHERE; else NULL. */
enum run_ready_line run_readiness_judge(const char *line, size_t len_bytes, uint16_t tcp_port, char **endpoint);

/* A socket for sd_notify at `path`; -1 with errno. */
int run_readiness_open_notify(const char *path);

/* Read what has come to it; whether READY=1 was among it. */
bool run_readiness_read_notify(int fd);

#endif
