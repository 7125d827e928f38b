/*
 * An actor before it is managed: its state, its handlers and its options. sabir_manager_manage consumes it.
 *
 *     sabir_actor *actor;
 *     sabir_actor_new(&callbacks, self, &actor);
 *     sabir_actor_on(actor, Ping_type(), on_ping);
 *     sabir_manager_manage(manager, "pong", actor, &ref);
 */
#ifndef SABIR_ACTOR_H
#define SABIR_ACTOR_H

#include <sabir/context.h>
#include <sabir/export.h>
#include <sabir/message.h>

typedef struct sabir_actor sabir_actor;

/* What the core calls beside the handlers. Append-only; start from SABIR_ACTOR_CALLBACKS_INIT. Every member may be NULL. */
struct sabir_actor_callbacks {
    size_t size_bytes;
    /* On the actor's thread before its first message. An error makes sabir_manager_start fail. */
    int (*on_start)(void *self, sabir_context *context);
    /* On the actor's thread after its last message. */
    void (*on_stop)(void *self, sabir_context *context);
    /* Exactly once, when nothing will touch `self` again; also when sabir_actor_new fails. */
    void (*drop)(void *self);
    /* The actor comes back from a failure (sabir/failure.h): make `self` what it was when it was new. on_start follows. An error: it has
     * failed again. */
    int (*on_restart)(void *self, sabir_context *context);
};

#define SABIR_ACTOR_CALLBACKS_INIT .size_bytes = sizeof(struct sabir_actor_callbacks)

/**
 * Handles one message. `value` is the type's struct, valid until the handler returns.
 * Returns SABIR_OK, SABIR_EBADPAYLOAD (answered with a Reject of that code), or another error: the handler has failed.
 */
typedef int (*sabir_handler)(void *self, const void *value, sabir_context *context);

/** As sabir_handler for bindings: the message in the form that it came in, borrowed until the handler returns. */
typedef int (*sabir_message_handler)(void *self, sabir_message *message, void *user_data, sabir_context *context);

/** As sabir_handler for bindings, with the user_data of sabir_actor_on_value. */
typedef int (*sabir_value_handler)(void *self, const void *value, void *user_data, sabir_context *context);

enum sabir_overload {
    SABIR_OVERLOAD_FAIL = 0,        /* the sender gets SABIR_EFULL */
    SABIR_OVERLOAD_DROP_NEWEST = 1, /* the sender gets SABIR_OK, the message is a dead letter */
    SABIR_OVERLOAD_DROP_OLDEST = 2  /* the oldest queued message is a dead letter */
};

/* An ordinary message, `HighWater`: the mailbox of that actor fills up. */
struct sabir_high_water {
    struct sabir_string actor;
    uint64_t queued_msgs; /* when the notice was sent */
};

SABIR_BEGIN_DECLS

/**
 * Make an actor.
 *
 * Shape    callbacks: may be NULL.
 * Owner    callbacks is copied. self stays valid until its drop; drop is called also if this call fails.
 * Errors   SABIR_EINVAL, SABIR_ENOMEM
 *          SABIR_EVERSION  callbacks->size_bytes is of no release that this core knows
 * Since    1.0
 */
SABIR_API int sabir_actor_new(const struct sabir_actor_callbacks *callbacks, void *self, sabir_actor **actor);

/** Free an actor that was not managed, calling its drop; NULL is nothing. Since 1.0 */
SABIR_API void sabir_actor_free(sabir_actor *actor);

/**
 * Handle messages of `type` with `handler`. Built-in types may be handled too: Timeout, LinkDown, Down, Reject, Start, Shutdown,
 * Continue. Start is the first message of all, behind on_start; if its handler fails the actor does not start.
 * Errors: SABIR_EINVAL, SABIR_EEXIST (the type has a handler), SABIR_ENOMEM. Since 1.0
 */
SABIR_API int sabir_actor_on(sabir_actor *actor, const sabir_type *type, sabir_handler handler);

/** As sabir_actor_on for bindings. user_data is not owned. Since 1.0 */
SABIR_API int sabir_actor_on_message(sabir_actor *actor, const sabir_type *type, sabir_message_handler handler,
                                     void *user_data);

/**
 * As sabir_actor_on_message for a binding that shares the type's struct: `values` handles what comes as a struct or as text, without a
 * message being made of a fast_send's, and `objects` what carries an object. Since 1.0
 */
SABIR_API int sabir_actor_on_value(sabir_actor *actor, const sabir_type *type, sabir_value_handler values,
                                   sabir_message_handler objects, void *user_data);

/** The language whose objects the actor takes (sabir_message_new_object). Since 1.0 */
SABIR_API int sabir_actor_set_language(sabir_actor *actor, const void *language);

/**
 * Let objects of the actor's language be sent to it by sabir_ref_send_object; drop(object) is called for each that it is not given after
 * all. An object in a pulled item is the binding's once the item is finished: then drop is not called. Since 1.0
 */
SABIR_API int sabir_actor_set_object_drop(sabir_actor *actor, void (*drop)(void *object));

/** The binding's own thread takes the messages (sabir/puller.h); handlers then serve fast_send alone. Since 1.0 */
SABIR_API int sabir_actor_set_pulled(sabir_actor *actor);

/**
 * The binding reads structs: a pulled item of a small flat type carries its payload as `value` where the message has one, instead of as
 * text. Errors: SABIR_EINVAL. Since 1.0
 */
SABIR_API int sabir_actor_set_pulled_values(sabir_actor *actor);

/** The mailbox's capacity in messages, 1 or more, or 0: unbounded. Default 65 536. Since 1.0 */
SABIR_API int sabir_actor_set_capacity_msgs(sabir_actor *actor, size_t capacity_msgs);

/** What happens when the mailbox is full: one of enum sabir_overload. Errors: SABIR_EINVAL. Since 1.0 */
SABIR_API int sabir_actor_set_overload(sabir_actor *actor, uint32_t overload);

/**
 * Tell `to` with a HighWater when that many messages are queued: once, and again only after the queue has been seen below the mark. It is
 * sent by whoever's message crossed the mark; a notice that cannot be delivered is logged.
 *
 * Shape    high_water_msgs: 1 or more, not above the capacity; 0 with a NULL `to`: no notice (the default).
 * Owner    the actor has its own count of `to`, which may be in any process and should not be the actor itself.
 * Errors   SABIR_EINVAL, SABIR_ENOMEM
 * Since    1.0
 */
SABIR_API int sabir_actor_set_high_water(sabir_actor *actor, size_t high_water_msgs, sabir_ref *to);

/** The type of struct sabir_high_water; NULL without memory, or if the process has declared another HighWater. Since 1.0 */
SABIR_API const sabir_type *sabir_type_high_water(void);

/** A local actor cannot be reached from other nodes (RTE-8). Default: it can. Since 1.0 */
SABIR_API int sabir_actor_set_local(sabir_actor *actor, bool local);

/** Pin the actor's thread to these CPUs (numbers from 0). Errors: SABIR_EINVAL. Since 1.0 */
SABIR_API int sabir_actor_set_cpus(sabir_actor *actor, const uint32_t *cpus, size_t count);

/**
 * Scheduling of the actor's thread: policy 0 normal, 1 first-in-first-out, 2 round robin; priority 1 to 99 for the latter two.
 * A permission that is missing is logged and the actor runs without it, unless sabir_actor_set_strict. Since 1.0
 */
SABIR_API int sabir_actor_set_scheduling(sabir_actor *actor, uint32_t policy, uint32_t priority);

/** The thread's name, cut to 15 bytes; default: the actor's. Since 1.0 */
SABIR_API int sabir_actor_set_thread_name(sabir_actor *actor, const char *name);

/** How long the thread spins before it parks: -1 adaptive (default), 0 never. Since 1.0 */
SABIR_API int sabir_actor_set_spin_ns(sabir_actor *actor, int64_t spin_ns);

/** A thread option that cannot be had makes the start fail instead of being logged. Since 1.0 */
SABIR_API int sabir_actor_set_strict(sabir_actor *actor, bool strict);

SABIR_END_DECLS

#endif
