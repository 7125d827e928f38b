/*
 * How long to wait before a node is started again: twice as long each time, up to a limit, and never exactly as long as others.
 */
#ifndef RUN_BACKOFF_H
#define RUN_BACKOFF_H

#include <stdint.h>

/* Before restart number `restart` (from 1): first_ns doubled each time, at most 30 s (or first_ns), a quarter more or less. */
int64_t run_backoff_ns(int64_t first_ns, unsigned restart);

#endif
