#include "stepper.h"

#include <stddef.h>

#include "alloc.h"
#include "error.h"
#include "manager.h"
#include "turn.h"

#define RESTLESS_MSGS 10000000 /* so many without a rest: the actors keep each other going */

struct sb_stepper *sb_stepper_new(void) {
    struct sb_stepper *made = sb_alloc_zero(1, sizeof *made);
    if (!made) return NULL;
    sb_mutex_init(&made->lock);
    sb_clock_init(&made->clock);
    return made;
}

void sb_stepper_free(struct sb_stepper *stepper) {
    if (!stepper) return;
    sb_clock_free(&stepper->clock);
    sb_mutex_free(&stepper->lock);
    sb_free(stepper);
}

/* ---- Who is due ------------------------------------------------------------------------------------------------------ */

static void put(struct sb_stepper *stepper, struct sb_actor *actor) {
    sb_mutex_lock(&stepper->lock);
    actor->next_due = NULL;
    if (stepper->last_due)
        stepper->last_due->next_due = actor;
    else
        stepper->first_due = actor;
    stepper->last_due = actor;
    sb_mutex_unlock(&stepper->lock);
}

void sb_stepper_due(struct sb_stepper *stepper, struct sb_actor *actor) {
    if (!atomic_exchange(&actor->is_due, true)) put(stepper, actor);
}

static struct sb_actor *take_due(struct sb_stepper *stepper) {
    sb_mutex_lock(&stepper->lock);
    struct sb_actor *actor = stepper->first_due;
    if (actor) {
        stepper->first_due = actor->next_due;
        if (!stepper->first_due) stepper->last_due = NULL;
    }
    sb_mutex_unlock(&stepper->lock);
    return actor;
}

void sb_stepper_wake(struct sb_mailbox *mailbox) {
    struct sb_actor *actor = sb_actor_of_mailbox(mailbox);
    sb_stepper_due(actor->manager->stepper, actor);
}

void sb_stepper_turn_due(struct sb_ownership *ownership) {
    struct sb_actor *actor = sb_actor_of_ownership(ownership);
    sb_stepper_due(actor->manager->stepper, actor);
}

/* ---- Turns ----------------------------------------------------------------------------------------------------------- */

bool sb_stepper_turn(struct sb_stepper *stepper) {
    struct sb_actor *actor = sb_chain_prepare() ? take_due(stepper) : NULL;
    if (!actor) return false;
    uint64_t before = atomic_load_explicit(&actor->counts.received, memory_order_relaxed);
    sabir_ref_retain(&actor->ref);
    struct sb_stint stint = {NULL, 0};
    if (sb_turn_run(actor, &stint)) put(stepper, actor);
    stepper->handled += atomic_load_explicit(&actor->counts.received, memory_order_relaxed) - before;
    sabir_ref_release(&actor->ref);
    return true;
}

bool sb_stepper_run_until(struct sb_stepper *stepper, int64_t deadline_ns, bool (*is_there)(const void *argument),
                          const void *argument) {
    while (!is_there(argument))
        if (!sb_stepper_turn(stepper) && !sb_clock_fire_next(&stepper->clock, deadline_ns)) return is_there(argument);
    return true;
}

/* ---- What programs call ---------------------------------------------------------------------------------------------- */

static int check(const sabir_manager *manager) {
    if (!manager) return sb_error(SABIR_EINVAL, "the manager is NULL");
    int code = sb_manager_check_fork(manager);
    if (code != SABIR_OK) return code;
    if (!manager->stepper)
        return sb_error(SABIR_ESTATE, "the manager has threads of its own: make it with sabir_config_set_stepped");
    return SABIR_OK;
}

int sabir_kit_step(sabir_manager *manager, uint64_t max_msgs, uint64_t *handled) {
    if (handled) *handled = 0;
    int code = check(manager);
    if (code != SABIR_OK) return code;
    struct sb_stepper *stepper = manager->stepper;
    uint64_t before = stepper->handled;
    while (stepper->handled - before < max_msgs && sb_stepper_turn(stepper)) {
    }
    if (handled) *handled = stepper->handled - before;
    return SABIR_OK;
}

static int rest(sabir_manager *manager) {
    uint64_t handled;
    int code = sabir_kit_step(manager, RESTLESS_MSGS, &handled);
    if (code == SABIR_OK && handled >= RESTLESS_MSGS)
        code = sb_error(SABIR_ESTATE, "the actors do not come to rest: after %d messages there are still more",
                        RESTLESS_MSGS);
    return code;
}

int sabir_kit_advance(sabir_manager *manager, int64_t duration_ns) {
    int code = check(manager);
    if (code != SABIR_OK) return code;
    if (duration_ns < 0)
        return sb_error(SABIR_EINVAL, "time does not go back: %lld ns is less than 0", (long long)duration_ns);
    struct sb_clock *clock = &manager->stepper->clock;
    int64_t until_ns = sb_clock_now_ns(clock) + duration_ns;
    do code = rest(manager);
    while (code == SABIR_OK && sb_clock_fire_next(clock, until_ns));
    return code;
}

int64_t sabir_kit_now_ns(const sabir_manager *manager) {
    return manager && manager->stepper ? sb_clock_now_ns(&manager->stepper->clock) : sb_now_ns();
}
