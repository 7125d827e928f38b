/*
 * How often something may be restarted, and how long before each time.
 *
 *     past: the times of the last restarts; those within the window count
 */
#ifndef SB_RESTART_RULE_H
#define SB_RESTART_RULE_H

#include <sabir/failure.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sb_restart_rule {
    uint32_t limit;
    int64_t window_ns;
    int64_t first_ns;
    int64_t max_ns;
};

#define SB_RESTART_RULE_DEFAULT ((struct sb_restart_rule){3, 10000000000, 10000000, 1000000000})

struct sb_restart_past {
    int64_t times_ns[SABIR_RESTART_LIMIT_MAX]; /* a ring */
    size_t count;                              /* ever */
    bool is_exact;                             /* its delays are not shortened by chance: the time is a test's */
};

/* Nothing else of it is written: what lies between its members stays as it was. */
static inline void sb_restart_rule_init(struct sb_restart_rule *rule) {
    const struct sb_restart_rule usual = SB_RESTART_RULE_DEFAULT;
    rule->limit = usual.limit;
    rule->window_ns = usual.window_ns;
    rule->first_ns = usual.first_ns;
    rule->max_ns = usual.max_ns;
}

/* SABIR_EINVAL with a detail; the rule stays as it is then. */
int sb_restart_rule_set_limit(struct sb_restart_rule *rule, uint32_t limit, int64_t window_ns);
int sb_restart_rule_set_delay(struct sb_restart_rule *rule, int64_t first_ns, int64_t max_ns);

/* One more at now_ns: how long to wait before it. -1: that is one too many, and it does not count. */
int64_t sb_restart_past_add(struct sb_restart_past *past, const struct sb_restart_rule *rule, int64_t now_ns);

#endif
