/*
 * Two actors and one message that goes to and fro: ns for there and back.
 *
 *     ping_pong CASE ROUNDS     threads   a thread each, spinning as the core sees fit
 *                               parked    a thread each that never spins
 *                               group1    both on one worker
 *                               group2    both in a group of two workers
 *
 * `idle_ms` is the processor time that the process still burns once the last message is handled: what the spinning costs afterwards.
 */
#include <string.h>
#include <time.h>

#include "rig.h"

static const char usage[] = "ping_pong threads|parked|group1|group2 ROUNDS";

struct ping {
    int64_t next;
    int64_t rounds;
};

static int on_pong_side(void *self, const void *value, sabir_context *context) {
    (void)self;
    return sabir_context_reply_value(context, Note_type(), value);
}

static int on_ping_side(void *self, const void *value, sabir_context *context) {
    const struct Note *note = value;
    struct ping *ping = self;
    if (note->number != ping->next)
        bench_die("ping-pong: %lld came instead of %lld", (long long)note->number, (long long)ping->next);
    if (++ping->next < ping->rounds)
        return sabir_context_reply_value(context, Note_type(), &(struct Note){0, ping->next});
    rig_done(context);
    return SABIR_OK;
}

static double process_cpu_s(void) {
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double)used.tv_sec + 1e-9 * (double)used.tv_nsec;
}

/* This thread sleeps for longer than anybody may spin: what is burnt meanwhile is burnt by the actors. */
static double burnt_afterwards_ms(void) {
    const struct timespec nap = {0, 20000000};
    double before_s = process_cpu_s();
    nanosleep(&nap, NULL);
    return (process_cpu_s() - before_s) * 1e3;
}

int main(int argc, char **argv) {
    struct rig rig;
    int64_t rounds = rig_number(argc, argv, 2, 1, usage);
    struct ping ping = {0, rounds};
    size_t workers = strcmp(argv[1], "group1") == 0 ? 1 : strcmp(argv[1], "group2") == 0 ? 2 : 0;
    int64_t spin_ns = strcmp(argv[1], "parked") == 0 ? 0 : RIG_ADAPTIVE;
    if (workers == 0 && spin_ns != 0 && strcmp(argv[1], "threads") != 0) bench_die("usage: %s", usage);
    rig_open(&rig, workers);
    sabir_ref *pong = rig_manage(&rig, &(struct rig_actor){"pong", NULL, on_pong_side, spin_ns, 16});
    sabir_ref *player = rig_manage(&rig, &(struct rig_actor){"ping", &ping, on_ping_side, spin_ns, 16});
    double begin_s = rig_start(&rig);
    bench_need(sabir_ref_send_value(pong, Note_type(), &(struct Note){0, 0}, player));
    double seconds = rig_wait(&rig, begin_s);
    rig_print_two("value", seconds * 1e9 / (double)rounds, "idle_ms", burnt_afterwards_ms());
    sabir_ref_release(player);
    sabir_ref_release(pong);
    rig_close(&rig);
    return 0;
}
