#include "node_watch.h"

#include "cli/memory.h"
#include "readiness.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct run_log *log_of(const struct run_node *node) {
    return &node->common->log;
}

static void show(const struct run_node *node, const char *bytes, size_t len_bytes, size_t cut_bytes) {
    run_log_line(log_of(node), node->plan->name.text, node->colour, bytes, len_bytes, cut_bytes);
}

static void read_reports(struct run_node *node) {
    struct run_report report;
    while (node->has_process && run_guard_report(&node->guard, &report)) {
        switch ((enum run_report_kind)report.kind) {
        case RUN_REPORT_FORKED:
            node->pid = report.value;
            break;
        case RUN_REPORT_STARTED:
            if (node->plan->ready == CLI_READY_START) run_node_became_ready(node);
            break;
        case RUN_REPORT_REFUSED:
            run_node_refused(node, report.value);
            break;
        case RUN_REPORT_ENDED:
            node->status = report.value;
            node->has_status = true;
            break;
        }
    }
}

static bool counts_ready_line(const struct run_node *node) {
    return node->state == RUN_STARTING && (node->plan->ready == CLI_READY_TOLD || node->plan->ready == CLI_READY_LINE);
}

static void on_stdout_line(void *owner, const char *bytes, size_t len_bytes, size_t cut_bytes) {
    struct run_node *node = owner;
    char *endpoint = NULL;
    enum run_ready_line judged = counts_ready_line(node)
                                     ? run_readiness_judge(bytes, len_bytes, node->tcp_port.number, &endpoint)
                                     : RUN_LINE_OTHER;
    if (judged == RUN_LINE_READY) {
        read_reports(node); /* the pid came before */
        run_node_became_ready(node);
        return;
    }
    show(node, bytes, len_bytes, cut_bytes);
    if (judged == RUN_LINE_ELSEWHERE)
        run_log_say(log_of(node), "%s is ready at %s, but every other node was told tcp://127.0.0.1:%u (SABIR_BIND)",
                    node->plan->name.text, endpoint, (unsigned)node->tcp_port.number);
    else if (judged == RUN_LINE_BROKEN)
        run_log_say(log_of(node), "%s said READY, but not with one JSON object behind it", node->plan->name.text);
    if (judged != RUN_LINE_OTHER) run_node_fault(node);
    free(endpoint);
}

static void on_stderr_line(void *owner, const char *bytes, size_t len_bytes, size_t cut_bytes) {
    show(owner, bytes, len_bytes, cut_bytes);
}

static void on_stdout(void *owner) {
    struct run_node *node = owner;
    if (!run_lines_read(&node->stdout_lines, node->guard.node_stdout))
        run_loop_forget(&node->common->loop, &node->stdout_watch);
}

static void on_stderr(void *owner) {
    struct run_node *node = owner;
    if (!run_lines_read(&node->stderr_lines, node->guard.node_stderr))
        run_loop_forget(&node->common->loop, &node->stderr_watch);
}

static void on_notify(void *owner) {
    struct run_node *node = owner;
    bool counts = node->plan->ready == CLI_READY_TOLD || node->plan->ready == CLI_READY_NOTIFY;
    if (!run_readiness_read_notify(node->notify_fd) || !counts) return;
    read_reports(node);
    run_node_became_ready(node);
}

static void on_control(void *owner) {
    struct run_node *node = owner;
    read_reports(node);
    /* End of file is readable too, for ever: the guard's end is told by its pidfd. */
    if (node->has_process && node->has_status) run_loop_forget(&node->common->loop, &node->control_watch);
}

static void on_guard_end(void *owner) {
    struct run_node *node = owner;
    read_reports(node);
    if (node->has_process) run_node_process_ended(node);
}

bool run_node_open(struct run_node *node) {
    size_t index = (size_t)(node->plan - node->common->topology->nodes);
    node->notify_path = cli_format("%s/notify-%zu", node->common->folder, index);
    node->notify_fd = run_readiness_open_notify(node->notify_path);
    node->deadline_ns = INT64_MAX;
    node->stdout_lines.on_line = on_stdout_line;
    node->stderr_lines.on_line = on_stderr_line;
    node->stdout_lines.owner = node->stderr_lines.owner = node;
    return node->notify_fd >= 0 &&
           run_loop_watch(&node->common->loop, &node->notify_watch, node->notify_fd, false, on_notify, node);
}

void run_node_close(struct run_node *node) {
    run_loop_forget(&node->common->loop, &node->notify_watch);
    if (node->notify_fd >= 0) (void)close(node->notify_fd);
    run_tcp_port_release(&node->tcp_port);
    free(node->notify_path);
}

void run_node_watch(struct run_node *node) {
    struct run_loop *loop = &node->common->loop;
    const struct run_guard *guard = &node->guard;
    bool good = run_loop_watch(loop, &node->control_watch, guard->control, false, on_control, node);
    good = run_loop_watch(loop, &node->exit_watch, guard->pidfd, false, on_guard_end, node) && good;
    good = run_loop_watch(loop, &node->stdout_watch, guard->node_stdout, false, on_stdout, node) && good;
    good = run_loop_watch(loop, &node->stderr_watch, guard->node_stderr, false, on_stderr, node) && good;
    if (!good) {
        (void)fputs("sabir: the system has no room for another descriptor to wait for\n", stderr);
        exit(1); /* the guards end the nodes */
    }
}

void run_node_forget(struct run_node *node) {
    struct run_loop *loop = &node->common->loop;
    if (!node->has_process) return;
    run_lines_drain(&node->stdout_lines, node->guard.node_stdout);
    run_lines_drain(&node->stderr_lines, node->guard.node_stderr);
    run_loop_forget(loop, &node->control_watch);
    run_loop_forget(loop, &node->exit_watch);
    run_loop_forget(loop, &node->stdout_watch);
    run_loop_forget(loop, &node->stderr_watch);
    run_guard_close(&node->guard);
    node->has_process = false;
}
