/*
 * Waiting: ended by terminate, a descriptor, the time, a signal, the end of standard input.
 */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terminate_ends_every_wait_now_or_later),
        cmocka_unit_test(a_descriptor_interrupts),
        cmocka_unit_test(sigterm_ends_a_run),
        cmocka_unit_test(the_end_of_standard_input_ends_a_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
