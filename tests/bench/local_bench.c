/*
 * Inside one process: ping-pong between two threads, streaming from one to another, fast_send. Against a queue under a mutex.
 */
#include <sabir/sabir.h>
#include <sched.h>
#include <semaphore.h>
#include <stdlib.h>

#include "bench.h"
#include "mutex_actor.h"

#define VALUE_FIELDS(F) F(SABIR_INT64, value)
SABIR_MESSAGE_NAMED(Value, "bench.Value", VALUE_FIELDS);

static const int64_t ping_rounds = 20000, stream_count = 1000000, calls = 1000000;
static int64_t spin_ns = -1;

static sabir_ref *manage(sabir_manager *manager, const char *name, void *self, sabir_handler handler) {
    sabir_actor *actor;
    sabir_ref *ref;
    bench_need(sabir_actor_new(NULL, self, &actor));
    bench_need(sabir_actor_on(actor, Value_type(), handler));
    bench_need(sabir_actor_set_spin_ns(actor, spin_ns));
    bench_need(sabir_manager_manage(manager, name, actor, &ref));
    return ref;
}

static void end(sabir_manager *manager) {
    bench_need(sabir_manager_stop(manager));
    sabir_manager_free(manager);
}

/* ---- Ping-pong: ns per round ------------------------------------------------------------------------------------------ */

static int on_pong_side(void *self, const void *value, sabir_context *context) {
    (void)self;
    return sabir_context_reply_value(context, Value_type(), value);
}

static int on_ping_side(void *self, const void *value, sabir_context *context) {
    const struct Value *seen = value;
    int64_t *next = self;
    if (seen->value != *next)
        bench_die("ping-pong: %lld came instead of %lld", (long long)seen->value, (long long)*next);
    if (++*next < ping_rounds) return sabir_context_reply_value(context, Value_type(), &(struct Value){*next});
    sabir_manager_terminate(sabir_context_manager(context));
    return SABIR_OK;
}

static double ping_pong_ours(void *unused) {
    (void)unused;
    int64_t next = 0;
    sabir_manager *manager;
    bench_need(sabir_manager_new(NULL, &manager));
    sabir_ref *pong = manage(manager, "pong", NULL, on_pong_side);
    sabir_ref *ping = manage(manager, "ping", &next, on_ping_side);
    bench_need(sabir_manager_start(manager));
    double start_s = bench_now_s();
    bench_need(sabir_ref_send_value(pong, Value_type(), &(struct Value){0}, ping));
    bench_need(sabir_manager_wait(manager, -1, -1, 0));
    double ns = (bench_now_s() - start_s) * 1e9 / (double)ping_rounds;
    sabir_ref_release(ping);
    sabir_ref_release(pong);
    end(manager);
    return ns;
}

static sem_t over;

static void pong_side(struct mutex_actor *self, const struct mutex_message *message) {
    mutex_actor_send(message->sender, message->value, self);
}

static void ping_side(struct mutex_actor *self, const struct mutex_message *message) {
    int64_t *next = self->state;
    if (message->value != *next) bench_die("ping-pong: wrong value");
    if (++*next < ping_rounds)
        mutex_actor_send(message->sender, *next, self);
    else
        sem_post(&over);
}

static double ping_pong_theirs(void *unused) {
    (void)unused;
    int64_t next = 0;
    struct mutex_actor ping, pong;
    sem_init(&over, 0, 0);
    mutex_actor_start(&ping, ping_side, &next);
    mutex_actor_start(&pong, pong_side, NULL);
    double start_s = bench_now_s();
    mutex_actor_send(&pong, 0, &ping);
    sem_wait(&over);
    double ns = (bench_now_s() - start_s) * 1e9 / (double)ping_rounds;
    mutex_actor_stop(&ping);
    mutex_actor_stop(&pong);
    return ns;
}

/* ---- Streaming: million messages a second ------------------------------------------------------------------------------ */

static int on_stream(void *self, const void *value, sabir_context *context) {
    const struct Value *seen = value;
    int64_t *next = self;
    if (seen->value != *next)
        bench_die("streaming: %lld came instead of %lld", (long long)seen->value, (long long)*next);
    if (++*next == stream_count) sabir_manager_terminate(sabir_context_manager(context));
    return SABIR_OK;
}

static double stream_ours(void *unused) {
    (void)unused;
    int64_t next = 0;
    sabir_manager *manager;
    bench_need(sabir_manager_new(NULL, &manager));
    sabir_ref *sink = manage(manager, "sink", &next, on_stream);
    bench_need(sabir_manager_start(manager));
    double start_s = bench_now_s();
    for (int64_t i = 0; i < stream_count; i++) {
        int code;
        while ((code = sabir_ref_send_value(sink, Value_type(), &(struct Value){i}, NULL)) == SABIR_EFULL)
            sched_yield();
        bench_need(code);
    }
    bench_need(sabir_manager_wait(manager, -1, -1, 0));
    double rate = (double)stream_count / (bench_now_s() - start_s) / 1e6;
    sabir_ref_release(sink);
    end(manager);
    return rate;
}

static void stream_side(struct mutex_actor *self, const struct mutex_message *message) {
    int64_t *next = self->state;
    if (message->value != (*next)++) bench_die("streaming: wrong order");
}

static double stream_theirs(void *unused) {
    (void)unused;
    int64_t next = 0;
    struct mutex_actor sink;
    mutex_actor_start(&sink, stream_side, &next);
    double start_s = bench_now_s();
    for (int64_t i = 0; i < stream_count; i++) mutex_actor_send(&sink, i, NULL);
    mutex_actor_stop(&sink);
    if (next != stream_count) bench_die("streaming: %lld of %lld came", (long long)next, (long long)stream_count);
    return (double)stream_count / (bench_now_s() - start_s) / 1e6;
}

/* ---- fast_send: ns per call -------------------------------------------------------------------------------------------- */

static int on_increment(void *self, const void *value, sabir_context *context) {
    (void)self;
    const struct Value *seen = value;
    return sabir_context_reply_value(context, Value_type(), &(struct Value){seen->value + 1});
}

static double fast_ours(void *unused) {
    (void)unused;
    sabir_manager *manager;
    bench_need(sabir_manager_new(NULL, &manager));
    sabir_ref *ref = manage(manager, "incrementer", NULL, on_increment);
    bench_need(sabir_manager_start(manager));
    double start_s = bench_now_s();
    for (int64_t i = 0; i < calls; i++) {
        struct Value reply = {0};
        bench_need(sabir_ref_fast_send(ref, NULL, Value_type(), &(struct Value){i}, Value_type(), &reply, sizeof reply,
                                       0, NULL));
        if (reply.value != i + 1) bench_die("fast_send: wrong reply");
    }
    double ns = (bench_now_s() - start_s) * 1e9 / (double)calls;
    sabir_ref_release(ref);
    end(manager);
    return ns;
}

static void nothing(struct mutex_actor *self, const struct mutex_message *message) {
    (void)self;
    (void)message;
}

static double fast_theirs(void *unused) {
    (void)unused;
    struct mutex_actor actor;
    mutex_actor_start(&actor, nothing, NULL);
    double start_s = bench_now_s();
    for (int64_t i = 0; i < calls; i++) {
        struct mutex_message *reply = mutex_actor_fast_send(&actor, i);
        if (reply->value != i + 1) bench_die("fast_send: wrong reply");
        free(reply);
    }
    double ns = (bench_now_s() - start_s) * 1e9 / (double)calls;
    mutex_actor_stop(&actor);
    return ns;
}

int main(void) {
    const char *peer = "a queue under a mutex";
    bench_compare(&(struct bench){"ping-pong, two threads, adaptive spinning", peer, "ns", 20, 0, ping_pong_ours,
                                  ping_pong_theirs, NULL});
    bench_compare(
        &(struct bench){"streaming one to one, two threads", peer, "M/s", 3, 0, stream_ours, stream_theirs, NULL});
    bench_compare(&(struct bench){"streaming one to one, two threads", NULL, "M/s", 5, 0, stream_ours, NULL, NULL});
    bench_compare(&(struct bench){"fast_send, idle actor", peer, "ns", 1, 0, fast_ours, fast_theirs, NULL});
    spin_ns = 0;
    bench_compare(&(struct bench){"ping-pong, two threads, no spinning", peer, "ns", 1.2, 0, ping_pong_ours,
                                  ping_pong_theirs, NULL});
    return 0;
}
