#define _GNU_SOURCE
#include "output.h"

#include "cli/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

enum { PENDING_MAX_BYTES = 1 << 20, PIECE_BYTES = 512 };

/*
 * A second description of the same terminal or pipe, whose O_NONBLOCK nobody else has; -1 if that cannot be had. A terminal that
 * belongs to another user (after su) may still be opened as our controlling one.
 */
static int open_again(int fd) {
    static const int FLAGS = O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int again = open(path, FLAGS);
    if (again < 0 && tcgetsid(fd) == getsid(0)) again = open("/dev/tty", FLAGS);
    return again;
}

void run_output_open(struct run_output *output, struct run_loop *loop, int fd) {
    struct stat status;
    *output = (struct run_output){.loop = loop, .fd = fd, .pending = cli_alloc(PENDING_MAX_BYTES, 1)};
    if (fstat(fd, &status) != 0) return;
    output->is_socket = S_ISSOCK(status.st_mode);
    if (!S_ISFIFO(status.st_mode) && !S_ISCHR(status.st_mode))
        return; /* a file never blocks, and has one position for all */
    int again = open_again(fd);
    if (again >= 0) output->fd = again;
    output->owns_fd = again >= 0;
    output->piece_max_bytes = again >= 0 ? 0 : PIECE_BYTES;
}

static ssize_t write_some(const struct run_output *output, const char *bytes, size_t len_bytes) {
    if (output->is_socket) return send(output->fd, bytes, len_bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (output->piece_max_bytes) {
        struct pollfd room = {.fd = output->fd, .events = POLLOUT};
        if (poll(&room, 1, 0) != 1) {
            errno = EAGAIN;
            return -1;
        }
        len_bytes = len_bytes < output->piece_max_bytes ? len_bytes : output->piece_max_bytes;
    }
    return write(output->fd, bytes, len_bytes);
}

static void lose(struct run_output *output) {
    run_loop_forget(output->loop, &output->watch);
    output->is_lost = true;
    output->len_bytes = 0;
}

/* Write what is pending as far as it goes. */
static void flush(struct run_output *output) {
    while (output->len_bytes && !output->is_lost) {
        ssize_t written = write_some(output, output->pending + output->begin, output->len_bytes);
        if (written > 0) {
            output->begin += (size_t)written;
            output->len_bytes -= (size_t)written;
        } else if (written < 0 && errno == EAGAIN) {
            return;
        } else if (written == 0 || errno != EINTR) {
            lose(output);
        }
    }
    output->begin = 0;
}

static bool has_room(const struct run_output *output, size_t len_bytes) {
    return output->len_bytes + len_bytes <= PENDING_MAX_BYTES;
}

static void append(struct run_output *output, const char *bytes, size_t len_bytes) {
    if (output->begin + output->len_bytes + len_bytes > PENDING_MAX_BYTES) {
        memmove(output->pending, output->pending + output->begin, output->len_bytes);
        output->begin = 0;
    }
    memcpy(output->pending + output->begin + output->len_bytes, bytes, len_bytes);
    output->len_bytes += len_bytes;
}

static bool confess_omissions(struct run_output *output) {
    char line[96];
    int len = snprintf(line, sizeof line, "sabir | %llu lines are left out here: whoever reads them is too slow\n",
                       (unsigned long long)output->omitted_lines);
    if (!has_room(output, (size_t)len)) return false;
    append(output, line, (size_t)len);
    output->omitted_lines = 0;
    return true;
}

static void on_writable(void *owner) {
    struct run_output *output = owner;
    flush(output);
    if (output->omitted_lines && output->len_bytes < PENDING_MAX_BYTES / 2) (void)confess_omissions(output);
    if (output->len_bytes == 0) run_loop_forget(output->loop, &output->watch);
}

static void wait_for_room(struct run_output *output) {
    if (output->len_bytes && !output->is_lost && !output->watch.is_on)
        (void)run_loop_watch(output->loop, &output->watch, output->fd, true, on_writable, output);
}

void run_output_line(struct run_output *output, const char *bytes, size_t len_bytes) {
    if (output->is_lost) return;
    /* Once a line is left out, so are the next ones until half of the room is free: gaps are few and say their size. */
    if (output->omitted_lines || !has_room(output, len_bytes)) {
        output->omitted_lines++;
        return;
    }
    append(output, bytes, len_bytes);
    if (!output->watch.is_on) flush(output);
    wait_for_room(output);
}

void run_output_close(struct run_output *output, int64_t deadline_ns) {
    run_loop_forget(output->loop, &output->watch);
    flush(output);
    if (output->omitted_lines) (void)confess_omissions(output);
    while (output->len_bytes && !output->is_lost && run_now_ns() < deadline_ns) {
        struct pollfd room = {.fd = output->fd, .events = POLLOUT};
        (void)poll(&room, 1, (int)((deadline_ns - run_now_ns()) / 1000000) + 1);
        flush(output);
    }
    if (output->owns_fd) (void)close(output->fd);
    free(output->pending);
    *output = (struct run_output){.fd = -1};
}
