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
    bool wants_message;
    sabir_message *message;
    bool replied;
    int code; /* why the reply could not be given, or SABIR_OK */
};

struct sabir_context {
    struct sb_actor *actor;
    sabir_message *message; /* NULL in on_start and on_stop */
    sabir_ref *sender;
    struct sb_fast_reply *fast; /* NULL: it came through the mailbox */
    bool answered;
    bool taken;
};

/* Somebody waits for the answer to this message: an ask, local or from the wire. */
bool sb_message_is_asked(const sabir_message *message);

#endif
