/*
 * A message in hand: who handles it, who sent it, and how it can be answered.
 */
#ifndef SB_CONTEXT_H
#define SB_CONTEXT_H

#include <sabir/context.h>
#include <stdbool.h>
#include <stdint.h>

#include "actor.h"

/* Where a fast_send wants its reply: a struct of `type` in `buffer`, or a message. */
struct sb_fast_reply {
    const sabir_type *type;
    void *buffer;
    size_t capacity_bytes;
    const sabir_type *request_type; /* of `request`, the caller's struct; NULL: it came as a message */
    const void *request;
    sabir_message *message;
    int code; /* why the reply could not be given, or SABIR_OK */
    bool wants_message;
    bool replied;
    bool owns_message; /* the context's message was made of the struct, and ends with the call */
    bool is_unusual;   /* one of these is to be seen to: the code, the message */
};

struct sabir_context {
    struct sb_actor *actor;
    sabir_message
        *message; /* NULL in on_start and on_stop, and in a fast_send of a struct until somebody asks for it */
    sabir_ref *sender;
    struct sb_fast_reply *fast; /* NULL: it came through the mailbox */
    bool answered;
    bool taken;
};

/* ENV-9: what a handler causes carries on the trace of the message that it handles. `cause` NULL: no handler is in hand. */
int sb_context_pass_trace(const struct sabir_context *cause, sabir_message *message);

/* Somebody waits for the answer to this message: an ask, local or from the wire. */
bool sb_message_is_asked(const sabir_message *message);

#endif
