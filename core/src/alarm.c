#include "alarm.h"

#include "alloc.h"
#include "clock.h"
#include "error.h"
#include "thread.h"

/* A binary heap, from place 1. Everything is under the lock but the firing itself. */
static struct {
    struct sb_mutex lock;
    struct sb_condition changed; /* an earlier deadline, the end, or a firing that is over */
    struct sb_alarm **heap;
    size_t count;
    size_t capacity;
    uint64_t next_order;
    struct sb_alarm *firing;
    uint64_t thread_id;
    uint32_t users;
    bool runs;
    bool ends;
    struct sb_thread thread;
} alarms;

__attribute__((constructor)) static void alarms_init(void) {
    sb_mutex_init(&alarms.lock);
    sb_condition_init(&alarms.changed);
}

void sb_alarm_init(struct sb_alarm *alarm, void (*fire)(struct sb_alarm *alarm)) {
    *alarm = (struct sb_alarm){.fire = fire};
}

/* ---- The heap --------------------------------------------------------------------------------------------------------- */

/* A test counts how many alarms are looked at. */
#ifndef SB_ALARM_LOOK
#define SB_ALARM_LOOK() ((void)0)
#endif

static bool is_before(const struct sb_alarm *a, const struct sb_alarm *b) {
    SB_ALARM_LOOK();
    return a->deadline_ns != b->deadline_ns ? a->deadline_ns < b->deadline_ns : a->order < b->order;
}

static void put(size_t place, struct sb_alarm *alarm) {
    alarms.heap[place] = alarm;
    alarm->place = place;
}

static void sift_up(size_t place, struct sb_alarm *alarm) {
    for (; place > 1 && is_before(alarm, alarms.heap[place / 2]); place /= 2) put(place, alarms.heap[place / 2]);
    put(place, alarm);
}

static void sift_down(size_t place, struct sb_alarm *alarm) {
    for (size_t child; (child = place * 2) <= alarms.count; place = child) {
        if (child < alarms.count && is_before(alarms.heap[child + 1], alarms.heap[child])) child++;
        if (!is_before(alarms.heap[child], alarm)) break;
        put(place, alarms.heap[child]);
    }
    put(place, alarm);
}

static void heap_remove(struct sb_alarm *alarm) {
    size_t place = alarm->place;
    struct sb_alarm *last = alarms.heap[alarms.count--];
    alarm->place = 0;
    if (last == alarm) return;
    if (place > 1 && is_before(last, alarms.heap[place / 2]))
        sift_up(place, last);
    else
        sift_down(place, last);
}

static int heap_add(struct sb_alarm *alarm) {
    if (alarms.count + 2 > alarms.capacity) {
        size_t capacity = alarms.capacity ? alarms.capacity * 2 : 64;
        struct sb_alarm **heap = sb_realloc(alarms.heap, capacity * sizeof(struct sb_alarm *));
        if (!heap) return sb_error(SABIR_ENOMEM, "no memory for a timer");
        alarms.heap = heap;
        alarms.capacity = capacity;
    }
    sift_up(++alarms.count, alarm);
    return SABIR_OK;
}

/* ---- The thread ------------------------------------------------------------------------------------------------------- */

static void fire_first(void) {
    struct sb_alarm *alarm = alarms.heap[1];
    heap_remove(alarm);
    alarms.firing = alarm;
    sb_mutex_unlock(&alarms.lock);
    alarm->fire(alarm); /* which may free it */
    sb_mutex_lock(&alarms.lock);
    alarms.firing = NULL;
    sb_condition_broadcast(&alarms.changed);
}

static void run(void *unused) {
    (void)unused;
    sb_thread_be_punctual();
    sb_mutex_lock(&alarms.lock);
    alarms.thread_id = sb_thread_id();
    while (!alarms.ends) {
        int64_t next_ns = alarms.count > 0 ? alarms.heap[1]->deadline_ns : -1;
        if (next_ns >= 0 && next_ns <= sb_now_ns())
            fire_first();
        else
            sb_condition_wait(&alarms.changed, &alarms.lock, next_ns);
    }
    sb_mutex_unlock(&alarms.lock);
}

static int start_thread(void) {
    if (alarms.runs) return SABIR_OK;
    int code = sb_thread_start(&alarms.thread, "sabir-timer", run, NULL);
    alarms.runs = code == SABIR_OK;
    return code;
}

int64_t sb_alarm_now_ns(const struct sb_alarm *alarm) {
    return alarm->clock ? sb_clock_now_ns(alarm->clock) : sb_now_ns();
}

int sb_alarm_set(struct sb_alarm *alarm, int64_t deadline_ns) {
    if (alarm->clock) {
        sb_clock_set(alarm->clock, alarm, deadline_ns);
        return SABIR_OK;
    }
    sb_mutex_lock(&alarms.lock);
    if (alarm->place != 0) heap_remove(alarm);
    alarm->deadline_ns = deadline_ns > 0 ? deadline_ns : 0;
    alarm->order = ++alarms.next_order;
    int code = start_thread();
    if (code == SABIR_OK) code = heap_add(alarm);
    if (code == SABIR_OK && alarm->place == 1) sb_condition_broadcast(&alarms.changed);
    sb_mutex_unlock(&alarms.lock);
    return code;
}

bool sb_alarm_cancel(struct sb_alarm *alarm) {
    if (alarm->clock) return sb_clock_cancel(alarm->clock, alarm);
    sb_mutex_lock(&alarms.lock);
    bool was_set = alarm->place != 0;
    if (was_set) heap_remove(alarm);
    while (alarms.firing == alarm && alarms.thread_id != sb_thread_id())
        sb_condition_wait(&alarms.changed, &alarms.lock, -1);
    sb_mutex_unlock(&alarms.lock);
    return was_set;
}

void sb_alarms_retain(void) {
    sb_mutex_lock(&alarms.lock);
    alarms.users++;
    sb_mutex_unlock(&alarms.lock);
}

void sb_alarms_release(void) {
    sb_mutex_lock(&alarms.lock);
    /* Somebody who is joining it already goes on doing so: the thread is joined once, and told to end until it has. */
    bool ends = --alarms.users == 0 && alarms.runs && !alarms.ends;
    if (ends) {
        alarms.ends = true;
        sb_condition_broadcast(&alarms.changed);
    }
    struct sb_thread thread = alarms.thread;
    sb_mutex_unlock(&alarms.lock);
    if (!ends) return;
    sb_thread_join(&thread);
    sb_mutex_lock(&alarms.lock);
    alarms.runs = alarms.ends = false;
    if (alarms.count > 0) { /* set by a new user while we joined */
        start_thread();
    } else {
        sb_free(alarms.heap);
        alarms.heap = NULL;
        alarms.capacity = 0;
    }
    sb_mutex_unlock(&alarms.lock);
}
