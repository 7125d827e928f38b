/*
 * The notice that a mailbox fills up: an ordinary message to whoever the actor's spec names, sent by the sender that crossed the mark.
 */
#ifndef SB_HIGH_WATER_H
#define SB_HIGH_WATER_H

struct sb_actor;

/* Tell of it. Any thread, holding no lock. One that cannot be delivered is logged. */
void sb_high_water_tell(struct sb_actor *actor);

#endif
