/* A market tells whoever subscribed; one that has stopped is dropped by itself. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "market.h"

#define SECOND 1000000000

/* An example ends at its first error; a program of yours may know better. */
static void must(int code) {
    char detail[256] = "";
    if (code == SABIR_OK) return;
    sabir_error_detail_copy(detail, sizeof detail);
    fprintf(stderr, "%s: %s\n", sabir_error_text(code), detail);
    exit(1);
}

/* ---- A subscriber: what it asks for, and what it has heard -------------------------------------------------------------- */

struct listener {
    sabir_ref *market;
    const char *topic; /* NULL: everything */
    char heard[256];
};

/* Before the manager's start has returned: so both have subscribed when the first price comes. */
static int on_start(void *self, sabir_context *context) {
    struct listener *listener = self;
    struct sabir_subscribe subscribe = {.topic.present = listener->topic != NULL};
    if (listener->topic) subscribe.topic.value = SABIR_STR(listener->topic);
    return sabir_ref_send_value(listener->market, sabir_type_subscribe(), &subscribe, sabir_context_self(context));
}

static int on_price(void *self, const void *value, sabir_context *context) {
    struct listener *listener = self;
    const struct Price *price = value;
    size_t length = strlen(listener->heard);
    (void)context;
    snprintf(listener->heard + length, sizeof listener->heard - length, "%s%.*s at %" PRId64, length ? ", " : "",
             (int)price->fruit.len_bytes, price->fruit.bytes, price->price);
    return SABIR_OK;
}

static void on_stop(void *self, sabir_context *context) {
    struct listener *listener = self;
    printf("%s heard %s\n", sabir_ref_name(sabir_context_self(context)), listener->heard);
}

static sabir_ref *listen(sabir_manager *manager, const char *name, struct listener *listener) {
    struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .on_start = on_start, .on_stop = on_stop};
    sabir_actor *actor;
    sabir_ref *ref;
    must(sabir_actor_new(&callbacks, listener, &actor));
    must(sabir_actor_on(actor, Price_type(), on_price));
    must(sabir_manager_manage(manager, name, actor, &ref));
    return ref;
}

/* ---- The program -------------------------------------------------------------------------------------------------------- */

static void quote(sabir_ref *market, const char *fruit, int64_t price) {
    struct Quote quote = {SABIR_STR(fruit), price};
    sabir_message *request, *reply;
    const void *value;
    must(sabir_message_new(Quote_type(), &quote, &request));
    must(sabir_ref_ask(market, request, (int64_t)5 * SECOND, &reply));
    must(sabir_message_value_get(reply, Told_type(), &value));
    printf("%s at %" PRId64 ": told %" PRId64 "\n", fruit, price, ((const struct Told *)value)->count);
    sabir_message_free(reply);
}

int main(void) {
    sabir_manager *manager;
    sabir_actor *actor;
    sabir_ref *market;
    must(sabir_manager_new(NULL, &manager));
    must(market_new(&actor));
    must(sabir_manager_manage(manager, "market", actor, &market));
    struct listener apples = {.market = market, .topic = "apples"}, everything = {.market = market};
    sabir_ref *alice = listen(manager, "alice", &apples), *bob = listen(manager, "bob", &everything);

    must(sabir_manager_start(manager));
    quote(market, "apples", 3);
    quote(market, "pears", 5);
    must(sabir_manager_stop_actor(manager, alice));
    quote(market, "apples", 4);
    must(sabir_manager_stop(manager));
    sabir_ref_release(market);
    sabir_ref_release(alice);
    sabir_ref_release(bob);
    sabir_manager_free(manager);
    return 0;
}
