/*
 * A ref is the address of an actor: in this process or in another, in any language. The sender cannot tell which.
 * Refs are counted. They outlive their actor and then say SABIR_ECLOSED.
 */
#ifndef SABIR_REF_H
#define SABIR_REF_H

#include <sabir/export.h>
#include <sabir/message.h>

typedef struct sabir_ref sabir_ref;
typedef struct sabir_ask sabir_ask; /* a wait for an answer */

/* Flags of sabir_ref_fast_send and its kin. */
#define SABIR_FAST_ORDERED 1u /* first run what was queued when the call was made */

SABIR_BEGIN_DECLS

/** One more owner; returns ref. Threads: any. Since 1.0 */
SABIR_API sabir_ref *sabir_ref_retain(sabir_ref *ref);

/** One owner less; NULL is nothing. Threads: any. Since 1.0 */
SABIR_API void sabir_ref_release(sabir_ref *ref);

/**
 * Queue `message` for the actor behind `ref`. Returns at once; delivery is in send order per sender.
 *
 * Shape    sender: ref that replies go to, a managed actor's own, or NULL for none.
 * Owner    message is consumed on SABIR_OK; on any error it stays with the caller.
 * Threads  any; never blocks, never calls user code.
 * Errors   SABIR_EINVAL       ref or message is NULL
 *          SABIR_EFULL        the mailbox holds its capacity
 *          SABIR_ECLOSED      the actor or its manager has stopped
 *          SABIR_EMISMATCH    the message carries an object of a language that the actor does not speak
 *          SABIR_EUNHANDLED   the actor is in this process and has no handler for the type
 *          SABIR_EDOWN        remote: the peer's queue is full
 *          SABIR_ETOOBIG      remote: the envelope exceeds the limit
 *          SABIR_EREFUSED     remote: this node may not send there (END-2, RTE-4)
 *          SABIR_EUNBOUND     remote: a sender is given but this node has no endpoint (RTE-7)
 *          SABIR_EFORKED
 * Since    1.0
 * Source   docs/protocol.md ORD-1
 */
SABIR_API int sabir_ref_send(sabir_ref *ref, sabir_message *message, sabir_ref *sender);

/**
 * Make a message from `value` and send it: sabir_message_new and sabir_ref_send in one call.
 * Errors: those of both; nothing is left with the caller. Since 1.0
 */
SABIR_API int sabir_ref_send_value(sabir_ref *ref, const sabir_type *type, const void *value, sabir_ref *sender);

/**
 * Make a message from the text of its payload and send it: sabir_message_new_json and sabir_ref_send in one call.
 * Errors: those of both; nothing is left with the caller. Since 1.0
 */
SABIR_API int sabir_ref_send_json(sabir_ref *ref, const sabir_type *type, const char *json, size_t len_bytes,
                                  sabir_ref *sender);

/**
 * Send an object of the language that the actor behind `ref` speaks: sabir_message_new_object and sabir_ref_send in one call, with the
 * drop of sabir_actor_set_object_drop.
 *
 * Owner    object is consumed on SABIR_OK; on any error it stays with the caller.
 * Threads  any; never blocks.
 * Errors   SABIR_EMISMATCH  the actor is in another process, or has no object drop; and those of sabir_ref_send
 * Since    1.0
 */
SABIR_API int sabir_ref_send_object(sabir_ref *ref, const sabir_type *type, void *object, sabir_ref *sender);

/**
 * Let a local actor handle `request` now, in the calling thread, under the actor's exclusivity; queued messages are overtaken
 * unless SABIR_FAST_ORDERED is given.
 *
 * Shape    request: struct of request_type. reply: room for one struct of reply_type, whose texts and lists follow it within
 *          reply_capacity_bytes; reply_type NULL: a reply is not wanted. replied (may be NULL): whether the handler replied.
 * Owner    nothing is kept: request and reply are the caller's.
 * Threads  any; waits while another thread runs the actor.
 * Errors   SABIR_EINVAL, SABIR_ECLOSED, SABIR_EUNHANDLED, SABIR_EFORKED
 *          SABIR_EREMOTE     the actor is not in this process; use sabir_ref_ask
 *          SABIR_EREENTRANT  the actor is already in this chain of calls
 *          SABIR_EDEADLOCK   the actors wait for each other; the detail names them
 *          SABIR_EMISMATCH   the handler replied with another type than reply_type
 *          SABIR_ETOOBIG     the reply does not fit reply_capacity_bytes
 *          SABIR_EFAILED     the handler failed; the detail is its own
 * Since    1.0
 */
SABIR_API int sabir_ref_fast_send(sabir_ref *ref, sabir_ref *sender, const sabir_type *request_type,
                                  const void *request, const sabir_type *reply_type, void *reply,
                                  size_t reply_capacity_bytes, uint32_t flags, bool *replied);

/**
 * As sabir_ref_fast_send, waiting for the actor no longer than timeout_ns.
 *
 * Shape    timeout_ns: 0 not to wait at all, -1 to wait without end. The time is for waiting and, with SABIR_FAST_ORDERED, for what
 *          was queued; a handler that has begun is not given up.
 * Errors   those of sabir_ref_fast_send, and
 *          SABIR_ETIMEDOUT  the actor was not free in time: the request was not handled, and will not be
 * Since    1.0
 */
SABIR_API int sabir_ref_fast_send_timed(sabir_ref *ref, sabir_ref *sender, const sabir_type *request_type,
                                        const void *request, const sabir_type *reply_type, void *reply,
                                        size_t reply_capacity_bytes, uint32_t flags, int64_t timeout_ns, bool *replied);

/**
 * As sabir_ref_fast_send, with messages in any form.
 *
 * Owner    request stays with the caller in every case. *reply is the caller's; NULL if the handler did not reply.
 * Since    1.0
 */
SABIR_API int sabir_ref_fast_send_message(sabir_ref *ref, sabir_ref *sender, sabir_message *request, uint32_t flags,
                                          sabir_message **reply);

/** As sabir_ref_fast_send_message, waiting no longer than timeout_ns, as sabir_ref_fast_send_timed. Since 1.0 */
SABIR_API int sabir_ref_fast_send_message_timed(sabir_ref *ref, sabir_ref *sender, sabir_message *request,
                                                uint32_t flags, int64_t timeout_ns, sabir_message **reply);

/**
 * Take the exclusivity of a local actor, as sabir_ref_fast_send does, for a binding that then runs the handler itself.
 * Every success is followed by one sabir_ref_leave on the same thread, in reverse order.
 * Errors: those of sabir_ref_fast_send that do not concern request and reply. Since 1.0
 */
SABIR_API int sabir_ref_enter(sabir_ref *ref, uint32_t flags);

/** As sabir_ref_enter, waiting no longer than timeout_ns, as sabir_ref_fast_send_timed. Since 1.0 */
SABIR_API int sabir_ref_enter_timed(sabir_ref *ref, uint32_t flags, int64_t timeout_ns);

/** As sabir_ref_enter, but SABIR_ETIMEDOUT at once instead of waiting for another thread. Never blocks. Since 1.0 */
SABIR_API int sabir_ref_try_enter(sabir_ref *ref);

/**
 * Stop the actor when the handler that the calling thread runs has returned, as sabir_context_stop does; for a binding whose handler has
 * no context. Errors: SABIR_EINVAL, SABIR_EREMOTE, SABIR_ESTATE (this thread runs no handler of the actor). Since 1.0
 */
SABIR_API int sabir_ref_stop(sabir_ref *ref);

/** Give back what sabir_ref_enter took; one message more has been handled. Since 1.0 */
SABIR_API void sabir_ref_leave(sabir_ref *ref);

/**
 * Send `request` and wait for its one outcome. Works for local and remote refs.
 *
 * Shape    timeout_ns: > 0, or -1 to wait without end. *reply: the reply, or the Reject with SABIR_EREJECTED; else NULL.
 * Owner    request is consumed on SABIR_OK, SABIR_EREJECTED, SABIR_ETIMEDOUT, SABIR_EDOWN and SABIR_ECLOSED after it was sent;
 *          always: it is not the caller's any more. *reply is the caller's.
 * Threads  any; blocks the calling thread.
 * Errors   those of sabir_ref_send, and
 *          SABIR_ETIMEDOUT    no answer in time; a later one is counted as late
 *          SABIR_EREJECTED    answered with a Reject, see *reply
 *          SABIR_EDOWN        the link to the peer was lost before the answer came
 *          SABIR_EMISMATCH    the answer is of a type that this process does not know
 *          SABIR_ENOMEM       also: the answer came, or the actor answered with a Reject, and there was no memory for it
 *          SABIR_EREENTRANT, SABIR_EDEADLOCK   made inside a handler: waiting would never end
 *          SABIR_EUNSUPPORTED the ref speaks dialect `flat` (ASK-2)
 *          SABIR_EUNBOUND     remote: this node has no endpoint (RTE-7)
 * Since    1.0
 */
SABIR_API int sabir_ref_ask(sabir_ref *ref, sabir_message *request, int64_t timeout_ns, sabir_message **reply);

/**
 * What an asynchronous ask ends with; `reply` belongs to the callee. Called exactly once, from any thread; must not block. If code is
 * neither SABIR_OK nor SABIR_EREJECTED, that thread's error detail says why.
 */
typedef void (*sabir_ask_done)(void *user_data, int code, sabir_message *reply);

/**
 * As sabir_ref_ask without waiting: done(user_data, code, reply) is called exactly once if this call returns SABIR_OK, and not
 * at all otherwise; request is consumed in every case. Since 1.0
 */
SABIR_API int sabir_ref_ask_async(sabir_ref *ref, sabir_message *request, int64_t timeout_ns, sabir_ask_done done,
                                  void *user_data);

/**
 * As sabir_ref_ask_async, with a handle by which the wait can be given up. *ask is the caller's to free, at any time: freeing gives up
 * nothing. It is written before done is called. On an error it is NULL. Since 1.0
 */
SABIR_API int sabir_ref_ask_start(sabir_ref *ref, sabir_message *request, int64_t timeout_ns, sabir_ask_done done,
                                  void *user_data, sabir_ask **ask);

/**
 * Give up the wait: unless it has its outcome, done is called with SABIR_EINTR in this very call, and an answer that comes later is a
 * late reply. NULL is nothing. Threads: any; never blocks. Since 1.0
 */
SABIR_API void sabir_ask_cancel(sabir_ask *ask);

/** Free the handle, not the wait; NULL is nothing. Since 1.0 */
SABIR_API void sabir_ask_free(sabir_ask *ask);

/** The actor's name; valid as long as the ref. Since 1.0 */
SABIR_API const char *sabir_ref_name(const sabir_ref *ref);

/**
 * The endpoint of the actor's node: the peer's, or for a local actor this node's advertised one; NULL if it has none.
 * Valid as long as the ref. Since 1.0
 */
SABIR_API const char *sabir_ref_endpoint(const sabir_ref *ref);

/** Whether both stand for the same actor. Since 1.0 */
SABIR_API bool sabir_ref_equal(const sabir_ref *a, const sabir_ref *b);

/**
 * What the actor's binding gave to sabir_actor_set_language; NULL: none, or the actor is in another process. Of the sender of an ask
 * in this process: the language of the object that the request carries, for the reply may carry one too. Since 1.0
 */
SABIR_API const void *sabir_ref_language(const sabir_ref *ref);

/** What sabir_actor_new got as `self`, if the actor is in this process and speaks `language`; else NULL. Since 1.0 */
SABIR_API void *sabir_ref_actor_get(const sabir_ref *ref, const void *language);

SABIR_END_DECLS

#endif
