#define _GNU_SOURCE
#include "loop.h"

#include <limits.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

int64_t run_now_ns(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

bool run_loop_open(struct run_loop *loop) {
    loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    return loop->epoll_fd >= 0;
}

void run_loop_close(struct run_loop *loop) {
    if (loop->epoll_fd >= 0) (void)close(loop->epoll_fd);
    loop->epoll_fd = -1;
}

bool run_loop_watch(struct run_loop *loop, struct run_watch *watch, int fd, bool writable, run_ready ready,
                    void *owner) {
    struct epoll_event event = {.events = writable ? EPOLLOUT : EPOLLIN, .data.ptr = watch};
    *watch = (struct run_watch){fd, ready, owner, epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0};
    return watch->is_on;
}

void run_loop_forget(struct run_loop *loop, struct run_watch *watch) {
    if (watch->is_on) (void)epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
    watch->is_on = false;
}

/* Rounded up, so that a deadline has passed when the wait for it ends. */
static int timeout_ms(int64_t deadline_ns) {
    if (deadline_ns == INT64_MAX) return -1;
    int64_t left_ns = deadline_ns - run_now_ns();
    if (left_ns <= 0) return 0;
    int64_t left_ms = (left_ns + 999999) / 1000000;
    return left_ms < INT_MAX ? (int)left_ms : INT_MAX;
}

/* One event per wait: no event of a batch can belong to a watch that the one before it removed. epoll takes turns itself. */
void run_loop_step(struct run_loop *loop, int64_t deadline_ns) {
    struct epoll_event event;
    if (epoll_wait(loop->epoll_fd, &event, 1, timeout_ms(deadline_ns)) == 1) {
        struct run_watch *watch = event.data.ptr;
        watch->ready(watch->owner);
    }
}
