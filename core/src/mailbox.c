#include "mailbox.h"

#include <sabir/error.h>

#include "alloc.h"
#include "hot.h"
#include "pool.h"

#define LINGER_MAX 32 /* pauses: less than a microsecond */

void sb_mailbox_rule_init(struct sb_mailbox_rule *rule, uint64_t capacity, uint64_t high_water, bool drops_oldest) {
    rule->capacity = capacity ? capacity : UINT64_MAX / 2;
    rule->high_water = high_water ? high_water : UINT64_MAX;
    rule->wake = NULL;
    rule->wake_away = NULL;
    rule->drops_oldest = drops_oldest;
}

int sb_mailbox_init(struct sb_mailbox *mailbox, const struct sb_mailbox_rule *rule) {
    mailbox->lock = rule->drops_oldest ? sb_alloc(sizeof *mailbox->lock) : NULL;
    if (rule->drops_oldest && !mailbox->lock) return SABIR_ENOMEM;
    mailbox->rule = rule;
    atomic_init(&mailbox->inbox, 0);
    atomic_init(&mailbox->pushed, 0);
    atomic_init(&mailbox->credit, rule->high_water <= rule->capacity ? rule->high_water - 1 : rule->capacity);
    atomic_init(&mailbox->high_state, SB_HIGH_BELOW);
    atomic_init(&mailbox->control, NULL);
    atomic_init(&mailbox->wakes, 0);
    atomic_init(&mailbox->taken, 0);
    mailbox->queue = (struct sb_queue){NULL, NULL};
    mailbox->first_control = NULL;
    atomic_init(&mailbox->is_poked, false);
    mailbox->unusual = mailbox->lock ? SB_MAILBOX_DROPS_OLDEST : 0;
    atomic_init(&mailbox->linger, 0);
    sb_spin_init(&mailbox->spin);
    if (mailbox->lock) sb_mutex_init(mailbox->lock);
    return SABIR_OK;
}

void sb_mailbox_begin_asleep(struct sb_mailbox *mailbox) {
    atomic_init(&mailbox->inbox, SB_INBOX_ASLEEP);
}

void sb_mailbox_free(struct sb_mailbox *mailbox) {
    if (mailbox->lock) sb_mutex_free(mailbox->lock);
    sb_free(mailbox->lock);
}

/* ---- Queues --------------------------------------------------------------------------------------------------------- */

static void queue_append(struct sb_queue *queue, sabir_message *first, sabir_message *last) {
    if (queue->last)
        queue->last->next = first;
    else
        queue->first = first;
    queue->last = last;
}

/* Nodes are given out one behind the other: whoever sends to several in turn leaves the same distance from each message to the next. */
static SB_HOT int32_t guess_ahead(const sabir_message *message, const sabir_message *next) {
    return next ? (int32_t)((uint32_t)sb_nodes_apart(message, next) * SB_STREAM_REACH) : 0;
}

/*
 * A chain comes newest first; its messages are handed on oldest first. On the way each is asked for one that comes a little later, so that it
 * is fetched, and told of one for the way back. `count`: how many there are.
 */
static SB_HOT sabir_message *reverse_counted(sabir_message *newest, uint32_t *count) {
    sabir_message *reversed = NULL, *passed[SB_STREAM_REACH];
    uint32_t length = 0;
    for (sabir_message *message = newest; message; length++) {
        sabir_message *next = message->next, **place = &passed[length % SB_STREAM_REACH];
        sb_fetch_node(message, message->ahead ? message->ahead : guess_ahead(message, next));
        message->next = reversed;
        message->ahead = length < SB_STREAM_REACH ? 0 : sb_nodes_apart(message, *place);
        *place = reversed = message;
        message = next;
    }
    *count = length;
    return reversed;
}

static sabir_message *reverse(sabir_message *newest) {
    uint32_t count;
    return reverse_counted(newest, &count);
}

static void queue_append_reversed(struct sb_queue *queue, sabir_message *newest) {
    queue_append(queue, reverse(newest), newest);
}

static sabir_message *queue_detach(struct sb_queue *queue) {
    sabir_message *message = queue->first;
    if (!message) return NULL;
    queue->first = message->next;
    if (!queue->first) queue->last = NULL;
    return message;
}

/* What `wakes` counts by: its lowest bit says that the owner sleeps elsewhere. */
#define AWAY ((uint32_t)1)
#define ONE_WAKE ((uint32_t)2)

/* ---- Senders -------------------------------------------------------------------------------------------------------- */

static void wake_consumer(struct sb_mailbox *mailbox) {
    if (mailbox->rule->wake) {
        mailbox->rule->wake(mailbox);
        return;
    }
    /* Acquire: whoever was seen asleep has said before where. Our push continues what that store began. */
    (void)atomic_load_explicit(&mailbox->inbox, memory_order_acquire);
    /* Release pairs with the consumer's acquire of `wakes`: it sees what made us wake it. */
    if (atomic_fetch_add_explicit(&mailbox->wakes, ONE_WAKE, memory_order_release) & AWAY)
        mailbox->rule->wake_away(mailbox);
    else
        sb_unpark_one(&mailbox->wakes);
}

#define HELD_MAX 16

/* Consumers that this thread is to wake later. A mailbox is here at most once: it is pushed to while awake after the first time. */
static _Thread_local struct {
    bool holds;
    unsigned count;
    struct sb_mailbox *asleep[HELD_MAX];
} held __attribute__((tls_model("initial-exec")));

void sb_mailbox_hold_wakes(void) {
    held.holds = true;
}

void sb_mailbox_let_wakes_go(void) {
    held.holds = false;
    while (held.count > 0) wake_consumer(held.asleep[--held.count]);
}

struct sb_mailbox *sb_mailbox_held_wake(void) {
    return held.count == 1 ? held.asleep[0] : NULL;
}

static void wake_now_or_later(struct sb_mailbox *mailbox) {
    if (held.holds && held.count < HELD_MAX)
        held.asleep[held.count++] = mailbox;
    else
        wake_consumer(mailbox);
}

void sb_mailbox_wake(struct sb_mailbox *mailbox) {
    uintptr_t seen = atomic_load(&mailbox->inbox);
    while (seen == SB_INBOX_RESTING || seen == SB_INBOX_ASLEEP) {
        if (!atomic_compare_exchange_weak(&mailbox->inbox, &seen, 0)) continue;
        if (seen == SB_INBOX_ASLEEP) wake_consumer(mailbox);
        return;
    }
}

/* ---- The high-water mark --------------------------------------------------------------------------------------------- */

/*
 * `depth` messages are queued with the one at hand: how many more may come before anybody looks again. Above the mark that is half of it, so
 * that a look finds out when the queue has been below.
 */
static uint64_t look_at_mark(struct sb_mailbox *mailbox, uint64_t depth) {
    if (depth < mailbox->rule->high_water) {
        atomic_store_explicit(&mailbox->high_state, SB_HIGH_BELOW, memory_order_relaxed);
        return mailbox->rule->high_water - 1 - depth;
    }
    uint32_t below = SB_HIGH_BELOW; /* one of those who come at the same time has the news */
    atomic_compare_exchange_strong_explicit(&mailbox->high_state, &below, SB_HIGH_NEWS, memory_order_relaxed,
                                            memory_order_relaxed);
    return mailbox->rule->high_water / 2;
}

bool sb_mailbox_is_news(struct sb_mailbox *mailbox) {
    uint32_t news = SB_HIGH_NEWS;
    return atomic_load_explicit(&mailbox->high_state, memory_order_relaxed) == SB_HIGH_NEWS &&
           atomic_compare_exchange_strong_explicit(&mailbox->high_state, &news, SB_HIGH_TOLD, memory_order_relaxed,
                                                   memory_order_relaxed);
}

/* The number of the message at hand is `mine`: may it come? */
static SB_COLD bool take_looked_up_credit(struct sb_mailbox *mailbox, uint64_t mine) {
    uint64_t taken = atomic_load_explicit(&mailbox->taken, memory_order_relaxed);
    uint64_t end = taken + mailbox->rule->capacity, credit = end;
    if (mailbox->rule->high_water <= mailbox->rule->capacity && mine <= end) {
        credit = mine + look_at_mark(mailbox, mine > taken ? mine - taken : 0);
        if (credit > end) credit = end;
    }
    atomic_store_explicit(&mailbox->credit, credit, memory_order_relaxed);
    if (mine <= end) return true;
    atomic_fetch_sub_explicit(&mailbox->pushed, 1, memory_order_relaxed);
    return false;
}

/* One credit, or false. `credit` is a copy of taken + capacity that only ever lags behind, so it never lets too many in. */
static SB_HOT bool take_credit(struct sb_mailbox *mailbox) {
    uint64_t mine = atomic_fetch_add_explicit(&mailbox->pushed, 1, memory_order_relaxed) + 1;
    return SB_USUAL(mine <= atomic_load_explicit(&mailbox->credit, memory_order_relaxed)) ||
           take_looked_up_credit(mailbox, mine);
}

static void count_taken(struct sb_mailbox *mailbox) {
    /* One writer at a time (the owner, or whoever has the lock): no read-modify-write is needed. */
    uint64_t taken = atomic_load_explicit(&mailbox->taken, memory_order_relaxed);
    atomic_store_explicit(&mailbox->taken, taken + 1, memory_order_relaxed);
}

static int push_locked(struct sb_mailbox *mailbox, sabir_message *message, sabir_message **dropped) {
    sb_mutex_lock(mailbox->lock);
    if (sb_mailbox_is_closed(mailbox)) {
        sb_mutex_unlock(mailbox->lock);
        return SABIR_ECLOSED;
    }
    if (sb_mailbox_depth(mailbox) >= mailbox->rule->capacity) {
        *dropped = queue_detach(&mailbox->queue);
        count_taken(mailbox);
    }
    message->next = NULL;
    queue_append(&mailbox->queue, message, message);
    atomic_fetch_add_explicit(&mailbox->pushed, 1, memory_order_relaxed);
    if (mailbox->rule->high_water <= mailbox->rule->capacity) look_at_mark(mailbox, sb_mailbox_depth(mailbox));
    sb_mutex_unlock(mailbox->lock);
    sb_mailbox_wake(mailbox);
    return SABIR_OK;
}

int sb_mailbox_push(struct sb_mailbox *mailbox, sabir_message *message, sabir_message **dropped) {
    *dropped = NULL;
    if (SB_RARE(mailbox->lock)) return push_locked(mailbox, message, dropped);
    if (SB_RARE(!take_credit(mailbox))) return sb_mailbox_is_closed(mailbox) ? SABIR_ECLOSED : SABIR_EFULL;
    uintptr_t top = atomic_load_explicit(&mailbox->inbox, memory_order_relaxed);
    if (top > SB_INBOX_CLOSED && sb_own_pool) sb_stream_add(&sb_own_pool->stream, mailbox, message);
    do {
        if (top == SB_INBOX_CLOSED) {
            atomic_fetch_sub_explicit(&mailbox->pushed, 1, memory_order_relaxed);
            return SABIR_ECLOSED;
        }
        message->next = top <= SB_INBOX_CLOSED ? NULL : (sabir_message *)top;
        /*
         * Release: the owner's acquire exchange sees the message whole. Acquire: if the consumer sleeps, what it did before came before
         * we wake it.
         */
    } while (!atomic_compare_exchange_weak_explicit(&mailbox->inbox, &top, (uintptr_t)message, memory_order_acq_rel,
                                                    memory_order_relaxed));
    if (top == SB_INBOX_ASLEEP) wake_now_or_later(mailbox);
    return SABIR_OK;
}

void sb_mailbox_push_control(struct sb_mailbox *mailbox, sabir_message *message) {
    sabir_message *top = atomic_load_explicit(&mailbox->control, memory_order_relaxed);
    do {
        message->next = top;
        /* Sequentially consistent, as the consumer's "rest, then look at control": one of the two sees the other. */
    } while (!atomic_compare_exchange_weak(&mailbox->control, &top, message));
    sb_mailbox_wake(mailbox);
}

void sb_mailbox_poke(struct sb_mailbox *mailbox) {
    atomic_store(&mailbox->is_poked, true); /* sequentially consistent, as a push to the control lane */
    sb_mailbox_wake(mailbox);
}

/* ---- The owner ------------------------------------------------------------------------------------------------------ */

/* What is in the inbox, newest first; NULL: nothing. */
static SB_HOT sabir_message *take_inbox(struct sb_mailbox *mailbox) {
    if (atomic_load_explicit(&mailbox->inbox, memory_order_relaxed) <= SB_INBOX_CLOSED) return NULL;
    return (sabir_message *)atomic_exchange_explicit(&mailbox->inbox, 0, memory_order_acquire);
}

static void collect(struct sb_mailbox *mailbox) {
    sabir_message *newest = take_inbox(mailbox);
    if (newest) queue_append_reversed(&mailbox->queue, newest);
}

/*
 * A consumer that is faster than its sender would look after each message, and the cache line of the inbox would go to and fro as often. So
 * it lingers before it looks again: for longer as long as more than one message comes in two pauses, else for less.
 */
static void learn_to_linger(struct sb_mailbox *mailbox, uint32_t count) {
    uint32_t linger = atomic_load_explicit(&mailbox->linger, memory_order_relaxed);
    if (count > 1 + linger / 2)
        linger = linger == 0 ? 1 : linger * 2 > LINGER_MAX ? LINGER_MAX : linger * 2;
    else if (count <= 1 + linger / 4)
        linger /= 2;
    atomic_store_explicit(&mailbox->linger, (uint8_t)linger, memory_order_relaxed);
}

/* The oldest of what is in the inbox, the rest goes to the queue, which is empty. */
static SB_HOT sabir_message *collect_oldest(struct sb_mailbox *mailbox) {
    sabir_message *newest = take_inbox(mailbox);
    if (!newest) return NULL;
    sabir_message *oldest = newest;
    uint32_t count = 1;
    if (newest->next) {
        oldest = reverse_counted(newest, &count);
        mailbox->queue = (struct sb_queue){oldest->next, newest};
    }
    if (count > 1 || atomic_load_explicit(&mailbox->linger, memory_order_relaxed) > 0) learn_to_linger(mailbox, count);
    return oldest;
}

static sabir_message *collect_control(struct sb_mailbox *mailbox) {
    if (!atomic_load_explicit(&mailbox->control, memory_order_relaxed)) return NULL;
    return reverse(atomic_exchange_explicit(&mailbox->control, NULL, memory_order_acquire));
}

static sabir_message *take_control(struct sb_mailbox *mailbox) {
    if (!mailbox->first_control) mailbox->first_control = collect_control(mailbox);
    sabir_message *message = mailbox->first_control;
    if (message) mailbox->first_control = message->next;
    return message;
}

static bool is_held(const struct sb_mailbox *mailbox) {
    return mailbox->unusual & SB_MAILBOX_HELD;
}

void sb_mailbox_hold(struct sb_mailbox *mailbox, bool holds) {
    mailbox->unusual = (uint8_t)((mailbox->unusual & ~SB_MAILBOX_HELD) | (holds ? SB_MAILBOX_HELD : 0));
}

/* Held: all goes to the owner's queues, so that the inbox can rest, and an order is looked for among it. */
static sabir_message *take_order(struct sb_mailbox *mailbox) {
    if (!mailbox->lock) collect(mailbox);
    sabir_message **link = &mailbox->first_control;
    while (*link && (*link)->control != SB_CONTROL_ORDER) link = &(*link)->next;
    if (!*link) *link = collect_control(mailbox); /* at the end of what is there */
    while (*link && (*link)->control != SB_CONTROL_ORDER) link = &(*link)->next;
    sabir_message *message = *link;
    if (message) *link = message->next;
    return message;
}

static sabir_message *take_locked(struct sb_mailbox *mailbox) {
    sb_mutex_lock(mailbox->lock);
    sabir_message *message = queue_detach(&mailbox->queue);
    if (message) count_taken(mailbox);
    sb_mutex_unlock(mailbox->lock);
    return message;
}

static SB_COLD sabir_message *take_unusually(struct sb_mailbox *mailbox) {
    if (is_held(mailbox)) return take_order(mailbox);
    sabir_message *message = take_control(mailbox);
    if (message) return message;
    if (sb_mailbox_drops_oldest(mailbox)) return take_locked(mailbox);
    if (!mailbox->queue.first) collect(mailbox);
    message = queue_detach(&mailbox->queue);
    if (message) count_taken(mailbox);
    return message;
}

sabir_message *sb_mailbox_take(struct sb_mailbox *mailbox) {
    bool has_control = mailbox->first_control || atomic_load_explicit(&mailbox->control, memory_order_relaxed);
    if (SB_RARE(has_control || mailbox->unusual)) return take_unusually(mailbox);
    sabir_message *message = mailbox->queue.first ? queue_detach(&mailbox->queue) : collect_oldest(mailbox);
    if (!message) return NULL;
    sb_fetch_node(message, message->ahead);
    count_taken(mailbox);
    return message;
}

sabir_message *sb_mailbox_take_ahead(struct sb_mailbox *mailbox) {
    if (is_held(mailbox)) return take_order(mailbox);
    sabir_message *message = take_control(mailbox);
    if (message) return message;
    if (!mailbox->queue.first) collect(mailbox);
    return queue_detach(&mailbox->queue);
}

void sb_mailbox_count_taken(struct sb_mailbox *mailbox) {
    count_taken(mailbox);
}

void sb_mailbox_put_back(struct sb_mailbox *mailbox, sabir_message *message) {
    if (message->control != SB_CONTROL_NONE) {
        message->next = mailbox->first_control;
        mailbox->first_control = message;
        return;
    }
    struct sb_queue *queue = &mailbox->queue;
    message->next = queue->first;
    queue->first = message;
    if (!queue->last) queue->last = message;
}

uint64_t sb_mailbox_gather(struct sb_mailbox *mailbox) {
    if (!mailbox->lock) collect(mailbox);
    return sb_mailbox_depth(mailbox);
}

uint64_t sb_mailbox_depth(const struct sb_mailbox *mailbox) {
    uint64_t taken = atomic_load_explicit(&mailbox->taken, memory_order_relaxed);
    uint64_t pushed = atomic_load_explicit(&mailbox->pushed, memory_order_relaxed);
    return pushed > taken ? pushed - taken : 0;
}

bool sb_mailbox_is_closed(const struct sb_mailbox *mailbox) {
    return atomic_load_explicit(&mailbox->inbox, memory_order_acquire) == SB_INBOX_CLOSED;
}

void sb_mailbox_close(struct sb_mailbox *mailbox) {
    if (sb_mailbox_is_closed(mailbox)) return;
    if (mailbox->lock) sb_mutex_lock(mailbox->lock);
    uintptr_t top = atomic_exchange_explicit(&mailbox->inbox, SB_INBOX_CLOSED, memory_order_acq_rel);
    if (mailbox->lock) sb_mutex_unlock(mailbox->lock);
    if (top > SB_INBOX_CLOSED) queue_append_reversed(&mailbox->queue, (sabir_message *)top);
    if (top == SB_INBOX_ASLEEP) wake_consumer(mailbox); /* closed by another thread that holds the actor */
}

/* ---- The consumer --------------------------------------------------------------------------------------------------- */

static bool has_work(struct sb_mailbox *mailbox) {
    if (atomic_load(&mailbox->control) || atomic_load(&mailbox->is_poked)) return true;
    if (is_held(mailbox)) return false;
    bool has_own = mailbox->lock ? sb_mailbox_depth(mailbox) > 0 : mailbox->queue.first != NULL;
    return has_own || mailbox->first_control;
}

bool sb_mailbox_rest(struct sb_mailbox *mailbox) {
    uintptr_t empty = 0;
    if (!atomic_compare_exchange_strong(&mailbox->inbox, &empty, SB_INBOX_RESTING)) return false;
    if (!has_work(mailbox)) return true;
    uintptr_t resting = SB_INBOX_RESTING; /* if that fails somebody woke us already */
    atomic_compare_exchange_strong(&mailbox->inbox, &resting, 0);
    return false;
}

bool sb_mailbox_sleep(struct sb_mailbox *mailbox) {
    uintptr_t empty = 0;
    if (!atomic_compare_exchange_strong(&mailbox->inbox, &empty, SB_INBOX_ASLEEP)) return empty == SB_INBOX_ASLEEP;
    if (!has_work(mailbox)) return true;
    uintptr_t asleep = SB_INBOX_ASLEEP; /* if that fails somebody woke us already, and the actor is due */
    return !atomic_compare_exchange_strong(&mailbox->inbox, &asleep, 0);
}

bool sb_mailbox_is_asleep(const struct sb_mailbox *mailbox) {
    /* Sequentially consistent with a push, which wakes whoever it finds asleep. */
    return atomic_load(&mailbox->inbox) == SB_INBOX_ASLEEP;
}

bool sb_mailbox_take_over(struct sb_mailbox *mailbox) {
    uintptr_t asleep = SB_INBOX_ASLEEP;
    return atomic_compare_exchange_strong(&mailbox->inbox, &asleep, 0);
}

static bool is_awake(const void *argument) {
    const struct sb_mailbox *mailbox = argument;
    SB_FETCH_TO_WRITE(&mailbox->inbox); /* what is seen there is taken next: the line comes once, not twice */
    /* Acquire: a push or a wake came before, and so did what it stands for. */
    uintptr_t inbox = atomic_load_explicit(&mailbox->inbox, memory_order_acquire);
    return inbox != SB_INBOX_RESTING && inbox != SB_INBOX_ASLEEP;
}

bool sb_mailbox_wait(struct sb_mailbox *mailbox, int64_t spin_ns, int64_t deadline_ns) {
    uint32_t linger = spin_ns == 0 ? 0 : atomic_load_explicit(&mailbox->linger, memory_order_relaxed);
    for (; linger > 0; linger--) sb_pause();
    if (sb_spin_until(&mailbox->spin, spin_ns, is_awake, mailbox)) return true;
    sb_pool_flush();
    uint32_t wakes = atomic_load_explicit(&mailbox->wakes, memory_order_acquire);
    uintptr_t resting = SB_INBOX_RESTING;
    if (!atomic_compare_exchange_strong(&mailbox->inbox, &resting, SB_INBOX_ASLEEP)) return true;
    while (!is_awake(mailbox)) {
        if (sb_park(&mailbox->wakes, wakes, deadline_ns)) continue;
        uintptr_t asleep = SB_INBOX_ASLEEP;
        return !atomic_compare_exchange_strong(&mailbox->inbox, &asleep, 0);
    }
    return true;
}

bool sb_mailbox_go_away(struct sb_mailbox *mailbox, uint32_t *wakes) {
    sb_pool_flush();
    uintptr_t resting = SB_INBOX_RESTING;
    *wakes = atomic_fetch_or_explicit(&mailbox->wakes, AWAY, memory_order_relaxed);
    return atomic_compare_exchange_strong(&mailbox->inbox, &resting, SB_INBOX_ASLEEP);
}

uint32_t sb_mailbox_come_back(struct sb_mailbox *mailbox, uint32_t wakes, bool *is_awake) {
    /* Acquire: whoever was still sent elsewhere has pushed before. Whoever is not finds nobody on the word, and need not. */
    uint32_t now = atomic_fetch_and_explicit(&mailbox->wakes, ~AWAY, memory_order_acq_rel);
    uintptr_t asleep = SB_INBOX_ASLEEP;
    *is_awake = !atomic_compare_exchange_strong(&mailbox->inbox, &asleep, SB_INBOX_RESTING);
    return ((now & ~AWAY) - wakes) / ONE_WAKE;
}
