#define _GNU_SOURCE
#include "wall_clock.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "error.h"
#include "thread.h"

#define NOTE_END 1
#define NOTE_SET (UINT64_C(1) << 32)
#define FAR_AWAY_S                                                                                                     \
    ((time_t)1 << 40) /* 35 000 years: the timer is there to be cancelled by a change of the clock, not to fire */

static struct {
    struct sb_mutex lock; /* also of starting and joining: who comes meanwhile waits */
    unsigned users;
    void (*was_set)(void);
    int timer_fd;
    int note_fd; /* -1: nobody watches */
    struct sb_thread thread;
} watch = {.note_fd = -1};

static _Atomic int64_t shifted_ns;
static _Atomic uint32_t notes_told;

__attribute__((constructor)) static void watch_init(void) {
    sb_mutex_init(&watch.lock);
}

int64_t sb_wall_clock_now_ns(void) {
    return sb_wall_ns() + atomic_load_explicit(&shifted_ns, memory_order_relaxed);
}

/* Linux cancels such a timer when the clock is set; a read of it says ECANCELED, once. */
static int arm(void) {
    const struct itimerspec far_away = {.it_value = {.tv_sec = FAR_AWAY_S}};
    return timerfd_settime(watch.timer_fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &far_away, NULL);
}

static uint64_t read_count(int fd) {
    uint64_t count = 0;
    return read(fd, &count, sizeof count) == (ssize_t)sizeof count ? count : 0;
}

static void run(void *unused) {
    (void)unused;
    struct pollfd polled[] = {{.fd = watch.note_fd, .events = POLLIN}, {.fd = watch.timer_fd, .events = POLLIN}};
    for (;;) {
        if (poll(polled, 2, -1) < 0 && errno != EINTR) return; /* a bad descriptor: nothing to be done about it here */
        uint64_t notes = polled[0].revents ? read_count(watch.note_fd) : 0;
        if (notes % NOTE_SET != 0) return;
        if (polled[1].revents) {
            read_count(watch.timer_fd);
            arm();
        }
        if (!notes && !polled[1].revents) continue;
        watch.was_set();
        if (!notes) continue;
        atomic_fetch_add_explicit(&notes_told, 1, memory_order_release);
        sb_unpark_all(&notes_told);
    }
}

/* ---- Who must know (under the lock) ------------------------------------------------------------------------------------ */

static int start(void) {
    int code = SABIR_OK;
    watch.timer_fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    watch.note_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (watch.timer_fd < 0 || watch.note_fd < 0 || arm() != 0)
        code =
            sb_error(SABIR_EIO, "no descriptor to watch the clock with: raise the limit (`ulimit -n`) or close some");
    if (code == SABIR_OK) code = sb_thread_start(&watch.thread, "sabir-clock", run, NULL);
    if (code == SABIR_OK) return SABIR_OK;
    if (watch.timer_fd >= 0) close(watch.timer_fd);
    if (watch.note_fd >= 0) close(watch.note_fd);
    watch.note_fd = -1;
    return code;
}

static void note(uint64_t what) {
    if (write(watch.note_fd, &what, sizeof what) < 0) return; /* full: it is awake anyway */
}

int sb_wall_clock_retain(void (*was_set)(void)) {
    sb_mutex_lock(&watch.lock);
    watch.was_set = was_set;
    int code = watch.users == 0 ? start() : SABIR_OK;
    if (code == SABIR_OK) watch.users++;
    sb_mutex_unlock(&watch.lock);
    return code;
}

void sb_wall_clock_release(void) {
    sb_mutex_lock(&watch.lock);
    if (--watch.users == 0) {
        note(NOTE_END);
        sb_thread_join(&watch.thread);
        close(watch.timer_fd);
        close(watch.note_fd);
        watch.note_fd = -1;
    }
    sb_mutex_unlock(&watch.lock);
}

void sb_wall_clock_shift(int64_t shift_ns) {
    sb_mutex_lock(&watch.lock);
    atomic_fetch_add_explicit(&shifted_ns, shift_ns, memory_order_relaxed);
    uint32_t told = atomic_load_explicit(&notes_told, memory_order_relaxed);
    if (watch.note_fd >= 0) {
        note(NOTE_SET);
        while (atomic_load_explicit(&notes_told, memory_order_acquire) == told) sb_park(&notes_told, told, -1);
    }
    sb_mutex_unlock(&watch.lock);
}
