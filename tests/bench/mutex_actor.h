/*
 * The stand-in for the C++ libraries of the older family: an actor is a thread with a queue under a mutex and a condition, every message
 * and every reply is allocated.
 */
#ifndef MUTEX_ACTOR_H
#define MUTEX_ACTOR_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct mutex_message {
    struct mutex_message *next;
    struct mutex_actor *sender;
    int64_t value;
};

struct mutex_actor {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct mutex_message *first, *last;
    bool ends;
    void (*handle)(struct mutex_actor *self, const struct mutex_message *message);
    pthread_mutex_t exclusive; /* of a call from outside against the own thread */
    void *state;
};

void mutex_actor_start(struct mutex_actor *actor, void (*handle)(struct mutex_actor *, const struct mutex_message *),
                       void *state);
void mutex_actor_send(struct mutex_actor *actor, int64_t value, struct mutex_actor *sender);
void mutex_actor_stop(struct mutex_actor *actor); /* handles what is queued first */

/* The handler runs now and returns an allocated reply, the caller's to free. */
struct mutex_message *mutex_actor_fast_send(struct mutex_actor *actor, int64_t value);

#endif
