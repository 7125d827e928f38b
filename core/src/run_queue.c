#include "run_queue.h"

#define MASK (SB_RUN_RING - 1)

void sb_run_queue_init(struct sb_run_queue *queue, bool is_alone) {
    queue->is_alone = is_alone;
    atomic_init(&queue->head, 0);
    atomic_init(&queue->tail, 0);
    atomic_init(&queue->slot, NULL);
    for (size_t i = 0; i < SB_RUN_RING; i++) atomic_init(&queue->ring[i], NULL);
}

/* Without thieves the slot is its worker's own. */
static struct sb_actor *exchange_slot(struct sb_run_queue *queue, struct sb_actor *actor) {
    if (!queue->is_alone) return atomic_exchange_explicit(&queue->slot, actor, memory_order_acq_rel);
    struct sb_actor *before = atomic_load_explicit(&queue->slot, memory_order_relaxed);
    atomic_store_explicit(&queue->slot, actor, memory_order_relaxed);
    return before;
}

struct sb_actor *sb_run_queue_put_first(struct sb_run_queue *queue, struct sb_actor *actor) {
    return exchange_slot(queue, actor);
}

bool sb_run_queue_put(struct sb_run_queue *queue, struct sb_actor *actor) {
    uint32_t head =
        atomic_load_explicit(&queue->head, memory_order_acquire); /* thieves are done with what is before it */
    uint32_t tail = atomic_load_explicit(&queue->tail, memory_order_relaxed);
    if (tail - head >= SB_RUN_RING) return false;
    atomic_store_explicit(&queue->ring[tail & MASK], actor, memory_order_relaxed);
    atomic_store_explicit(&queue->tail, tail + 1, memory_order_release); /* a thief that sees it sees the actor */
    return true;
}

struct sb_actor *sb_run_queue_take(struct sb_run_queue *queue) {
    if (atomic_load_explicit(&queue->slot, memory_order_relaxed)) {
        struct sb_actor *first = exchange_slot(queue, NULL);
        if (first) return first;
    }
    uint32_t head = atomic_load_explicit(&queue->head, memory_order_relaxed);
    for (;;) {
        uint32_t tail = atomic_load_explicit(&queue->tail, memory_order_relaxed);
        if (head == tail) return NULL;
        struct sb_actor *actor = atomic_load_explicit(&queue->ring[head & MASK], memory_order_relaxed);
        if (atomic_compare_exchange_weak_explicit(&queue->head, &head, head + 1, memory_order_acq_rel,
                                                  memory_order_acquire))
            return actor;
    }
}

/* How many were copied; they count as stolen once the compare-and-swap of `head` says so. */
static uint32_t steal_half(struct sb_run_queue *from, struct sb_actor *stolen[]) {
    uint32_t head = atomic_load_explicit(&from->head, memory_order_acquire);
    for (;;) {
        uint32_t tail = atomic_load_explicit(&from->tail, memory_order_acquire);
        uint32_t count = (tail - head) - (tail - head) / 2;
        if (count == 0 || count > SB_RUN_RING / 2) { /* nothing, or head and tail were read apart */
            if (count == 0) return 0;
            head = atomic_load_explicit(&from->head, memory_order_acquire);
            continue;
        }
        for (uint32_t i = 0; i < count; i++)
            stolen[i] = atomic_load_explicit(&from->ring[(head + i) & MASK], memory_order_relaxed);
        if (atomic_compare_exchange_weak_explicit(&from->head, &head, head + count, memory_order_acq_rel,
                                                  memory_order_acquire))
            return count;
    }
}

struct sb_actor *sb_run_queue_steal(struct sb_run_queue *from, struct sb_run_queue *to) {
    struct sb_actor *stolen[SB_RUN_RING / 2];
    uint32_t count = steal_half(from, stolen);
    if (count == 0) {
        if (!atomic_load_explicit(&from->slot, memory_order_relaxed)) return NULL;
        return atomic_exchange_explicit(&from->slot, NULL, memory_order_acquire);
    }
    for (uint32_t i = 1; i < count; i++) sb_run_queue_put(to, stolen[i]);
    return stolen[0];
}

bool sb_run_queue_is_empty(const struct sb_run_queue *queue) {
    /* Sequentially consistent: who is about to sleep and who has just put something must not both look away. */
    return atomic_load(&queue->head) == atomic_load(&queue->tail) && !atomic_load(&queue->slot);
}
