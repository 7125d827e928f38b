/*
 * A managed actor: one mailbox, one owner at a time, a life that goes one way. Its ref is part of it: the memory lives as long as somebody
 * holds a ref, the manager being the first.
 *
 *     NEW -> STARTING -> RUNNING -> STOPPING -> STOPPED
 */
#ifndef SB_ACTOR_H
#define SB_ACTOR_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "actor_spec.h"
#include "directory.h"
#include "mailbox.h"
#include "message.h"
#include "ownership.h"
#include "ref.h"
#include "tap.h"
#include "thread.h"

struct sb_actor_watch;
struct sb_recovery;
struct sb_timer;
struct sabir_puller;

enum sb_actor_state { SB_ACTOR_NEW, SB_ACTOR_STARTING, SB_ACTOR_RUNNING, SB_ACTOR_STOPPING, SB_ACTOR_STOPPED };

/* How it was told to stop. */
enum sb_ending { SB_ENDING_NOT, SB_ENDING_DRAINING, SB_ENDING_BURYING };

/* One writer at a time (whoever owns the actor) but for `rejected`. Read from anywhere. */
struct sb_actor_counts {
    _Atomic uint64_t received;
    _Atomic uint64_t sent;
    _Atomic uint64_t failed;
    _Atomic uint64_t rejected;
    /*
     * How long its handlers have run. While they run, the moment when they began is subtracted: then it is below 0, and whoever reads
     * it adds the present. So an actor that hangs is seen.
     */
    _Atomic int64_t handler_ns;
};

/* What most members of groups do not have. Made when first asked for; it stays until the actor goes. */
struct sb_actor_extra {
    struct sb_thread thread;
    bool has_thread;
    char *start_detail; /* why it did not start */
    struct sabir_puller *puller;
    struct sb_recovery *recovery;    /* NULL: it is never restarted */
    _Atomic uint64_t restarts;       /* counted as the others are */
    struct sb_timer *timers;         /* under the lock of the timers */
    struct sb_actor_watch *watchers; /* who watches it; under the lock of the watches, as the next */
    struct sb_actor_watch *watching; /* whom it watches */
};

/*
 * Five cache lines (actor_slab.h), by who writes to them:
 *
 *     0     nobody         what is read of it for each message
 *     1     senders        who is due, the mailbox's first part
 *     2, 3  the owner      the mailbox's second part, counts, ownership
 *     4     hardly anybody
 */
struct sb_actor {
    sabir_ref ref;
    sabir_manager *manager;
    struct sabir_actor *spec;
    struct sb_actor *next_due; /* in its group's queue */
    uint32_t fork_generation;  /* of the process that made it */
    _Atomic bool is_due;       /* in some queue of its group, or in the hand of a worker that took it out of there */
    struct sb_mailbox mailbox;
    void *self;
    struct sb_actor_counts counts;
    struct sb_ownership ownership;
    _Atomic(struct sb_actor_extra *) extra; /* NULL: it has none */
    _Atomic uint32_t thread_id;             /* the system's number; 0: no thread yet */
    _Atomic uint32_t state;                 /* enum sb_actor_state; a stopper or starter sleeps on it */
    int32_t start_code;                     /* what its start came to, once it is RUNNING or STOPPED */
    _Atomic uint8_t ending;                 /* enum sb_ending */
    _Atomic bool abandons;                  /* told to stop and out of time: bury the queue instead of draining it */
    bool wants_stop;                        /* the owner's: sabir_context_stop was called, or it failed for good */
    bool is_held;        /* the owner's: it has failed, or is to be restarted with others: no handler runs */
    bool has_failed;     /* the owner's: its end is a failure, not a stop */
    bool is_over;        /* its watchers have been told; under the lock of the watches */
    uint8_t slot;        /* actor_slab.h */
    char short_name[21]; /* ref.name, if that fits here; else it is a block of its own */
};

/* Make a running actor of a spec, which it owns on success. SABIR_ENOMEM. */
int sb_actor_new(sabir_manager *manager, const char *name, const char *endpoint, struct sabir_actor *spec,
                 struct sb_actor **actor);

/* What it has beside; NULL: nothing yet. And the same made, if need be: NULL without memory. Any thread. */
static inline struct sb_actor_extra *sb_actor_extra(const struct sb_actor *actor) {
    /* Acquire: whoever made it has filled it. */
    return atomic_load_explicit(&actor->extra, memory_order_acquire);
}
struct sb_actor_extra *sb_actor_extra_make(struct sb_actor *actor);

/* A struct of a type that consists of words (sabir_type.word_bytes). */
struct sb_words {
    const sabir_type *type;
    const void *value;
};

/*
 * sabir_ref_send_value in its usual form: to a ref that takes words, and `cause` (NULL: no handler is in hand), whose message is without
 * extras, has nothing to pass on. false: it is not so after all, or there is no memory, and nothing was done.
 */
bool sb_actor_send_words(struct sb_actor *actor, const struct sb_words *words, sabir_ref *sender,
                         const struct sabir_context *cause, int *code);
static SB_HOT bool sb_ref_takes_words(const sabir_ref *ref, const sabir_type *type) {
    return ref->kind == SB_REF_LOCAL && type->word_bytes > 0 && type->builtin == SB_BUILTIN_NONE && !sb_tap_is_open();
}

/* `ref` as an actor of this process, or NULL. */
static inline struct sb_actor *sb_actor_of(const sabir_ref *ref) {
    return ref->kind == SB_REF_LOCAL ? (struct sb_actor *)(uintptr_t)ref : NULL;
}

/* The actor whose part that is. */
static inline struct sb_actor *sb_actor_of_mailbox(struct sb_mailbox *mailbox) {
    return (struct sb_actor *)(void *)((char *)mailbox - offsetof(struct sb_actor, mailbox));
}
static inline struct sb_actor *sb_actor_of_ownership(struct sb_ownership *ownership) {
    return (struct sb_actor *)(void *)((char *)ownership - offsetof(struct sb_actor, ownership));
}

/*
 * Nothing is to be done when it starts: a member of a group that wants to hear nothing of its start. It sleeps from the beginning, and no
 * worker looks at it before there is a message.
 */
bool sb_actor_starts_idle(const struct sb_actor *actor);

/* Start its thread (a pulled one has its binding's). What it came to is known when the actor is RUNNING. */
void sb_actor_start_now(struct sb_actor *actor);

/* SABIR_EFORKED in a child of the process that made it. */
int sb_actor_check_fork(const struct sb_actor *actor);

/* Ask it to stop, once: after draining its queue or not. Any thread. */
void sb_actor_post_stop(struct sb_actor *actor, bool drains);

/* The calling thread is the one that runs it; a snapshot says so. */
static inline void sb_actor_note_thread(struct sb_actor *actor) {
    atomic_store_explicit(&actor->thread_id, (uint32_t)sb_thread_id(), memory_order_relaxed);
}

/* Wait until it has reached `state`, any but STOPPING. false: the deadline has passed. */
bool sb_actor_wait(struct sb_actor *actor, enum sb_actor_state state, int64_t deadline_ns);

static inline enum sb_actor_state sb_actor_state(const struct sb_actor *actor) {
    return (enum sb_actor_state)atomic_load_explicit(&actor->state, memory_order_acquire);
}
void sb_actor_set_state(struct sb_actor *actor, enum sb_actor_state state);

/* It was told to stop, or said so itself: no message is begun any more but for draining. */
static inline bool sb_actor_is_ending(const struct sb_actor *actor) {
    return actor->wants_stop || atomic_load_explicit(&actor->ending, memory_order_acquire) != SB_ENDING_NOT;
}

/* What is still queued at its end is handled, not buried: it was told so, is fit to, and is not out of time. */
static inline bool sb_actor_is_draining(const struct sb_actor *actor) {
    return !actor->wants_stop && !actor->is_held &&
           atomic_load_explicit(&actor->ending, memory_order_acquire) == SB_ENDING_DRAINING &&
           !atomic_load_explicit(&actor->abandons, memory_order_acquire);
}

/* ---- What its thread or puller does, owning it ---------------------------------------------------------------------- */

/* Apply the thread options to the calling thread. An error only if they are strict. */
int sb_actor_apply_thread(struct sb_actor *actor);

/* Remember what the start came to. */
void sb_actor_started(struct sb_actor *actor, int code, const char *detail);

/* The end: close, handle or bury what is queued, and drop the timers. Then on_stop, then sb_actor_ended. */
void sb_actor_finish_queue(struct sb_actor *actor, bool (*handle)(struct sb_actor *actor, sabir_message *message));
void sb_actor_ended(struct sb_actor *actor);

/* A queued message that nobody will handle: a dead letter, and a Reject `stopped` for who waits. Consumes it. */
void sb_actor_bury(struct sb_actor *actor, sabir_message *message);

static inline void sb_count(_Atomic uint64_t *counter) {
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + 1, memory_order_relaxed);
}

/* ---- How long its handlers run: told once a batch or a turn by the system's tick ---------------------------------------- */

static inline void sb_actor_add_handling(struct sb_actor *actor, int64_t duration_ns) {
    int64_t so_far_ns = atomic_load_explicit(&actor->counts.handler_ns, memory_order_relaxed);
    atomic_store_explicit(&actor->counts.handler_ns, so_far_ns + duration_ns, memory_order_relaxed);
}

/* Whoever owns it, and is about to run handlers of it, on a thread of its own. Not twice. */
static inline void sb_actor_begin_handling(struct sb_actor *actor, int64_t now_ns) {
    int64_t so_far_ns = atomic_load_explicit(&actor->counts.handler_ns, memory_order_relaxed);
    atomic_store_explicit(&actor->counts.handler_ns, so_far_ns - now_ns, memory_order_relaxed);
}

static inline bool sb_actor_is_handling(const struct sb_actor *actor) {
    return atomic_load_explicit(&actor->counts.handler_ns, memory_order_relaxed) < 0;
}

/* The same, before giving it up. */
static inline void sb_actor_end_handling(struct sb_actor *actor, int64_t now_ns) {
    int64_t since_ns = atomic_load_explicit(&actor->counts.handler_ns, memory_order_relaxed);
    atomic_store_explicit(&actor->counts.handler_ns, since_ns + now_ns, memory_order_relaxed);
}

#endif
