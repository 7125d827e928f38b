/*
 * The handler of one instrument, one of hundreds in a group. Its rule: a price that is 2 % below the one of its last order is bought, one
 * that is 2 % above is sold; its first price begins. Risk's Decision may come prices later: the rule looks at prices alone, so that the
 * day does not depend on how fast anybody is.
 */
#include <stdlib.h>

#include "trading.h"

enum { LOT = 10 };

struct instrument {
    int64_t number;
    sabir_ref *pricer, *risk, *desk;
    int64_t reference_cents; /* of the last order */
    int64_t last_cents;
    int64_t position;
    bool is_closed;
    struct Report report;
    int64_t ordered;
    struct Order *orders; /* all of the day: at most one for each price */
};

static int find_others(struct instrument *instrument, sabir_manager *manager) {
    int code = sabir_manager_find(manager, "pricer", &instrument->pricer);
    if (!code) code = sabir_manager_find(manager, "risk", &instrument->risk);
    return code ? code : sabir_manager_find(manager, "desk", &instrument->desk);
}

static int on_start(void *self, sabir_context *context) {
    return find_others(self, sabir_context_manager(context));
}

/* ---- Prices and orders ------------------------------------------------------------------------------------------------- */

static int64_t wanted(const struct instrument *instrument, int64_t cents) {
    if (cents * 100 <= instrument->reference_cents * 98) return LOT;
    return cents * 100 >= instrument->reference_cents * 102 ? -LOT : 0;
}

static int place(struct instrument *instrument, int64_t quantity, int64_t cents, sabir_context *context) {
    struct Order *order = &instrument->orders[instrument->ordered++];
    *order = (struct Order){instrument->number, instrument->ordered, quantity, cents};
    instrument->reference_cents = cents;
    return sabir_ref_send_value(instrument->risk, Order_type(), order, sabir_context_self(context));
}

static int on_price(void *self, const void *value, sabir_context *context) {
    struct instrument *instrument = self;
    int64_t cents = ((const struct Price *)value)->cents;
    if (instrument->report.prices++ == 0) instrument->reference_cents = cents;
    instrument->last_cents = cents;
    int64_t quantity = wanted(instrument, cents);
    return quantity ? place(instrument, quantity, cents, context) : SABIR_OK;
}

/* ---- The end of the day ------------------------------------------------------------------------------------------------ */

static int64_t answered(const struct instrument *instrument) {
    return instrument->report.accepted + instrument->report.refused;
}

/* The pricer's handler runs here and now: request and reply stand on this stack. */
static int ask_last(struct instrument *instrument, struct Price *price, sabir_context *context) {
    bool replied = false;
    int code = sabir_ref_fast_send(instrument->pricer, sabir_context_self(context), Last_type(),
                                   &(struct Last){instrument->number}, Price_type(), price, sizeof *price, 0, &replied);
    return code || replied ? code : SABIR_EFAILED;
}

static int report(struct instrument *instrument, sabir_context *context) {
    struct Price last;
    if (!instrument->is_closed || answered(instrument) < instrument->ordered) return SABIR_OK;
    int code = ask_last(instrument, &last, context);
    if (code) return code;
    instrument->report.position = instrument->position;
    instrument->report.value_cents = instrument->position * last.cents;
    instrument->report.saw_last = last.cents == instrument->last_cents;
    return sabir_ref_send_value(instrument->desk, Report_type(), &instrument->report, sabir_context_self(context));
}

static int on_close(void *self, const void *value, sabir_context *context) {
    struct instrument *instrument = self;
    (void)value;
    instrument->is_closed = true;
    return report(instrument, context);
}

/* ---- Decisions --------------------------------------------------------------------------------------------------------- */

static void trade(struct instrument *instrument, const struct Order *order) {
    instrument->position += order->quantity;
    int64_t exposure_cents = llabs(instrument->position * order->cents);
    if (exposure_cents > instrument->report.largest_cents) instrument->report.largest_cents = exposure_cents;
}

/* They come in the order of the orders, one for each; another one is a fault, and the day's end. */
static int on_decision(void *self, const void *value, sabir_context *context) {
    struct instrument *instrument = self;
    const struct Decision *decision = value;
    int64_t next = answered(instrument) + 1;
    if (next > instrument->ordered || decision->number != next) {
        sabir_error_detail_set("a decision on an order that does not wait for one");
        return SABIR_EFAILED;
    }
    if (decision->accepted) {
        instrument->report.accepted++;
        trade(instrument, &instrument->orders[next - 1]);
    } else {
        instrument->report.refused++;
    }
    return report(instrument, context);
}

/* ---- Making ------------------------------------------------------------------------------------------------------------ */

static void drop(void *self) {
    struct instrument *instrument = self;
    sabir_ref_release(instrument->pricer);
    sabir_ref_release(instrument->risk);
    sabir_ref_release(instrument->desk);
    free(instrument->orders);
    free(instrument);
}

static int handle_all(sabir_actor *actor) {
    int code = sabir_actor_on(actor, Price_type(), on_price);
    if (!code) code = sabir_actor_on(actor, Close_type(), on_close);
    return code ? code : sabir_actor_on(actor, Decision_type(), on_decision);
}

int instrument_new(const struct day *day, int64_t number, sabir_actor **actor) {
    struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .on_start = on_start, .drop = drop};
    struct instrument *instrument = calloc(1, sizeof *instrument);
    if (!instrument) return SABIR_ENOMEM;
    instrument->number = instrument->report.instrument = number;
    instrument->orders = calloc((size_t)day->rounds, sizeof *instrument->orders);
    if (!instrument->orders) {
        free(instrument);
        return SABIR_ENOMEM;
    }
    int code = sabir_actor_new(&callbacks, instrument, actor);
    return code ? code : handle_all(*actor);
}
