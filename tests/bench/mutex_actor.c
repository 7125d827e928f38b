#include "mutex_actor.h"

#include <stdlib.h>

static struct mutex_message *message_new(int64_t value, struct mutex_actor *sender) {
    struct mutex_message *message = malloc(sizeof *message);
    *message = (struct mutex_message){NULL, sender, value};
    return message;
}

static struct mutex_message *take(struct mutex_actor *actor) {
    pthread_mutex_lock(&actor->lock);
    while (!actor->first && !actor->ends) pthread_cond_wait(&actor->filled, &actor->lock);
    struct mutex_message *message = actor->first;
    if (message && !(actor->first = message->next)) actor->last = NULL;
    pthread_mutex_unlock(&actor->lock);
    return message;
}

static void *run(void *argument) {
    struct mutex_actor *actor = argument;
    struct mutex_message *message;
    while ((message = take(actor))) {
        pthread_mutex_lock(&actor->exclusive);
        actor->handle(actor, message);
        pthread_mutex_unlock(&actor->exclusive);
        free(message);
    }
    return NULL;
}

void mutex_actor_start(struct mutex_actor *actor, void (*handle)(struct mutex_actor *, const struct mutex_message *),
                       void *state) {
    *actor = (struct mutex_actor){.handle = handle, .state = state};
    pthread_mutex_init(&actor->lock, NULL);
    pthread_mutex_init(&actor->exclusive, NULL);
    pthread_cond_init(&actor->filled, NULL);
    pthread_create(&actor->thread, NULL, run, actor);
}

void mutex_actor_send(struct mutex_actor *actor, int64_t value, struct mutex_actor *sender) {
    struct mutex_message *message = message_new(value, sender);
    pthread_mutex_lock(&actor->lock);
    if (actor->last)
        actor->last->next = message;
    else
        actor->first = message;
    actor->last = message;
    pthread_cond_signal(&actor->filled);
    pthread_mutex_unlock(&actor->lock);
}

void mutex_actor_stop(struct mutex_actor *actor) {
    pthread_mutex_lock(&actor->lock);
    actor->ends = true;
    pthread_cond_signal(&actor->filled);
    pthread_mutex_unlock(&actor->lock);
    pthread_join(actor->thread, NULL);
    pthread_cond_destroy(&actor->filled);
    pthread_mutex_destroy(&actor->exclusive);
    pthread_mutex_destroy(&actor->lock);
}

struct mutex_message *mutex_actor_fast_send(struct mutex_actor *actor, int64_t value) {
    struct mutex_message request = {NULL, NULL, value};
    pthread_mutex_lock(&actor->exclusive);
    actor->handle(actor, &request);
    struct mutex_message *reply = message_new(value + 1, actor);
    pthread_mutex_unlock(&actor->exclusive);
    return reply;
}
