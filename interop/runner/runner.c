#define _GNU_SOURCE
#include "runner.h"

#include "cli/memory.h"
#include "folder.h"
#include "kin.h"
#include "node.h"
#include "peers.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_SIGNAL = 128, NAME_WIDTH_MAX = 24 };
static const int64_t FLUSH_TIMEOUT_NS = 1000000000;

struct runner {
    struct run_common common;
    const struct run_options *options;
    struct run_node *nodes;
    size_t node_count;
    int signal_fd;
    struct run_watch signal_watch;
    int exit_code;
    bool
        was_signalled; /* the first signal stops in order, the second kills; whoever stops already is not killed by the first */
};

/* ---- Order --------------------------------------------------------------------------------------------------------------- */

static struct run_node *node_of(const struct runner *runner, const char *name) {
    return &runner->nodes[cli_topology_node(runner->common.topology, name) - runner->common.topology->nodes];
}

static bool may_start(const struct runner *runner, const struct run_node *node) {
    for (size_t i = 0; i < node->plan->after.count; i++) {
        if (!node_of(runner, node->plan->after.items[i].text)->has_been_ready) return false;
    }
    return true;
}

static bool starts_after(const struct cli_node *later, const char *earlier) {
    for (size_t i = 0; i < later->after.count; i++) {
        if (strcmp(later->after.items[i].text, earlier) == 0) return true;
    }
    return false;
}

/* Reverse order: whoever started after this one has ended. */
static bool may_stop(const struct runner *runner, const struct run_node *node) {
    for (size_t i = 0; i < runner->node_count; i++) {
        const struct run_node *other = &runner->nodes[i];
        if (other->state != RUN_ENDED && starts_after(other->plan, node->plan->name.text)) return false;
    }
    return true;
}

/* ---- Decisions ----------------------------------------------------------------------------------------------------------- */

static void begin_stop(struct runner *runner, int exit_code, const char *why) {
    if (runner->common.is_stopping) return;
    runner->common.is_stopping = true;
    runner->exit_code = exit_code;
    run_log_say(&runner->common.log, "%s; stopping", why);
}

static void look_for_reasons_to_stop(struct runner *runner) {
    for (size_t i = 0; i < runner->node_count; i++) {
        const struct run_node *node = &runner->nodes[i];
        char why[160];
        if (node->has_failed) {
            (void)snprintf(why, sizeof why, "%s has failed", node->plan->name.text);
            begin_stop(runner, EXIT_FAILED, why);
        } else if (node->plan == runner->options->until && node->state == RUN_ENDED) {
            (void)snprintf(why, sizeof why, "%s has ended", node->plan->name.text);
            begin_stop(runner, EXIT_OK, why);
        }
    }
    if (runner->common.log.output.is_lost) begin_stop(runner, EXIT_SIGNAL + SIGPIPE, "nobody reads the log any more");
}

/* True if a node changed its state: that may allow another one to move. */
static bool move_nodes(struct runner *runner) {
    bool has_moved = false;
    for (size_t i = 0; i < runner->node_count; i++) {
        struct run_node *node = &runner->nodes[i];
        enum run_state before = node->state;
        if (node->deadline_ns <= run_now_ns()) run_node_expire(node);
        if (runner->common.is_stopping && may_stop(runner, node))
            run_node_stop(node);
        else if (!runner->common.is_stopping && node->state == RUN_WAITING && may_start(runner, node))
            run_node_start(node);
        has_moved = has_moved || node->state != before;
    }
    return has_moved;
}

static bool have_all_ended(const struct runner *runner) {
    for (size_t i = 0; i < runner->node_count; i++) {
        if (runner->nodes[i].state != RUN_ENDED) return false;
    }
    return true;
}

static int64_t next_deadline_ns(const struct runner *runner) {
    int64_t next_ns = INT64_MAX;
    for (size_t i = 0; i < runner->node_count; i++) {
        if (runner->nodes[i].deadline_ns < next_ns) next_ns = runner->nodes[i].deadline_ns;
    }
    return next_ns;
}

static void on_signal(void *owner) {
    struct runner *runner = owner;
    struct signalfd_siginfo info;
    if (read(runner->signal_fd, &info, sizeof info) != sizeof info) return;
    const char *name = strsignal((int)info.ssi_signo);
    bool is_first = !runner->was_signalled;
    runner->was_signalled = true;
    if (is_first) {
        if (runner->common.is_stopping)
            run_log_say(&runner->common.log, "%s: stopping already; once more kills what still runs", name);
        begin_stop(runner, EXIT_SIGNAL + (int)info.ssi_signo, name);
        return;
    }
    run_log_say(&runner->common.log, "%s again; killing what still runs", name);
    for (size_t i = 0; i < runner->node_count; i++) run_node_kill(&runner->nodes[i]);
}

static void run(struct runner *runner) {
    for (;;) {
        do {
            look_for_reasons_to_stop(runner);
        } while (move_nodes(runner));
        if (have_all_ended(runner)) return;
        run_loop_step(&runner->common.loop, next_deadline_ns(runner));
    }
}

/* ---- Setting up and clearing away ------------------------------------------------------------------------------------------ */

/* The runner's own 0, 1 and 2 are open, so that no pipe of a node gets one of these numbers. */
static void fill_standard_descriptors(void) {
    int fd;
    do {
        fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    } while (fd >= 0 && fd <= 2);
    if (fd > 2) (void)close(fd);
}

static bool watch_signals(struct runner *runner) {
    struct sigaction hangup;
    sigset_t waited;
    (void)sigemptyset(&waited);
    (void)sigaddset(&waited, SIGINT);
    (void)sigaddset(&waited, SIGTERM);
    (void)sigaddset(&waited, SIGQUIT);
    if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN) /* nohup */
        (void)sigaddset(&waited, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &waited, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGTTOU, SIG_IGN);
    runner->signal_fd = signalfd(-1, &waited, SFD_CLOEXEC | SFD_NONBLOCK);
    return runner->signal_fd >= 0 &&
           run_loop_watch(&runner->common.loop, &runner->signal_watch, runner->signal_fd, false, on_signal, runner);
}

static bool take_tcp_ports(struct runner *runner) {
    for (size_t i = 0; i < runner->node_count; i++) {
        struct run_node *node = &runner->nodes[i];
        int code = run_tcp_port_take(node->plan->tcp_port, &node->tcp_port);
        if (code && node->plan->tcp_port)
            run_log_say(&runner->common.log, "%s cannot have the TCP port %u: %s", node->plan->name.text,
                        (unsigned)node->plan->tcp_port, strerror(code));
        else if (code)
            run_log_say(&runner->common.log, "there is no free TCP port for %s: %s", node->plan->name.text,
                        strerror(code));
        if (code) return false;
    }
    return true;
}

static bool write_peers(struct runner *runner) {
    uint16_t *tcp_ports = cli_alloc(runner->node_count, sizeof *tcp_ports);
    for (size_t i = 0; i < runner->node_count; i++) tcp_ports[i] = runner->nodes[i].tcp_port.number;
    bool good = run_peers_write(runner->common.topology, tcp_ports, runner->common.peers_path);
    if (!good) run_log_say(&runner->common.log, "%s cannot be written: %s", runner->common.peers_path, strerror(errno));
    free(tcp_ports);
    return good;
}

static bool open_folder(struct runner *runner) {
    runner->common.folder = run_folder_new();
    if (!runner->common.folder) {
        run_log_say(&runner->common.log, "no private folder can be made under XDG_RUNTIME_DIR, TMPDIR or /tmp: %s",
                    strerror(errno));
        return false;
    }
    runner->common.peers_path = cli_format("%s/peers.json", runner->common.folder);
    return true;
}

static bool open_nodes(struct runner *runner) {
    for (size_t i = 0; i < runner->node_count; i++) {
        if (!run_node_open(&runner->nodes[i])) {
            run_log_say(&runner->common.log, "%s: no socket for NOTIFY_SOCKET: %s", runner->nodes[i].plan->name.text,
                        strerror(errno));
            return false;
        }
    }
    return true;
}

static void lay_out(struct runner *runner, const struct cli_topology *topology, const struct run_options *options) {
    int width = (int)strlen("sabir");
    runner->common.topology = topology;
    runner->common.ready_timeout_ns = options->ready_timeout_ns;
    runner->options = options;
    runner->signal_fd = -1;
    runner->node_count = topology->node_count;
    runner->nodes = cli_alloc(topology->node_count, sizeof *runner->nodes);
    for (size_t i = 0; i < topology->node_count; i++) {
        struct run_node *node = &runner->nodes[i];
        node->plan = &topology->nodes[i];
        node->common = &runner->common;
        node->colour = (int)i;
        node->tcp_port.held_fd = node->notify_fd = -1;
        node->deadline_ns = INT64_MAX;
        int name_width = (int)strlen(node->plan->name.text);
        width = name_width > width ? name_width : width;
    }
    runner->common.log.name_width = width < NAME_WIDTH_MAX ? width : NAME_WIDTH_MAX;
    runner->common.log.has_colour = options->has_colour;
}

/* The last word: how it ended, after every node has. */
static int conclude(struct runner *runner) {
    bool has_lost_guard = false;
    for (size_t i = 0; i < runner->node_count; i++) {
        if (runner->nodes[i].was_killed && runner->exit_code == EXIT_OK) runner->exit_code = EXIT_FAILED;
        has_lost_guard = has_lost_guard || runner->nodes[i].has_lost_guard;
    }
    /* Not without need: this process may have had children before it became the runner (exec), which are nobody's business. */
    size_t left = has_lost_guard ? run_kin_kill_all() : 0;
    if (left) run_log_say(&runner->common.log, "%zu processes cannot be killed", left);
    run_log_say(&runner->common.log, "%s: every node has ended", runner->common.topology->name);
    return runner->exit_code;
}

static void clear_away(struct runner *runner) {
    for (size_t i = 0; i < runner->node_count; i++) run_node_close(&runner->nodes[i]);
    run_folder_remove(runner->common.folder);
    run_loop_forget(&runner->common.loop, &runner->signal_watch);
    if (runner->signal_fd >= 0) (void)close(runner->signal_fd);
    run_output_close(&runner->common.log.output, run_now_ns() + FLUSH_TIMEOUT_NS);
    run_loop_close(&runner->common.loop);
    free(runner->common.folder);
    free(runner->common.peers_path);
    free(runner->nodes);
}

int run_topology(const struct cli_topology *topology, const struct run_options *options) {
    struct runner runner = {0};
    fill_standard_descriptors();
    lay_out(&runner, topology, options);
    if (!run_loop_open(&runner.common.loop)) {
        (void)fprintf(stderr, "sabir run: no epoll: %s\n", strerror(errno));
        free(runner.nodes);
        return EXIT_FAILED;
    }
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1);
    run_output_open(&runner.common.log.output, &runner.common.loop, STDOUT_FILENO);
    int exit_code = EXIT_FAILED;
    if (watch_signals(&runner) && take_tcp_ports(&runner) && open_folder(&runner) && write_peers(&runner) &&
        open_nodes(&runner)) {
        run(&runner);
        exit_code = conclude(&runner);
    }
    clear_away(&runner);
    return exit_code;
}
