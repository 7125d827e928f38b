/*
 * The descendants of the calling process, which is a subreaper: found in /proc, killed, reaped.
 */
#ifndef RUN_KIN_H
#define RUN_KIN_H

#include <stddef.h>

/* Kill every descendant and reap it, until there is none or five seconds are over (one that belongs to another user). How many are left. */
size_t run_kin_kill_all(void);

#endif
