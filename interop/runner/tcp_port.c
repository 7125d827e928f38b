#define _GNU_SOURCE
#include "tcp_port.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EPHEMERAL_FIRST_DEFAULT = 32768, SPAN = 16384, LOWEST = 10000, TRIES_MAX = 200 };

/*
 * A socket that is bound and does not listen: whoever connects is refused, and tries again. SO_REUSEADDR would let two runs hold
 * the same one, so a chosen TCP port does without; a wanted one needs it, for it must be had again right after the last run.
 */
static int hold(uint16_t number, bool is_wanted) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(number), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = is_wanted, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        bind(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    int saved = errno;
    (void)close(fd);
    errno = saved;
    return -1;
}

static unsigned first_ephemeral(void) {
    unsigned first = EPHEMERAL_FIRST_DEFAULT;
    FILE *stream = fopen("/proc/sys/net/ipv4/ip_local_port_range", "re");
    if (stream) {
        if (fscanf(stream, "%u", &first) != 1 || first > 65535) first = EPHEMERAL_FIRST_DEFAULT;
        (void)fclose(stream);
    }
    return first;
}

static uint16_t draw(void) {
    unsigned behind = first_ephemeral(), random = 0;
    if (behind < LOWEST + 1000) behind = 65536; /* everything is ephemeral here: there is no better place */
    unsigned lowest = behind > LOWEST + SPAN ? behind - SPAN : LOWEST;
    if (getrandom(&random, sizeof random, 0) != sizeof random) random = (unsigned)getpid();
    return (uint16_t)(lowest + random % (behind - lowest));
}

int run_tcp_port_take(uint16_t wanted, struct run_tcp_port *tcp_port) {
    for (int i = 0; i < TRIES_MAX; i++) {
        uint16_t number = wanted ? wanted : draw();
        tcp_port->held_fd = hold(number, wanted != 0);
        tcp_port->number = number;
        if (tcp_port->held_fd >= 0) return 0;
        if (wanted || errno != EADDRINUSE) break;
    }
    return errno;
}

void run_tcp_port_release(struct run_tcp_port *tcp_port) {
    if (tcp_port->held_fd >= 0) (void)close(tcp_port->held_fd);
    tcp_port->held_fd = -1;
}
