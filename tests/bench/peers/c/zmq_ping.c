/*
 * Bare libzmq in the shape of remote_ping.c: two processes, a PUSH and a PULL socket each, an envelope of 125 bytes to and fro: us for
 * there and back.
 *
 *     zmq_ping ROUNDS
 */
#include <errno.h>
#include <string.h>
#include <zmq.h>

#include "bench.h"
#include "pair.h"
#include "rig.h"

#define BODY_BYTES 125
#define WARM_UP 200

struct ends {
    void *context;
    void *in;
    void *out;
};

static struct ends ends_open(struct pair pair) {
    char own[PAIR_ENDPOINT_BYTES] = {0}, other[PAIR_ENDPOINT_BYTES];
    size_t size = sizeof own;
    struct ends ends = {.context = zmq_ctx_new()};
    ends.in = zmq_socket(ends.context, ZMQ_PULL);
    ends.out = zmq_socket(ends.context, ZMQ_PUSH);
    if (zmq_bind(ends.in, "tcp://127.0.0.1:*") || zmq_getsockopt(ends.in, ZMQ_LAST_ENDPOINT, own, &size))
        bench_die("libzmq: %s", zmq_strerror(errno));
    pair_put(pair, own);
    pair_get(pair, other);
    if (zmq_connect(ends.out, other)) bench_die("libzmq: %s", zmq_strerror(errno));
    return ends;
}

static void ends_close(struct ends ends) {
    zmq_close(ends.in);
    zmq_close(ends.out);
    zmq_ctx_term(ends.context);
}

static void send_number(struct ends ends, int64_t number) {
    char body[BODY_BYTES] = {0};
    memcpy(body, &number, sizeof number);
    if (zmq_send(ends.out, body, sizeof body, 0) != sizeof body) bench_die("libzmq: %s", zmq_strerror(errno));
}

static int64_t receive_number(struct ends ends) {
    char body[BODY_BYTES];
    int64_t number;
    if (zmq_recv(ends.in, body, sizeof body, 0) != sizeof body) bench_die("libzmq: %s", zmq_strerror(errno));
    memcpy(&number, body, sizeof number);
    return number;
}

/* A negative number is the last one. */
static void answer(struct pair pair) {
    struct ends ends = ends_open(pair);
    int64_t number;
    while ((number = receive_number(ends)) >= 0) send_number(ends, number);
    ends_close(ends);
}

int main(int argc, char **argv) {
    int64_t rounds = rig_number(argc, argv, 1, 1, "zmq_ping ROUNDS");
    struct pair pair = pair_fork(answer);
    struct ends ends = ends_open(pair);
    double begin_s = 0;
    for (int64_t i = 0; i < WARM_UP + rounds; i++) {
        if (i == WARM_UP) begin_s = bench_now_s();
        send_number(ends, i);
        if (receive_number(ends) != i) bench_die("libzmq: another number came back");
    }
    double seconds = bench_now_s() - begin_s;
    send_number(ends, -1);
    pair_join(pair);
    ends_close(ends);
    rig_print("value", seconds * 1e6 / (double)rounds);
    return 0;
}
