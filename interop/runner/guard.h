/*
 * A guard is a small process between the runner and one node. It is the reason that no process outlives a run:
 *
 *     runner ---- control ----> guard ----> node ----> whatever the node starts, in any session or group
 *
 * The guard is a subreaper, so that every descendant of the node whose parent ends becomes its child. When the node ends, when the
 * runner says so, or when the control socket reads end of file, which is what the end of the runner looks like however
 * it came, the guard kills them all. One guard per node, so that the rest of an old incarnation never meets the next one.
 * Should the guard itself be killed, the node dies with it (PR_SET_PDEATHSIG) and the runner, a subreaper too, kills what remains.
 */
#ifndef RUN_GUARD_H
#define RUN_GUARD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct run_command {
    const char *title;   /* of the node */
    const char *program; /* a path */
    char **argv;
    char **envp;
    const char *dir;
    const char *folder; /* the run's private folder: removed by the guard if the runner cannot do it any more */
};

/* The runner's ends; all are close-on-exec, the outputs do not block. */
struct run_guard {
    pid_t pid;
    int pidfd;   /* readable: the guard has ended */
    int control; /* readable: a report */
    int node_stdin;
    int node_stdout;
    int node_stderr;
};

enum run_report_kind {
    RUN_REPORT_FORKED = 1, /* value: the node's pid; comes before anything that the node says */
    RUN_REPORT_STARTED,    /* its program runs */
    RUN_REPORT_REFUSED,    /* value: errno of starting it */
    RUN_REPORT_ENDED       /* value: the node's wait status; nothing of it lives any more */
};

struct run_report {
    uint32_t kind;
    int32_t value;
};

/* Start a guard and let it start the node. False with errno. */
bool run_guard_start(const struct run_command *command, struct run_guard *guard);

/* Send the node's process group a signal; false if the guard is gone. */
bool run_guard_signal(const struct run_guard *guard, int number);

/* The next report, without waiting; false if there is none. */
bool run_guard_report(const struct run_guard *guard, struct run_report *report);

/* Close the node's standard input: the polite way to ask it to end. */
void run_guard_close_stdin(struct run_guard *guard);

/* Close everything, and reap the guard if it has ended; never waits. */
void run_guard_close(struct run_guard *guard);

/* ---- The other side ------------------------------------------------------------------------------------------------------ */

/* What the guard process does, with the node's ends of the pipes. Never returns. */
_Noreturn void run_guard_main(const struct run_command *command, int control, const int node_stdio[3]);

#endif
