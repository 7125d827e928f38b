/*
 * One turn of an actor on a worker of its group: begin its life, handle a bounded number of messages, or end it.
 */
#ifndef SB_TURN_H
#define SB_TURN_H

#include <stdbool.h>
#include <stdint.h>

struct sb_actor;

/*
 * true: there is more to do, and the actor must be made due again by the caller. *clock_ns is when the turn begins, 0: now; afterwards
 * when it ended. So turns in a row look at the clock once each.
 */
bool sb_turn_run(struct sb_actor *actor, int64_t *clock_ns);

/*
 * End a member that sleeps and wants to hear nothing of its end, here and now: no worker need be woken, and no code of the program's is run.
 * false: it is not such a one, or is at work; nothing was done.
 */
bool sb_turn_end_idle(struct sb_actor *actor);

#endif
