/*
 * A mailbox: many senders push, one owner takes. Two lanes: ordinary messages, bounded by credit, and control (stop, timers), which is
 * never full and comes first.
 *
 *     push:  inbox -> m3 -> m2 -> m1        one word, last in first; what it replaced says whether the owner sleeps
 *     take:  the owner swaps the whole chain out and reverses it:  queue = m1 m2 m3
 *
 * The inbox word is 0 (empty), RESTING or ASLEEP (empty, and nobody is going to look: whoever replaces it wakes the consumer, with a
 * system call only if asleep), CLOSED, or the top of the chain. It rests only while the owner's own queue is empty.
 * Who pushes may be any thread. Everything else is the owner's: whoever holds the actor (ownership.h).
 */
#ifndef SB_MAILBOX_H
#define SB_MAILBOX_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "message.h"
#include "spin.h"
#include "thread.h"

#define SB_INBOX_RESTING ((uintptr_t)1)
#define SB_INBOX_ASLEEP ((uintptr_t)2)
#define SB_INBOX_CLOSED ((uintptr_t)3)

/* First in, first out, linked by `next`. */
struct sb_queue {
    sabir_message *first;
    sabir_message *last;
};

/* Of the high-water mark: below it, above it and nobody told yet, above it and told. */
enum sb_high_state { SB_HIGH_BELOW, SB_HIGH_NEWS, SB_HIGH_TOLD };

/* What makes taking from it unusual. */
#define SB_MAILBOX_HELD 1         /* nothing is given out but orders */
#define SB_MAILBOX_DROPS_OLDEST 2 /* as the rule says; here, so that the owner need not look at the senders' part */

struct sb_mailbox;

/* What a mailbox goes by and never changes: those of actors that are alike share one. */
struct sb_mailbox_rule {
    uint64_t capacity;
    uint64_t high_water;                           /* UINT64_MAX: no mark */
    void (*wake)(struct sb_mailbox *mailbox);      /* make its actor due; NULL: a thread sleeps on `wakes` */
    void (*wake_away)(struct sb_mailbox *mailbox); /* if its thread sleeps elsewhere; NULL: it never does */
    uint64_t drops_oldest; /* 1: the overload policy `drop oldest`; as wide as the rest: no padding */
};

/* Two parts, for two cache lines: whoever embeds a mailbox lets the second part begin a line. */
struct sb_mailbox {
    /*
     * The senders' part. `pushed` minus `taken` is what is queued; `credit` is how far pushed may go before taken is looked at, for the
     * capacity or for the high-water mark.
     */
    _Atomic uintptr_t inbox;
    _Atomic uint64_t pushed;
    _Atomic uint64_t credit;
    const struct sb_mailbox_rule *rule;
    struct sb_mutex *lock;       /* if it drops the oldest: of the queue, for senders take from it too; else NULL */
    _Atomic uint32_t high_state; /* enum sb_high_state */
    _Atomic uint32_t wakes;      /* the owner sleeps on it; odd: it sleeps elsewhere */
    /* The owner's part, with the control lane: it looks there each time, and others come there rarely. */
    _Atomic uint64_t taken;
    _Atomic(sabir_message *) control;
    struct sb_queue queue;
    sabir_message *first_control; /* the oldest; what comes meanwhile waits in `control` */
    _Atomic bool is_poked;
    uint8_t unusual; /* the owner's: SB_MAILBOX_HELD, SB_MAILBOX_DROPS_OLDEST; one byte, to be looked at in one go */
    _Atomic uint8_t
        linger;          /* the owner's: pauses before the consumer looks again, so that a stream of messages gathers */
    struct sb_spin spin; /* the consumer's */
};

#define SB_MAILBOX_OWNERS_PART offsetof(struct sb_mailbox, taken)

/* capacity 0: unbounded. high_water 0: no mark; else it is news when so many are queued. Woken as a thread is. */
void sb_mailbox_rule_init(struct sb_mailbox_rule *rule, uint64_t capacity, uint64_t high_water, bool drops_oldest);

/* The rule is borrowed. SABIR_ENOMEM, if it drops the oldest alone. */
int sb_mailbox_init(struct sb_mailbox *mailbox, const struct sb_mailbox_rule *rule);
static inline bool sb_mailbox_drops_oldest(const struct sb_mailbox *mailbox) {
    return mailbox->unusual & SB_MAILBOX_DROPS_OLDEST;
}
void sb_mailbox_begin_asleep(struct sb_mailbox *mailbox); /* before anybody knows it: the first push wakes */
void sb_mailbox_free(struct sb_mailbox *mailbox);         /* which is closed and empty */

/*
 * Push an ordinary message. SABIR_OK, SABIR_EFULL, SABIR_ECLOSED (no detail). With drops_oldest, *dropped is the message that had to go,
 * the caller's to bury; else NULL.
 */
int sb_mailbox_push(struct sb_mailbox *mailbox, sabir_message *message, sabir_message **dropped);

/* After a push: the mark was crossed, and the caller is the one to tell. */
bool sb_mailbox_is_news(struct sb_mailbox *mailbox);

/*
 * Between these two calls a push by the calling thread wakes no consumer that sleeps; the second call wakes them all. For a thread that
 * pushes many messages one after the other: each wake-up may cost it its CPU.
 */
void sb_mailbox_hold_wakes(void);
void sb_mailbox_let_wakes_go(void);
struct sb_mailbox *sb_mailbox_held_wake(void); /* the one that is to be woken; NULL: none, or several */

/* Push a control message; never refused, but nobody takes it once the owner has gone. */
void sb_mailbox_push_control(struct sb_mailbox *mailbox, sabir_message *message);

/* From now on the owner does not rest any more: it has been told something that is no message. Never fails. */
void sb_mailbox_poke(struct sb_mailbox *mailbox);

/* The next message, control first; NULL if there is none. Counts it as taken. */
sabir_message *sb_mailbox_take(struct sb_mailbox *mailbox);

/* A glance of the owner: no message is there to be taken, but for the control lane. */
static inline bool sb_mailbox_seems_empty(const struct sb_mailbox *mailbox) {
    return !mailbox->queue.first && atomic_load_explicit(&mailbox->inbox, memory_order_relaxed) <= SB_INBOX_CLOSED &&
           !mailbox->unusual;
}

/*
 * For an owner that takes many at once (puller.c): a message that is taken but not handled yet stays queued for the senders, until
 * sb_mailbox_count_taken says that its turn has come; until then it can be put back, the last first. Not with drops_oldest.
 * Control messages can be put back too, always.
 */
sabir_message *sb_mailbox_take_ahead(struct sb_mailbox *mailbox);
void sb_mailbox_count_taken(struct sb_mailbox *mailbox);
void sb_mailbox_put_back(struct sb_mailbox *mailbox, sabir_message *message);

/*
 * Hold everything back, or give it out again: while held, nothing but an order (SB_CONTROL_ORDER) can be taken, and the owner rests although
 * messages are queued.
 */
void sb_mailbox_hold(struct sb_mailbox *mailbox, bool holds);

/* Take over what is in the inbox and say how many ordinary messages are queued. */
uint64_t sb_mailbox_gather(struct sb_mailbox *mailbox);

/* How many are queued, from any thread; exact for the owner. */
uint64_t sb_mailbox_depth(const struct sb_mailbox *mailbox);

/* Refuse further messages; those that are queued can still be taken. Idempotent. */
void sb_mailbox_close(struct sb_mailbox *mailbox);
bool sb_mailbox_is_closed(const struct sb_mailbox *mailbox);

/* The owner found nothing to take: rest, unless something has come. true: give the actor up, then sb_mailbox_wait. */
bool sb_mailbox_rest(struct sb_mailbox *mailbox);

/*
 * After sb_mailbox_rest: wait until there is something to take, first spinning for spin_ns (-1: adaptive). false: the deadline (-1: none)
 * has passed. For the one thread that consumes, without holding the actor.
 */
bool sb_mailbox_wait(struct sb_mailbox *mailbox, int64_t spin_ns, int64_t deadline_ns);

/*
 * After sb_mailbox_rest: for a consumer that goes to sleep elsewhere, where the rule's wake_away finds it. false: something has come, and
 * it is awake. Either way *wakes is for sb_mailbox_come_back, which says how often wake_away was called, or is just about to be (also by one
 * who found the consumer asleep long ago); and whether the consumer is awake or, as before, rests.
 */
bool sb_mailbox_go_away(struct sb_mailbox *mailbox, uint32_t *wakes);
uint32_t sb_mailbox_come_back(struct sb_mailbox *mailbox, uint32_t wakes, bool *is_awake);

/* As sb_mailbox_rest where no thread waits: asleep from now on. Also true if it was asleep already. */
bool sb_mailbox_sleep(struct sb_mailbox *mailbox);

/* Nobody is going to look before somebody pushes. From any thread. */
bool sb_mailbox_is_asleep(const struct sb_mailbox *mailbox);

/* Look in the place of the consumer, if it is asleep: from here on nobody is woken. false: it is not asleep. */
bool sb_mailbox_take_over(struct sb_mailbox *mailbox);

/* Wake the consumer without a message. */
void sb_mailbox_wake(struct sb_mailbox *mailbox);

#endif
