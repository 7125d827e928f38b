/*
 * TCP ports for the nodes of a topology: each its own, held until its node starts, and none from which connections are made.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runner/tcp_port.h"

enum { MANY = 200 };

/* What a node does with its TCP port: 0, or errno. */
static int listen_at(uint16_t number, int *fd) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(number), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1;
    *fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(*fd >= 0);
    assert_int_equal(setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), 0);
    if (bind(*fd, (const struct sockaddr *)&address, sizeof address) == 0 && listen(*fd, 1) == 0) return 0;
    int fault = errno;
    assert_int_equal(close(*fd), 0);
    return fault;
}

static unsigned first_ephemeral(void) {
    unsigned first = 0;
    FILE *range = fopen("/proc/sys/net/ipv4/ip_local_port_range", "r");
    assert_non_null(range);
    assert_int_equal(fscanf(range, "%u", &first), 1);
    assert_int_equal(fclose(range), 0);
    return first;
}

static void chosen_ones_differ_and_are_no_source_of_connections(void **state) {
    struct run_tcp_port taken[MANY];
    unsigned first = first_ephemeral();
    (void)state;
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(run_tcp_port_take(0, &taken[i]), 0);
        for (int j = 0; j < i; j++) assert_int_not_equal(taken[i].number, taken[j].number);
        if (first > 11000) assert_true(taken[i].number < first && taken[i].number >= 10000);
    }
    for (int i = 0; i < MANY; i++) run_tcp_port_release(&taken[i]);
}

static void a_held_one_is_nobody_else_s_until_it_is_released(void **state) {
    struct run_tcp_port taken, again;
    int fd;
    (void)state;
    assert_int_equal(run_tcp_port_take(0, &taken), 0);
    assert_int_equal(listen_at(taken.number, &fd), EADDRINUSE);
    assert_int_equal(run_tcp_port_take(taken.number, &again), EADDRINUSE);
    run_tcp_port_release(&taken);
    run_tcp_port_release(&taken); /* once more is nothing */
    assert_int_equal(listen_at(taken.number, &fd), 0);
    assert_int_equal(run_tcp_port_take(taken.number, &again), EADDRINUSE);
    assert_int_equal(close(fd), 0);
    assert_int_equal(run_tcp_port_take(taken.number, &again), 0);
    assert_int_equal(again.number, taken.number);
    run_tcp_port_release(&again);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chosen_ones_differ_and_are_no_source_of_connections),
        cmocka_unit_test(a_held_one_is_nobody_else_s_until_it_is_released),
    };
    return cmocka_run_group_tests_name("tcp_port", tests, NULL, NULL);
}
