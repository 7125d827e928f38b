/*
 * Timers of an actor.
 *
 *     timers arm COUNT     arm one and cancel it, with 1000 others armed meanwhile: ns for both
 *     timers late COUNT    10 000 fall due in each second: the lateness in us that 99 of 100 keep to (`value`), and the median
 */
#include <stdlib.h>
#include <string.h>

#include "rig.h"

#define OTHERS 1000
#define PERIOD_NS 100000
#define LEAD_NS 100000000 /* time to arm them all before the first falls due */
#define FAR_NS (3600 * INT64_C(1000000000))

static const char usage[] = "timers arm|late COUNT";

struct due {
    uint64_t timer_id;
    double at_s;
    double late_us;
};

struct clock {
    struct due *dues;
    int64_t count;
    int64_t fired;
    double seconds; /* of arming and cancelling */
};

static void arm_and_cancel(struct clock *clock, sabir_ref *self) {
    uint64_t others[OTHERS], id;
    for (int i = 0; i < OTHERS; i++) bench_need(sabir_timer_once(self, FAR_NS + i * INT64_C(1000000), &others[i]));
    double begin_s = bench_now_s();
    for (int64_t i = 0; i < clock->count; i++) {
        bench_need(sabir_timer_once(self, FAR_NS, &id));
        bench_need(sabir_timer_cancel(id));
    }
    clock->seconds = bench_now_s() - begin_s;
    for (int i = 0; i < OTHERS; i++) bench_need(sabir_timer_cancel(others[i]));
}

/* In a handler: none is delivered before all are armed. */
static void arm_all(struct clock *clock, sabir_ref *self) {
    double first_s = bench_now_s() + LEAD_NS * 1e-9;
    for (int64_t i = 0; i < clock->count; i++) {
        struct due *due = &clock->dues[i];
        due->at_s = first_s + (double)i * PERIOD_NS * 1e-9;
        bench_need(sabir_timer_once(self, (int64_t)((due->at_s - bench_now_s()) * 1e9), &due->timer_id));
    }
}

static int on_go(void *self, const void *value, sabir_context *context) {
    struct clock *clock = self;
    if (((const struct Note *)value)->number) {
        arm_all(clock, sabir_context_self(context));
    } else {
        arm_and_cancel(clock, sabir_context_self(context));
        rig_done(context);
    }
    return SABIR_OK;
}

/*
 * Each fires once. In the order of arming, unless whoever armed them lost its processor between two looks at the clock for longer than a
 * period: then that one is due later.
 */
static struct due *take_due(struct clock *clock, uint64_t timer_id) {
    struct due *next = &clock->dues[clock->fired], *end = clock->dues + clock->count, *found = next;
    while (found != end && found->timer_id != timer_id) found++;
    if (found == end) bench_die("timers: one fired that is not armed");
    struct due taken = *found;
    *found = *next;
    *next = taken;
    clock->fired++;
    return next;
}

static int on_timeout(void *self, const void *value, sabir_context *context) {
    struct clock *clock = self;
    struct due *due = take_due(clock, ((const struct sabir_timeout *)value)->timer_id);
    due->late_us = (bench_now_s() - due->at_s) * 1e6;
    if (clock->fired == clock->count) rig_done(context);
    return SABIR_OK;
}

static int by_lateness(const void *a, const void *b) {
    double left = ((const struct due *)a)->late_us, right = ((const struct due *)b)->late_us;
    return (left > right) - (left < right);
}

static void print(struct clock *clock, bool late) {
    if (!late) {
        rig_print("value", clock->seconds * 1e9 / (double)clock->count);
        return;
    }
    qsort(clock->dues, (size_t)clock->count, sizeof *clock->dues, by_lateness);
    rig_print_two("value", clock->dues[clock->count * 99 / 100].late_us, "median",
                  clock->dues[clock->count / 2].late_us);
}

int main(int argc, char **argv) {
    struct rig rig;
    struct clock clock = {.count = rig_number(argc, argv, 2, 1, usage)};
    bool late = strcmp(argv[1], "late") == 0;
    if (!late && strcmp(argv[1], "arm") != 0) bench_die("usage: %s", usage);
    clock.dues = calloc((size_t)clock.count, sizeof *clock.dues);
    if (!clock.dues) bench_die("out of memory");
    sabir_actor *actor;
    sabir_ref *ref;
    rig_open(&rig, 0);
    bench_need(sabir_actor_new(NULL, &clock, &actor));
    bench_need(sabir_actor_on(actor, Note_type(), on_go));
    bench_need(sabir_actor_on(actor, sabir_type_timeout(), on_timeout));
    bench_need(sabir_manager_manage(rig.manager, "clock", actor, &ref));
    double begin_s = rig_start(&rig);
    bench_need(sabir_ref_send_value(ref, Note_type(), &(struct Note){0, late}, NULL));
    rig_wait(&rig, begin_s);
    print(&clock, late);
    sabir_ref_release(ref);
    rig_close(&rig);
    free(clock.dues);
    return 0;
}
