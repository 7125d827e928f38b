/* The guard process itself; see guard.h. It allocates little, waits in one place, and ends when nothing of its node lives. */
#define _GNU_SOURCE
#include "folder.h"
#include "guard.h"
#include "kin.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Where the guard keeps what it has; 0 to 2 are the node's until it is started. */
enum { CONTROL_FD = 3, CHILD_FD = 4, FIRST_FREE_FD = 5, PARKING_FD = 64 };

static void report(enum run_report_kind kind, int value) {
    struct run_report message = {kind, value};
    (void)send(CONTROL_FD, &message, sizeof message, MSG_NOSIGNAL);
}

static void close_from(unsigned first) {
    if (syscall(SYS_close_range, first, ~0U, 0U) == 0) return;
    long limit = sysconf(_SC_OPEN_MAX);
    for (int fd = (int)first; fd < (limit > 0 ? limit : 4096); fd++) (void)close(fd);
}

/* Keep four descriptors and nothing else: a guard that held another node's pipe would keep it open for ever. */
static bool arrange_descriptors(int control, const int node_stdio[3]) {
    int wanted[] = {node_stdio[0], node_stdio[1], node_stdio[2], control};
    for (int i = 0; i < 4; i++) {
        wanted[i] = fcntl(wanted[i], F_DUPFD, PARKING_FD);
        if (wanted[i] < 0) return false;
    }
    for (int i = 0; i < 4; i++) {
        if (dup2(wanted[i], i) < 0) return false;
    }
    close_from(CHILD_FD);
    return fcntl(CONTROL_FD, F_SETFD, FD_CLOEXEC) == 0;
}

/* The node holds its pipes now; their end must be seen when the node closes them. */
static void let_go_of_stdio(void) {
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd < 3; fd++) {
        if (null >= 0)
            (void)dup2(null, fd);
        else
            (void)close(fd);
    }
    if (null > 2) (void)close(null);
}

static void reset_signals(void) {
    struct sigaction standard = {.sa_handler = SIG_DFL};
    sigset_t none;
    for (int number = 1; number < NSIG; number++) (void)sigaction(number, &standard, NULL);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* In the child: become the node, or say with what errno that was not possible. */
static _Noreturn void become_node(const struct run_command *command, int failure, pid_t guard) {
    reset_signals();
    (void)setsid();
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    report(RUN_REPORT_FORKED, getpid());
    if (getppid() == guard && chdir(command->dir) == 0) (void)execve(command->program, command->argv, command->envp);
    int code = errno;
    (void)!write(failure, &code, sizeof code);
    _exit(127);
}

static pid_t start_node(const struct run_command *command) {
    int failure[2], code = 0;
    pid_t guard = getpid();
    if (pipe2(failure, O_CLOEXEC) != 0) {
        report(RUN_REPORT_REFUSED, errno);
        return -1;
    }
    pid_t node = fork();
    if (node == 0) become_node(command, failure[1], guard);
    code = node < 0 ? errno : 0;
    (void)close(failure[1]);
    if (node > 0 && read(failure[0], &code, sizeof code) > 0) {
        (void)waitpid(node, NULL, 0);
        node = -1;
    }
    (void)close(failure[0]);
    report(node > 0 ? RUN_REPORT_STARTED : RUN_REPORT_REFUSED, code);
    return node;
}

/* Reap adopted children; true when the node itself has ended. Its zombie is left, for it keeps the process group's number. */
static bool has_node_ended(pid_t node) {
    siginfo_t info;
    for (;;) {
        info.si_pid = 0;
        if (waitid(P_PID, (id_t)node, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == node) return true;
        info.si_pid = 0;
        if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return false;
        if (info.si_pid != node) (void)waitpid(info.si_pid, NULL, WNOHANG);
    }
}

static void empty(int signal_fd) {
    struct signalfd_siginfo info;
    while (read(signal_fd, &info, sizeof info) == sizeof info)
        ;
}

/* Until the node has ended; false if the runner was gone first. */
static bool watch(pid_t node) {
    struct pollfd waits[] = {{.fd = CONTROL_FD, .events = POLLIN}, {.fd = CHILD_FD, .events = POLLIN}};
    for (;;) {
        int32_t number;
        if (has_node_ended(node)) return true;
        if (poll(waits, 2, -1) < 0 && errno != EINTR) return false;
        empty(CHILD_FD);
        ssize_t got = recv(CONTROL_FD, &number, sizeof number, MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return false;
        if (got == sizeof number) (void)kill(-node, number);
    }
}

static void prepare_process(const char *title) {
    char name[16];
    sigset_t all;
    (void)snprintf(name, sizeof name, "guard:%s", title);
    (void)prctl(PR_SET_NAME, name);
    (void)setsid(); /* Ctrl-C of the terminal is for the runner alone */
    (void)sigfillset(&all);
    (void)sigprocmask(SIG_SETMASK, &all, NULL);
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1);
}

static bool watch_children(void) {
    sigset_t child;
    (void)sigemptyset(&child);
    (void)sigaddset(&child, SIGCHLD);
    return signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK) == CHILD_FD;
}

_Noreturn void run_guard_main(const struct run_command *command, int control, const int node_stdio[3]) {
    prepare_process(command->title);
    if (!arrange_descriptors(control, node_stdio) || !watch_children()) _exit(1);
    pid_t node = start_node(command);
    let_go_of_stdio();
    if (node < 0) _exit(0);
    bool has_runner = watch(node);
    int status = 0;
    (void)kill(-node, SIGKILL);
    (void)waitpid(node, &status, 0);
    run_kin_kill_all();
    report(RUN_REPORT_ENDED, status);
    if (!has_runner) run_folder_remove(command->folder);
    _exit(0);
}
