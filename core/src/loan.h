/*
 * The loan of the wire: an actor that answers what comes from other nodes, one message at a time, is woken by the wire thread each time,
 * and each wake-up costs more than all the rest that is ours. So the wire thread lends the reading to the thread of such an actor, its
 * guest, for as long as messages come quickly: the guest sleeps where they arrive, and has them without a wake-up between.
 *
 *     KEPT ──offer──> OPEN ──take──> TAKEN ──a message for the guest──> OPEN ──take──> TAKEN ...
 *       ^               '── a millisecond without the guest ──> KEPT
 *       '── TAKEN: a recall, or something that is no guest's: mail, events, a stream
 *
 * While there is a guest the wire thread looks once a millisecond: a handler that takes longer than that loses the wire, so that nobody's
 * messages wait for it; and where nothing came the wire thread reads again, so that at rest nobody makes a wake-up.
 */
#ifndef SB_LOAN_H
#define SB_LOAN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sb_mailbox;
struct sb_node;

enum sb_loan_state {
    SB_LOAN_KEPT,    /* the wire thread reads */
    SB_LOAN_OPEN,    /* nobody does: the guest is at work and will come back */
    SB_LOAN_TAKEN,   /* the guest does */
    SB_LOAN_RECALLED /* still, but the wire thread waits for it */
};

struct sb_loan {
    _Atomic(struct sb_mailbox *) guest; /* compared only; NULL: nobody */
    _Atomic uint32_t state;
    _Atomic uint32_t returned;   /* the wire thread sleeps on it */
    _Atomic uint32_t visits;     /* how often the guest came */
    _Atomic uint32_t calls;      /* since it came the guest was called so often by its mailbox, ... */
    _Atomic uint32_t calls_over; /* ... and so many of those who called touch the node no more */
    bool met_stream;             /* of whoever reads the wire: more came at once than is a guest's */
    /* Of the wire thread alone. */
    struct sb_mailbox *candidate; /* whom the last message woke, alone */
    uint32_t streak;              /* how often in a row, quickly */
    uint32_t streak_needed;       /* more after a loan that did no good */
};

void sb_loan_init(struct sb_loan *loan);

/*
 * On the wire thread, between a drain and the wake-ups that it held back. true: from here on the inbox is the guest's, and
 * sb_loan_wait says when it is the wire thread's again.
 */
bool sb_loan_offer(struct sb_node *node, size_t received_msgs, int64_t since_last_ns);
void sb_loan_wait(struct sb_node *node);

/*
 * Of an actor's thread whose mailbox rests: if it is the guest, read the wire until there is something for the actor. false: the
 * mailbox still rests, and is to be waited for in the ordinary way.
 */
bool sb_loan_take(struct sb_node *node, struct sb_mailbox *mailbox);

/* The guest's mailbox is not empty any more. Any thread. */
void sb_loan_call(struct sb_node *node);

#endif
