#include "reject_limit.h"

#define SECOND_NS INT64_C(1000000000)
#define TOKEN_NS (SECOND_NS / SB_REJECTS_PER_SECOND)

bool sb_reject_limit_take(struct sb_reject_limit *limit, int64_t now_ns) {
    int64_t passed_ns = now_ns - limit->seen_ns;
    if (passed_ns > 0) limit->spent = passed_ns >= limit->spent ? 0 : limit->spent - passed_ns;
    limit->seen_ns = now_ns;
    if (limit->spent + TOKEN_NS > SECOND_NS) return false;
    limit->spent += TOKEN_NS;
    return true;
}
