/*
 * The thread of an actor that has one to itself.
 */
#ifndef SB_WORKER_H
#define SB_WORKER_H

/* The thread's function; its argument is the struct sb_actor. */
void sb_worker_run(void *actor);

#endif
