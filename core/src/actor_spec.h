/*
 * What is said of an actor before it is managed: state, handlers, options. The running actor (actor.h) takes the state and keeps the rest,
 * in common with others of which the same was said (spec_table.h).
 */
#ifndef SB_ACTOR_SPEC_H
#define SB_ACTOR_SPEC_H

#include <sabir/actor.h>
#include <sabir/group.h>
#include <sabir/supervisor.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "handler_table.h"
#include "hot.h"
#include "mailbox.h"
#include "restart_rule.h"
#include "thread.h"
#include "type.h"

/* Widest members first and none of its padding ever written: specs that are equal are equal byte by byte (spec_table.h). */
struct sabir_actor {
    struct sabir_actor_callbacks callbacks;
    void *self;                  /* until it is managed: from then on the actor has it */
    struct sb_handler *handlers; /* handler_table.h; the size is a power of two; NULL: none */
    size_t handler_count;
    size_t handler_places;
    const void *language;
    void (*object_drop)(void *object); /* NULL: objects come as messages alone */
    sabir_group *group;                /* NULL: a thread of its own */
    size_t capacity_msgs;
    size_t high_water_msgs;         /* 0: no notice */
    sabir_ref *high_water_to;       /* counted */
    struct sb_mailbox_rule mailbox; /* what all this makes of it, once it is managed */
    sabir_supervisor *supervisor;   /* NULL: it follows its own rule */
    struct sb_restart_rule restart_rule;
    int64_t spin_ns;
    char *thread_name;
    uint32_t *cpus;
    size_t cpu_count;
    uint32_t policy;
    uint32_t priority;
    uint32_t overload;
    uint32_t on_failure; /* enum sabir_failure_policy */
    bool is_pulled;
    bool takes_values; /* pulled ones: as structs, where they are small and flat */
    bool is_local;
    bool is_strict;
};

/* The handler of that type, or NULL. In line: it is asked when a message is sent and again when it is handled. */
static SB_HOT const struct sb_handler *sb_actor_spec_handler(const struct sabir_actor *spec, const sabir_type *type) {
    if (SB_RARE(!spec->handlers)) return NULL;
    size_t mask = spec->handler_places - 1, place = type->index & mask;
    const struct sb_handler *at = &spec->handlers[place];
    while (SB_RARE(at->type != type)) {
        if (!at->type) return NULL;
        place = (place + 1) & mask;
        at = &spec->handlers[place];
    }
    return at;
}

/* The function that handles structs of that type, if it is found at the first look; NULL: sb_actor_spec_handler may find more. */
static SB_HOT sabir_handler sb_actor_spec_first_handle(const struct sabir_actor *spec, const sabir_type *type) {
    if (SB_RARE(!spec->handlers)) return NULL;
    const struct sb_handler *at = &spec->handlers[type->index & (spec->handler_places - 1)];
    return SB_USUAL(at->type == type) ? at->handle : NULL;
}

/* Free everything but `self`, whose drop was called or is called by somebody else. */
void sb_actor_spec_free_parts(struct sabir_actor *spec);

#endif
