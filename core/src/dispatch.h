/*
 * Handing one message to its handler, and what comes of it: a reply, a reject, a failure. For whoever owns the actor.
 */
#ifndef SB_DISPATCH_H
#define SB_DISPATCH_H

#include "context.h"

/* Handle what the mailbox gave, a control message too. Consumes it. */
void sb_dispatch(struct sb_actor *actor, sabir_message *message);

/* sb_dispatch for sb_actor_finish_queue. */
bool sb_dispatch_queued(struct sb_actor *actor, sabir_message *message);

/*
 * Call the handler of `message` with `context`, which is set up but for its place in the chain. The handler's code; SABIR_EBADPAYLOAD if
 * the payload does not fit. Consumes nothing.
 */
int sb_dispatch_call(struct sabir_context *context, sabir_message *message);

/* What a handler's code means for the one who sent and the one who counts. `detail`: its words. */
void sb_dispatch_settle(struct sabir_context *context, int code, const char *detail);

/* Run on_start or on_stop; on_restart and then on_start. */
int sb_dispatch_start(struct sb_actor *actor);
int sb_dispatch_restart(struct sb_actor *actor);
void sb_dispatch_stop(struct sb_actor *actor);

#endif
