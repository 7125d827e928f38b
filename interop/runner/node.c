/* What happens to a node: transitions of its state. Its descriptors are in node_watch.c. */
#define _GNU_SOURCE
#include "node.h"

#include "backoff.h"
#include "cli/memory.h"
#include "environment.h"
#include "node_watch.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static const int64_t KILL_TIMEOUT_NS = INT64_C(6) * 1000000000;

static const char *name_of(const struct run_node *node) {
    return node->plan->name.text;
}

static void enter(struct run_node *node, enum run_state state, int64_t timeout_ns) {
    node->state = state;
    node->deadline_ns = timeout_ns < 0 ? INT64_MAX : run_now_ns() + timeout_ns;
}

static bool start_process(struct run_node *node) {
    const struct cli_node *plan = node->plan;
    struct run_told told = {node->tcp_port.number, node->common->peers_path, node->notify_path};
    char **argv = cli_alloc(plan->run.count + 1, sizeof *argv);
    for (size_t i = 0; i < plan->run.count; i++) argv[i] = plan->run.items[i].text;
    char **environment = run_environment_new(node->common->topology, plan, &told);
    struct run_command command = {plan->name.text, plan->program, argv, environment, plan->dir, node->common->folder};
    bool good = run_guard_start(&command, &node->guard);
    int saved = errno;
    run_environment_free(environment);
    free(argv);
    errno = saved;
    return good;
}

void run_node_start(struct run_node *node) {
    int64_t said_ns = node->plan->ready_timeout_ns;
    node->started_ns = run_now_ns();
    node->is_ready = node->has_fault = node->has_status = false;
    run_tcp_port_release(&node->tcp_port);
    if (!start_process(node)) {
        run_log_say(&node->common->log, "%s cannot be started: %s", name_of(node), strerror(errno));
        node->has_failed = true;
        enter(node, RUN_ENDED, -1);
        return;
    }
    node->has_process = true;
    run_node_watch(node);
    enter(node, RUN_STARTING, said_ns ? said_ns : node->common->ready_timeout_ns);
}

void run_node_became_ready(struct run_node *node) {
    if (node->state != RUN_STARTING) return;
    node->is_ready = node->has_been_ready = true;
    enter(node, RUN_READY, -1);
    run_log_say(&node->common->log, "%s is ready at tcp://127.0.0.1:%u, pid %d, after %.2f s", name_of(node),
                (unsigned)node->tcp_port.number, (int)node->pid, (double)(run_now_ns() - node->started_ns) / 1e9);
}

void run_node_stop(struct run_node *node) {
    if (node->state == RUN_WAITING || node->state == RUN_BACKOFF) {
        enter(node, RUN_ENDED, -1);
    } else if (node->state == RUN_STARTING || node->state == RUN_READY) {
        enter(node, RUN_STOPPING, node->plan->stop_timeout_ns);
        run_guard_close_stdin(&node->guard);
        (void)run_guard_signal(&node->guard, node->plan->stop_signal);
    }
}

void run_node_kill(struct run_node *node) {
    run_node_stop(node);
    if (node->state != RUN_STOPPING) return;
    enter(node, RUN_KILLING, KILL_TIMEOUT_NS);
    (void)run_guard_signal(&node->guard, SIGKILL);
}

void run_node_fault(struct run_node *node) {
    node->has_fault = true;
    run_node_stop(node);
}

void run_node_expire(struct run_node *node) {
    struct run_log *log = &node->common->log;
    double waited_s = (double)node->plan->stop_timeout_ns / 1e9;
    node->deadline_ns = INT64_MAX;
    if (node->state == RUN_BACKOFF) {
        run_node_start(node);
    } else if (node->state == RUN_STARTING) {
        run_log_say(log, "%s is not ready after %.1f s, so it is stopped", name_of(node),
                    (double)(run_now_ns() - node->started_ns) / 1e9);
        run_node_fault(node);
    } else if (node->state == RUN_STOPPING) {
        run_log_say(log, "%s did not stop within %.1f s, so it is killed", name_of(node), waited_s);
        node->was_killed = true;
        run_node_kill(node);
    } else if (node->state == RUN_KILLING) {
        run_log_say(log, "%s cannot be killed, pid %d", name_of(node), (int)node->pid);
        run_node_forget(node);
        node->has_failed = node->has_lost_guard = true;
        enter(node, RUN_ENDED, -1);
    }
}

static void say_how_it_ended(const struct run_node *node) {
    struct run_log *log = &node->common->log;
    const char *when = node->is_ready ? "" : " before it was ready";
    if (!node->has_status)
        run_log_say(log, "%s lost its guard, which somebody killed", name_of(node));
    else if (WIFSIGNALED(node->status))
        run_log_say(log, "%s was ended by signal %d (%s)%s", name_of(node), WTERMSIG(node->status),
                    strsignal(WTERMSIG(node->status)), when);
    else
        run_log_say(log, "%s ended with exit code %d%s", name_of(node), WEXITSTATUS(node->status), when);
}

static bool has_ended_well(const struct run_node *node) {
    return node->has_status && WIFEXITED(node->status) && WEXITSTATUS(node->status) == 0 && node->is_ready &&
           !node->has_fault;
}

static void restart_or_end(struct run_node *node) {
    const struct cli_node *plan = node->plan;
    bool is_well = has_ended_well(node);
    bool wants_restart = plan->restart == CLI_RESTART_ALWAYS || (plan->restart == CLI_RESTART_FAILURE && !is_well);
    /* Without its guard, what the node left behind may still live: nothing is started on top of it. */
    if (wants_restart && node->has_status && node->exits <= plan->restart_max) {
        int64_t wait_ns = run_backoff_ns(plan->backoff_ns, node->exits);
        run_log_say(&node->common->log, "%s is started again in %.2f s, restart %u of %u", name_of(node),
                    (double)wait_ns / 1e9, node->exits, plan->restart_max);
        enter(node, RUN_BACKOFF, wait_ns);
        return;
    }
    if (wants_restart && node->has_status)
        run_log_say(&node->common->log, "%s has been restarted %u times, so it is left alone", name_of(node),
                    plan->restart_max);
    node->has_failed = !is_well || wants_restart;
    enter(node, RUN_ENDED, -1);
}

void run_node_process_ended(struct run_node *node) {
    run_node_forget(node);
    node->exits++;
    node->has_lost_guard = node->has_lost_guard || !node->has_status;
    bool was_asked = node->state == RUN_STOPPING || node->state == RUN_KILLING;
    if (!was_asked || !node->common->is_stopping || !node->has_status) say_how_it_ended(node);
    if (node->common->is_stopping)
        enter(node, RUN_ENDED, -1);
    else
        restart_or_end(node);
}

void run_node_refused(struct run_node *node, int code) {
    run_log_say(&node->common->log, "%s cannot be started: %s", name_of(node), strerror(code));
    run_node_forget(node);
    node->has_failed = true;
    enter(node, RUN_ENDED, -1);
}
