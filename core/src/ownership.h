/*
 * Exclusivity of an actor, and the graph of who waits for whom.
 *
 * A chain is what one thread is in the middle of: the actors whose handlers it runs inside one another (a fast_send nests). An actor's
 * owner word holds the chain that runs it, 0 if none does, and a mark if somebody waits:
 *
 *     owner word:  | chain ................................... | waited for |
 *
 * Taking a free actor and giving one back that nobody waits for is one compare-and-swap. Everything else happens under one lock of the
 * process: a chain that has to wait enters the actor's queue of waiters, and is handed the actor in turn. Since a chain that waits gives
 * nothing back, walking "waits for, owned by, waits for ..." under that lock finds a cycle exactly when there is one.
 * A blocking ask is an edge of the same graph: the chain waits for the actor to handle, not to own it.
 */
#ifndef SB_OWNERSHIP_H
#define SB_OWNERSHIP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spin.h"

struct sabir_context;

/* Where the handlers in hand stand: one context, or those of a batch (puller.h), of which *current is the index in hand. */
struct sb_frame {
    struct sabir_context *contexts;
    size_t stride_bytes;
    const volatile uint32_t *current; /* NULL: there is one */
};

/* One per thread; it outlives its thread, for others may just be looking at it, and is adopted by the next one. */
struct sb_chain {
    struct sb_ownership *waits_for; /* under the lock of the graph; NULL: it runs */
    uint64_t ask_number;            /* the same: how many asks it has waited for */
    struct sb_chain *next_waiter;   /* the same */
    _Atomic uint32_t granted;       /* what it waits for is its own now; it sleeps on this word */
    uint32_t held;                  /* actors; the thread's own, as the rest */
    const struct sb_frame *frame;
    struct sb_spin spin;
    struct sb_chain *next_orphan;
    struct sb_chain *next_chain;
};

/* The calling thread's, NULL before its first take. */
extern _Thread_local struct sb_chain *sb_own_chain __attribute__((tls_model("initial-exec")));

struct sb_ownership {
    void (*turn)(struct sb_ownership *ownership); /* make the actor due; NULL: its thread looks by itself */
    bool wants_turn;                              /* under the lock of the graph */
    _Atomic uintptr_t owner;
    struct sb_chain *first_waiter; /* under the lock of the graph */
    struct sb_chain *last_waiter;
    const char *name;                 /* of the actor, for details */
    volatile uint32_t *_Atomic yield; /* set to 1 when somebody begins to wait; NULL: nobody looks */
};

void sb_ownership_init(struct sb_ownership *ownership, const char *name);

/*
 * Take the actor for the calling thread's chain. SABIR_OK, SABIR_EREENTRANT, SABIR_EDEADLOCK (with the names of the cycle in the detail),
 * SABIR_ETIMEDOUT with may_wait false, SABIR_ENOMEM.
 */
int sb_ownership_take(struct sb_ownership *ownership, bool may_wait);

/* The same, waiting until the deadline (0: not at all, -1: without end): SABIR_ETIMEDOUT after it, and nothing was taken. */
int sb_ownership_take_until(struct sb_ownership *ownership, int64_t deadline_ns);

/* The same where nobody is in the way: one compare-and-swap, in line. false: take the long way. */
static inline bool sb_ownership_take_free(struct sb_ownership *ownership) {
    struct sb_chain *chain = sb_own_chain;
    uintptr_t nobody = 0;
    /* Acquire: the former owner's work on the actor came before. */
    if (!chain || !atomic_compare_exchange_strong_explicit(&ownership->owner, &nobody, (uintptr_t)chain,
                                                           memory_order_acquire, memory_order_relaxed))
        return false;
    chain->held++;
    return true;
}

/*
 * Take the actor for a turn, without waiting. false: somebody owns it, and will call `turn` when he has given it back.
 */
bool sb_ownership_take_or_defer(struct sb_ownership *ownership);

/* Give it back; if somebody waits he owns it when this returns. The thread that took it. */
void sb_ownership_give(struct sb_ownership *ownership);

/* The same where nobody waits, in line. false: nothing was done, take the long way. */
static inline bool sb_ownership_give_unwanted(struct sb_ownership *ownership) {
    uintptr_t owner = (uintptr_t)sb_own_chain;
    /* Release: the next owner sees our work. */
    if (!atomic_compare_exchange_strong_explicit(&ownership->owner, &owner, 0, memory_order_release,
                                                 memory_order_relaxed))
        return false;
    sb_own_chain->held--;
    return true;
}

/* Somebody waits for the actor that the caller holds. */
static inline bool sb_ownership_is_wanted(const struct sb_ownership *ownership) {
    return (atomic_load_explicit(&ownership->owner, memory_order_relaxed) & 1) != 0;
}

/* The calling thread holds it. */
bool sb_ownership_is_mine(const struct sb_ownership *ownership);

/* ---- A blocking ask -------------------------------------------------------------------------------------------------- */

struct sb_ask_edge {
    struct sb_chain *chain; /* NULL: not in the graph, for the asker runs no handler */
    uint64_t number;
};

/*
 * From here on the calling chain waits until `ownership`'s actor has answered. SABIR_EREENTRANT, SABIR_EDEADLOCK: waiting would never
 * end, and there is nothing to end.
 */
int sb_ask_edge_begin(struct sb_ask_edge *edge, struct sb_ownership *ownership);

/* The answer is there, or can come from elsewhere. From any thread, also when the asker has long gone on. */
void sb_ask_edge_end(const struct sb_ask_edge *edge);

/* ---- The handler that the calling thread runs ------------------------------------------------------------------------- */

/* The innermost handler's context on this thread, or NULL. */
struct sabir_context *sb_chain_context(void);

/* Make `frame` (NULL: none), the caller's, the innermost; returns the one before, to be put back the same way. The chain holds an actor. */
static inline const struct sb_frame *sb_chain_enter(const struct sb_frame *frame) {
    const struct sb_frame *before = sb_own_chain->frame;
    sb_own_chain->frame = frame;
    return before;
}

/* Make the calling thread's chain ahead of its first use. false: no memory. */
bool sb_chain_prepare(void);

/* The calling thread's chain holds at least one actor. */
bool sb_chain_holds_any(void);

#endif
