/* The market alone: no threads, and probes in the place of its subscribers. Exits with 1 and says what is wrong. */
#include <sabir/kit.h>
#include <stdio.h>
#include <stdlib.h>

#include "market.h"

static void must(int code, const char *what) {
    char detail[256] = "";
    if (code == SABIR_OK) return;
    sabir_error_detail_copy(detail, sizeof detail);
    fprintf(stderr, "%s: %s\n", what, *detail ? detail : sabir_error_text(code));
    exit(1);
}
#define MUST(call) must((call), #call)

static sabir_manager *kit(void) {
    sabir_config *config;
    sabir_manager *manager;
    MUST(sabir_config_new(&config));
    MUST(sabir_config_set_stepped(config, true));
    MUST(sabir_manager_new(config, &manager));
    sabir_config_free(config);
    return manager;
}

static void subscribe(sabir_ref *market, sabir_probe *who, const char *topic) {
    struct sabir_subscribe subscribe = {.topic.present = topic != NULL};
    if (topic) subscribe.topic.value = SABIR_STR(topic);
    MUST(sabir_ref_send_value(market, sabir_type_subscribe(), &subscribe, sabir_probe_ref(who)));
}

static void quote(sabir_ref *market, const char *fruit, int64_t price, sabir_probe *asker) {
    struct Quote quote = {SABIR_STR(fruit), price};
    MUST(sabir_ref_send_value(market, Quote_type(), &quote, asker ? sabir_probe_ref(asker) : NULL));
}

int main(void) {
    sabir_manager *manager = kit();
    sabir_actor *actor;
    sabir_ref *market;
    sabir_probe *alice, *bob, *farmer;
    MUST(market_new(&actor));
    MUST(sabir_manager_manage(manager, "market", actor, &market));
    MUST(sabir_probe_new(manager, "alice", &alice));
    MUST(sabir_probe_new(manager, "bob", &bob));
    MUST(sabir_probe_new(manager, "farmer", &farmer));
    MUST(sabir_manager_start(manager));

    subscribe(market, alice, "apples");
    subscribe(market, bob, NULL);
    quote(market, "apples", 3, farmer);
    quote(market, "pears", 5, farmer);
    MUST(sabir_probe_expect_value(farmer, Told_type(), &(struct Told){2}, 0));
    MUST(sabir_probe_expect_value(farmer, Told_type(), &(struct Told){1}, 0));
    MUST(sabir_probe_expect_value(alice, Price_type(), &(struct Price){SABIR_STR("apples"), 3}, 0));
    MUST(sabir_probe_expect_none(alice, 0));
    MUST(sabir_probe_expect_value(bob, Price_type(), &(struct Price){SABIR_STR("apples"), 3}, 0));
    MUST(sabir_probe_expect_value(bob, Price_type(), &(struct Price){SABIR_STR("pears"), 5}, 0));

    sabir_probe_free(alice); /* she has gone, and nobody says so to the market */
    quote(market, "apples", 4, farmer);
    MUST(sabir_probe_expect_value(farmer, Told_type(), &(struct Told){1}, 0));
    quote(market, "pears", 6, NULL); /* who names no sender gets no answer */
    MUST(sabir_probe_expect_none(farmer, 0));

    sabir_probe_free(bob);
    sabir_probe_free(farmer);
    sabir_ref_release(market);
    sabir_manager_free(manager);
    return 0;
}
