/*
 * The subscribers of an actor: who asked to be told, by topic. The publisher keeps one of these in its state, and sends to all of them at
 * once; those that have gone are dropped by themselves.
 *
 *     sabir_subscribers_new(&self->subscribers);
 *     sabir_actor_on_subscribers(actor, self->subscribers);       Subscribe and Unsubscribe are handled from now on
 *     sabir_subscribers_publish(self->subscribers, "AAPL", 4, Price_type(), &price, sabir_context_self(context), NULL);
 *
 * `Subscribe {topic?}` without a topic asks for everything; with one, for what is published under that topic. A message that is published
 * without a topic goes to those alone who asked for everything. Subscribers may be in this process or in another, in any language: the
 * types below are the same everywhere.
 */
#ifndef SABIR_SUBSCRIBERS_H
#define SABIR_SUBSCRIBERS_H

#include <sabir/actor.h>
#include <sabir/context.h>
#include <sabir/export.h>
#include <sabir/ref.h>
#include <sabir/type.h>

typedef struct sabir_subscribers sabir_subscribers;

/* Tell me of this topic, or of everything; whoever is named as the sender is the subscriber. */
struct sabir_subscribe {
    struct {
        bool present;
        struct sabir_string value;
    } topic;
};

/* No more of this topic; without one: of nothing any more. */
struct sabir_unsubscribe {
    struct {
        bool present;
        struct sabir_string value;
    } topic;
};

/* Set a named value of an actor, whatever the actor makes of it. */
struct sabir_set {
    struct sabir_string name;
    struct sabir_json value;
};

SABIR_BEGIN_DECLS

/* Ordinary types that come with the library; NULL without memory, or if the program has registered the name with other fields. Since 1.0 */
SABIR_API const sabir_type *sabir_type_subscribe(void);   /* Subscribe {topic: OPTIONAL(STRING)} */
SABIR_API const sabir_type *sabir_type_unsubscribe(void); /* Unsubscribe {topic: OPTIONAL(STRING)} */
SABIR_API const sabir_type *sabir_type_set(void);         /* Set {name: STRING, value: JSON} */

/**
 * Nobody has subscribed yet. Owner: the caller's; belongs to one actor, whose handlers alone use it. Errors: SABIR_EINVAL, SABIR_ENOMEM. Since 1.0
 */
SABIR_API int sabir_subscribers_new(sabir_subscribers **subscribers);

/** After the actor that it was given to is gone (in its drop); NULL is nothing. Since 1.0 */
SABIR_API void sabir_subscribers_free(sabir_subscribers *subscribers);

/**
 * Let the actor handle Subscribe and Unsubscribe with `subscribers`, and what says that one has gone (Down, LinkDown, Reject) where it has
 * no handler of its own for that; such a handler calls sabir_subscribers_take. Who subscribes is watched (sabir/watch.h), unless the
 * actor had a handler for Down before this call.
 * Owner: subscribers stays the caller's. Errors: SABIR_EINVAL, SABIR_ENOMEM, SABIR_EEXIST (Subscribe or Unsubscribe has a handler). Since 1.0
 */
SABIR_API int sabir_actor_on_subscribers(sabir_actor *actor, sabir_subscribers *subscribers);

/**
 * Do what the message in hand asks for: Subscribe, Unsubscribe, Down, LinkDown, Reject; of others nothing. What sabir_actor_on_subscribers does.
 * Errors: SABIR_EINVAL, SABIR_ENOMEM, SABIR_ENOENT (a Subscribe without a sender). Since 1.0
 */
SABIR_API int sabir_subscribers_take(sabir_subscribers *subscribers, sabir_context *context);

/* ---- One by one ------------------------------------------------------------------------------------------------------- */

/** Subscribe `ref`; topic NULL: to everything. Twice is once. Errors: SABIR_EINVAL, SABIR_ENOMEM. Since 1.0 */
SABIR_API int sabir_subscribers_add(sabir_subscribers *subscribers, sabir_ref *ref, const char *topic,
                                    size_t topic_len_bytes);

/** Take back one subscription; topic NULL: all of them. Errors: SABIR_EINVAL, SABIR_ENOENT (it had not subscribed). Since 1.0 */
SABIR_API int sabir_subscribers_remove(sabir_subscribers *subscribers, const sabir_ref *ref, const char *topic,
                                       size_t topic_len_bytes);

/** All subscribers at `endpoint` are gone; how many there were. Since 1.0 */
SABIR_API size_t sabir_subscribers_link_down(sabir_subscribers *subscribers, const char *endpoint,
                                             size_t endpoint_len_bytes);

/**
 * A Reject of `code` came from the node `rejected_by` for a message to its actor `target`: if that says that there is no such actor
 * (any more), it is dropped. All three are NUL-terminated. Returns how many were dropped. Since 1.0
 */
SABIR_API size_t sabir_subscribers_rejected(sabir_subscribers *subscribers, const char *code, const char *target,
                                            const char *rejected_by);

/**
 * A Down came: the subscriber of that name at that endpoint (empty: of this process) has ended or is out of sight, and is dropped; not
 * with the reason `refused`, which only says that it cannot be watched. NUL-terminated. Returns how many were dropped. Since 1.0
 */
SABIR_API size_t sabir_subscribers_down(sabir_subscribers *subscribers, const char *name, const char *endpoint,
                                        const char *reason);

/**
 * Say what a send to a subscriber came to. true: the actor has stopped (SABIR_ECLOSED) and is dropped. Since 1.0
 */
SABIR_API bool sabir_subscribers_settle(sabir_subscribers *subscribers, const sabir_ref *ref, int code);

/** How many there are. Since 1.0 */
SABIR_API size_t sabir_subscribers_count(const sabir_subscribers *subscribers);

/* ---- Telling them ------------------------------------------------------------------------------------------------------ */

/**
 * Who is to be told of `topic` (NULL: of what has none), each once, in the order in which they came.
 * Owner: *refs is borrowed until the next call with `subscribers`. Errors: SABIR_EINVAL, SABIR_ENOMEM. Since 1.0
 */
SABIR_API int sabir_subscribers_list(sabir_subscribers *subscribers, const char *topic, size_t topic_len_bytes,
                                     sabir_ref *const **refs, size_t *count);

/**
 * Send each of them a message of `type` with `value`. One that cannot be reached now (its mailbox is full) misses it; one that has
 * stopped is dropped; the others are told all the same.
 *
 * Shape    sender: the publisher's own ref, or NULL. reached (may be NULL): how many it was sent to.
 * Errors   SABIR_EINVAL, SABIR_ENOMEM, SABIR_EVALUE (as sabir_message_new: nobody was told)
 * Since    1.0
 */
SABIR_API int sabir_subscribers_publish(sabir_subscribers *subscribers, const char *topic, size_t topic_len_bytes,
                                        const sabir_type *type, const void *value, sabir_ref *sender, size_t *reached);

SABIR_END_DECLS

#endif
