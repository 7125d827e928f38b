#include "restart_rule.h"

#include "error.h"
#include "thread.h"

int sb_restart_rule_set_limit(struct sb_restart_rule *rule, uint32_t limit, int64_t window_ns) {
    if (limit > SABIR_RESTART_LIMIT_MAX && limit != SABIR_RESTART_UNLIMITED)
        return sb_error(SABIR_EINVAL, "%u restarts: use 0 to %u, or SABIR_RESTART_UNLIMITED", (unsigned)limit,
                        (unsigned)SABIR_RESTART_LIMIT_MAX);
    if (window_ns <= 0)
        return sb_error(SABIR_EINVAL, "%lld ns is no window: it is longer than 0", (long long)window_ns);
    rule->limit = limit;
    rule->window_ns = window_ns;
    return SABIR_OK;
}

int sb_restart_rule_set_delay(struct sb_restart_rule *rule, int64_t first_ns, int64_t max_ns) {
    if (first_ns < 0 || max_ns < first_ns)
        return sb_error(SABIR_EINVAL, "a delay of %lld ns, at most %lld ns: use 0 <= first <= longest",
                        (long long)first_ns, (long long)max_ns);
    rule->first_ns = first_ns;
    rule->max_ns = max_ns;
    return SABIR_OK;
}

static size_t count_within(const struct sb_restart_past *past, int64_t since_ns) {
    size_t kept = past->count < SABIR_RESTART_LIMIT_MAX ? past->count : SABIR_RESTART_LIMIT_MAX;
    size_t within = 0;
    while (within < kept && past->times_ns[(past->count - 1 - within) % SABIR_RESTART_LIMIT_MAX] > since_ns) within++;
    return within;
}

/* Between half of it and all of it, so that what failed together does not come back together. */
static int64_t jittered(int64_t delay_ns) {
    uint64_t chance;
    sb_random(&chance, sizeof chance);
    int64_t half_ns = delay_ns / 2;
    return delay_ns - (half_ns > 0 ? (int64_t)(chance % (uint64_t)(half_ns + 1)) : 0);
}

int64_t sb_restart_past_add(struct sb_restart_past *past, const struct sb_restart_rule *rule, int64_t now_ns) {
    size_t before = count_within(past, now_ns - rule->window_ns);
    if (rule->limit != SABIR_RESTART_UNLIMITED && before >= rule->limit) return -1;
    past->times_ns[past->count++ % SABIR_RESTART_LIMIT_MAX] = now_ns;
    int64_t delay_ns = rule->first_ns;
    while (before-- > 0 && delay_ns < rule->max_ns)
        delay_ns = delay_ns > rule->max_ns / 2 ? rule->max_ns : 2 * delay_ns;
    return past->is_exact ? delay_ns : jittered(delay_ns);
}
