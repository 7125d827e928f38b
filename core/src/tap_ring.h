/*
 * A bounded ring of pointers that any thread puts into and one takes from (the bounded queue of Dmitry Vyukov). Nobody waits: a put into
 * a full ring fails.
 *
 *     cell.turn == place            free for the put of that place
 *     cell.turn == place + 1        filled, for the take of that place
 */
#ifndef SB_TAP_RING_H
#define SB_TAP_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sb_tap_cell {
    _Atomic uint64_t turn;
    void *item;
};

struct sb_tap_ring {
    struct sb_tap_cell *cells;
    uint64_t capacity;
    _Alignas(64) _Atomic uint64_t put_place;
    _Alignas(64) uint64_t take_place; /* the reader's */
};

/* false: no memory. */
bool sb_tap_ring_init(struct sb_tap_ring *ring, size_t capacity);
void sb_tap_ring_free(struct sb_tap_ring *ring); /* not what it holds */

bool sb_tap_ring_put(struct sb_tap_ring *ring, void *item); /* false: full */
void *sb_tap_ring_take(struct sb_tap_ring *ring);           /* NULL: empty */

#endif
