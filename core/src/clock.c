#include "clock.h"

void sb_clock_init(struct sb_clock *clock) {
    sb_mutex_init(&clock->lock);
    clock->first = NULL;
    atomic_init(&clock->now_ns, 0);
    clock->next_order = 0;
}

void sb_clock_free(struct sb_clock *clock) {
    /* What is still set, as an ask that nobody answers, will never fire. */
    for (struct sb_alarm *alarm = clock->first; alarm; alarm = alarm->next) alarm->clock = NULL;
    sb_mutex_free(&clock->lock);
}

int64_t sb_clock_now_ns(const struct sb_clock *clock) {
    return atomic_load_explicit(&clock->now_ns, memory_order_relaxed);
}

/* Under the lock. */
static bool detach(struct sb_clock *clock, struct sb_alarm *alarm) {
    struct sb_alarm **link = &clock->first;
    while (*link && *link != alarm) link = &(*link)->next;
    if (!*link) return false;
    *link = alarm->next;
    return true;
}

void sb_clock_set(struct sb_clock *clock, struct sb_alarm *alarm, int64_t deadline_ns) {
    sb_mutex_lock(&clock->lock);
    detach(clock, alarm);
    alarm->deadline_ns = deadline_ns;
    alarm->order = ++clock->next_order;
    struct sb_alarm **link = &clock->first;
    while (*link && (*link)->deadline_ns <= deadline_ns) link = &(*link)->next; /* of equal ones it is the last */
    alarm->next = *link;
    *link = alarm;
    sb_mutex_unlock(&clock->lock);
}

bool sb_clock_cancel(struct sb_clock *clock, struct sb_alarm *alarm) {
    sb_mutex_lock(&clock->lock);
    bool was_set = detach(clock, alarm);
    sb_mutex_unlock(&clock->lock);
    return was_set;
}

bool sb_clock_fire_next(struct sb_clock *clock, int64_t until_ns) {
    sb_mutex_lock(&clock->lock);
    struct sb_alarm *alarm = clock->first;
    if (alarm && alarm->deadline_ns > until_ns) alarm = NULL;
    if (alarm) clock->first = alarm->next;
    int64_t now_ns = alarm ? alarm->deadline_ns : until_ns;
    if (now_ns > sb_clock_now_ns(clock)) atomic_store_explicit(&clock->now_ns, now_ns, memory_order_relaxed);
    sb_mutex_unlock(&clock->lock);
    if (alarm) alarm->fire(alarm); /* which may free it */
    return alarm != NULL;
}
