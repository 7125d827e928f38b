/*
 * How a binding with its own threads (Python) runs an actor: it asks for the next batch instead of being called per message.
 *
 *     thread:  while (sabir_puller_next(puller, done, -1, &batch) == SABIR_OK)
 *                  for (done = 0; done < batch->count; done++) handle(&batch->items[done]);
 *
 * The first batch is one START; the last is one STOP. The actor is exclusive to the puller from the moment a batch is returned
 * until the next call: sabir_ref_fast_send from other threads waits. When batch->yield becomes non-zero, somebody waits: call
 * sabir_puller_next with what is done so far; the rest comes again. So it is when a handler has failed and the actor is to be restarted.
 * The workers of a group that the binding runs itself (sabir_group_new_pulled) do the same, each with a puller of its own; batch->self
 * says whose batch it is.
 */
#ifndef SABIR_PULLER_H
#define SABIR_PULLER_H

#include <sabir/context.h>
#include <sabir/export.h>
#include <sabir/message.h>
#include <sabir/ref.h>

typedef struct sabir_puller sabir_puller;

enum sabir_pulled_kind {
    SABIR_PULLED_MESSAGE = 0,
    SABIR_PULLED_START = 1,  /* run on_start; call sabir_puller_fail if it failed */
    SABIR_PULLED_STOP = 2,   /* run on_stop; the next sabir_puller_next returns SABIR_ECLOSED */
    SABIR_PULLED_TIMER = 3,  /* a Timeout: call sabir_puller_begin first; skip it unless SABIR_OK */
    SABIR_PULLED_RESTART = 4 /* make fresh state and run on_start; call sabir_puller_fail if it failed */
};

#define SABIR_PULLED_VALUE_BYTES 64 /* what is larger comes as text */

/* Append-only: step by batch->item_size_bytes. Everything is borrowed until the next sabir_puller_next. */
struct sabir_pulled {
    uint32_t kind;
    uint32_t has_sender;
    const sabir_type *type;
    void *handler_data; /* the user_data of sabir_actor_on_message */
    void *object;       /* the sender's object, if it is of the actor's language; else NULL and json is set */
    const char *json;   /* the payload, checked against the type; NULL if there is an object or a value */
    size_t json_len_bytes;
    sabir_ref *sender; /* NULL if none */
    sabir_message *message;
    size_t value_len_bytes;                       /* 0 without sabir_actor_set_pulled_values: there is no value */
    uint64_t value[SABIR_PULLED_VALUE_BYTES / 8]; /* the room of the payload as the struct of its type, which is flat */
};

struct sabir_batch {
    size_t size_bytes;
    size_t item_size_bytes;
    size_t count;
    struct sabir_pulled *items; /* room for 64, at the same place as long as the puller lives */
    volatile uint32_t
        yield; /* another thread sets it: in C read it with __atomic_load_n(&batch->yield, __ATOMIC_RELAXED) */
    volatile uint32_t
        current; /* the binding writes the index of the item in hand: what it sends is caused by that one (ENV-9) */
    void *self;  /* of the actor whose batch it is (sabir_actor_new) */
};

SABIR_BEGIN_DECLS

/** The puller of an actor that was made with sabir_actor_set_pulled, once; freed with its actor. Errors: SABIR_EINVAL, SABIR_EEXIST. Since 1.0 */
SABIR_API int sabir_puller_get(sabir_ref *actor, sabir_puller **puller);

/**
 * Finish the first `done` messages of the last batch and wait for the next one (at most 64 messages).
 *
 * Shape    timeout_ns: -1 without end, 0: do not wait. *batch is the puller's own.
 * Threads  the actor's own thread, always the same one.
 * Errors   SABIR_ETIMEDOUT, SABIR_ECLOSED (after STOP, or the manager is freed), SABIR_EFORKED
 * Since    1.0
 */
SABIR_API int sabir_puller_next(sabir_puller *puller, size_t done, int64_t timeout_ns, struct sabir_batch **batch);

/**
 * As sabir_puller_next, but never blocks, for a binding that holds a lock of its own meanwhile. What has to wait, an actor's start and
 * its end too, is left to sabir_puller_next.
 * Errors: SABIR_ETIMEDOUT (the first `done` are finished: go on with sabir_puller_next(puller, 0, ...)), SABIR_EINVAL. Since 1.0
 */
SABIR_API int sabir_puller_try_next(sabir_puller *puller, size_t done, struct sabir_batch **batch);

/** Begin to handle item `index`. SABIR_ENOENT: its timer was cancelled, skip it. Needed for TIMER items only. Since 1.0 */
SABIR_API int sabir_puller_begin(sabir_puller *puller, size_t index);

/** sabir_context_reply for item `index`. Since 1.0 */
SABIR_API int sabir_puller_reply(sabir_puller *puller, size_t index, sabir_message *message);

/**
 * Reply to item `index` with an object of the actor's own language; as sabir_ref_send_object, with the drop of the actor that replies.
 *
 * Owner    object is consumed on SABIR_OK; on any error it stays with the caller.
 * Errors   SABIR_EINVAL
 *          SABIR_EMISMATCH  whoever is answered speaks another language, or the actor has no object drop
 *          SABIR_ENOENT     there is nobody to answer; and those of sabir_ref_send
 * Since    1.0
 */
SABIR_API int sabir_puller_reply_object(sabir_puller *puller, size_t index, const sabir_type *type, void *object);

/** sabir_context_reply_take for item `index`. Since 1.0 */
SABIR_API int sabir_puller_reply_take(sabir_puller *puller, size_t index, sabir_reply_token **token);

/** The handler of item `index` failed with `code` (SABIR_EBADPAYLOAD: its payload did not fit) and these words. Since 1.0 */
SABIR_API int sabir_puller_fail(sabir_puller *puller, size_t index, int code, const char *detail);

/** The actor stops after this batch (sabir_context_stop). Since 1.0 */
SABIR_API void sabir_puller_stop(sabir_puller *puller);

SABIR_END_DECLS

#endif
