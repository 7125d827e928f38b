/*
 * The actors that are due on one worker: a ring that its worker fills and empties and from which others steal half, and a slot for the
 * one that was woken last, which goes first.
 *
 *     put:   slot <- actor, ring <- whoever was in the slot
 *     take:  slot, else ring:   head -> a b c d <- tail
 *     steal: a b                (half of the ring; the slot if the ring is empty)
 */
#ifndef SB_RUN_QUEUE_H
#define SB_RUN_QUEUE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SB_RUN_RING 256 /* a power of two */

struct sb_actor;

struct sb_run_queue {
    _Alignas(64) _Atomic uint32_t head; /* takers, thieves too, move it by compare-and-swap */
    _Atomic uint32_t tail;              /* the worker's own */
    _Atomic(struct sb_actor *) slot;
    bool is_alone; /* nobody steals from it */
    _Atomic(struct sb_actor *) ring[SB_RUN_RING];
};

void sb_run_queue_init(struct sb_run_queue *queue, bool is_alone);

/* The worker's own: put into the slot; returns who must go to the ring instead, or NULL. */
struct sb_actor *sb_run_queue_put_first(struct sb_run_queue *queue, struct sb_actor *actor);

/* The worker's own: put at the end of the ring. false: it is full. */
bool sb_run_queue_put(struct sb_run_queue *queue, struct sb_actor *actor);

/* The worker's own: the next one, or NULL. */
struct sb_actor *sb_run_queue_take(struct sb_run_queue *queue);

/* Another worker: move half of the ring into `to`, its own and empty, and return one of them; else whoever is in the slot, or NULL. */
struct sb_actor *sb_run_queue_steal(struct sb_run_queue *from, struct sb_run_queue *to);

bool sb_run_queue_is_empty(const struct sb_run_queue *queue);

#endif
