/*
 * One turn of an actor on a worker of its group: begin its life, handle a bounded number of messages, or end it.
 */
#ifndef SB_TURN_H
#define SB_TURN_H

#include <stdbool.h>

struct sb_actor;

/* true: there is more to do, and the actor must be made due again by the caller. */
bool sb_turn_run(struct sb_actor *actor);

#endif
