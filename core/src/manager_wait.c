/*
 * Waiting until somebody says terminate: a handler, a signal, the end of standard input, a descriptor of the binding's.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "error.h"
#include "manager.h"
#include "signals.h"

#define NS_PER_MS 1000000

enum { AT_TERMINATE, AT_WAKE, AT_STDIN, FD_COUNT };

void sabir_manager_terminate(sabir_manager *manager) {
    if (!manager) return;
    int saved = errno; /* we may be in a signal handler */
    /* Release: whoever comes back from a wait sees what was done before. */
    atomic_store_explicit(&manager->is_terminated, true, memory_order_release);
    uint64_t one = 1;
    ssize_t written = write(manager->terminate_fd, &one, sizeof one);
    (void)written; /* it fails only if it is full of ones already */
    errno = saved;
}

/* Read what there is; true: it has ended. What a node reads on standard input means nothing but its end. */
static bool has_ended(int fd) {
    char scrap[4096];
    ssize_t got = read(fd, scrap, sizeof scrap);
    return got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN);
}

static int poll_timeout_ms(int64_t deadline_ns) {
    if (deadline_ns < 0) return -1;
    int64_t left_ns = deadline_ns - sb_now_ns();
    if (left_ns <= 0) return 0;
    int64_t left_ms = (left_ns + NS_PER_MS - 1) / NS_PER_MS;
    return left_ms > 1000000 ? 1000000 : (int)left_ms;
}

/* 1: go on waiting. */
static int look(struct pollfd *fds, int64_t deadline_ns) {
    int ready = poll(fds, FD_COUNT, poll_timeout_ms(deadline_ns));
    if (ready < 0) return errno == EINTR ? 1 : sb_error(SABIR_EIO, "poll: %s", strerror(errno));
    if (fds[AT_TERMINATE].revents) return SABIR_OK;
    if (fds[AT_WAKE].revents) return sb_error(SABIR_EINTR, "the wait was interrupted");
    if (fds[AT_STDIN].revents && has_ended(STDIN_FILENO)) return SABIR_OK;
    if (deadline_ns >= 0 && sb_now_ns() >= deadline_ns)
        return sb_error(SABIR_ETIMEDOUT, "nobody said terminate in time");
    return 1;
}

int sabir_manager_wait(sabir_manager *manager, int wake_fd, int64_t timeout_ns, uint32_t flags) {
    if (!manager) return sb_error(SABIR_EINVAL, "the manager is NULL");
    int code = sb_manager_check_fork(manager);
    if (code != SABIR_OK) return code;
    if (manager->stepper)
        return sb_error(SABIR_ESTATE, "a stepped manager does not run by itself: call sabir_kit_step");
    struct pollfd fds[FD_COUNT] = {
        [AT_TERMINATE] = {.fd = manager->terminate_fd, .events = POLLIN},
        [AT_WAKE] = {.fd = wake_fd, .events = POLLIN},
        [AT_STDIN] = {.fd = flags & SABIR_WAIT_STDIN ? STDIN_FILENO : -1, .events = POLLIN},
    };
    int64_t deadline_ns = timeout_ns < 0 ? -1 : sb_now_ns() + timeout_ns;
    do code = look(fds, deadline_ns);
    while (code == 1);
    if (code == SABIR_OK) (void)atomic_load_explicit(&manager->is_terminated, memory_order_acquire);
    return code;
}

/* ---- Run ------------------------------------------------------------------------------------------------------------- */

int sabir_manager_run(sabir_manager *manager, uint32_t flags) {
    if (!manager) return sb_error(SABIR_EINVAL, "the manager is NULL");
    if (!sb_signals_begin_run(manager))
        return sb_error(SABIR_ESTATE, "another run is going on in this process: use sabir_manager_wait in the others");
    int code = sabir_manager_wait(manager, -1, -1, flags);
    sb_signals_end_run(manager);
    return code;
}
