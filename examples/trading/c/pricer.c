/*
 * The pricer: at each tick of its timer every instrument gets a new price, drawn from a seed, so that each day with that seed is the
 * same; after the last round the day is closed. Who calls it by fast_send is told the last price.
 */
#include <stdlib.h>

#include "trading.h"

static const int64_t TICK_NS = 2000000;

struct pricer {
    struct day day;
    int64_t round;
    uint64_t timer;
    sabir_ref *router;
    int64_t cents[INSTRUMENTS_MAX];
    uint64_t random[INSTRUMENTS_MAX];
};

/* splitmix64: each instrument has a stream of its own. */
static uint64_t draw(uint64_t *state) {
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static void open_day(struct pricer *pricer) {
    for (int64_t i = 0; i < pricer->day.instruments; i++) {
        pricer->random[i] = pricer->day.seed * 1000003 + (uint64_t)i;
        pricer->cents[i] = 1000 + (int64_t)(draw(&pricer->random[i]) % 9000);
    }
}

static int on_start(void *self, sabir_context *context) {
    struct pricer *pricer = self;
    say_cpu("pricer");
    open_day(pricer);
    int code = sabir_manager_find(sabir_context_manager(context), "router", &pricer->router);
    return code ? code : sabir_timer_periodic(sabir_context_self(context), TICK_NS, &pricer->timer);
}

/* Up to 2 % up or down. */
static int move(struct pricer *pricer, int64_t instrument, sabir_context *context) {
    int64_t *cents = &pricer->cents[instrument];
    *cents += *cents * ((int64_t)(draw(&pricer->random[instrument]) % 41) - 20) / 1000;
    return sabir_ref_send_value(pricer->router, Price_type(), &(struct Price){instrument, *cents},
                                sabir_context_self(context));
}

static int close_day(struct pricer *pricer, sabir_context *context) {
    int code = sabir_timer_cancel(pricer->timer);
    return code ? code : sabir_ref_send_value(pricer->router, Close_type(), NULL, sabir_context_self(context));
}

/* Ticks that were missed on a busy machine are not made up for: a round is a tick that was handled. */
static int on_tick(void *self, const void *timeout, sabir_context *context) {
    struct pricer *pricer = self;
    int code = SABIR_OK;
    (void)timeout;
    for (int64_t i = 0; i < pricer->day.instruments && !code; i++) code = move(pricer, i, context);
    if (!code && ++pricer->round == pricer->day.rounds) code = close_day(pricer, context);
    return code;
}

static int on_last(void *self, const void *value, sabir_context *context) {
    const struct pricer *pricer = self;
    const struct Last *last = value;
    if (last->instrument < 0 || last->instrument >= pricer->day.instruments) return SABIR_EBADPAYLOAD;
    return sabir_context_reply_value(context, Price_type(),
                                     &(struct Price){last->instrument, pricer->cents[last->instrument]});
}

static void drop(void *self) {
    struct pricer *pricer = self;
    sabir_ref_release(pricer->router);
    free(pricer);
}

int pricer_new(const struct day *day, sabir_actor **actor) {
    struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .on_start = on_start, .drop = drop};
    struct pricer *pricer = calloc(1, sizeof *pricer);
    if (!pricer) return SABIR_ENOMEM;
    pricer->day = *day;
    int code = sabir_actor_new(&callbacks, pricer, actor);
    if (!code) code = sabir_actor_on(*actor, sabir_type_timeout(), on_tick);
    return code ? code : sabir_actor_on(*actor, Last_type(), on_last);
}
