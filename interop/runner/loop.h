/*
 * Waiting for descriptors and time, in one thread: epoll, one event at a time.
 */
#ifndef RUN_LOOP_H
#define RUN_LOOP_H

#include <stdbool.h>
#include <stdint.h>

/* Called when the descriptor is ready; may remove any watch, also its own. */
typedef void (*run_ready)(void *owner);

/* Belongs to whoever waits; stays where it is while it is in the loop. */
struct run_watch {
    int fd;
    run_ready ready;
    void *owner;
    bool is_on;
};

struct run_loop {
    int epoll_fd;
};

/* Monotonic time. */
int64_t run_now_ns(void);

bool run_loop_open(struct run_loop *loop);
void run_loop_close(struct run_loop *loop);

/* Call ready(owner) whenever fd is readable (or writable). False with errno; EPERM: a plain file, which is always ready. */
bool run_loop_watch(struct run_loop *loop, struct run_watch *watch, int fd, bool writable, run_ready ready,
                    void *owner);

/* No call follows; before the descriptor is closed. A watch that is off is left alone. */
void run_loop_forget(struct run_loop *loop, struct run_watch *watch);

/* Wait for one event until deadline_ns (INT64_MAX: for ever) and serve it. */
void run_loop_step(struct run_loop *loop, int64_t deadline_ns);

#endif
