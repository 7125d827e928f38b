/*
 * Message nodes without malloc: each thread has a pool, takes nodes from it and gives foreign ones back in batches.
 *
 *     thread A: take <- free list <- a batch that came home <- fresh nodes of a slab
 *     thread B: give -> a batch for A, carried by its first node --15 nodes at a time--> A's returned
 *
 * A node that goes home is not written to, but for the one that carries the batch: the others' cache lines need not travel to whoever
 * handled them and back again. A pool outlives its thread, since its nodes do; the next thread adopts it.
 */
#ifndef SB_POOL_H
#define SB_POOL_H

#include "asan.h"
#include "hot.h"
#include "message.h"
#include "stream.h"

#define SB_BATCH_NODES 15 /* with the one that carries the others */
#define SB_POOL_OUTBOXES 4

/* What is made of the first node of those that go home together. */
struct sb_batch {
    struct sb_batch *next;
    size_t count; /* of `nodes` */
    sabir_message *nodes[SB_BATCH_NODES - 1];
};

struct sb_pool {
    sabir_message *free;   /* what the thread itself gave back, linked by `next` */
    uint32_t number;       /* `home` of its nodes; UINT16_MAX + 1 of those that have none, and 0 in their nodes */
    uint32_t ready_count;  /* of those in `ready` */
    sabir_message **ready; /* the next one of the batch in hand */
    sabir_message *fresh;  /* of the newest slab in use: not used yet, up to fresh_end */
    sabir_message *fresh_end;
    sabir_message *in_hand[SB_BATCH_NODES];
    struct sb_batch *batches;                    /* that came home */
    struct sb_batch *outboxes[SB_POOL_OUTBOXES]; /* what goes home, by the number of the home */
    uint16_t outbox_homes[SB_POOL_OUTBOXES];
    struct sb_stream stream; /* of what its thread sends */
    struct sb_slab *blocks;  /* the newest first; the other slabs lie behind the first of their block */
    size_t block_slabs;      /* of the newest block, and those that are in use */
    size_t slabs_in_use;
    struct sb_pool *next_orphan;
    struct sb_pool *next_pool;
    /* Batches that other threads gave back: they push, the owner takes all. A line of its own. */
    _Alignas(64) _Atomic(struct sb_batch *) returned;
};

/* The calling thread's; NULL before its first use. */
extern _Thread_local struct sb_pool *sb_own_pool __attribute__((tls_model("initial-exec")));

/* How many pools have numbers. Tests make it few. */
extern uint32_t sb_pool_numbers;

/* Where the lists in line have nothing to give, or no place. */
sabir_message *sb_pool_take_slowly(void);
void sb_pool_give_away(sabir_message *node);

/* A node of the calling thread's pool, its `home` set and the rest undefined; NULL without memory. */
static inline sabir_message *sb_pool_take(void) {
    struct sb_pool *pool = sb_own_pool;
    sabir_message *node;
    if (pool && pool->free) {
        node = pool->free;
        pool->free = node->next;
    } else if (pool && pool->ready_count > 0) {
        pool->ready_count--;
        node = *pool->ready++;
        node->home = (uint16_t)pool->number;
    } else {
        return sb_pool_take_slowly();
    }
    ASAN_UNPOISON_MEMORY_REGION(node->payload, SB_MESSAGE_INLINE_BYTES);
    return node;
}

/* Give a node back, from any thread. */
static inline void sb_pool_give(sabir_message *node) {
    struct sb_pool *pool = sb_own_pool;
    ASAN_POISON_MEMORY_REGION(node->payload, SB_MESSAGE_INLINE_BYTES);
    if (pool && pool->number == node->home) {
        node->next = pool->free;
        pool->free = node;
    } else {
        sb_pool_give_away(node);
    }
}

/* Send home what the calling thread has gathered; whoever is about to sleep calls it. */
void sb_pool_flush(void);

#endif
