/*
 * One turn of an actor on a worker of its group: begin its life, handle a bounded number of messages, or end it. tests/model/turn.pml explores
 * who makes it due.
 */
#ifndef SB_TURN_H
#define SB_TURN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct sb_actor;

/*
 * What a worker is at: the actor of its last turn, and the system's tick when that began. So turns in a row look at that clock once each, and
 * write only if it has ticked. Its worker writes, snapshots read.
 */
struct sb_stint {
    _Atomic(struct sb_actor *) actor; /* NULL: none, or it looks for one */
    _Atomic int64_t tick_ns;          /* 0: the next turn begins now */
};

/*
 * The caller has taken the actor out of its queue, and left it `is_due`. true: it still is, there is more to do, and the caller puts it back
 * into a queue. false: whoever has something for it makes it due again.
 */
bool sb_turn_run(struct sb_actor *actor, struct sb_stint *stint);

/*
 * End a member that sleeps and wants to hear nothing of its end, here and now: no worker need be woken, and no code of the program's is run.
 * false: it is not such a one, or is at work; nothing was done.
 */
bool sb_turn_end_idle(struct sb_actor *actor);

#endif
