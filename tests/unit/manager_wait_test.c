/*
 * Waiting: ended by terminate, a descriptor, the time, a signal, the end of standard input.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "signals.h"
#include "support/stage.h"

static void terminate_ends_every_wait_now_or_later(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    assert_fails(sabir_manager_wait(manager, -1, STAGE_MS, 0), SABIR_ETIMEDOUT, "in time");
    assert_fails(sabir_manager_wait(manager, -1, 0, 0), SABIR_ETIMEDOUT, NULL);
    sabir_manager_terminate(manager);
    sabir_manager_terminate(manager);
    assert_ok(sabir_manager_wait(manager, -1, -1, 0));
    assert_ok(sabir_manager_wait(manager, -1, -1, 0));
    assert_ok(sabir_manager_run(manager, 0));
    sabir_manager_terminate(NULL);
    assert_fails(sabir_manager_wait(NULL, -1, 0, 0), SABIR_EINVAL, NULL);
    assert_fails(sabir_manager_run(NULL, 0), SABIR_EINVAL, NULL);
    stage_free(manager);
}

static void a_descriptor_interrupts(void **state) {
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    sabir_manager *manager = stage_new();
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_fails(sabir_manager_wait(manager, ends[0], -1, 0), SABIR_EINTR, "interrupted");
    close(ends[0]);
    close(ends[1]);
    stage_free(manager);
}

/* In a child of its own: what happens to signals and standard input must not happen to the tests. */
static int run_child(int input, int signal_number) {
    int told[2];
    assert_int_equal(pipe(told), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(input, STDIN_FILENO);
        sabir_manager *manager = NULL;
        struct sigaction before = {.sa_handler = SIG_IGN}, after;
        sigaction(SIGTERM, &before, NULL);
        if (sabir_manager_new(NULL, &manager) != SABIR_OK || sabir_manager_start(manager) != SABIR_OK) _exit(90);
        if (write(told[1], "r", 1) != 1) _exit(91);
        int code = sabir_manager_run(manager, SABIR_WAIT_STDIN);
        sigaction(SIGTERM, NULL, &after);
        sabir_manager_free(manager);
        _exit(code != SABIR_OK ? 92 : after.sa_handler == SIG_IGN ? 7 : 93); /* the old handler is back */
    }
    char ready;
    assert_int_equal(read(told[0], &ready, 1), 1);
    /* The handler may not be there yet: until it is, SIGTERM is ignored, so say it until it is heard. */
    int status = 0;
    while (waitpid(child, &status, WNOHANG) == 0)
        if (signal_number) kill(child, signal_number);
    close(told[0]);
    close(told[1]);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void sigterm_ends_a_run(void **state) {
    (void)state;
    int input[2];
    assert_int_equal(pipe(input), 0);
    assert_int_equal(run_child(input[0], SIGTERM), 7);
    close(input[0]);
    close(input[1]);
}

static void the_end_of_standard_input_ends_a_run(void **state) {
    (void)state;
    int input[2];
    assert_int_equal(pipe(input), 0);
    assert_int_equal(write(input[1], "what is said here means nothing\n", 32), 32);
    close(input[1]);
    assert_int_equal(run_child(input[0], 0), 7);
    close(input[0]);
}

/* A node in a child of its own, which says READY, waits to be told, and stops; exits 0 if a signal of each kind did no more than it should. */
static void be_a_node(int told, bool reads_first) {
    sabir_config *config = NULL;
    sabir_manager *manager = NULL;
    struct sigaction after;
    if (sabir_config_new(&config) || sabir_config_set_bind(config, "tcp://127.0.0.1:*")) _exit(90);
    if (sabir_manager_new(config, &manager) || sabir_manager_start(manager)) _exit(91);
    sabir_config_free(config);
    if (sabir_manager_ready(manager, "c", "1", NULL)) _exit(92);
    if (!reads_first && raise(SIGTERM) != 0) _exit(93); /* before the run */
    char letter;
    if (reads_first && read(told, &letter, 1) != 1) _exit(94);
    if (sabir_manager_run(manager, reads_first ? SABIR_WAIT_STDIN : 0)) _exit(95);
    if (raise(SIGTERM) != 0 || raise(SIGINT) != 0) _exit(96); /* after the run, before the stop */
    if (sabir_manager_stop(manager)) _exit(97);
    sabir_manager_free(manager);
    sigaction(SIGTERM, NULL, &after);
    _exit(after.sa_handler == SIG_DFL ? 7 : 98);
}

static int status_of_node(int input, int told, bool reads_first) {
    (void)fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        int nowhere = open("/dev/null", O_WRONLY);
        dup2(nowhere, STDOUT_FILENO);
        dup2(input, STDIN_FILENO);
        be_a_node(told, reads_first);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void a_node_that_said_ready_takes_signals_before_its_run_and_after_it(void **state) {
    (void)state;
    int input[2], told[2];
    assert_int_equal(pipe(input), 0);
    assert_int_equal(pipe(told), 0);
    assert_int_equal(status_of_node(input[0], told[0], false), 7);
    close(input[1]); /* standard input has ended, and then come the signals: so does a runner stop its nodes */
    assert_int_equal(write(told[1], "x", 1), 1);
    assert_int_equal(status_of_node(input[0], told[0], true), 7);
    close(input[0]);
    close(told[0]);
    close(told[1]);
}

static void a_signal_that_the_program_handles_stays_its_own(void **state) {
    (void)state;
    struct sigaction ignored = {.sa_handler = SIG_IGN}, before, during, after;
    sigaction(SIGTERM, &ignored, &before);
    sabir_manager *manager = stage_new();
    sb_signals_take(manager);
    sigaction(SIGTERM, NULL, &during);
    assert_true(during.sa_handler == SIG_IGN);
    stage_free(manager);
    sigaction(SIGTERM, &before, &after);
    assert_true(after.sa_handler == SIG_IGN);
}

static void a_run_borrows_the_signals_of_a_node(void **state) {
    (void)state;
    sabir_manager *node = stage_new(), *other = stage_new();
    sb_signals_take(node);
    assert_true(sb_signals_begin_run(other));
    assert_fails(sabir_manager_run(node, 0), SABIR_ESTATE, "another run is going on");
    assert_int_equal(raise(SIGTERM), 0);
    assert_ok(sabir_manager_wait(other, -1, 0, 0));
    assert_fails(sabir_manager_wait(node, -1, 0, 0), SABIR_ETIMEDOUT, NULL);
    sb_signals_end_run(other);
    assert_int_equal(raise(SIGTERM), 0);
    assert_ok(sabir_manager_wait(node, -1, 0, 0));
    assert_true(sb_signals_begin_run(other));
    stage_free(node); /* gone while it had lent them */
    sb_signals_end_run(other);
    struct sigaction after;
    sigaction(SIGTERM, NULL, &after);
    assert_true(after.sa_handler == SIG_DFL);
    stage_free(other);
}

static void a_forked_child_does_not_end_its_parent(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    sb_signals_take(manager);
    pid_t child = fork();
    if (child == 0) {
        (void)raise(SIGTERM);
        _exit(1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    assert_fails(sabir_manager_wait(manager, -1, 0, 0), SABIR_ETIMEDOUT, NULL);
    stage_free(manager);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terminate_ends_every_wait_now_or_later),
        cmocka_unit_test(a_descriptor_interrupts),
        cmocka_unit_test(sigterm_ends_a_run),
        cmocka_unit_test(the_end_of_standard_input_ends_a_run),
        cmocka_unit_test(a_node_that_said_ready_takes_signals_before_its_run_and_after_it),
        cmocka_unit_test(a_signal_that_the_program_handles_stays_its_own),
        cmocka_unit_test(a_run_borrows_the_signals_of_a_node),
        cmocka_unit_test(a_forked_child_does_not_end_its_parent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
