/* The runner's side of a guard. */
#define _GNU_SOURCE
#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct pipes {
    int control[2];
    int stdio[3][2]; /* of each: read end, write end */
};

static void close_all(struct pipes *pipes) {
    int saved = errno;
    for (int end = 0; end < 2; end++) {
        if (pipes->control[end] >= 0) (void)close(pipes->control[end]);
        for (int i = 0; i < 3; i++) {
            if (pipes->stdio[i][end] >= 0) (void)close(pipes->stdio[i][end]);
        }
    }
    errno = saved;
}

static bool open_all(struct pipes *pipes) {
    *pipes = (struct pipes){{-1, -1}, {{-1, -1}, {-1, -1}, {-1, -1}}};
    bool good = socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pipes->control) == 0;
    for (int i = 0; i < 3 && good; i++) good = pipe2(pipes->stdio[i], O_CLOEXEC) == 0;
    /* Each pipe is a description of its own: that its reading end does not block is seen by nobody else. */
    for (int i = 1; i < 3 && good; i++) good = fcntl(pipes->stdio[i][0], F_SETFL, O_NONBLOCK) == 0;
    if (!good) close_all(pipes);
    return good;
}

static int take(int *fd) {
    int taken = *fd;
    *fd = -1;
    return taken;
}

bool run_guard_start(const struct run_command *command, struct run_guard *guard) {
    struct pipes pipes;
    if (!open_all(&pipes)) return false;
    pid_t pid = fork();
    if (pid == 0) {
        int node_stdio[3] = {pipes.stdio[0][0], pipes.stdio[1][1], pipes.stdio[2][1]};
        run_guard_main(command, pipes.control[1], node_stdio);
    }
    int pidfd = pid < 0 ? -1 : (int)syscall(SYS_pidfd_open, pid, 0U);
    if (pidfd >= 0) {
        (void)fcntl(pidfd, F_SETFD, FD_CLOEXEC);
        *guard = (struct run_guard){pid,
                                    pidfd,
                                    take(&pipes.control[0]),
                                    take(&pipes.stdio[0][1]),
                                    take(&pipes.stdio[1][0]),
                                    take(&pipes.stdio[2][0])};
    }
    close_all(&pipes); /* a guard without pidfd reads the end of its control socket, kills its node and ends */
    if (pid > 0 && pidfd < 0) {
        int saved = errno;
        (void)waitpid(pid, NULL, 0);
        errno = saved;
    }
    return pidfd >= 0;
}

bool run_guard_signal(const struct run_guard *guard, int number) {
    int32_t request = number;
    return send(guard->control, &request, sizeof request, MSG_DONTWAIT | MSG_NOSIGNAL) == sizeof request;
}

bool run_guard_report(const struct run_guard *guard, struct run_report *report) {
    return recv(guard->control, report, sizeof *report, MSG_DONTWAIT) == sizeof *report;
}

void run_guard_close_stdin(struct run_guard *guard) {
    if (guard->node_stdin >= 0) (void)close(guard->node_stdin);
    guard->node_stdin = -1;
}

void run_guard_close(struct run_guard *guard) {
    run_guard_close_stdin(guard);
    (void)close(guard->control);
    (void)close(guard->node_stdout);
    (void)close(guard->node_stderr);
    (void)close(guard->pidfd);
    (void)waitpid(guard->pid, NULL, WNOHANG);
    *guard = (struct run_guard){0};
}
