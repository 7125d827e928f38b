/*
 * Message nodes without malloc: each thread has a pool, takes nodes from it and gives foreign ones back in batches.
 *
 *     thread A: alloc <- free list <- returned (all at once) <- new slab
 *     thread B: free  -> outbox (nodes of one home) ---32 at a time---> A's returned
 *
 * A pool outlives its thread, since its nodes do; the next thread adopts it.
 */
#ifndef SB_POOL_H
#define SB_POOL_H

#include "message.h"

/* A node of the calling thread's pool, its `home` set and the rest undefined; NULL without memory. */
sabir_message *sb_pool_take(void);

/* Give a node back, from any thread. */
void sb_pool_give(sabir_message *node);

/* Send home what the calling thread has gathered; whoever is about to sleep calls it. */
void sb_pool_flush(void);

#endif
