#include "tap_ring.h"

#include "alloc.h"

bool sb_tap_ring_init(struct sb_tap_ring *ring, size_t capacity) {
    /* With one cell the two meanings of a turn would be one: put(1) and take(0) both look for 1. */
    ring->capacity = capacity > 1 ? capacity : 2;
    ring->cells = sb_alloc_zero(ring->capacity, sizeof *ring->cells);
    if (!ring->cells) return false;
    for (uint64_t i = 0; i < ring->capacity; i++) atomic_init(&ring->cells[i].turn, i);
    atomic_init(&ring->put_place, 0);
    ring->take_place = 0;
    return true;
}

void sb_tap_ring_free(struct sb_tap_ring *ring) {
    sb_free(ring->cells);
}

bool sb_tap_ring_put(struct sb_tap_ring *ring, void *item) {
    uint64_t place = atomic_load_explicit(&ring->put_place, memory_order_relaxed);
    for (;;) {
        struct sb_tap_cell *cell = &ring->cells[place % ring->capacity];
        /* Acquire: what the reader did with the item before is over. */
        uint64_t turn = atomic_load_explicit(&cell->turn, memory_order_acquire);
        if (turn < place) return false; /* still filled: a whole ring is ahead of the reader */
        if (turn == place && atomic_compare_exchange_weak_explicit(&ring->put_place, &place, place + 1,
                                                                   memory_order_relaxed, memory_order_relaxed)) {
            cell->item = item;
            atomic_store_explicit(&cell->turn, place + 1, memory_order_release); /* with the item, for the take */
            return true;
        }
        if (turn != place) place = atomic_load_explicit(&ring->put_place, memory_order_relaxed);
    }
}

void *sb_tap_ring_take(struct sb_tap_ring *ring) {
    struct sb_tap_cell *cell = &ring->cells[ring->take_place % ring->capacity];
    if (atomic_load_explicit(&cell->turn, memory_order_acquire) != ring->take_place + 1) return NULL;
    void *item = cell->item;
    atomic_store_explicit(&cell->turn, ring->take_place + ring->capacity, memory_order_release); /* free again */
    ring->take_place++;
    return item;
}
