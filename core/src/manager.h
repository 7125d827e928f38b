/*
 * A manager: the directory of its actors, the phases of their common life, the node.
 *
 *     NEW --start--> STARTING --> RUNNING --stop--> STOPPED
 */
#ifndef SB_MANAGER_H
#define SB_MANAGER_H

#include <sabir/manager.h>
#include <stdatomic.h>

#include "actor.h"
#include "ask.h"
#include "config.h"
#include "dead_letter.h"
#include "name_index.h"
#include "node.h"
#include "stepper.h"
#include "thread.h"

enum sb_manager_phase { SB_MANAGER_NEW, SB_MANAGER_STARTING, SB_MANAGER_RUNNING, SB_MANAGER_STOPPED };

struct sabir_manager {
    sabir_config *config;
    struct sb_node *node;
    uint32_t fork_generation;
    struct sb_mutex lock;     /* the directory, start and stop */
    struct sb_actor **actors; /* in the order of manage */
    size_t actor_count;
    size_t actor_capacity;
    struct sb_name_index names;
    _Atomic uint32_t phase;        /* enum sb_manager_phase; actors that have started sleep on it */
    bool is_stopping;              /* under the lock, as the next: one stop at a time */
    int stop_code;                 /* what the stop came to */
    char *stuck;                   /* the actor that did not come back */
    struct sabir_group *groups;    /* under the lock */
    sabir_supervisor *supervisors; /* under the lock of the supervisors */
    int terminate_fd;              /* an eventfd; readable once somebody said terminate */
    _Atomic bool is_terminated;
    struct sb_ask_table asks;
    struct sb_dead_letters dead_letters;
    struct sb_stepper *stepper;            /* NULL: it has threads */
    struct sabir_probe *probes;            /* under the lock */
    struct sb_actor_watch *remote_watches; /* of actors of other nodes; under the lock of the watches */
};

/* What an actor may be called. SABIR_EINVAL, SABIR_ERESERVED. */
int sb_manager_check_name(const char *name);

/* SABIR_EFORKED in a child of the process that made the manager. */
int sb_manager_check_fork(const sabir_manager *manager);

/* SABIR_EDEADLOCK: the calling thread is one that the manager's end would wait for. */
int sb_manager_check_outside(sabir_manager *manager);

/* Give the manager a group: started with it, or at once. SABIR_ECLOSED, SABIR_EIO, SABIR_ENOMEM; then the group is the caller's. */
int sb_manager_add_group(sabir_manager *manager, struct sabir_group *group);

/* The clock of a stepped manager; NULL: the monotonic one. `manager` may be NULL. */
static inline struct sb_clock *sb_manager_clock(const sabir_manager *manager) {
    return manager && manager->stepper ? &manager->stepper->clock : NULL;
}

/* All have started, and messages may be handled (or the manager stops). */
static inline bool sb_manager_runs(const sabir_manager *manager) {
    return atomic_load(&manager->phase) >= SB_MANAGER_RUNNING;
}

/* After the stop: every actor has come back, also those that the stop did not wait for; joined, with the groups' workers. */
bool sb_manager_is_over(sabir_manager *manager);

/* Sleep until the manager runs (or has stopped). */
void sb_manager_wait_for_start(sabir_manager *manager);

#endif
