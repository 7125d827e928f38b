/*
 * Exclusivity of an actor, and the graph of who waits for whom.
 *
 * A chain is what one thread is in the middle of: the actors whose handlers it runs inside one another (a fast_send nests). An actor's
 * owner word names a chain, or is 0:
 *
 *     | chain .................. | reserved | waited for |        0           nobody runs it, anybody may take it
 *                                                                 C           chain C runs it
 *                                                                 C reserved  only C may take it: C runs it if it is in C's hand
 *
 * Taking a free actor and giving one back that nobody waits for is one compare-and-swap each. An actor that one chain takes again and
 * again is left reserved for it: then it lays the actor into its hand by a plain store and looks whether the owner word is still the same,
 * and lays it down likewise; no instruction of it is locked. Who wants an actor that is reserved for another changes the owner word, has the
 * system pass a memory barrier on every thread (sb_barrier_everywhere), and looks into the hand: one of the two sees the other.
 *
 * Everything else happens under one lock of the process: a chain that has to wait enters the actor's queue of waiters, and is handed the
 * actor in turn. Since a chain that waits gives nothing back, walking "waits for, owned by, waits for ..." under that lock finds a cycle
 * exactly when there is one. A blocking ask is an edge of the same graph: the chain waits for the actor to handle, not to own it.
 * tests/model/ownership.pml and reservation.pml explore it.
 */
#ifndef SB_OWNERSHIP_H
#define SB_OWNERSHIP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hot.h"
#include "spin.h"

struct sabir_context;

/* The contexts of a batch (puller.h), of which *current is the index in hand. */
struct sb_batch_frame {
    struct sabir_context *contexts;
    size_t stride_bytes;
    const volatile uint32_t *current;
};

/* Where the handler in hand stands: its context, or, with the lowest bit set, a batch's frame. 0: no handler is in hand. */
typedef uintptr_t sb_frame;
static inline sb_frame sb_frame_of_context(struct sabir_context *context) {
    return (sb_frame)context;
}
static inline sb_frame sb_frame_of_batch(const struct sb_batch_frame *batch) {
    return (sb_frame)batch | 1;
}

#define SB_OWNER_WANTED ((uintptr_t)1)
#define SB_OWNER_RESERVED ((uintptr_t)2)
#define SB_HAND_PLACES 8 /* calls that are nested deeper take the actor by compare-and-swap */

struct sb_ownership;

/* One per thread; it outlives its thread, for others may just be looking at it, and is adopted by the next one. */
struct sb_chain {
    sb_frame frame;  /* the thread's own, as the next two */
    uint32_t held;   /* actors that it owns otherwise than in its hand */
    uint32_t number; /* from 1 */
    struct sb_ownership
        *_Atomic hand[SB_HAND_PLACES + 1]; /* what is reserved and in use, oldest first; behind it, NULL */
    struct sb_ownership *waits_for;        /* under the lock of the graph; NULL: it runs */
    uint64_t ask_number;                   /* the same: how many asks it has waited for */
    struct sb_chain *next_waiter;          /* the same; in a ring */
    _Atomic uint32_t granted;              /* what it waits for is its own now; it sleeps on this word */
    struct sb_spin spin;
    struct sb_chain *next_orphan;
    struct sb_chain *next_chain;
};

/* The calling thread's, NULL before its first take. */
extern _Thread_local struct sb_chain *sb_own_chain __attribute__((tls_model("initial-exec")));

struct sb_ownership {
    _Atomic uintptr_t owner;
    uint32_t last_taker;   /* the owner's: number of the chain that took it last by compare-and-swap, 0: nobody yet */
    uint16_t takes_to_go;  /* the owner's: until it is reserved for that chain, if no other comes between */
    uint8_t patience_log2; /* under the lock of the graph: takes in a row that earn a reservation */
    bool wants_turn;       /* the same */
    struct sb_chain *last_waiter;                 /* the same; its next_waiter is the first one */
    void (*turn)(struct sb_ownership *ownership); /* make the actor due; NULL: its thread looks by itself */
    const char *name;                             /* of the actor, for details */
    volatile uint32_t *_Atomic yield;             /* set to 1 when somebody begins to wait; NULL: nobody looks */
};

/* How many takes in a row earn a reservation, at first and at most: each that is taken away doubles it. Tests make it short. */
struct sb_patience {
    uint8_t first_log2;
    uint8_t most_log2; /* 15 at most */
};
extern struct sb_patience sb_patience;

void sb_ownership_init(struct sb_ownership *ownership, const char *name);

/*
 * Take the actor for the calling thread's chain. SABIR_OK, SABIR_EREENTRANT, SABIR_EDEADLOCK (with the names of the cycle in the detail),
 * SABIR_ETIMEDOUT with may_wait false, SABIR_ENOMEM.
 */
int sb_ownership_take(struct sb_ownership *ownership, bool may_wait);

/* The same, waiting until the deadline (0: not at all, -1: without end): SABIR_ETIMEDOUT after it, and nothing was taken. */
int sb_ownership_take_until(struct sb_ownership *ownership, int64_t deadline_ns);

/* Of the long ways below: what to do when the owner word is no longer what it was; the calling thread's hand is in order afterwards. */
bool sb_ownership_take_revoked(
    struct sb_ownership *ownership); /* just laid into the hand: true, it is ours all the same */
void sb_ownership_give_revoked(struct sb_ownership *ownership); /* just laid down */

/*
 * The store to our hand stays before the look at the owner word. For the processor too: who changes that word has a barrier passed on this
 * thread before he looks into the hand. So it is enough that the compiler keeps the order.
 */
#define SB_HAND_BEFORE_LOOK() atomic_signal_fence(memory_order_seq_cst)

/* What lies there, of the calling thread's own hand. */
static SB_HOT struct sb_ownership *sb_hand_at(struct sb_ownership *_Atomic *place) {
    return atomic_load_explicit(place, memory_order_relaxed);
}

/* Behind what this call is nested in. false: there is no place, or the actor lies there already. */
static SB_HOT bool sb_hand_add(struct sb_chain *chain, struct sb_ownership *ownership) {
    struct sb_ownership *_Atomic *place = chain->hand;
    do {
        if (sb_hand_at(place) == ownership || ++place == chain->hand + SB_HAND_PLACES) return false;
    } while (sb_hand_at(place));
    atomic_store_explicit(place, ownership, memory_order_relaxed);
    return true;
}

/* Take away the last one, if it is that; false: it is not. Release: who takes the reservation away and finds it gone sees our work. */
static SB_HOT bool sb_hand_drop(struct sb_chain *chain, const struct sb_ownership *ownership) {
    struct sb_ownership *_Atomic *place = chain->hand;
    while (sb_hand_at(place + 1)) place++;
    if (sb_hand_at(place) != ownership) return false;
    atomic_store_explicit(place, NULL, memory_order_release);
    return true;
}

/* What came of laying an actor into the hand. */
enum sb_laid {
    SB_LAID,         /* it is taken */
    SB_LAID_IN_VAIN, /* its reservation was taken away just then: sb_ownership_take_revoked has to be called */
    SB_NOT_LAID      /* it is not reserved for this chain, or this chain is in it already; nothing was done */
};

/* Take what is reserved for the calling chain: no locked instruction. */
static SB_HOT enum sb_laid sb_ownership_lay(struct sb_ownership *ownership, struct sb_chain *chain) {
    uintptr_t reserved = (uintptr_t)chain | SB_OWNER_RESERVED;
    if (atomic_load_explicit(&ownership->owner, memory_order_relaxed) != reserved) return SB_NOT_LAID;
    if (SB_USUAL(!sb_hand_at(chain->hand)))
        atomic_store_explicit(chain->hand, ownership, memory_order_relaxed);
    else if (!sb_hand_add(chain, ownership))
        return SB_NOT_LAID;
    SB_HAND_BEFORE_LOOK();
    /* Nobody but this chain makes the word so: nobody else was in there since this chain was. */
    return atomic_load_explicit(&ownership->owner, memory_order_relaxed) == reserved ? SB_LAID : SB_LAID_IN_VAIN;
}

/* Take what is nobody's, by one locked instruction. */
static SB_HOT bool sb_ownership_take_nobodys(struct sb_ownership *ownership, struct sb_chain *chain) {
    uintptr_t nobody = 0;
    /* Acquire: the former owner's work on the actor came before. */
    if (!atomic_compare_exchange_strong_explicit(&ownership->owner, &nobody, (uintptr_t)chain, memory_order_acquire,
                                                 memory_order_relaxed))
        return false;
    if (ownership->last_taker != chain->number) {
        ownership->last_taker = chain->number;
        ownership->takes_to_go = (uint16_t)((1U << ownership->patience_log2) - 1);
    } else if (ownership->takes_to_go > 0) {
        ownership->takes_to_go--;
    }
    chain->held++;
    return true;
}

/* Either way, in line, where nobody is in the way; `chain` is the calling thread's, or NULL. false: take the long way. */
static SB_HOT bool sb_ownership_take_free(struct sb_ownership *ownership, struct sb_chain *chain) {
    if (SB_RARE(!chain)) return false;
    enum sb_laid laid = sb_ownership_lay(ownership, chain);
    if (laid == SB_NOT_LAID) return sb_ownership_take_nobodys(ownership, chain);
    return laid == SB_LAID || sb_ownership_take_revoked(ownership);
}

/*
 * Take the actor for a turn, without waiting. false: somebody owns it, and will call `turn` when he has given it back.
 */
bool sb_ownership_take_or_defer(struct sb_ownership *ownership);

/* Give it back; if somebody waits he owns it when this returns. The thread that took it. */
void sb_ownership_give(struct sb_ownership *ownership);

/* The same of what the chain has just laid down, in line. */
static SB_HOT void sb_ownership_laid_down(struct sb_ownership *ownership, struct sb_chain *chain) {
    SB_HAND_BEFORE_LOOK();
    uintptr_t reserved = (uintptr_t)chain | SB_OWNER_RESERVED;
    if (SB_RARE(atomic_load_explicit(&ownership->owner, memory_order_relaxed) != reserved))
        sb_ownership_give_revoked(ownership);
}

/* The same where nobody waits, in line; `chain` is the calling thread's. false: nothing was done, take the long way. */
static SB_HOT bool sb_ownership_give_unwanted(struct sb_ownership *ownership, struct sb_chain *chain) {
    if (SB_USUAL(sb_hand_at(chain->hand) == ownership && !sb_hand_at(chain->hand + 1))) { /* no nested call */
        /* Release: who takes the reservation away and finds the hand empty sees our work. */
        atomic_store_explicit(chain->hand, NULL, memory_order_release);
        sb_ownership_laid_down(ownership, chain);
        return true;
    }
    if (sb_hand_at(chain->hand)) {
        bool is_last = sb_hand_drop(chain, ownership);
        if (is_last) sb_ownership_laid_down(ownership, chain);
        return is_last;
    }
    uintptr_t owner = (uintptr_t)chain;
    /* Release: the next owner sees our work. */
    if (ownership->takes_to_go == 0 || !atomic_compare_exchange_strong_explicit(
                                           &ownership->owner, &owner, 0, memory_order_release, memory_order_relaxed))
        return false;
    chain->held--;
    return true;
}

/* Somebody waits for the actor that the caller holds. */
static inline bool sb_ownership_is_wanted(const struct sb_ownership *ownership) {
    return (atomic_load_explicit(&ownership->owner, memory_order_relaxed) & SB_OWNER_WANTED) != 0;
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

/* Make `frame`, the caller's, the innermost; returns the one before, to be put back the same way. The chain holds an actor. */
static inline sb_frame sb_chain_enter(sb_frame frame) {
    sb_frame before = sb_own_chain->frame;
    sb_own_chain->frame = frame;
    return before;
}

/* Make the calling thread's chain ahead of its first use. false: no memory. */
bool sb_chain_prepare(void);

/* The calling thread's chain holds at least one actor. */
bool sb_chain_holds_any(void);

#endif
