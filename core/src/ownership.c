#include "ownership.h"

#include <sabir/error.h>
#include <stdio.h>

#include "alloc.h"
#include "error.h"
#include "spin.h"
#include "thread.h"

#define WANTED SB_OWNER_WANTED
#define RESERVED SB_OWNER_RESERVED
#define CYCLE_TEXT_BYTES 512
/* A handed-over actor costs as much as ten calls: so long its owner may go on undisturbed before it is asked for. */
#define GO_ON_NS 2000
/* Taking a reservation away costs as much as some hundred calls without one: who loses it has to earn the next one for longer. */
struct sb_patience sb_patience = {.first_log2 = 10, .most_log2 = 15};

_Thread_local struct sb_chain *sb_own_chain __attribute__((tls_model("initial-exec")));

static struct sb_mutex graph_lock;
static struct sb_chain *all_chains;
static struct sb_chain *orphans;
static uint32_t chain_count;
static bool may_reserve; /* set when the library is loaded */
static struct sb_thread_slot exit_slot;

static void orphan_chain(void *value) {
    struct sb_chain *chain = value;
    sb_own_chain = NULL;
    sb_mutex_lock(&graph_lock);
    chain->next_orphan = orphans;
    orphans = chain;
    sb_mutex_unlock(&graph_lock);
}

__attribute__((constructor)) static void graph_init(void) {
    sb_mutex_init(&graph_lock);
    sb_thread_slot_init(&exit_slot, orphan_chain);
    may_reserve = sb_barrier_everywhere_prepare();
}

static struct sb_chain *chain_new(void) {
    struct sb_chain *chain = sb_alloc_zero(1, sizeof *chain);
    if (!chain) return NULL;
    sb_spin_init(&chain->spin);
    chain->number = ++chain_count;
    chain->next_chain = all_chains;
    all_chains = chain;
    return chain;
}

static struct sb_chain *own_chain(void) {
    if (sb_own_chain) return sb_own_chain;
    sb_mutex_lock(&graph_lock);
    struct sb_chain *chain = orphans;
    if (chain)
        orphans = chain->next_orphan;
    else
        chain = chain_new();
    sb_mutex_unlock(&graph_lock);
    sb_own_chain = chain;
    if (chain) sb_thread_slot_set(&exit_slot, chain);
    return chain;
}

void sb_ownership_init(struct sb_ownership *ownership, const char *name) {
    atomic_init(&ownership->owner, 0);
    ownership->last_waiter = NULL;
    ownership->name = name;
    ownership->turn = NULL;
    ownership->wants_turn = false;
    ownership->last_taker = 0;
    ownership->takes_to_go = 0;
    ownership->patience_log2 = sb_patience.first_log2;
    atomic_init(&ownership->yield, NULL);
}

static struct sb_chain *chain_of(uintptr_t owner) {
    return (struct sb_chain *)(owner & ~(WANTED | RESERVED));
}

/* The place of the actor in the chain's hand, or SB_HAND_PLACES. By the chain's thread; others hold the lock of the graph. */
static uint32_t place_in_hand(const struct sb_chain *chain, const struct sb_ownership *ownership) {
    uint32_t place = 0;
    /* Acquire: if it is not there any more, what the chain did with the actor came before. */
    while (place < SB_HAND_PLACES && atomic_load_explicit(&chain->hand[place], memory_order_acquire) !=
                                         (struct sb_ownership *)(uintptr_t)ownership)
        place++;
    return place;
}

static bool is_in_hand(const struct sb_chain *chain, const struct sb_ownership *ownership) {
    return place_in_hand(chain, ownership) < SB_HAND_PLACES;
}

/*
 * Who runs the actor, or NULL. Under the lock of the graph it is exact for a chain that waits, which took the lock after it had laid its
 * hand; and anybody may ask whether it is himself.
 */
static struct sb_chain *owner_of(const struct sb_ownership *ownership) {
    uintptr_t owner = atomic_load_explicit(&ownership->owner, memory_order_acquire);
    struct sb_chain *chain = chain_of(owner);
    return owner & RESERVED && !is_in_hand(chain, ownership) ? NULL : chain;
}

/* ---- The graph (all under its lock) ---------------------------------------------------------------------------------- */

/* Would `chain` wait for itself if it waited for `wanted`? Every chain on the way waits, hence keeps what it owns while we look. */
static bool closes_cycle(const struct sb_chain *chain, const struct sb_ownership *wanted) {
    for (const struct sb_ownership *at = wanted; at;) {
        const struct sb_chain *owner = owner_of(at);
        if (!owner) return false;
        if (owner == chain) return true;
        at = owner->waits_for;
    }
    return false;
}

/* "a -> b -> c -> a": who waits for whom, beginning and ending with the actor that is wanted. */
static void describe_cycle(const struct sb_chain *chain, const struct sb_ownership *wanted, char *text, size_t room) {
    size_t used = 0;
    const struct sb_ownership *at = wanted;
    do {
        int written = snprintf(text + used, room - used, "%s%s", used ? " -> " : "", at->name);
        used += written > 0 && (size_t)written < room - used ? (size_t)written : 0;
        at = owner_of(at) == chain ? NULL : owner_of(at)->waits_for;
    } while (at);
    snprintf(text + used, room - used, " -> %s", wanted->name);
}

static int cycle_error(const struct sb_chain *chain, const struct sb_ownership *wanted) {
    if (owner_of(wanted) == chain)
        return sb_error(SABIR_EREENTRANT, "actor '%s' is already in this chain of calls", wanted->name);
    char cycle[CYCLE_TEXT_BYTES];
    describe_cycle(chain, wanted, cycle, sizeof cycle);
    return sb_error(SABIR_EDEADLOCK, "the actors wait for each other: %s", cycle);
}

/*
 * End a reservation. The actor is free afterwards, or owned by the chain that it was reserved for as if it had been taken by
 * compare-and-swap. Nobody changes the owner word meanwhile: this happens under the lock alone.
 */
static void revoke(struct sb_ownership *ownership) {
    uintptr_t reserved = atomic_load_explicit(&ownership->owner, memory_order_relaxed);
    if (!(reserved & RESERVED)) return;
    struct sb_chain *chain = chain_of(reserved);
    ownership->last_taker = 0;
    if (ownership->patience_log2 < sb_patience.most_log2) ownership->patience_log2++;
    /* From here on that chain's own look fails. The mark alone does that; the rest still says that only its hand tells who runs it. */
    atomic_store_explicit(&ownership->owner, reserved | WANTED, memory_order_relaxed);
    if (chain != sb_own_chain) sb_barrier_everywhere();
    /* Release: who takes it next sees what that chain, of whose empty hand we have just learnt, did with the actor. */
    atomic_store_explicit(&ownership->owner, is_in_hand(chain, ownership) ? (uintptr_t)chain : 0, memory_order_release);
}

/* Mark the owner word, or take the actor if it is free or becomes so. */
static bool take_or_mark(struct sb_ownership *ownership, struct sb_chain *chain) {
    for (;;) {
        revoke(ownership);
        uintptr_t owner = atomic_load_explicit(&ownership->owner, memory_order_relaxed);
        if (owner & RESERVED) continue; /* since then */
        uintptr_t next = owner == 0 ? (uintptr_t)chain : owner | WANTED;
        if (atomic_compare_exchange_weak_explicit(&ownership->owner, &owner, next, memory_order_acq_rel,
                                                  memory_order_relaxed))
            return owner == 0;
    }
}

static void enqueue(struct sb_ownership *ownership, struct sb_chain *chain) {
    struct sb_chain *last = ownership->last_waiter;
    chain->next_waiter = last ? last->next_waiter : chain;
    if (last) last->next_waiter = chain;
    ownership->last_waiter = chain;
    chain->waits_for = ownership;
    volatile uint32_t *yield = atomic_load_explicit(&ownership->yield, memory_order_acquire);
    if (yield) __atomic_store_n(yield, 1, __ATOMIC_RELAXED);
}

/* ---- Taking and giving ----------------------------------------------------------------------------------------------- */

static bool is_granted(const void *argument) {
    const struct sb_chain *chain = argument;
    /* Acquire: what the former owner did with the actor came before. */
    return atomic_load_explicit(&chain->granted, memory_order_acquire) != 0;
}

static int is_at_work(const struct sb_ownership *ownership) {
    return sb_error(SABIR_ETIMEDOUT, "actor '%s' is at work on another thread", ownership->name);
}

/* Out of the queue of those who wait. */
static void withdraw(struct sb_ownership *ownership, struct sb_chain *chain) {
    struct sb_chain *before = ownership->last_waiter;
    while (before->next_waiter != chain) before = before->next_waiter;
    before->next_waiter = chain->next_waiter;
    if (ownership->last_waiter == chain) ownership->last_waiter = before == chain ? NULL : before;
    chain->waits_for = NULL;
}

/* The time is up. false: just then it was handed to us, and is ours. The mark stays: who gives it back looks, and finds nobody. */
static bool give_up_waiting(struct sb_ownership *ownership, struct sb_chain *chain) {
    sb_mutex_lock(&graph_lock);
    bool gives_up = !is_granted(chain);
    if (gives_up) withdraw(ownership, chain);
    sb_mutex_unlock(&graph_lock);
    return gives_up;
}

static bool take_if_free(void *ownership) {
    struct sb_ownership *wanted = ownership;
    return atomic_load_explicit(&wanted->owner, memory_order_relaxed) == 0 &&
           sb_ownership_take_free(wanted, sb_own_chain);
}

static int take_waiting(struct sb_ownership *ownership, struct sb_chain *chain, int64_t deadline_ns) {
    sb_mutex_lock(&graph_lock);
    bool taken = take_or_mark(ownership, chain);
    int code = !taken && closes_cycle(chain, ownership) ? cycle_error(chain, ownership) : SABIR_OK;
    if (!taken && code == SABIR_OK) {
        atomic_store_explicit(&chain->granted, 0, memory_order_relaxed);
        enqueue(ownership, chain);
    }
    sb_mutex_unlock(&graph_lock);
    if (taken || code != SABIR_OK) return code;
    if (sb_spin_until(&chain->spin, -1, is_granted, chain)) return SABIR_OK;
    while (!is_granted(chain)) {
        if (sb_park(&chain->granted, 0, deadline_ns) || !give_up_waiting(ownership, chain)) continue;
        return is_at_work(ownership);
    }
    return SABIR_OK;
}

static bool is_reserved(const struct sb_ownership *ownership) {
    return (atomic_load_explicit(&ownership->owner, memory_order_relaxed) & RESERVED) != 0;
}

/* For who does not wait: nobody may be in there for whom it is reserved. */
static bool take_unreserved(struct sb_ownership *ownership) {
    sb_mutex_lock(&graph_lock);
    revoke(ownership);
    sb_mutex_unlock(&graph_lock);
    return sb_ownership_take_free(ownership, sb_own_chain);
}

int sb_ownership_take_until(struct sb_ownership *ownership, int64_t deadline_ns) {
    struct sb_chain *chain = own_chain();
    if (!chain) return sb_error(SABIR_ENOMEM, "no memory to enter actor '%s'", ownership->name);
    if (sb_ownership_take_free(ownership, chain)) return SABIR_OK;
    if (owner_of(ownership) == chain)
        return sb_error(SABIR_EREENTRANT, "actor '%s' is already in this chain of calls", ownership->name);
    if (is_reserved(ownership) && take_unreserved(ownership)) return SABIR_OK;
    if (deadline_ns == 0) return is_at_work(ownership);
    if (sb_spin_apart(GO_ON_NS, take_if_free, ownership)) return SABIR_OK;
    int code = take_waiting(ownership, chain, deadline_ns);
    if (code == SABIR_OK) chain->held++;
    return code;
}

int sb_ownership_take(struct sb_ownership *ownership, bool may_wait) {
    return sb_ownership_take_until(ownership, may_wait ? -1 : 0);
}

bool sb_ownership_take_or_defer(struct sb_ownership *ownership) {
    if (sb_ownership_take(ownership, false) == SABIR_OK) return true;
    sb_mutex_lock(&graph_lock);
    bool taken = take_or_mark(ownership, sb_own_chain);
    if (!taken) ownership->wants_turn = true;
    sb_mutex_unlock(&graph_lock);
    if (taken) sb_own_chain->held++;
    return taken;
}

/* Nobody waits: the mark was of one who did not wait after all, or of a worker that wants to give the actor its turn. */
static void make_free(struct sb_ownership *ownership) {
    bool wants_turn = ownership->wants_turn;
    ownership->wants_turn = false;
    atomic_store_explicit(&ownership->owner, 0, memory_order_release);
    sb_mutex_unlock(&graph_lock);
    if (wants_turn) ownership->turn(ownership);
}

/* Hand the actor to the first who waits, or make it free. */
static void give_waited_for(struct sb_ownership *ownership) {
    sb_mutex_lock(&graph_lock);
    if (!ownership->last_waiter) {
        make_free(ownership);
        return;
    }
    struct sb_chain *waiter = ownership->last_waiter->next_waiter;
    ownership->last_taker = 0; /* another comes between */
    withdraw(ownership, waiter);
    atomic_store_explicit(&ownership->owner,
                          (uintptr_t)waiter | (ownership->last_waiter || ownership->wants_turn ? WANTED : 0),
                          memory_order_release);
    atomic_store_explicit(&waiter->granted, 1, memory_order_release);
    sb_mutex_unlock(&graph_lock);
    sb_unpark_one(&waiter->granted); /* a chain is never freed: at worst this wakes a later wait of it in vain */
}

/* Out of the hand, from whatever place. Under the lock, for who looks there must not miss what is moved. false: it was not in there. */
static bool lay_down(struct sb_chain *chain, const struct sb_ownership *ownership) {
    uint32_t place = place_in_hand(chain, ownership);
    if (place == SB_HAND_PLACES) return false;
    sb_mutex_lock(&graph_lock);
    for (; place < SB_HAND_PLACES; place++) /* behind the last one lies NULL */
        atomic_store_explicit(&chain->hand[place], sb_hand_at(&chain->hand[place + 1]), memory_order_release);
    sb_mutex_unlock(&graph_lock);
    return true;
}

/* Give back what was taken by compare-and-swap, or is ours since its reservation was taken away while we ran it. */
static void give_owned(struct sb_ownership *ownership, struct sb_chain *chain) {
    chain->held--;
    bool is_earned = ownership->takes_to_go == 0 && ownership->last_taker == chain->number;
    uintptr_t owner = (uintptr_t)chain, next = is_earned && may_reserve ? owner | RESERVED : 0;
    if (ownership->takes_to_go == 0 && !may_reserve) ownership->last_taker = 0;
    /* Release: the next owner sees our work. */
    if (!atomic_compare_exchange_strong_explicit(&ownership->owner, &owner, next, memory_order_release,
                                                 memory_order_relaxed))
        give_waited_for(ownership);
}

void sb_ownership_give(struct sb_ownership *ownership) {
    struct sb_chain *chain = sb_own_chain;
    if (sb_ownership_give_unwanted(ownership, chain)) return;
    if (!lay_down(chain, ownership))
        give_owned(ownership, chain);
    else if (atomic_load_explicit(&ownership->owner, memory_order_relaxed) != ((uintptr_t)chain | RESERVED))
        sb_ownership_give_revoked(ownership);
}

/* Who took the reservation away found the actor in our hand, and left it to us. Only he makes the owner word this chain's. */
static bool was_left_to_us(const struct sb_ownership *ownership, struct sb_chain *chain) {
    sb_mutex_lock(&graph_lock);
    bool is_ours = (atomic_load_explicit(&ownership->owner, memory_order_relaxed) & ~WANTED) == (uintptr_t)chain;
    sb_mutex_unlock(&graph_lock);
    if (is_ours) chain->held++;
    return is_ours;
}

bool sb_ownership_take_revoked(struct sb_ownership *ownership) {
    struct sb_chain *chain = sb_own_chain;
    bool is_ours = was_left_to_us(ownership, chain);
    lay_down(chain, ownership); /* either way the hand says nothing any more */
    return is_ours;
}

void sb_ownership_give_revoked(struct sb_ownership *ownership) {
    if (was_left_to_us(ownership, sb_own_chain)) give_owned(ownership, sb_own_chain);
}

bool sb_ownership_is_mine(const struct sb_ownership *ownership) {
    return sb_own_chain && owner_of(ownership) == sb_own_chain;
}

/* ---- A blocking ask -------------------------------------------------------------------------------------------------- */

int sb_ask_edge_begin(struct sb_ask_edge *edge, struct sb_ownership *ownership) {
    edge->chain = NULL;
    if (!sb_chain_holds_any()) return SABIR_OK; /* nobody can wait for a thread that holds nothing */
    sb_mutex_lock(&graph_lock);
    int code = closes_cycle(sb_own_chain, ownership) ? cycle_error(sb_own_chain, ownership) : SABIR_OK;
    if (code == SABIR_OK) {
        sb_own_chain->waits_for = ownership;
        edge->chain = sb_own_chain;
        edge->number = ++sb_own_chain->ask_number;
    }
    sb_mutex_unlock(&graph_lock);
    return code;
}

void sb_ask_edge_end(const struct sb_ask_edge *edge) {
    if (!edge->chain) return;
    sb_mutex_lock(&graph_lock);
    if (edge->chain->ask_number == edge->number) {
        edge->chain->waits_for = NULL;
        edge->chain->ask_number++; /* it may wait for another thing by the time this is called again */
    }
    sb_mutex_unlock(&graph_lock);
}

/* ---- The handler in hand --------------------------------------------------------------------------------------------- */

struct sabir_context *sb_chain_context(void) {
    sb_frame frame = sb_own_chain ? sb_own_chain->frame : 0;
    if (!(frame & 1)) return (struct sabir_context *)frame;
    const struct sb_batch_frame *batch = (const struct sb_batch_frame *)(frame & ~(sb_frame)1);
    return (struct sabir_context *)(void *)((char *)batch->contexts + *batch->current * batch->stride_bytes);
}

bool sb_chain_prepare(void) {
    return own_chain() != NULL;
}

bool sb_chain_holds_any(void) {
    return sb_own_chain && (sb_own_chain->held > 0 || sb_hand_at(sb_own_chain->hand));
}
