#include "supervisor.h"

#include <string.h>

#include "alloc.h"
#include "error.h"
#include "log.h"
#include "manager.h"

/* Of all supervisors of the process: failures are seldom, and a tree of them is looked at as a whole. */
static struct sb_mutex lock;

__attribute__((constructor)) static void supervisors_init(void) {
    sb_mutex_init(&lock);
}

/* ---- Making ------------------------------------------------------------------------------------------------------------ */

int sabir_supervisor_new(sabir_manager *manager, const char *name, uint32_t strategy, sabir_supervisor **supervisor) {
    if (!manager || !supervisor || !name || !*name)
        return sb_error(SABIR_EINVAL, "a supervisor needs a manager, a name, and somewhere to be put");
    if (strategy > SABIR_STRATEGY_ALL_FOR_ONE)
        return sb_error(SABIR_EINVAL, "%u is no strategy; use one of enum sabir_strategy", (unsigned)strategy);
    int code = sb_manager_check_fork(manager);
    if (code != SABIR_OK) return code;
    sabir_supervisor *made = sb_alloc_zero(1, sizeof *made);
    if (made) made->name = sb_strndup(name, strlen(name));
    if (!made || !made->name) {
        sb_free(made);
        return sb_error(SABIR_ENOMEM, "no memory for supervisor '%s'", name);
    }
    made->manager = manager;
    made->strategy = strategy;
    made->rule = SB_RESTART_RULE_DEFAULT;
    made->past.is_exact = sb_manager_clock(manager) != NULL;
    sb_mutex_lock(&lock);
    made->next_of_manager = manager->supervisors;
    manager->supervisors = made;
    sb_mutex_unlock(&lock);
    *supervisor = made;
    return SABIR_OK;
}

void sb_supervisors_free(sabir_supervisor *first) {
    while (first) {
        sabir_supervisor *supervisor = first;
        first = supervisor->next_of_manager;
        sb_free(supervisor->name);
        sb_free(supervisor);
    }
}

static int no_supervisor(void) {
    return sb_error(SABIR_EINVAL, "the supervisor is NULL");
}

/* Under the lock. */
static bool is_below(const sabir_supervisor *supervisor, const sabir_supervisor *above) {
    while (supervisor && supervisor != above) supervisor = supervisor->parent;
    return supervisor != NULL;
}

int sabir_supervisor_set_parent(sabir_supervisor *supervisor, sabir_supervisor *parent) {
    if (!supervisor || !parent) return no_supervisor();
    if (supervisor->manager != parent->manager)
        return sb_error(SABIR_EINVAL, "the supervisors '%s' and '%s' are of two managers", supervisor->name,
                        parent->name);
    sb_mutex_lock(&lock);
    bool is_circle = is_below(parent, supervisor);
    if (!is_circle) supervisor->parent = parent;
    sb_mutex_unlock(&lock);
    if (!is_circle) return SABIR_OK;
    return sb_error(SABIR_EINVAL, "the supervisor '%s' is below '%s' already: that would be a circle", parent->name,
                    supervisor->name);
}

int sabir_supervisor_set_restart_limit(sabir_supervisor *supervisor, uint32_t limit, int64_t window_ns) {
    return supervisor ? sb_restart_rule_set_limit(&supervisor->rule, limit, window_ns) : no_supervisor();
}

int sabir_supervisor_set_restart_delay(sabir_supervisor *supervisor, int64_t first_ns, int64_t max_ns) {
    return supervisor ? sb_restart_rule_set_delay(&supervisor->rule, first_ns, max_ns) : no_supervisor();
}

/* ---- Members ------------------------------------------------------------------------------------------------------------ */

void sb_supervisor_enter(sabir_supervisor *supervisor, struct sb_recovery *member) {
    sb_mutex_lock(&lock);
    member->next_of_supervisor = supervisor->members;
    member->link_of_supervisor = &supervisor->members;
    if (supervisor->members) supervisor->members->link_of_supervisor = &member->next_of_supervisor;
    supervisor->members = member;
    sb_mutex_unlock(&lock);
}

void sb_supervisor_leave(struct sb_recovery *member) {
    sb_mutex_lock(&lock);
    *member->link_of_supervisor = member->next_of_supervisor;
    if (member->next_of_supervisor) member->next_of_supervisor->link_of_supervisor = member->link_of_supervisor;
    sb_mutex_unlock(&lock);
}

/* ---- A failure (under the lock) ------------------------------------------------------------------------------------------ */

/* Who is concerned: one member, or all that is below `whole`. */
struct scope {
    struct sb_recovery *failed;
    sabir_supervisor *whole; /* NULL: the failed one alone */
};

/* Restart it then; end it with deadline_ns -1. The failed one is held already. */
static void order(const struct scope *scope, struct sb_recovery *member, int64_t deadline_ns) {
    if (deadline_ns < 0) {
        sb_recovery_order(member, SB_ORDER_END);
        return;
    }
    if (member != scope->failed) sb_recovery_order(member, SB_ORDER_HOLD);
    sb_recovery_order_later(member, deadline_ns);
}

static void order_all(const struct scope *scope, int64_t deadline_ns) {
    if (!scope->whole) {
        order(scope, scope->failed, deadline_ns);
        return;
    }
    sabir_supervisor *each = scope->whole->manager->supervisors;
    for (; each; each = each->next_of_manager) {
        if (!is_below(each, scope->whole)) continue;
        for (struct sb_recovery *member = each->members; member; member = member->next_of_supervisor)
            order(scope, member, deadline_ns);
    }
}

/* Whoever deals with it says how long to wait; -1: nobody does, and the scope is all that is to end. */
static int64_t escalate(struct scope *scope, sabir_supervisor *supervisor, int64_t now_ns) {
    for (;;) {
        int64_t delay_ns = sb_restart_past_add(&supervisor->past, &supervisor->rule, now_ns);
        if (delay_ns < 0 || supervisor->strategy == SABIR_STRATEGY_ALL_FOR_ONE) scope->whole = supervisor;
        if (delay_ns >= 0 || !supervisor->parent) return delay_ns;
        supervisor->past.count = 0; /* its parent restarts it, as it were */
        supervisor = supervisor->parent;
    }
}

void sb_supervisor_failed(struct sb_recovery *member) {
    struct scope scope = {member, NULL};
    int64_t now_ns = sb_alarm_now_ns(&member->alarm);
    sb_mutex_lock(&lock);
    int64_t delay_ns = escalate(&scope, member->actor->spec->supervisor, now_ns);
    order_all(&scope, delay_ns < 0 ? -1 : now_ns + delay_ns);
    sb_mutex_unlock(&lock);
    if (delay_ns < 0)
        sb_log("supervisor '%s' gives up after the failure of actor '%s': it may order %u restarts in %lld ms",
               scope.whole->name, member->actor->ref.name, (unsigned)scope.whole->rule.limit,
               (long long)(scope.whole->rule.window_ns / 1000000));
}
