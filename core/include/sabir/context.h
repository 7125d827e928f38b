/*
 * What a handler may do with the message in hand. A context is valid in the handler that got it, on that thread, until it returns.
 */
#ifndef SABIR_CONTEXT_H
#define SABIR_CONTEXT_H

#include <sabir/export.h>
#include <sabir/message.h>
#include <sabir/ref.h>

typedef struct sabir_context sabir_context;
typedef struct sabir_reply_token sabir_reply_token;
typedef struct sabir_manager sabir_manager;

SABIR_BEGIN_DECLS

/** The actor's own ref, borrowed. Since 1.0 */
SABIR_API sabir_ref *sabir_context_self(sabir_context *context);

/** Whoever sent the message in hand, borrowed; NULL if it names no sender. Since 1.0 */
SABIR_API sabir_ref *sabir_context_sender(sabir_context *context);

/** The message in hand, borrowed; NULL in on_start and on_stop. Since 1.0 */
SABIR_API sabir_message *sabir_context_message(sabir_context *context);

/** The actor's manager, borrowed. Since 1.0 */
SABIR_API sabir_manager *sabir_context_manager(sabir_context *context);

/**
 * Answer whoever sent the message in hand, by whatever way it came: mailbox, fast_send, ask, wire.
 *
 * Owner    message is consumed on SABIR_OK; on any error it stays with the caller.
 * Errors   SABIR_ENOENT  the message names no sender, or was answered already (a fast_send, an ask)
 *          and those of sabir_ref_send
 * Since    1.0
 * Source   docs/protocol.md RTE-2
 */
SABIR_API int sabir_context_reply(sabir_context *context, sabir_message *message);

/** As sabir_context_reply with a struct; to a fast_send it allocates nothing. Since 1.0 */
SABIR_API int sabir_context_reply_value(sabir_context *context, const sabir_type *type, const void *value);

/**
 * Move the right to answer out of the handler. The token answers later, exactly once, from any thread.
 *
 * Errors   SABIR_ENOENT        nobody to answer, or answered already
 *          SABIR_EUNSUPPORTED  the message came by fast_send, whose caller waits in this very call
 *          SABIR_ENOMEM
 * Since    1.0
 */
SABIR_API int sabir_context_reply_take(sabir_context *context, sabir_reply_token **token);

/** Answer with the token. Owner: the token is consumed always, message on SABIR_OK. Errors: of sabir_ref_send. Since 1.0 */
SABIR_API int sabir_reply_token_send(sabir_reply_token *token, sabir_message *message);

/** Give up the right to answer: an asker gets a Reject `failed` (REJ-5). NULL is nothing. Since 1.0 */
SABIR_API void sabir_reply_token_free(sabir_reply_token *token);

/**
 * Say that the handler is going to wait for something: what is due on its group's worker is run by another one, if there is one. A
 * blocking sabir_ref_ask says it by itself. For an actor with a thread of its own it does nothing. Since 1.0
 */
SABIR_API void sabir_context_about_to_wait(sabir_context *context);

/** Stop this actor when the handler has returned; queued messages become dead letters. Since 1.0 */
SABIR_API void sabir_context_stop(sabir_context *context);

SABIR_END_DECLS

#endif
