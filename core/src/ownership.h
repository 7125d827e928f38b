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

struct sb_chain;
struct sb_actor;

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

/*
 * Take the actor for a turn, without waiting. false: somebody owns it, and will call `turn` when he has given it back.
 */
bool sb_ownership_take_or_defer(struct sb_ownership *ownership);

/* Give it back; if somebody waits he owns it when this returns. The thread that took it. */
void sb_ownership_give(struct sb_ownership *ownership);

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

struct sabir_context;

/* Where the handlers in hand stand: one context, or those of a batch (puller.h), of which *current is the index in hand. */
struct sb_frame {
    struct sabir_context *contexts;
    size_t stride_bytes;
    const volatile uint32_t *current; /* NULL: there is one */
};

/* The innermost handler's context on this thread, or NULL. */
struct sabir_context *sb_chain_context(void);

/* Make `frame` (NULL: none), the caller's, the innermost; returns the one before, to be put back the same way. The chain holds an actor. */
const struct sb_frame *sb_chain_enter(const struct sb_frame *frame);

/* Make the calling thread's chain ahead of its first use. false: no memory. */
bool sb_chain_prepare(void);

/* The calling thread's chain holds at least one actor. */
bool sb_chain_holds_any(void);

#endif
