/*
 * An actor's timers. A timer owns the one message that it ever sends; that message goes back and forth between the timer and the
 * mailbox's control lane, so a firing allocates nothing and a periodic timer has at most one unhandled firing.
 *
 *     armed --fire--> posted --begin--> running --end--> armed (or posted again, or gone)
 */
#ifndef SB_TIMER_H
#define SB_TIMER_H

#include <sabir/timer.h>
#include <stdbool.h>

struct sb_actor;
struct sb_timer;

/* The firing is about to be handled; false: it was cancelled, handle nothing. The timer's message says which and how many. */
bool sb_timer_begin(struct sb_timer *timer);

/* Its handler has returned. */
void sb_timer_end(struct sb_timer *timer);

/* A posted firing will never be handled. */
void sb_timer_bury(struct sb_timer *timer);

/* The actor stops: cancel all its timers. Its own thread or puller, owning it. */
void sb_timers_drop(struct sb_actor *actor);

#endif
