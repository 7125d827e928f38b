/*
 * A group's workers: who is due, who runs it, who sleeps.
 *
 *     a message for a resting actor -> due -> own queue of the worker that sent it, else the group's queue
 *     worker: own queue, the group's queue, half of another's queue; else spin a little, else sleep
 *
 * An actor is in at most one queue at a time. What a turn is stands in turn.h.
 */
#ifndef SB_GROUP_H
#define SB_GROUP_H

#include <sabir/group.h>

#include "run_queue.h"
#include "spin.h"
#include "thread.h"
#include "turn.h"

struct sb_group_worker {
    struct sb_run_queue queue;
    struct sabir_group *group;
    struct sb_thread thread;
    bool has_thread;
    struct sabir_puller *puller; /* a pulled group's: the binding's thread has it */
    uint32_t turns;              /* before it looks into the group's queue first */
    struct sb_stint stint;
    uint64_t chance; /* whom to rob first */
    struct sb_spin spin;
    struct sb_group_worker *next_asleep;  /* under the group's lock */
    _Alignas(64) _Atomic uint32_t sleeps; /* 1: in the list of those asleep; it sleeps on this word */
};

struct sabir_group {
    sabir_manager *manager;
    char *name;
    struct sabir_group *next_of_manager;
    size_t worker_count;
    bool is_pulled;          /* its workers are a binding's threads */
    _Atomic uint32_t inside; /* those that have entered and not left */
    _Atomic size_t owners;   /* the manager, and each puller that was given out */
    struct sb_group_worker *workers;
    _Atomic bool ends;
    /* The queue for who is no worker, linked by next_due. */
    struct sb_mutex lock;
    struct sb_actor *first_due;
    struct sb_actor *last_due;
    struct sb_group_worker *asleep;
    _Alignas(64) _Atomic size_t due_count;
    _Atomic uint32_t asleep_count;
    _Atomic uint32_t searching; /* workers that look for something to rob: no need to wake another */
};

/* Start the workers; stop them when all actors have stopped. SABIR_EIO, SABIR_ENOMEM. */
int sb_group_start(sabir_group *group);
void sb_group_stop(sabir_group *group);
void sb_group_free(sabir_group *group);

/* The actor has something to do. From any thread; does nothing if it is due already. */
void sb_group_due(struct sb_actor *actor);

/* The calling thread is about to wait in a handler: if it is a worker, what is due on it is somebody else's to run now. */
void sb_group_about_to_wait(void);

#endif
