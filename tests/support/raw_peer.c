#define _GNU_SOURCE
#include "raw_peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define WAIT_MS 5000

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct sockaddr_in address_of(const char *address, uint16_t tcp_port) {
    struct sockaddr_in result = {.sin_family = AF_INET, .sin_port = htons(tcp_port)};
    inet_pton(AF_INET, address, &result.sin_addr);
    return result;
}

int raw_listen(const char *address, uint16_t *tcp_port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;
    struct sockaddr_in at = address_of(address, *tcp_port);
    socklen_t len = sizeof at;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&at, sizeof at) == -1 || listen(fd, 64) == -1 ||
        getsockname(fd, (struct sockaddr *)&at, &len) == -1) {
        close(fd);
        return -1;
    }
    *tcp_port = ntohs(at.sin_port);
    return fd;
}

uint16_t raw_free_tcp_port(const char *address) {
    uint16_t tcp_port = 0;
    int fd = raw_listen(address, &tcp_port);
    close(fd);
    return tcp_port;
}

static bool wait_readable(int fd, int timeout_ms) {
    struct pollfd wanted = {.fd = fd, .events = POLLIN};
    int rc;
    while ((rc = poll(&wanted, 1, timeout_ms)) == -1 && errno == EINTR) {
    }
    return rc == 1;
}

int raw_accept(int listener, int timeout_ms) {
    return wait_readable(listener, timeout_ms) ? accept4(listener, NULL, NULL, SOCK_CLOEXEC) : -1;
}

static int connect_from(const char *own_address, const char *address, uint16_t tcp_port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in own = address_of(own_address, 0), at = address_of(address, tcp_port);
    if (bind(fd, (struct sockaddr *)&own, sizeof own) == 0 && connect(fd, (struct sockaddr *)&at, sizeof at) == 0)
        return fd;
    close(fd);
    return -1;
}

int raw_connect(const char *address, uint16_t tcp_port) {
    return connect_from("0.0.0.0", address, tcp_port);
}

bool raw_write(int fd, const void *bytes, size_t len_bytes) {
    const char *at = bytes;
    while (len_bytes > 0) {
        ssize_t n = send(fd, at, len_bytes, MSG_NOSIGNAL);
        if (n <= 0) return false;
        at += n;
        len_bytes -= (size_t)n;
    }
    return true;
}

static bool read_exactly(int fd, void *bytes, size_t len_bytes, int64_t deadline_ms) {
    char *at = bytes;
    while (len_bytes > 0) {
        int64_t left_ms = deadline_ms - now_ms();
        if (left_ms < 0) left_ms = 0;
        if (!wait_readable(fd, (int)left_ms)) return false;
        ssize_t n = recv(fd, at, len_bytes, 0);
        if (n <= 0) return false;
        at += n;
        len_bytes -= (size_t)n;
    }
    return true;
}

bool raw_send_frame(int fd, unsigned flags, const void *bytes, size_t len_bytes) {
    unsigned char head[9];
    size_t head_bytes = 2;
    if (len_bytes > 255) flags |= RAW_LONG;
    head[0] = (unsigned char)flags;
    head[1] = (unsigned char)len_bytes;
    if (flags & RAW_LONG) {
        for (unsigned i = 0; i < 8; i++) head[1 + i] = (unsigned char)((uint64_t)len_bytes >> (56 - 8 * i));
        head_bytes = 9;
    }
    return raw_write(fd, head, head_bytes) && raw_write(fd, bytes, len_bytes);
}

bool raw_send_text(int fd, const char *text) {
    return raw_send_frame(fd, 0, text, strlen(text));
}

/* One frame of any kind. Returns its length; -1: none. */
static long read_frame(int fd, unsigned *flags, char *body, size_t capacity_bytes, int64_t deadline_ms) {
    unsigned char head[9];
    uint64_t len_bytes = 0;
    if (!read_exactly(fd, head, 2, deadline_ms)) return -1;
    *flags = head[0];
    if (head[0] & RAW_LONG) {
        if (!read_exactly(fd, head + 2, 7, deadline_ms)) return -1;
        for (unsigned i = 0; i < 8; i++) len_bytes = len_bytes << 8 | head[1 + i];
    } else {
        len_bytes = head[1];
    }
    if (len_bytes >= capacity_bytes || !read_exactly(fd, body, (size_t)len_bytes, deadline_ms)) return -1;
    body[len_bytes] = '\0';
    return (long)len_bytes;
}

bool raw_shake_hands(int fd, const char *type) {
    unsigned char greeting[64] = {0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0x7F, 3, 0, 'N', 'U', 'L', 'L'};
    unsigned char theirs[64];
    char command[64], reply[256];
    unsigned flags;
    int64_t deadline_ms = now_ms() + WAIT_MS;
    if (!raw_write(fd, greeting, sizeof greeting) || !read_exactly(fd, theirs, sizeof theirs, deadline_ms))
        return false;
    size_t type_bytes = strlen(type);
    size_t at = 0;
    memcpy(command, "\5READY\13Socket-Type\0\0\0", 21), at = 21;
    command[at++] = (char)type_bytes;
    memcpy(command + at, type, type_bytes), at += type_bytes;
    memcpy(command + at, "\10Identity\0\0\0\0", 13), at += 13;
    if (!raw_send_frame(fd, RAW_COMMAND, command, at)) return false;
    return read_frame(fd, &flags, reply, sizeof reply, deadline_ms) >= 6 && (flags & RAW_COMMAND) &&
           memcmp(reply, "\5READY", 6) == 0;
}

int raw_connect_push(const char *address, uint16_t tcp_port) {
    return raw_connect_push_from("0.0.0.0", address, tcp_port);
}

int raw_connect_push_from(const char *own_address, const char *address, uint16_t tcp_port) {
    int fd = connect_from(own_address, address, tcp_port);
    if (fd == -1 || raw_shake_hands(fd, "PUSH")) return fd;
    close(fd);
    return -1;
}

long raw_receive_frame(int fd, char *body, size_t capacity_bytes, int timeout_ms, unsigned *pings) {
    int64_t deadline_ms = now_ms() + timeout_ms;
    for (;;) {
        unsigned flags;
        long len_bytes = read_frame(fd, &flags, body, capacity_bytes, deadline_ms);
        if (len_bytes < 0 || !(flags & RAW_COMMAND)) return len_bytes;
        if (len_bytes < 7 || memcmp(body, "\4PING", 5) != 0) continue;
        if (pings) (*pings)++;
        /* Name, time to live in two bytes, context: the context goes back. */
        memcpy(body + 2, "\4PONG", 5);
        if (!raw_send_frame(fd, RAW_COMMAND, body + 2, (size_t)len_bytes - 2)) return -1;
    }
}

bool raw_ends(int fd, int timeout_ms) {
    int64_t deadline_ms = now_ms() + timeout_ms;
    char skipped[4096];
    for (;;) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        int64_t left_ms = deadline_ms - now_ms();
        if (left_ms <= 0 || poll(&ready, 1, (int)left_ms) <= 0) return false;
        if (recv(fd, skipped, sizeof skipped, 0) <= 0) return true;
    }
}

uint16_t raw_tcp_port_of(const char *endpoint) {
    const char *colon = strrchr(endpoint, ':');
    return (uint16_t)strtoul(colon + 1, NULL, 10);
}

void raw_pass_time(int ms) {
    poll(NULL, 0, ms);
}
