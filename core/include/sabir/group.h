/*
 * A group: any number of actors on a few worker threads. Each actor is still handled by one thread at a time and in order; which of the
 * workers that is changes from turn to turn.
 */
#ifndef SABIR_GROUP_H
#define SABIR_GROUP_H

#include <sabir/actor.h>
#include <sabir/context.h>
#include <sabir/export.h>
#include <sabir/puller.h>

typedef struct sabir_group sabir_group;

SABIR_BEGIN_DECLS

/**
 * Make a group of a manager. Its workers start with the manager, or at once if that has started.
 *
 * Shape    name: for threads and reports; workers: 0 for one per CPU.
 * Owner    the group is the manager's and lives as long.
 * Errors   SABIR_EINVAL, SABIR_ECLOSED, SABIR_ENOMEM, SABIR_EIO (no thread), SABIR_EFORKED
 * Since    1.0
 */
SABIR_API int sabir_group_new(sabir_manager *manager, const char *name, size_t workers, sabir_group **group);

/**
 * As sabir_group_new, but the workers are threads of a binding (sabir/puller.h), one for each puller of the group. Its members are pulled
 * actors, and nobody else can be one. A manager that has members here starts once their pullers are served.
 * Errors: as sabir_group_new. Since 1.0
 */
SABIR_API int sabir_group_new_pulled(sabir_manager *manager, const char *name, size_t workers, sabir_group **group);

/**
 * The puller of worker `index` of a pulled group, once. It is used as that of an actor, by one thread, but its batches are of one member
 * after the other: batch->self says whose. SABIR_ECLOSED ends it, when the group ends with its manager; then the puller is gone.
 * Errors: SABIR_EINVAL (the group is not a pulled one, or has not so many workers), SABIR_EEXIST. Since 1.0
 */
SABIR_API int sabir_group_puller_get(sabir_group *group, size_t index, sabir_puller **puller);

/** How many workers the group has. Since 1.0 */
SABIR_API size_t sabir_group_workers(const sabir_group *group);

/**
 * Let the actor's messages be handled by the workers of `group` instead of a thread of its own. Thread options of the actor are not used.
 * Errors: SABIR_EINVAL. Since 1.0
 */
SABIR_API int sabir_actor_set_group(sabir_actor *actor, sabir_group *group);

SABIR_END_DECLS

#endif
