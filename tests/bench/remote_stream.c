/*
 * Streaming small envelopes from one process to another over TCP on loopback: actors of this library, and bare libzmq in the same
 * shape (PUSH to PULL, frames as long as the envelopes, credit coming back the same way). Rounds alternate, so that a noisy machine
 * hurts both alike; only the ratio counts. Every message's number is checked on arrival.
 *
 *     sender --messages, at most WINDOW without credit--> receiver
 *            <--credit for every BATCH of them----------
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sabir/sabir.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#include "bench.h"

#define WINDOW 16000
#define BATCH 2000

/* What the actors send, but for its digits: a bare frame is as long. */
#define ENVELOPE                                                                                                       \
    "{\"type\":\"Note\",\"target\":\"sink\",\"sender\":{\"name\":\"source\",\"endpoint\":\"tcp://127.0.0.1:40000\"},"  \
    "\"payload\":{\"number\":250000},\"seq\":\"0123456789abcdef:250000\"}"
#define RAW_BYTES (sizeof ENVELOPE - 1)

static int64_t total = 500000;

static void put(int fd, const void *bytes, size_t len_bytes) {
    if (write(fd, bytes, len_bytes) != (ssize_t)len_bytes) bench_die("a pipe is broken");
}

static void get(int fd, void *bytes, size_t len_bytes) {
    for (size_t got = 0; got < len_bytes;) {
        ssize_t n = read(fd, (char *)bytes + got, len_bytes - got);
        if (n <= 0) bench_die("the other process ended early");
        got += (size_t)n;
    }
}

static void tell_seconds(int fd, double begin_s) {
    double seconds = bench_now_s() - begin_s;
    put(fd, &seconds, sizeof seconds);
}

/* ---- Bare libzmq ------------------------------------------------------------------------------------------------------------ */

static void *raw_socket(void *context, int kind, const char *connect_to, char bound[256]) {
    void *socket = zmq_socket(context, kind);
    size_t size = 256;
    if (connect_to ? zmq_connect(socket, connect_to) : zmq_bind(socket, "tcp://127.0.0.1:*"))
        bench_die("libzmq: %s", zmq_strerror(errno));
    if (!connect_to) zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, bound, &size);
    return socket;
}

static void raw_receive(int from_sender, int to_sender, int to_parent) {
    char own[256] = {0}, other[256];
    void *context = zmq_ctx_new();
    void *in = raw_socket(context, ZMQ_PULL, NULL, own);
    put(to_sender, own, sizeof own);
    get(from_sender, other, sizeof other);
    void *credit = raw_socket(context, ZMQ_PUSH, other, NULL);
    int no_linger = 0;
    zmq_setsockopt(credit, ZMQ_LINGER, &no_linger, sizeof no_linger); /* the last credit has no taker */
    double begin_s = 0;
    zmq_msg_t message;
    zmq_msg_init(&message);
    for (int64_t i = 0; i < total; i++) {
        if (zmq_msg_recv(&message, in, 0) == -1) bench_die("receive");
        if (i == 0) begin_s = bench_now_s();
        int64_t number;
        memcpy(&number, zmq_msg_data(&message), sizeof number);
        if (number != i || zmq_msg_size(&message) != RAW_BYTES) bench_die("libzmq lost order");
        if ((i + 1) % BATCH == 0) zmq_send(credit, "c", 1, 0);
    }
    tell_seconds(to_parent, begin_s);
    zmq_close(in);
    zmq_close(credit);
    zmq_ctx_term(context);
}

static void raw_send(int from_receiver, int to_receiver) {
    char own[256] = {0}, other[256];
    void *context = zmq_ctx_new();
    void *credits = raw_socket(context, ZMQ_PULL, NULL, own);
    get(from_receiver, other, sizeof other);
    put(to_receiver, own, sizeof own);
    void *out = raw_socket(context, ZMQ_PUSH, other, NULL);
    int64_t credit = WINDOW;
    char token[1], body[] = ENVELOPE;
    for (int64_t i = 0; i < total; i++) {
        if (credit == 0 && zmq_recv(credits, token, sizeof token, 0) == 1) credit += BATCH;
        memcpy(body, &i, sizeof i);
        zmq_msg_t message;
        zmq_msg_init_size(&message, RAW_BYTES);
        memcpy(zmq_msg_data(&message), body, RAW_BYTES);
        if (zmq_msg_send(&message, out, 0) == -1) bench_die("send");
        credit--;
    }
    zmq_close(out);
    zmq_close(credits);
    zmq_ctx_term(context);
}

/* ---- Actors ------------------------------------------------------------------------------------------------------------------ */

#define NOTE_FIELDS(F) F(SABIR_INT64, number)
#define CREDIT_FIELDS(F) F(SABIR_INT64, messages)
SABIR_MESSAGE(Note, NOTE_FIELDS);
SABIR_MESSAGE(Credit, CREDIT_FIELDS);

struct sink {
    int64_t next;
    double begin_s;
    int to_parent;
};

static int on_note(void *self, const void *value, sabir_context *context) {
    struct sink *sink = self;
    const struct Note *note = value;
    if (sink->next == 0) sink->begin_s = bench_now_s();
    if (note->number != sink->next++) bench_die("an actor lost order");
    if (sink->next % BATCH == 0) {
        struct Credit credit = {BATCH};
        sabir_context_reply_value(context, Credit_type(), &credit);
    }
    if (sink->next == total) {
        tell_seconds(sink->to_parent, sink->begin_s);
        sabir_manager_terminate(sabir_context_manager(context));
    }
    return SABIR_OK;
}

struct source {
    sabir_ref *sink;
    int64_t next;
    int64_t credit;
};

static int on_credit(void *self, const void *value, sabir_context *context) {
    struct source *source = self;
    source->credit += ((const struct Credit *)value)->messages;
    while (source->credit > 0 && source->next < total) {
        struct Note note = {source->next};
        bench_need(sabir_ref_send_value(source->sink, Note_type(), &note, sabir_context_self(context)));
        source->next++;
        source->credit--;
    }
    return SABIR_OK;
}

static sabir_manager *manager_new(void) {
    sabir_config *config;
    sabir_manager *manager;
    bench_need(sabir_config_new(&config));
    bench_need(sabir_config_set_bind(config, "tcp://127.0.0.1:*"));
    bench_need(sabir_manager_new(config, &manager));
    sabir_config_free(config);
    return manager;
}

static void actor_receive(int from_sender, int to_sender, int to_parent) {
    (void)from_sender;
    struct sink sink = {.to_parent = to_parent};
    sabir_actor *actor;
    sabir_manager *manager = manager_new();
    bench_need(sabir_actor_new(NULL, &sink, &actor));
    bench_need(sabir_actor_on(actor, Note_type(), on_note));
    bench_need(sabir_manager_manage(manager, "sink", actor, NULL));
    bench_need(sabir_manager_start(manager));
    char own[256] = {0};
    snprintf(own, sizeof own, "%s", sabir_manager_endpoint(manager));
    put(to_sender, own, sizeof own);
    sabir_manager_wait(manager, -1, -1, 0);
    sabir_manager_free(manager);
}

static void actor_send(int from_receiver, int to_receiver) {
    (void)to_receiver;
    struct source source = {0};
    char other[256];
    sabir_actor *actor;
    sabir_ref *self;
    sabir_manager *manager = manager_new();
    bench_need(sabir_actor_new(NULL, &source, &actor));
    bench_need(sabir_actor_on(actor, Credit_type(), on_credit));
    bench_need(sabir_manager_manage(manager, "source", actor, &self));
    get(from_receiver, other, sizeof other);
    bench_need(sabir_manager_remote(manager, "sink", other, SABIR_DIALECT_V1, &source.sink));
    bench_need(sabir_manager_start(manager));
    struct Credit credit = {WINDOW};
    bench_need(sabir_ref_send_value(self, Credit_type(), &credit, NULL));
    char end;
    ssize_t n = read(from_receiver, &end, 1); /* the receiver is done and has gone */
    (void)n;
    sabir_ref_release(self);
    sabir_manager_free(manager);
    sabir_ref_release(source.sink);
}

/* ---- Rounds -------------------------------------------------------------------------------------------------------------------- */

static double cpu_s(const struct rusage *usage) {
    return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) +
           1e-6 * (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec);
}

/* One round in two fresh processes; millions of messages a second. What it cost goes to standard error. */
static double round_of(void (*receive)(int, int, int), void (*send)(int, int), const char *name) {
    int forth[2], back[2], results[2], a, b;
    struct rusage before, after;
    double seconds;
    getrusage(RUSAGE_CHILDREN, &before);
    fflush(stdout); /* or each child prints it again */
    if (pipe(forth) || pipe(back) || pipe(results)) bench_die("no pipe");
    pid_t receiver = fork();
    if (receiver == 0) {
        close(forth[1]), close(back[0]), close(results[0]);
        receive(forth[0], back[1], results[1]);
        exit(0);
    }
    pid_t sender = fork();
    if (sender == 0) {
        close(forth[0]), close(back[1]), close(results[0]), close(results[1]);
        send(back[0], forth[1]);
        exit(0);
    }
    close(forth[0]), close(forth[1]), close(back[0]), close(back[1]), close(results[1]);
    get(results[0], &seconds, sizeof seconds);
    close(results[0]);
    waitpid(receiver, &a, 0);
    waitpid(sender, &b, 0);
    if (a != 0 || b != 0) bench_die("a process failed");
    getrusage(RUSAGE_CHILDREN, &after);
    double rate = (double)(total - 1) / seconds / 1e6;
    fprintf(stderr, "  %-6s %5.2f M/s  %5.0f CPU ns a message  %7ld context switches\n", name, rate,
            1e9 * (cpu_s(&after) - cpu_s(&before)) / (double)total,
            after.ru_nvcsw + after.ru_nivcsw - before.ru_nvcsw - before.ru_nivcsw);
    return rate;
}

static double actors(void *unused) {
    (void)unused;
    return round_of(actor_receive, actor_send, "sabir");
}

static double bare(void *unused) {
    (void)unused;
    return round_of(raw_receive, raw_send, "libzmq");
}

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 0;
    if (argc > 2) total = atoll(argv[2]);
    if (rounds < 0 || total < 1) bench_die("usage: remote_stream [ROUNDS [MESSAGES]]");
    bench_compare(
        &(struct bench){"remote streaming, tcp, 153 B", "libzmq PUSH to PULL", "M/s", 0.6, rounds, actors, bare, NULL});
    return 0;
}
