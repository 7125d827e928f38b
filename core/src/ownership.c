#include "ownership.h"

#include <sabir/error.h>
#include <stdio.h>

#include "alloc.h"
#include "error.h"
#include "spin.h"
#include "thread.h"

#define WANTED ((uintptr_t)1)
#define CYCLE_TEXT_BYTES 512

_Thread_local struct sb_chain *sb_own_chain __attribute__((tls_model("initial-exec")));

static struct sb_mutex graph_lock;
static struct sb_chain *all_chains;
static struct sb_chain *orphans;
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
}

static struct sb_chain *chain_new(void) {
    struct sb_chain *chain = sb_alloc_zero(1, sizeof *chain);
    if (!chain) return NULL;
    sb_spin_init(&chain->spin);
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
    ownership->first_waiter = ownership->last_waiter = NULL;
    ownership->name = name;
    ownership->turn = NULL;
    ownership->wants_turn = false;
    atomic_init(&ownership->yield, NULL);
}

static struct sb_chain *chain_of(uintptr_t owner) {
    return (struct sb_chain *)(owner & ~WANTED);
}

static struct sb_chain *owner_of(const struct sb_ownership *ownership) {
    return chain_of(atomic_load_explicit(&ownership->owner, memory_order_acquire));
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

/* Mark the owner word, or take the actor if it has become free. */
static bool take_or_mark(struct sb_ownership *ownership, struct sb_chain *chain) {
    uintptr_t owner = atomic_load_explicit(&ownership->owner, memory_order_relaxed);
    for (;;) {
        uintptr_t next = owner == 0 ? (uintptr_t)chain : owner | WANTED;
        if (atomic_compare_exchange_weak_explicit(&ownership->owner, &owner, next, memory_order_acq_rel,
                                                  memory_order_relaxed))
            return owner == 0;
    }
}

static void enqueue(struct sb_ownership *ownership, struct sb_chain *chain) {
    chain->next_waiter = NULL;
    if (ownership->last_waiter)
        ownership->last_waiter->next_waiter = chain;
    else
        ownership->first_waiter = chain;
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
    struct sb_chain *before = NULL;
    for (struct sb_chain *at = ownership->first_waiter; at != chain; at = at->next_waiter) before = at;
    if (before)
        before->next_waiter = chain->next_waiter;
    else
        ownership->first_waiter = chain->next_waiter;
    if (ownership->last_waiter == chain) ownership->last_waiter = before;
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

int sb_ownership_take_until(struct sb_ownership *ownership, int64_t deadline_ns) {
    struct sb_chain *chain = own_chain();
    if (!chain) return sb_error(SABIR_ENOMEM, "no memory to enter actor '%s'", ownership->name);
    if (sb_ownership_take_free(ownership)) return SABIR_OK;
    if (owner_of(ownership) == chain)
        return sb_error(SABIR_EREENTRANT, "actor '%s' is already in this chain of calls", ownership->name);
    if (deadline_ns == 0) return is_at_work(ownership);
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
    struct sb_chain *waiter = ownership->first_waiter;
    if (!waiter) {
        make_free(ownership);
        return;
    }
    ownership->first_waiter = waiter->next_waiter;
    if (!ownership->first_waiter) ownership->last_waiter = NULL;
    waiter->waits_for = NULL;
    atomic_store_explicit(&ownership->owner,
                          (uintptr_t)waiter | (ownership->first_waiter || ownership->wants_turn ? WANTED : 0),
                          memory_order_release);
    atomic_store_explicit(&waiter->granted, 1, memory_order_release);
    sb_mutex_unlock(&graph_lock);
    sb_unpark_one(&waiter->granted); /* a chain is never freed: at worst this wakes a later wait of it in vain */
}

void sb_ownership_give(struct sb_ownership *ownership) {
    if (sb_ownership_give_unwanted(ownership)) return;
    sb_own_chain->held--;
    give_waited_for(ownership);
}

bool sb_ownership_is_mine(const struct sb_ownership *ownership) {
    return sb_own_chain && chain_of(atomic_load_explicit(&ownership->owner, memory_order_relaxed)) == sb_own_chain;
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
    if (!sb_own_chain || !sb_own_chain->frame) return NULL;
    const struct sb_frame *frame = sb_own_chain->frame;
    size_t index = frame->current ? *frame->current : 0;
    return (struct sabir_context *)(void *)((char *)frame->contexts + index * frame->stride_bytes);
}

bool sb_chain_prepare(void) {
    return own_chain() != NULL;
}

bool sb_chain_holds_any(void) {
    return sb_own_chain && sb_own_chain->held > 0;
}
