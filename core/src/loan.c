#include "loan.h"

#include <sys/epoll.h>

#include "mailbox.h"
#include "node_inner.h"

#define TICK_NS INT64_C(1000000)
#define QUICK_NS INT64_C(1000000)
#define STREAK_FIRST 8
#define STREAK_MAX 4096
#define STREAK_FACTOR 8 /* after a loan that did no good: the guest was slow, or it met a stream */
#define GUEST_FRAMES 4  /* more at once is a stream: its reader and its actor had better work side by side */
#define GUEST_EVENTS 8

/* Whose wire this thread reads as a guest. */
static _Thread_local struct sb_loan *reading __attribute__((tls_model("initial-exec")));

void sb_loan_init(struct sb_loan *loan) {
    loan->streak_needed = STREAK_FIRST;
}

/* ---- The wire thread ------------------------------------------------------------------------------------------------------- */

bool sb_loan_offer(struct sb_node *node, size_t received_msgs, int64_t since_last_ns) {
    struct sb_loan *loan = &node->wire.loan;
    struct sb_mailbox *woken = received_msgs == 1 ? sb_mailbox_held_wake() : NULL;
    if (woken && !woken->rule->wake_away) woken = NULL;
    bool goes_on = woken && woken == loan->candidate && since_last_ns < QUICK_NS;
    loan->streak = goes_on ? loan->streak + 1 : 0;
    loan->candidate = woken;
    if (!woken || loan->streak < loan->streak_needed) return false;
    loan->streak = 0;
    atomic_store_explicit(&loan->guest, woken, memory_order_relaxed);
    /* Release: whoever takes the wire finds it as this thread leaves it. */
    atomic_store_explicit(&loan->state, SB_LOAN_OPEN, memory_order_release);
    return true;
}

/* Have the wire back. true: the guest was at work, or has gone. */
static bool reclaim(struct sb_wire *wire) {
    struct sb_loan *loan = &wire->loan;
    for (;;) {
        uint32_t seen = SB_LOAN_OPEN;
        if (atomic_compare_exchange_strong(&loan->state, &seen, SB_LOAN_KEPT)) return true;
        if (seen == SB_LOAN_KEPT) return false;
        uint32_t returned = atomic_load_explicit(&loan->returned, memory_order_acquire);
        seen = SB_LOAN_TAKEN;
        if (atomic_compare_exchange_strong(&loan->state, &seen, SB_LOAN_RECALLED)) sb_wire_wake(wire);
        if (atomic_load(&loan->state) == SB_LOAN_RECALLED) sb_park(&loan->returned, returned, -1);
    }
}

/* Sleep until the guest brings the wire back or is to be asked for it. true: it has been slow. */
static bool watch_guest(struct sb_node *node) {
    struct sb_wire *wire = &node->wire;
    struct sb_loan *loan = &wire->loan;
    uint32_t visits = atomic_load_explicit(&loan->visits, memory_order_relaxed);
    int64_t now = sb_now_ns();
    for (;;) {
        uint32_t returned = atomic_load_explicit(&loan->returned, memory_order_acquire);
        if (atomic_load_explicit(&loan->state, memory_order_acquire) == SB_LOAN_KEPT) return false;
        if (sb_park(&loan->returned, returned, now + TICK_NS)) continue;
        now = sb_now_ns();
        atomic_store_explicit(&wire->clock_ns, now, memory_order_relaxed);
        bool is_wanted = atomic_load_explicit(&wire->wanted, memory_order_acquire) != SB_WIRE_RUNS;
        uint32_t visits_now = atomic_load_explicit(&loan->visits, memory_order_relaxed);
        if (is_wanted || now >= wire->due_ns) {
            reclaim(wire);
            return false;
        }
        if (visits_now == visits) return reclaim(wire);
        visits = visits_now;
    }
}

void sb_loan_wait(struct sb_node *node) {
    struct sb_loan *loan = &node->wire.loan;
    bool was_bad = watch_guest(node) || loan->met_stream;
    loan->met_stream = false;
    atomic_store_explicit(&loan->guest, NULL, memory_order_relaxed);
    loan->candidate = NULL;
    if (!was_bad)
        loan->streak_needed = STREAK_FIRST;
    else if (loan->streak_needed < STREAK_MAX)
        loan->streak_needed *= STREAK_FACTOR;
}

/* ---- The guest ---------------------------------------------------------------------------------------------------------------- */

/* false: something that is no guest's. */
static bool await_event(struct sb_wire *wire) {
    struct epoll_event events[GUEST_EVENTS];
    bool is_guests = true;
    int count = epoll_wait(wire->epoll_fd, events, GUEST_EVENTS, -1);
    for (int i = 0; i < count; i++) {
        const struct sb_watch *watch = events[i].data.ptr;
        if (watch->kind == SB_WATCH_INBOX)
            wire->inbox_is_ready = true;
        else if (watch->kind == SB_WATCH_WAKE)
            sb_wire_take_wake(wire);
        else
            is_guests = false; /* still to be seen by the wire thread */
    }
    bool is_recalled = atomic_load_explicit(&wire->loan.state, memory_order_relaxed) == SB_LOAN_RECALLED;
    bool is_wanted = atomic_load_explicit(&wire->wanted, memory_order_relaxed) != SB_WIRE_RUNS;
    return is_guests && !is_recalled && !is_wanted && !sb_wire_is_called(wire);
}

/* Until the guest is called; false: the wire is to go back. */
static bool read_wire(struct sb_node *node) {
    struct sb_wire *wire = &node->wire;
    for (;;) {
        if (wire->inbox_is_ready) {
            size_t received;
            sb_mailbox_hold_wakes();
            wire->inbox_is_ready = !sb_inbound_drain(node, GUEST_FRAMES, &received);
            sb_mailbox_let_wakes_go();
            wire->loan.met_stream = wire->inbox_is_ready;
            if (wire->inbox_is_ready) return false;
        }
        if (atomic_load_explicit(&wire->loan.calls, memory_order_acquire) > 0) return true;
        if (!await_event(wire)) return false;
    }
}

/* Its turn is over: it keeps the loan, unless somebody waits for the wire. */
static void leave(struct sb_loan *loan, bool keeps_loan) {
    uint32_t taken = SB_LOAN_TAKEN;
    if (keeps_loan && atomic_compare_exchange_strong(&loan->state, &taken, SB_LOAN_OPEN)) return;
    atomic_store(&loan->state, SB_LOAN_KEPT);
    atomic_fetch_add_explicit(&loan->returned, 1, memory_order_release);
    sb_unpark_all(&loan->returned);
}

bool sb_loan_take(struct sb_node *node, struct sb_mailbox *mailbox) {
    struct sb_loan *loan = &node->wire.loan;
    uint32_t wakes, state = SB_LOAN_OPEN;
    if (atomic_load_explicit(&loan->guest, memory_order_relaxed) != mailbox) return false;
    if (!atomic_compare_exchange_strong(&loan->state, &state, SB_LOAN_TAKEN)) return false;
    atomic_fetch_add_explicit(&loan->visits, 1, memory_order_relaxed);
    atomic_store_explicit(&loan->calls, 0, memory_order_relaxed);
    atomic_store_explicit(&loan->calls_over, 0, memory_order_relaxed);
    bool keeps_loan = true, is_awake;
    if (sb_mailbox_go_away(mailbox, &wakes)) {
        reading = loan;
        keeps_loan = read_wire(node);
        reading = NULL;
    }
    uint32_t calls = sb_mailbox_come_back(mailbox, wakes, &is_awake);
    /* Once this thread has gone on, the node may end: nobody who called may still be about to touch it. */
    while (atomic_load_explicit(&loan->calls_over, memory_order_acquire) != calls) sb_yield();
    leave(loan, keeps_loan && is_awake);
    return is_awake;
}

void sb_loan_call(struct sb_node *node) {
    struct sb_loan *loan = &node->wire.loan;
    /* Release: whoever sees that it was called sees what for. */
    atomic_fetch_add_explicit(&loan->calls, 1, memory_order_release);
    if (reading != loan) sb_wire_wake(&node->wire);
    atomic_fetch_add_explicit(&loan->calls_over, 1, memory_order_release);
}
