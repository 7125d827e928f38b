/*
 * A port of the Sabir protocol in C that reaches level 0: one actor, `echo`, and the Rejects of whatever is not for it.
 *
 *     tcp -> PULL -> envelope -> echo -> PUSH per peer -> tcp
 *
 * libzmq carries it; text.c finds the members of an envelope. A JSON library can take its place, but none refuses all that level 1
 * wants to be refused (docs/protocol.md). Replies go to 127.0.0.1 only, until RTE-4 is there.
 */
#include "text.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <zmq.h>

enum { LIMIT_BYTES = 4 << 20, PEERS_MAX = 64, ENDPOINT_MAX = 256, CANNOT_START = 10 };

static const char LOOPBACK[] = "tcp://127.0.0.1:";

static struct {
    char endpoint[ENDPOINT_MAX];
    void *socket;
} peers[PEERS_MAX];

static void *context;
static char bound[ENDPOINT_MAX];

/* The PUSH socket of a peer, made when it is first needed; NULL if there are too many or the endpoint is none. */
static void *way_to(const char *endpoint) {
    for (size_t i = 0; i < PEERS_MAX; i++) {
        if (peers[i].socket && strcmp(peers[i].endpoint, endpoint) == 0) return peers[i].socket;
        if (peers[i].socket) continue;
        void *socket = zmq_socket(context, ZMQ_PUSH);
        int linger_ms = 0;
        zmq_setsockopt(socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
        if (strlen(endpoint) >= ENDPOINT_MAX || zmq_connect(socket, endpoint) != 0) {
            zmq_close(socket);
            return NULL;
        }
        strcpy(peers[i].endpoint, endpoint);
        return peers[i].socket = socket;
    }
    return NULL;
}

/* Send what answers `cause` to whoever sent it. `sender` and `payload` are JSON texts. */
static void answer(struct text cause, const char *type, const char *sender, struct text payload) {
    struct text to = text_member(cause, "sender");
    struct text name = text_string(to, "name"), address = text_string(to, "endpoint"), id = text_string(cause, "id");
    char endpoint[ENDPOINT_MAX];
    if (!name.at || !address.at || address.len_bytes >= sizeof endpoint) return;
    (void)snprintf(endpoint, sizeof endpoint, "%.*s", (int)address.len_bytes, address.at);
    void *way = strncmp(endpoint, LOOPBACK, strlen(LOOPBACK)) == 0 ? way_to(endpoint) : NULL;
    size_t room_bytes = payload.len_bytes + name.len_bytes + id.len_bytes + strlen(sender) + 256;
    char *envelope = way ? malloc(room_bytes) : NULL;
    if (!envelope) return;
    int len_bytes =
        snprintf(envelope, room_bytes, "{\"type\":\"%s\",\"target\":\"%.*s\",\"sender\":%s,\"payload\":%.*s", type,
                 (int)name.len_bytes, name.at, sender, (int)payload.len_bytes, payload.at);
    if (id.at)
        len_bytes += snprintf(envelope + len_bytes, room_bytes - (size_t)len_bytes, ",\"re\":\"%.*s\"",
                              (int)id.len_bytes, id.at);
    envelope[len_bytes++] = '}';
    zmq_send(way, envelope, (size_t)len_bytes, ZMQ_DONTWAIT);
    free(envelope);
}

static void reject(struct text cause, struct text type, struct text target, const char *code) {
    char payload[2048];
    int len_bytes =
        snprintf(payload, sizeof payload,
                 "{\"code\":\"%s\",\"reason\":\"nothing here takes it\",\"message_type\":\"%.*s\",\"target\":\"%.*s\","
                 "\"rejected_by\":\"%s\"}",
                 code, (int)type.len_bytes, type.at, (int)target.len_bytes, target.at, bound);
    if (len_bytes < (int)sizeof payload) answer(cause, "Reject", "null", (struct text){payload, (size_t)len_bytes});
}

static void take(struct text envelope) {
    struct text type = text_string(envelope, "type"), target = text_string(envelope, "target");
    struct text payload = text_member(envelope, "payload");
    if (!type.at || !target.at || !payload.at || *payload.at != '{' || text_is(type, "Reject")) return;
    if (!text_is(target, "echo")) {
        reject(envelope, type, target, "unknown_target");
    } else if (!text_is(type, "conf.Echo")) {
        reject(envelope, type, target, "unknown_type");
    } else {
        char sender[ENDPOINT_MAX + 64];
        (void)snprintf(sender, sizeof sender, "{\"name\":\"echo\",\"endpoint\":\"%s\"}", bound);
        answer(envelope, "conf.EchoReply", sender, payload);
    }
}

/* White space around an envelope is allowed. */
static struct text trimmed(const char *frame, size_t len_bytes) {
    while (len_bytes > 0 && memchr(" \t\r\n", *frame, 4)) frame++, len_bytes--;
    while (len_bytes > 0 && memchr(" \t\r\n", frame[len_bytes - 1], 4)) len_bytes--;
    return (struct text){frame, len_bytes};
}

/* One ZeroMQ message; of several parts it is no envelope. */
static void receive(void *pull) {
    zmq_msg_t part;
    zmq_msg_init(&part);
    bool is_single = zmq_msg_recv(&part, pull, 0) >= 0 && !zmq_msg_more(&part);
    if (is_single) take(trimmed(zmq_msg_data(&part), zmq_msg_size(&part)));
    while (!is_single && zmq_msg_more(&part) && zmq_msg_recv(&part, pull, 0) >= 0) continue;
    zmq_msg_close(&part);
}

static void *bind_or_exit(void) {
    const char *told = getenv("SABIR_BIND");
    void *pull = zmq_socket(context, ZMQ_PULL);
    int64_t limit_bytes = LIMIT_BYTES;
    zmq_setsockopt(pull, ZMQ_MAXMSGSIZE, &limit_bytes, sizeof limit_bytes);
    size_t len_bytes = sizeof bound;
    if (!told || strncmp(told, LOOPBACK, strlen(LOOPBACK)) != 0 || zmq_bind(pull, told) != 0 ||
        zmq_getsockopt(pull, ZMQ_LAST_ENDPOINT, bound, &len_bytes) != 0) {
        fprintf(stderr, "SABIR_BIND=%s cannot be bound; it is like %s* here\n", told ? told : "", LOOPBACK);
        exit(CANNOT_START);
    }
    return pull;
}

int main(void) {
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigprocmask(SIG_BLOCK, &stop, NULL); /* before libzmq starts its threads, which inherit it */
    context = zmq_ctx_new();
    void *pull = bind_or_exit();
    printf("READY {\"endpoint\":\"%s\",\"bound\":\"%s\",\"port\":\"@NAME@\",\"version\":\"0.1\",\"suite\":1,"
           "\"limits\":{\"bytes\":%d,\"depth\":64},\"features\":[]}\n",
           bound, bound, LIMIT_BYTES);
    fflush(stdout);
    zmq_pollitem_t watched[] = {
        {pull, 0, ZMQ_POLLIN, 0}, {NULL, STDIN_FILENO, ZMQ_POLLIN, 0}, {NULL, signalfd(-1, &stop, 0), ZMQ_POLLIN, 0}};
    char ignored[256];
    while (zmq_poll(watched, 3, -1) >= 0 && !watched[2].revents) {
        if (watched[1].revents && read(STDIN_FILENO, ignored, sizeof ignored) <= 0) break;
        if (watched[0].revents & ZMQ_POLLIN) receive(pull);
    }
    return 0; /* what was sent has left, or its peer is not there; a real port gives it a moment */
}
