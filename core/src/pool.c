#include "pool.h"

#include <stdatomic.h>

#include "alloc.h"
#include "asan.h"
#include "thread.h"

#define SLAB_NODES 63 /* and one node's room for the slab's link */
#define BATCH_NODES 32

_Static_assert(sizeof(sabir_message) == SB_MESSAGE_NODE_BYTES, "a node is two cache lines");

struct slab {
    struct slab *next;
    _Alignas(SB_MESSAGE_NODE_BYTES) sabir_message nodes[SLAB_NODES];
};

struct sb_pool {
    sabir_message *free; /* the owner's alone */
    struct slab *slabs;
    struct sb_pool *outbox_home; /* whose nodes the outbox holds */
    sabir_message *outbox_first;
    sabir_message *outbox_last;
    size_t outbox_count;
    struct sb_pool *next_orphan;
    struct sb_pool *next_pool;
    /* Nodes that other threads gave back: they push, the owner takes all. A line of its own. */
    _Alignas(64) _Atomic(sabir_message *) returned;
};

static _Thread_local struct sb_pool *own __attribute__((tls_model("initial-exec")));

/* Every pool there is stays reachable from here; those without a thread wait for one. */
static struct sb_pool *all_pools;
static struct sb_pool *orphans;
static struct sb_mutex pools_lock;
static struct sb_thread_slot exit_slot;

static void outbox_flush(struct sb_pool *pool) {
    struct sb_pool *home = pool->outbox_home;
    if (!home) return;
    sabir_message *top = atomic_load_explicit(&home->returned, memory_order_relaxed);
    do {
        pool->outbox_last->next = top;
        /* Release: the owner that takes the chain (acquire) sees its links and that we are done with the nodes. */
    } while (!atomic_compare_exchange_weak_explicit(&home->returned, &top, pool->outbox_first, memory_order_release,
                                                    memory_order_relaxed));
    pool->outbox_home = NULL;
    pool->outbox_count = 0;
}

static void orphan_pool(void *value) {
    struct sb_pool *pool = value;
    outbox_flush(pool);
    own = NULL;
    sb_mutex_lock(&pools_lock);
    pool->next_orphan = orphans;
    orphans = pool;
    sb_mutex_unlock(&pools_lock);
}

__attribute__((constructor)) static void pools_init(void) {
    sb_mutex_init(&pools_lock);
    sb_thread_slot_init(&exit_slot, orphan_pool);
}

static struct sb_pool *pool_new(void) {
    struct sb_pool *pool = sb_alloc_aligned(_Alignof(struct sb_pool), sizeof *pool);
    if (!pool) return NULL;
    *pool = (struct sb_pool){0};
    pool->next_pool = all_pools;
    all_pools = pool;
    return pool;
}

static struct sb_pool *pool_adopt(void) {
    sb_mutex_lock(&pools_lock);
    struct sb_pool *pool = orphans;
    if (pool)
        orphans = pool->next_orphan;
    else
        pool = pool_new();
    sb_mutex_unlock(&pools_lock);
    own = pool;
    if (pool) sb_thread_slot_set(&exit_slot, pool);
    return pool;
}

/* The nodes that came back, or those of a new slab. */
static sabir_message *pool_refill(struct sb_pool *pool) {
    sabir_message *chain = atomic_exchange_explicit(&pool->returned, NULL, memory_order_acquire);
    if (chain) return chain;
    struct slab *slab = sb_alloc_aligned(_Alignof(struct slab), sizeof *slab);
    if (!slab) return NULL;
    slab->next = pool->slabs;
    pool->slabs = slab;
    for (size_t i = 0; i < SLAB_NODES; i++) {
        slab->nodes[i].home = pool;
        slab->nodes[i].next = i + 1 < SLAB_NODES ? &slab->nodes[i + 1] : NULL;
        ASAN_POISON_MEMORY_REGION(slab->nodes[i].payload, SB_MESSAGE_INLINE_BYTES);
    }
    return &slab->nodes[0];
}

sabir_message *sb_pool_take(void) {
    struct sb_pool *pool = own ? own : pool_adopt();
    if (!pool) return NULL;
    if (!pool->free) pool->free = pool_refill(pool);
    sabir_message *node = pool->free;
    if (!node) return NULL;
    pool->free = node->next;
    ASAN_UNPOISON_MEMORY_REGION(node->payload, SB_MESSAGE_INLINE_BYTES);
    return node;
}

void sb_pool_give(sabir_message *node) {
    ASAN_POISON_MEMORY_REGION(node->payload, SB_MESSAGE_INLINE_BYTES);
    struct sb_pool *pool = own ? own : pool_adopt();
    if (pool == node->home) {
        node->next = pool->free;
        pool->free = node;
        return;
    }
    if (!pool) { /* no memory for a pool of our own: send the node home alone */
        struct sb_pool single = {.outbox_home = node->home, .outbox_first = node, .outbox_last = node};
        outbox_flush(&single);
        return;
    }
    if (pool->outbox_home != node->home) {
        outbox_flush(pool);
        pool->outbox_home = node->home;
        pool->outbox_last = node;
        node->next = NULL;
    } else {
        node->next = pool->outbox_first;
    }
    pool->outbox_first = node;
    if (++pool->outbox_count >= BATCH_NODES) outbox_flush(pool);
}

void sb_pool_flush(void) {
    if (own) outbox_flush(own);
}
