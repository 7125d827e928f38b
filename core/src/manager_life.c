/*
 * A manager's life: start, stop, and the actors' ways through them.
 */
#include <string.h>

#include "alloc.h"
#include "error.h"
#include "group.h"
#include "log.h"
#include "manager.h"
#include "turn.h"

#define NS_PER_MS 1000000
/* An actor that is out of time still gets a moment to bury its queue and say goodbye. */
#define GRACE_NS (100 * NS_PER_MS)
#define REST_NS (300 * NS_PER_MS)

static void set_phase(sabir_manager *manager, enum sb_manager_phase phase) {
    /*
     * Sequentially consistent with the look at who sleeps that follows (wake_members): a member that is asleep then is woken by a message that
     * comes later, and whoever runs it sees the phase.
     */
    atomic_store(&manager->phase, phase);
    sb_unpark_all(&manager->phase);
}

void sb_manager_wait_for_start(sabir_manager *manager) {
    uint32_t phase;
    while ((phase = atomic_load_explicit(&manager->phase, memory_order_acquire)) < SB_MANAGER_RUNNING)
        sb_park(&manager->phase, phase, -1);
}

int sb_manager_add_group(sabir_manager *manager, struct sabir_group *group) {
    sb_mutex_lock(&manager->lock);
    int code = manager->is_stopping
                   ? sb_error(SABIR_ECLOSED, "the manager has stopped: group '%s' comes too late", group->name)
                   : SABIR_OK;
    if (code == SABIR_OK && atomic_load(&manager->phase) >= SB_MANAGER_STARTING &&
        (code = sb_group_start(group)) != SABIR_OK)
        sb_group_stop(group);
    if (code == SABIR_OK) {
        group->next_of_manager = manager->groups;
        manager->groups = group;
    }
    sb_mutex_unlock(&manager->lock);
    return code;
}

/* ---- Start ----------------------------------------------------------------------------------------------------------- */

static int begin_start(sabir_manager *manager) {
    sb_mutex_lock(&manager->lock);
    uint32_t phase = atomic_load(&manager->phase);
    int code = SABIR_OK;
    if (manager->is_stopping)
        code = sb_error(SABIR_ESTATE, "the manager has stopped and does not start again: make a new one");
    else if (phase != SB_MANAGER_NEW)
        code = sb_error(SABIR_ESTATE, "the manager has started already");
    else
        set_phase(manager, SB_MANAGER_STARTING);
    for (struct sabir_group *group = manager->groups; group && code == SABIR_OK; group = group->next_of_manager)
        code = sb_group_start(group);
    size_t count = code == SABIR_OK ? manager->actor_count : 0;
    for (size_t i = 0; i < count; i++) sb_actor_start_now(manager->actors[i]);
    sb_mutex_unlock(&manager->lock);
    return code;
}

static struct sb_actor *actor_at(sabir_manager *manager, size_t index) {
    sb_mutex_lock(&manager->lock);
    struct sb_actor *actor = index < manager->actor_count ? manager->actors[index] : NULL;
    sb_mutex_unlock(&manager->lock);
    return actor;
}

/* Members of groups have no thread that waits for the manager to run. */
static void wake_members(sabir_manager *manager) {
    struct sb_actor *actor;
    for (size_t i = 0; (actor = actor_at(manager, i)); i++)
        if (sb_actor_state(actor) < SB_ACTOR_STARTING)
            continue;
        else if (manager->stepper)
            sb_stepper_due(manager->stepper, actor);
        else if (actor->spec->group && !sb_mailbox_is_asleep(&actor->mailbox))
            sb_group_due(actor);
}

/* Wait for an actor of a manager that lives on meanwhile; where nothing runs by itself, what is due is run here. */
static bool wait_for_actor(struct sb_actor *actor, enum sb_actor_state state, int64_t deadline_ns) {
    struct sb_stepper *stepper = actor->manager->stepper;
    while (stepper && sb_actor_state(actor) < state && sb_stepper_turn(stepper)) {
    }
    sb_group_about_to_wait(); /* the actor may be due on this very worker: a member stops another */
    return sb_actor_wait(actor, state, deadline_ns);
}

/* The first start that failed. */
static int wait_for_actors(sabir_manager *manager) {
    int code = SABIR_OK;
    struct sb_actor *actor;
    for (size_t i = 0; (actor = actor_at(manager, i)); i++) {
        wait_for_actor(actor, SB_ACTOR_RUNNING, -1);
        if (code == SABIR_OK && actor->start_code != SABIR_OK) {
            const struct sb_actor_extra *extra = sb_actor_extra(actor);
            const char *detail = extra && extra->start_detail ? extra->start_detail : "";
            const char *name = sabir_error_name(actor->start_code);
            code = sb_error(actor->start_code == SABIR_EPERM ? SABIR_EPERM : SABIR_EFAILED,
                            "actor '%s' did not start: %s%s%s", actor->ref.name, name ? name : "an unknown error",
                            *detail ? ": " : "", detail);
        }
    }
    return code;
}

int sabir_manager_start(sabir_manager *manager) {
    if (!manager) return sb_error(SABIR_EINVAL, "the manager is NULL");
    int code = sb_manager_check_fork(manager);
    if (code == SABIR_OK) code = begin_start(manager);
    if (code != SABIR_OK) return code;
    code = wait_for_actors(manager);
    if (code == SABIR_OK) code = sb_node_start(manager->node);
    if (code == SABIR_OK) {
        set_phase(manager, SB_MANAGER_RUNNING);
        wake_members(manager);
        return SABIR_OK;
    }
    char *detail = sb_strndup(sb_error_detail(), strlen(sb_error_detail()));
    sabir_manager_stop(manager);
    if (detail) sb_error(code, "%s", detail);
    sb_free(detail);
    return code;
}

/* ---- Stop ------------------------------------------------------------------------------------------------------------ */

static void join(struct sb_actor *actor) {
    struct sb_actor_extra *extra = sb_actor_extra(actor);
    if (!extra || !extra->has_thread) return;
    sb_thread_join(&extra->thread);
    extra->has_thread = false;
}

/* Stop one and wait for it, at most until the deadline and a moment more, which is over at end_ns. */
static int stop_actor(struct sb_actor *actor, bool drains, int64_t deadline_ns, int64_t end_ns) {
    if (sb_actor_state(actor) == SB_ACTOR_NEW) { /* nobody ever ran it */
        sb_mailbox_close(&actor->mailbox);
        sb_actor_finish_queue(actor, NULL);
        sb_actor_ended(actor);
        return SABIR_OK;
    }
    if (sb_turn_end_idle(actor)) return SABIR_OK;
    sb_actor_post_stop(actor, drains);
    if (!wait_for_actor(actor, SB_ACTOR_STOPPED, deadline_ns)) {
        atomic_store(&actor->abandons, true);
        int64_t grace_ns = sb_now_ns() + GRACE_NS;
        if (!wait_for_actor(actor, SB_ACTOR_STOPPED, grace_ns < end_ns ? grace_ns : end_ns))
            return sb_error(SABIR_ETIMEDOUT, "actor '%s' did not come back from its handler in time", actor->ref.name);
    }
    join(actor);
    return SABIR_OK;
}

static void note_stuck(sabir_manager *manager, const struct sb_actor *actor) {
    manager->stop_code = SABIR_ETIMEDOUT;
    sb_log("%s; the manager is left as it is", sb_error_detail());
    if (!manager->stuck) manager->stuck = sb_strndup(actor->ref.name, strlen(actor->ref.name));
}

/* Nothing is drained any more: those before `end` are told together, so that what one does not use the next does not wait for. */
static void abandon(sabir_manager *manager, size_t end) {
    for (size_t i = 0; i < end; i++) {
        struct sb_actor *actor = manager->actors[i];
        atomic_store(&actor->abandons, true);
        if (sb_actor_state(actor) != SB_ACTOR_NEW) sb_actor_post_stop(actor, false);
    }
}

/*
 * In reverse order. All of them together have the time that one has. If one used it up, the others still get a little to drain in, together;
 * then they get a last moment to come back in, together too: however many are stuck, the stop has an end (LIFE-2).
 */
static void stop_actors(sabir_manager *manager) {
    int64_t deadline_ns = sb_now_ns() + manager->config->stop_timeout_ns;
    int64_t end_ns = INT64_MAX;
    for (size_t i = manager->actor_count; i-- > 0;) {
        if (manager->stuck && end_ns == INT64_MAX && sb_now_ns() >= deadline_ns) {
            abandon(manager, i + 1);
            end_ns = sb_now_ns() + GRACE_NS;
        }
        if (stop_actor(manager->actors[i], manager->config->drain, deadline_ns, end_ns) == SABIR_OK) continue;
        if (!manager->stuck) deadline_ns = sb_now_ns() + REST_NS;
        note_stuck(manager, manager->actors[i]);
    }
}

static bool begin_stop(sabir_manager *manager) {
    sb_mutex_lock(&manager->lock);
    bool is_first = !manager->is_stopping;
    manager->is_stopping = true; /* from here on nobody is managed any more */
    sb_mutex_unlock(&manager->lock);
    return is_first;
}

static bool is_own_actor(const sabir_manager *manager) {
    for (size_t i = 0; i < manager->actor_count; i++)
        if (sb_ownership_is_mine(&manager->actors[i]->ownership)) return true;
    return false;
}

int sb_manager_check_outside(sabir_manager *manager) {
    if (sb_dead_letter_is_told_here(manager))
        return sb_error(SABIR_EDEADLOCK,
                        "a dead-letter handler cannot wait for an end, for it may be called by a thread that "
                        "has to end: call sabir_manager_terminate");
    sb_mutex_lock(&manager->lock);
    bool is_actor = sb_chain_holds_any() && is_own_actor(manager);
    sb_mutex_unlock(&manager->lock);
    if (!is_actor) return SABIR_OK;
    return sb_error(SABIR_EDEADLOCK, "an actor cannot wait for its own end: call sabir_manager_terminate");
}

int sabir_manager_stop(sabir_manager *manager) {
    if (!manager) return sb_error(SABIR_EINVAL, "the manager is NULL");
    int code = sb_manager_check_fork(manager);
    if (code == SABIR_OK) code = sb_manager_check_outside(manager);
    if (code != SABIR_OK) return code;
    sabir_manager_terminate(manager);
    if (begin_stop(manager)) {
        sb_node_stop_reading(manager->node);
        set_phase(manager, atomic_load(&manager->phase) == SB_MANAGER_NEW ? SB_MANAGER_NEW : SB_MANAGER_RUNNING);
        wake_members(manager);
        stop_actors(manager);
        for (struct sabir_group *group = manager->groups; group && !manager->stuck; group = group->next_of_manager)
            sb_group_stop(group);
        sb_ask_end_all(&manager->asks);
        sb_node_stop(manager->node);
        set_phase(manager, SB_MANAGER_STOPPED);
    }
    while (atomic_load_explicit(&manager->phase, memory_order_acquire) !=
           SB_MANAGER_STOPPED) /* another thread is at it */
        sb_park(&manager->phase, atomic_load(&manager->phase), sb_now_ns() + 10 * NS_PER_MS);
    if (manager->stop_code == SABIR_OK) return SABIR_OK;
    return sb_error(manager->stop_code, "actor '%s' did not come back from its handler in time",
                    manager->stuck ? manager->stuck : "?");
}

bool sb_manager_is_over(sabir_manager *manager) {
    for (size_t i = 0; i < manager->actor_count; i++)
        if (sb_actor_state(manager->actors[i]) != SB_ACTOR_STOPPED) return false;
    for (size_t i = 0; i < manager->actor_count; i++) join(manager->actors[i]);
    for (struct sabir_group *group = manager->groups; group; group = group->next_of_manager) sb_group_stop(group);
    return true;
}

int sabir_manager_stop_actor(sabir_manager *manager, sabir_ref *ref) {
    if (!manager || !ref) return sb_error(SABIR_EINVAL, "the manager or the actor is NULL");
    int code = sb_manager_check_fork(manager);
    if (code != SABIR_OK) return code;
    struct sb_actor *actor = sb_actor_of(ref);
    if (!actor) return sb_error(SABIR_EREMOTE, "actor '%s' is not in this process", ref->name);
    if (actor->manager != manager) return sb_error(SABIR_ENOENT, "actor '%s' is not of this manager", actor->ref.name);
    if (sb_ownership_is_mine(&actor->ownership))
        return sb_error(SABIR_EDEADLOCK, "actor '%s' cannot wait for its own end: call sabir_context_stop",
                        actor->ref.name);
    if (sb_dead_letter_is_told_here(manager))
        return sb_error(SABIR_EDEADLOCK,
                        "a dead-letter handler cannot wait for the end of actor '%s': send it Shutdown",
                        actor->ref.name);
    return stop_actor(actor, manager->config->drain, sb_now_ns() + manager->config->stop_timeout_ns, INT64_MAX);
}
