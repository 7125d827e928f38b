/*
 * REJ-4: how many Rejects may go to one peer. A bucket that holds two hundred and gains two hundred a second, so that at least a
 * hundred go in any second, also when they come in two bursts; a storm beyond that is cut.
 */
#ifndef SB_REJECT_LIMIT_H
#define SB_REJECT_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#define SB_REJECTS_PER_SECOND 200

/* All zero is a full bucket. Whoever shares it holds a lock. */
struct sb_reject_limit {
    int64_t spent;   /* in tokens' worth of nanoseconds */
    int64_t seen_ns; /* when it was last looked at */
};

/* Whether one more may go at `now_ns` (monotonic); counts it. */
bool sb_reject_limit_take(struct sb_reject_limit *limit, int64_t now_ns);

#endif
