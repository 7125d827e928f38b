#include "timer.h"

#include <stdatomic.h>

#include "actor.h"
#include "alarm.h"
#include "alloc.h"
#include "context.h"
#include "error.h"
#include "group.h"
#include "manager.h"
#include "ownership.h"
#include "thread.h"
#include "wall_clock.h"

#define FIRST_BUCKETS 256
#define ALIGNED_MAX_NS (INT64_C(50) * 366 * 24 * 3600 * 1000000000)

struct sb_timer {
    struct sb_alarm alarm;
    uint64_t id;
    int64_t period_ns;      /* 0: one shot */
    bool is_aligned;        /* to the wall clock; then, in nanoseconds since 1970: */
    int64_t offset_ns;      /* boundaries are k * period + offset */
    int64_t boundary_ns;    /* the one it is armed for */
    int64_t fired_ns;       /* the last one that it fired for; INT64_MIN: none */
    struct sb_actor *actor; /* counted */
    sabir_message *message;
    uint64_t due;   /* firings that fell due and have not begun */
    bool is_posted; /* its message is in the mailbox or being handled */
    bool is_running;
    bool is_cancelled;
    struct sb_timer *next_in_bucket;
    struct sb_timer *next_of_actor;
    struct sb_timer **link_of_actor; /* whatever points to this one */
    struct sb_timer *next_aligned;
    struct sb_timer **link_of_aligned;
};

/* By id, for cancel takes nothing else. */
static struct {
    struct sb_mutex lock;
    struct sb_timer **buckets;
    size_t bucket_count;
    size_t count;
    uint64_t next_id;
    struct sb_timer *aligned; /* all of them */
} timers;

__attribute__((constructor)) static void timers_init(void) {
    sb_mutex_init(&timers.lock);
}

/* ---- The table (under the lock) --------------------------------------------------------------------------------------- */

static struct sb_timer **bucket_of(uint64_t id) {
    return &timers.buckets[id & (timers.bucket_count - 1)];
}

static bool grow_table(void) {
    if (timers.count < timers.bucket_count) return true;
    size_t old_count = timers.bucket_count;
    struct sb_timer **old = timers.buckets;
    size_t bucket_count = old_count ? old_count * 2 : FIRST_BUCKETS;
    struct sb_timer **buckets = sb_alloc_zero(bucket_count, sizeof *buckets);
    if (!buckets) return false;
    timers.buckets = buckets;
    timers.bucket_count = bucket_count;
    for (size_t i = 0; i < old_count; i++) {
        for (struct sb_timer *timer = old[i]; timer;) {
            struct sb_timer *next = timer->next_in_bucket;
            timer->next_in_bucket = *bucket_of(timer->id);
            *bucket_of(timer->id) = timer;
            timer = next;
        }
    }
    sb_free(old);
    return true;
}

static int enter_table(struct sb_timer *timer) {
    /* Here, under the lock: an actor that closes later finds the timer when it drops its own. */
    if (sb_actor_is_stopped(timer->actor))
        return sb_error(SABIR_ECLOSED, "actor '%s' has stopped", timer->actor->ref.name);
    if (!grow_table()) return sb_error(SABIR_ENOMEM, "no memory for a timer of actor '%s'", timer->actor->ref.name);
    timer->id = ++timers.next_id;
    timer->next_in_bucket = *bucket_of(timer->id);
    *bucket_of(timer->id) = timer;
    timers.count++;
    struct sb_timer **list = &sb_actor_extra(timer->actor)->timers; /* made with the timer */
    timer->next_of_actor = *list;
    timer->link_of_actor = list;
    if (timer->next_of_actor) timer->next_of_actor->link_of_actor = &timer->next_of_actor;
    *list = timer;
    if (!timer->is_aligned) return SABIR_OK;
    timer->next_aligned = timers.aligned;
    timer->link_of_aligned = &timers.aligned;
    if (timer->next_aligned) timer->next_aligned->link_of_aligned = &timer->next_aligned;
    timers.aligned = timer;
    return SABIR_OK;
}

static struct sb_timer *find(uint64_t id) {
    struct sb_timer *timer = timers.bucket_count ? *bucket_of(id) : NULL;
    while (timer && timer->id != id) timer = timer->next_in_bucket;
    return timer;
}

static void leave_table(struct sb_timer *timer) {
    struct sb_timer **link = bucket_of(timer->id);
    while (*link != timer) link = &(*link)->next_in_bucket;
    *link = timer->next_in_bucket;
    *timer->link_of_actor = timer->next_of_actor;
    if (timer->next_of_actor) timer->next_of_actor->link_of_actor = timer->link_of_actor;
    if (timer->is_aligned) {
        *timer->link_of_aligned = timer->next_aligned;
        if (timer->next_aligned) timer->next_aligned->link_of_aligned = timer->link_of_aligned;
    }
    if (--timers.count == 0) {
        sb_free(timers.buckets);
        timers.buckets = NULL;
        timers.bucket_count = 0;
    }
}

/* ---- Firing ----------------------------------------------------------------------------------------------------------- */

/* Without the lock. The alarm may still be set, or be firing in vain at this moment. */
static void timer_free(struct sb_timer *timer) {
    sb_alarm_cancel(&timer->alarm);
    if (timer->is_aligned) sb_wall_clock_release();
    sabir_message_free(timer->message);
    sabir_ref_release(&timer->actor->ref);
    sb_free(timer);
}

static void post(struct sb_timer *timer) {
    sb_mailbox_push_control(&timer->actor->mailbox, timer->message);
}

/* The next boundary after now; those that were slept through count as due. */
static void rearm(struct sb_timer *timer) {
    int64_t next_ns = timer->alarm.deadline_ns + timer->period_ns;
    int64_t late_ns = sb_alarm_now_ns(&timer->alarm) - next_ns;
    if (late_ns >= 0) {
        int64_t slept = late_ns / timer->period_ns + 1;
        timer->due += (uint64_t)slept;
        next_ns += slept * timer->period_ns;
    }
    sb_alarm_set(&timer->alarm, next_ns); /* it has been in the heap: there is room */
}

/* ---- Boundaries of the wall clock (under the lock) ---------------------------------------------------------------------- */

/* A stepped manager's time begins in 1970. */
static int64_t wall_ns_of(const struct sb_timer *timer) {
    return timer->alarm.clock ? sb_clock_now_ns(timer->alarm.clock) : sb_wall_clock_now_ns();
}

/* The first one after `after_ns`. */
static int64_t boundary_after(const struct sb_timer *timer, int64_t after_ns) {
    int64_t past_ns = (after_ns - timer->offset_ns) % timer->period_ns;
    if (past_ns < 0) past_ns += timer->period_ns; /* before 1970 */
    return after_ns - past_ns + timer->period_ns;
}

/* Arm for the next boundary that it has not fired for; one that the clock has passed is due at once. */
static int align(struct sb_timer *timer, int64_t wall_ns) {
    int64_t delay_ns = 0;
    if (timer->boundary_ns > wall_ns) {
        timer->boundary_ns = boundary_after(timer, wall_ns > timer->fired_ns ? wall_ns : timer->fired_ns);
        delay_ns = timer->boundary_ns - wall_ns;
    }
    return sb_alarm_set(&timer->alarm, sb_alarm_now_ns(&timer->alarm) + delay_ns);
}

/* The alarm has gone off; false: the wall clock is not there yet, for it was set back. */
static bool reach_boundary(struct sb_timer *timer) {
    int64_t wall_ns = wall_ns_of(timer);
    bool is_reached = wall_ns >= timer->boundary_ns;
    if (is_reached) {
        int64_t slept = (wall_ns - timer->boundary_ns) / timer->period_ns;
        timer->due += (uint64_t)slept;
        timer->fired_ns = timer->boundary_ns + slept * timer->period_ns;
        timer->boundary_ns = timer->fired_ns + timer->period_ns;
    }
    align(timer, wall_ns); /* it has been in the heap: there is room */
    return is_reached;
}

static void align_all(void) {
    sb_mutex_lock(&timers.lock);
    for (struct sb_timer *timer = timers.aligned; timer; timer = timer->next_aligned) align(timer, wall_ns_of(timer));
    sb_mutex_unlock(&timers.lock);
}

/* ---- Firings and what becomes of them ------------------------------------------------------------------------------------- */

static void fire(struct sb_alarm *alarm) {
    struct sb_timer *timer = (struct sb_timer *)alarm; /* its first member */
    sb_mutex_lock(&timers.lock);
    bool is_due = !timer->is_cancelled && (!timer->is_aligned || reach_boundary(timer));
    bool posts = is_due && !timer->is_posted;
    if (is_due) {
        timer->due++;
        timer->is_posted = true;
        if (timer->period_ns > 0 && !timer->is_aligned) rearm(timer);
    }
    /* Posted under the lock: once it is released, a cancel may free what was not posted. */
    if (posts) post(timer);
    sb_mutex_unlock(&timers.lock);
}

bool sb_timer_begin(struct sb_timer *timer) {
    sb_mutex_lock(&timers.lock);
    bool begins = !timer->is_cancelled;
    if (begins) {
        struct sabir_timeout *timeout = timer->message->value;
        timeout->timer_id = timer->id;
        timeout->missed = timer->due - 1;
        timer->due = 0;
        timer->is_running = true;
    } else {
        timer->is_posted = false;
    }
    sb_mutex_unlock(&timers.lock);
    if (!begins) timer_free(timer);
    return begins;
}

void sb_timer_end(struct sb_timer *timer) {
    sb_mutex_lock(&timers.lock);
    timer->is_running = false;
    if (!timer->is_cancelled && timer->period_ns == 0) {
        leave_table(timer);
        timer->is_cancelled = true;
    }
    bool ends = timer->is_cancelled;
    timer->is_posted = !ends && timer->due > 0;
    if (timer->is_posted) post(timer);
    sb_mutex_unlock(&timers.lock);
    if (ends) timer_free(timer);
}

void sb_timer_bury(struct sb_timer *timer) {
    sb_mutex_lock(&timers.lock);
    bool is_new = !timer->is_cancelled;
    if (is_new) leave_table(timer);
    timer->is_cancelled = true;
    sb_mutex_unlock(&timers.lock);
    timer_free(timer);
}

void sb_timers_drop(struct sb_actor *actor) {
    for (;;) {
        sb_mutex_lock(&timers.lock);
        const struct sb_actor_extra *extra = sb_actor_extra(actor);
        struct sb_timer *timer = extra ? extra->timers : NULL;
        uint64_t id = timer ? timer->id : 0;
        sb_mutex_unlock(&timers.lock);
        if (id == 0) return;
        sabir_timer_cancel(id);
    }
}

/* ---- The actor's side ------------------------------------------------------------------------------------------------- */

static int check(sabir_ref *ref, int64_t delay_ns, const uint64_t *timer_id) {
    if (!ref) return sb_error(SABIR_EINVAL, "the timer's actor is NULL");
    if (!timer_id) return sb_error(SABIR_EINVAL, "there is nowhere to put the timer's id: the last argument is NULL");
    if (delay_ns < 0) return sb_error(SABIR_EINVAL, "a timer cannot lie in the past: %lld ns", (long long)delay_ns);
    struct sb_actor *actor = sb_actor_of(ref);
    if (!actor)
        return sb_error(SABIR_EREMOTE, "actor '%s' is in another process; timers are for actors of this one",
                        ref->name);
    if (!sb_actor_handles(actor, sabir_type_timeout()))
        return sb_error(SABIR_EUNHANDLED, "actor '%s' has no handler for 'Timeout'", actor->ref.name);
    return sb_actor_check_fork(actor);
}

static int make(struct sb_actor *actor, int64_t period_ns, struct sb_timer **timer) {
    struct sb_timer *made = sb_actor_extra_make(actor) ? sb_alloc_zero(1, sizeof *made) : NULL;
    if (!made) return sb_error(SABIR_ENOMEM, "no memory for a timer of actor '%s'", actor->ref.name);
    int code = sb_message_new_value(sabir_type_timeout(), NULL, &made->message);
    if (code == SABIR_OK) code = sb_context_pass_trace(sb_chain_context(), made->message);
    if (code != SABIR_OK) {
        sabir_message_free(made->message);
        sb_free(made);
        return code;
    }
    sb_alarm_init(&made->alarm, fire);
    made->alarm.clock = sb_manager_clock(actor->manager);
    made->period_ns = period_ns;
    made->message->control = SB_CONTROL_TIMER;
    *sb_message_timer(made->message) = made;
    made->actor = actor;
    sabir_ref_retain(&actor->ref);
    *timer = made;
    return SABIR_OK;
}

/* An aligned timer's delay is its own. Takes the timer over in every case. */
static int set(struct sb_timer *timer, int64_t delay_ns, uint64_t *timer_id) {
    sb_mutex_lock(&timers.lock);
    int code = enter_table(timer);
    if (code == SABIR_OK) {
        *timer_id = timer->id;
        code = timer->is_aligned ? align(timer, wall_ns_of(timer))
                                 : sb_alarm_set(&timer->alarm, sb_alarm_now_ns(&timer->alarm) + delay_ns);
        if (code != SABIR_OK) leave_table(timer);
    }
    sb_mutex_unlock(&timers.lock);
    if (code != SABIR_OK) timer_free(timer);
    return code;
}

static int arm(sabir_ref *ref, int64_t delay_ns, int64_t period_ns, uint64_t *timer_id) {
    int code = check(ref, delay_ns, timer_id);
    struct sb_timer *timer = NULL;
    if (code == SABIR_OK) code = make(sb_actor_of(ref), period_ns, &timer);
    return code == SABIR_OK ? set(timer, delay_ns, timer_id) : code;
}

int sabir_timer_once(sabir_ref *actor, int64_t delay_ns, uint64_t *timer_id) {
    return arm(actor, delay_ns, 0, timer_id);
}

int sabir_timer_periodic(sabir_ref *actor, int64_t period_ns, uint64_t *timer_id) {
    if (period_ns == 0) return sb_error(SABIR_EINVAL, "a period is longer than 0 ns");
    return arm(actor, period_ns, period_ns, timer_id);
}

int sabir_timer_aligned(sabir_ref *actor, int64_t period_ns, int64_t offset_ns, uint64_t *timer_id) {
    if (period_ns <= 0 || period_ns > ALIGNED_MAX_NS)
        return sb_error(SABIR_EINVAL, "a period is longer than 0 ns and at most 50 years, not %lld ns",
                        (long long)period_ns);
    if (offset_ns < 0 || offset_ns >= period_ns)
        return sb_error(SABIR_EINVAL, "an offset is at least 0 ns and less than the period of %lld ns, not %lld",
                        (long long)period_ns, (long long)offset_ns);
    int code = check(actor, 0, timer_id);
    struct sb_timer *timer = NULL;
    if (code == SABIR_OK) code = make(sb_actor_of(actor), period_ns, &timer);
    if (code != SABIR_OK) return code;
    code = sb_wall_clock_retain(align_all);
    if (code != SABIR_OK) {
        timer_free(timer);
        return code;
    }
    timer->is_aligned = true;
    timer->offset_ns = offset_ns;
    timer->fired_ns = INT64_MIN;
    timer->boundary_ns = INT64_MAX; /* none yet: after now */
    return set(timer, 0, timer_id);
}

/* Wait until the handler that may be running has returned: until nobody else owns the actor. */
static int wait_for_handler(struct sb_actor *actor) {
    struct sabir_context *context = sb_chain_context();
    if (context && context->actor == actor) return SABIR_OK; /* it is the caller, and has begun before */
    sb_group_about_to_wait();                                /* its handler may wait for one that is due here */
    int code = sb_ownership_take(&actor->ownership, true);
    if (code == SABIR_EREENTRANT || code == SABIR_EDEADLOCK)
        return sb_error(SABIR_EDEADLOCK,
                        "the timer is disarmed, but its handler in actor '%s' waits for this very call",
                        actor->ref.name);
    if (code == SABIR_OK) sb_ownership_give(&actor->ownership);
    return code;
}

static int no_timer(uint64_t timer_id) {
    return sb_error(SABIR_ENOENT, "there is no timer %llu: it has fired, or was cancelled",
                    (unsigned long long)timer_id);
}

int sabir_timer_cancel(uint64_t timer_id) {
    sb_mutex_lock(&timers.lock);
    struct sb_timer *timer = find(timer_id);
    if (!timer) {
        sb_mutex_unlock(&timers.lock);
        return no_timer(timer_id);
    }
    leave_table(timer);
    timer->is_cancelled = true;
    bool is_running = timer->is_running;
    bool has_fired = is_running && timer->period_ns == 0;
    bool is_ours = !timer->is_posted; /* else whoever has its message frees it */
    struct sb_actor *actor = timer->actor;
    sabir_ref_retain(&actor->ref);
    sb_mutex_unlock(&timers.lock);
    if (is_ours) timer_free(timer);
    int code = is_running ? wait_for_handler(actor) : SABIR_OK;
    sabir_ref_release(&actor->ref);
    return code == SABIR_OK && has_fired ? no_timer(timer_id) : code;
}
