/*
 * A supervisor decides for several actors what is restarted when one of them fails, and gives up, or passes it on, when that happens too
 * often. It is no actor: it has no thread and no mailbox.
 *
 *     one for one    the actor that failed
 *     all for one    all of them, since they share what has become doubtful
 *
 * When the limit is exceeded the failure is the parent's to deal with: it restarts all that is below the supervisor that gave up (all
 * below itself, if it is all for one). Without a parent all that is below ends with the reason `failed`; whoever watches is told.
 */
#ifndef SABIR_SUPERVISOR_H
#define SABIR_SUPERVISOR_H

#include <sabir/actor.h>
#include <sabir/context.h>
#include <sabir/export.h>
#include <sabir/failure.h>

typedef struct sabir_supervisor sabir_supervisor;

enum sabir_strategy { SABIR_STRATEGY_ONE_FOR_ONE = 0, SABIR_STRATEGY_ALL_FOR_ONE = 1 };

SABIR_BEGIN_DECLS

/**
 * Make a supervisor of a manager.
 *
 * Shape    name: for reports; strategy: one of enum sabir_strategy.
 * Owner    the supervisor is the manager's and lives as long.
 * Errors   SABIR_EINVAL, SABIR_ENOMEM, SABIR_EFORKED
 * Since    1.0
 */
SABIR_API int sabir_supervisor_new(sabir_manager *manager, const char *name, uint32_t strategy,
                                   sabir_supervisor **supervisor);

/** Who deals with it when this one gives up. Errors: SABIR_EINVAL (of another manager, or a circle). Before the start. Since 1.0 */
SABIR_API int sabir_supervisor_set_parent(sabir_supervisor *supervisor, sabir_supervisor *parent);

/** As sabir_actor_set_restart_limit, for all restarts that this supervisor orders. Before the start. Since 1.0 */
SABIR_API int sabir_supervisor_set_restart_limit(sabir_supervisor *supervisor, uint32_t limit, int64_t window_ns);

/** As sabir_actor_set_restart_delay. Before the start. Since 1.0 */
SABIR_API int sabir_supervisor_set_restart_delay(sabir_supervisor *supervisor, int64_t first_ns, int64_t max_ns);

/**
 * Put the actor, which is not managed yet, under that supervisor; its policy is `restart` from now on, until
 * sabir_actor_set_on_failure says otherwise. Errors: SABIR_EINVAL. Since 1.0
 */
SABIR_API int sabir_actor_set_supervisor(sabir_actor *actor, sabir_supervisor *supervisor);

SABIR_END_DECLS

#endif
