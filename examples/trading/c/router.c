/*
 * The router: hands each price to the handler of its instrument, and the close to all of them. What it sends to one handler stays in
 * order, so a handler that is told of the close has seen every price.
 */
#include <stdio.h>
#include <stdlib.h>

#include "trading.h"

struct router {
    int64_t count;
    sabir_ref *instruments[INSTRUMENTS_MAX];
};

const char *instrument_name(int64_t instrument, char name[NAME_BYTES]) {
    snprintf(name, NAME_BYTES, "i%03d", (int)instrument);
    return name;
}

static int on_start(void *self, sabir_context *context) {
    struct router *router = self;
    char name[NAME_BYTES];
    int code = SABIR_OK;
    say_cpu("router");
    for (int64_t i = 0; i < router->count && !code; i++)
        code = sabir_manager_find(sabir_context_manager(context), instrument_name(i, name), &router->instruments[i]);
    return code;
}

/* A handler that has stopped: the node is being stopped before its day is over. */
static int pass_on(sabir_ref *instrument, const sabir_type *type, const void *value, sabir_context *context) {
    int code = sabir_ref_send_value(instrument, type, value, sabir_context_self(context));
    return code == SABIR_ECLOSED ? SABIR_OK : code;
}

static int on_price(void *self, const void *value, sabir_context *context) {
    struct router *router = self;
    const struct Price *price = value;
    if (price->instrument < 0 || price->instrument >= router->count) return SABIR_EBADPAYLOAD;
    return pass_on(router->instruments[price->instrument], Price_type(), price, context);
}

static int on_close(void *self, const void *value, sabir_context *context) {
    struct router *router = self;
    int code = SABIR_OK;
    (void)value;
    for (int64_t i = 0; i < router->count && !code; i++)
        code = pass_on(router->instruments[i], Close_type(), NULL, context);
    return code;
}

static void drop(void *self) {
    struct router *router = self;
    for (int64_t i = 0; i < router->count; i++) sabir_ref_release(router->instruments[i]);
    free(router);
}

int router_new(const struct day *day, sabir_actor **actor) {
    struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .on_start = on_start, .drop = drop};
    struct router *router = calloc(1, sizeof *router);
    if (!router) return SABIR_ENOMEM;
    router->count = day->instruments;
    int code = sabir_actor_new(&callbacks, router, actor);
    if (!code) code = sabir_actor_on(*actor, Price_type(), on_price);
    return code ? code : sabir_actor_on(*actor, Close_type(), on_close);
}
