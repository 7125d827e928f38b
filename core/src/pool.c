#include "pool.h"

#include <stdatomic.h>

#include "alloc.h"
#include "thread.h"

#define SLAB_BYTES 8192
#define SLAB_NODES (SLAB_BYTES / SB_MESSAGE_NODE_BYTES - 1)
#define BLOCK_SLABS 64 /* at most; each block has twice as many as the one before */

_Static_assert(sizeof(sabir_message) == SB_MESSAGE_NODE_BYTES, "a node is two cache lines");
_Static_assert(sizeof(struct sb_batch) == SB_MESSAGE_NODE_BYTES, "a batch is made of a node");

/* Aligned to its size: whose a node is stands at the beginning of the slab around it. */
struct sb_slab {
    struct sb_slab *next; /* of the same pool, none of the same block */
    struct sb_pool *pool;
    _Alignas(SB_MESSAGE_NODE_BYTES) sabir_message nodes[SLAB_NODES];
};

_Static_assert(sizeof(struct sb_slab) == SLAB_BYTES, "a slab is as long as it is aligned");

_Thread_local struct sb_pool *sb_own_pool __attribute__((tls_model("initial-exec")));

uint32_t sb_pool_numbers = UINT16_MAX;

/* Every pool there is stays reachable from here; those without a thread wait for one. */
static struct sb_pool *all_pools;
static struct sb_pool *orphans;
static uint32_t pool_count;
static struct sb_mutex pools_lock;
static struct sb_thread_slot exit_slot;

/* ---- Going home ------------------------------------------------------------------------------------------------------ */

static struct sb_pool *home_of(const void *node) {
    return ((struct sb_slab *)((uintptr_t)node & ~(uintptr_t)(SLAB_BYTES - 1)))->pool;
}

static void send_home(struct sb_batch *batch) {
    struct sb_pool *home = home_of(batch);
    struct sb_batch *top = atomic_load_explicit(&home->returned, memory_order_relaxed);
    do {
        batch->next = top;
        /* Release: the owner that takes the batch (acquire) sees what it holds and that we are done with the nodes. */
    } while (!atomic_compare_exchange_weak_explicit(&home->returned, &top, batch, memory_order_release,
                                                    memory_order_relaxed));
}

static struct sb_batch *batch_begin(sabir_message *carrier) {
    ASAN_UNPOISON_MEMORY_REGION(carrier, SB_MESSAGE_NODE_BYTES);
    struct sb_batch *batch = (struct sb_batch *)(void *)carrier;
    batch->count = 0;
    return batch;
}

static void outboxes_flush(struct sb_pool *pool) {
    for (size_t i = 0; i < SB_POOL_OUTBOXES; i++) {
        if (pool->outboxes[i]) send_home(pool->outboxes[i]);
        pool->outboxes[i] = NULL;
    }
}

void sb_pool_flush(void) {
    if (sb_own_pool) outboxes_flush(sb_own_pool);
}

/* ---- Pools ----------------------------------------------------------------------------------------------------------- */

static void orphan_pool(void *value) {
    struct sb_pool *pool = value;
    outboxes_flush(pool);
    sb_own_pool = NULL;
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
    uint32_t number = pool_count < sb_pool_numbers ? ++pool_count : UINT16_MAX + 1;
    *pool = (struct sb_pool){.number = number, .next_pool = all_pools};
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
    sb_own_pool = pool;
    if (pool) sb_thread_slot_set(&exit_slot, pool);
    return pool;
}

/* ---- Taking ---------------------------------------------------------------------------------------------------------- */

/* The nodes of a batch in hand, in the order in which they were given: neighbours in memory stay neighbours. */
static sabir_message *open_batch(struct sb_pool *pool, struct sb_batch *batch) {
    pool->batches = batch->next;
    if (batch->next) __builtin_prefetch(batch->next);
    for (size_t i = 0; i < batch->count; i++) {
        SB_FETCH_TO_WRITE(batch->nodes[i]); /* it lies in the cache of whoever handled it */
        pool->in_hand[i] = batch->nodes[i];
    }
    pool->ready = pool->in_hand;
    pool->ready_count = (uint32_t)batch->count;
    return (sabir_message *)(void *)batch;
}

static bool add_block(struct sb_pool *pool) {
    size_t count = pool->block_slabs == 0 ? 1 : pool->block_slabs < BLOCK_SLABS ? pool->block_slabs * 2 : BLOCK_SLABS;
    struct sb_slab *block = sb_alloc_aligned(SLAB_BYTES, count * SLAB_BYTES);
    if (!block) return false;
    block->next = pool->blocks;
    pool->blocks = block;
    pool->block_slabs = count;
    pool->slabs_in_use = 0;
    return true;
}

/* Memory is touched slab by slab, as it is needed. */
static bool add_slab(struct sb_pool *pool) {
    if (pool->slabs_in_use == pool->block_slabs && !add_block(pool)) return false;
    struct sb_slab *slab = &pool->blocks[pool->slabs_in_use++];
    slab->pool = pool;
    for (size_t i = 0; i < SLAB_NODES; i++) ASAN_POISON_MEMORY_REGION(slab->nodes[i].payload, SB_MESSAGE_INLINE_BYTES);
    pool->fresh = slab->nodes;
    pool->fresh_end = slab->nodes + SLAB_NODES;
    return true;
}

/* What came home, or what was never used. */
static sabir_message *refill(struct sb_pool *pool) {
    if (!pool->batches) pool->batches = atomic_exchange_explicit(&pool->returned, NULL, memory_order_acquire);
    if (pool->batches) return open_batch(pool, pool->batches);
    return pool->fresh != pool->fresh_end || add_slab(pool) ? pool->fresh++ : NULL;
}

sabir_message *sb_pool_take_slowly(void) {
    struct sb_pool *pool = sb_own_pool ? sb_own_pool : pool_adopt();
    if (pool && (pool->free || pool->ready_count > 0)) return sb_pool_take(); /* it was just adopted */
    sabir_message *node = pool ? refill(pool) : NULL;
    if (!node) return NULL;
    node->home = (uint16_t)pool->number;
    ASAN_UNPOISON_MEMORY_REGION(node->payload, SB_MESSAGE_INLINE_BYTES);
    return node;
}

/* ---- Giving ---------------------------------------------------------------------------------------------------------- */

/* It has no number to be gathered by, or there is no memory to gather it. */
static void give_alone(struct sb_pool *pool, sabir_message *node) {
    if (!pool || home_of(node) != pool) {
        send_home(batch_begin(node));
        return;
    }
    node->next = pool->free;
    pool->free = node;
}

/* To a pool that is not the calling thread's, as far as that is known. */
void sb_pool_give_away(sabir_message *node) {
    struct sb_pool *pool = sb_own_pool ? sb_own_pool : pool_adopt();
    if (!pool || node->home == 0 || node->home == pool->number) { /* the last: it was just adopted */
        give_alone(pool, node);
        return;
    }
    uint16_t home = node->home;
    size_t box = home % SB_POOL_OUTBOXES;
    struct sb_batch *batch = pool->outboxes[box];
    if (batch && pool->outbox_homes[box] == home) {
        batch->nodes[batch->count++] = node;
    } else {
        if (batch) send_home(batch);
        pool->outbox_homes[box] = home;
        batch = pool->outboxes[box] = batch_begin(node);
    }
    if (batch->count < SB_BATCH_NODES - 1) return;
    send_home(batch);
    pool->outboxes[box] = NULL;
}
