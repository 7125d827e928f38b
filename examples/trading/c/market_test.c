/* The market's actors alone, without threads: the pricer's time is the kit's, and probes stand where the others would. */
#include "../../kit_test.h"
#include "trading.h"

static const int64_t TICK_NS = 2000000;
static const struct day day = {.instruments = 2, .rounds = 3, .seed = 1};

static sabir_ref *manage(sabir_manager *manager, const char *name, sabir_actor *actor) {
    sabir_ref *ref;
    MUST(sabir_manager_manage(manager, name, actor, &ref));
    return ref;
}

static int64_t next_price(sabir_probe *probe, int64_t instrument) {
    sabir_message *message;
    const void *value;
    MUST(sabir_probe_expect(probe, Price_type(), 0, &message, NULL));
    MUST(sabir_message_value_get(message, Price_type(), &value));
    const struct Price price = *(const struct Price *)value;
    sabir_message_free(message);
    MUST_HOLD(price.instrument == instrument);
    return price.cents;
}

/* ---- The router: to each its own, the close to all --------------------------------------------------------------------- */

static void test_router(void) {
    sabir_manager *manager = kit_new();
    sabir_actor *actor;
    sabir_probe *first, *second;
    MUST(router_new(&day, &actor));
    sabir_ref *router = manage(manager, "router", actor);
    MUST(sabir_probe_new(manager, "i000", &first));
    MUST(sabir_probe_new(manager, "i001", &second));
    MUST(sabir_manager_start(manager));
    MUST(sabir_ref_send_value(router, Price_type(), &(struct Price){1, 500}, NULL));
    MUST(sabir_ref_send_value(router, Price_type(), &(struct Price){0, 400}, NULL));
    MUST(sabir_ref_send_value(router, Close_type(), NULL, NULL));
    MUST_HOLD(next_price(first, 0) == 400);
    MUST_HOLD(next_price(second, 1) == 500);
    MUST(sabir_probe_expect(first, Close_type(), 0, NULL, NULL));
    MUST(sabir_probe_expect(second, Close_type(), 0, NULL, NULL));
    sabir_probe_free(first);
    sabir_probe_free(second);
    sabir_ref_release(router);
    sabir_manager_free(manager);
}

/* ---- The pricer and an instrument -------------------------------------------------------------------------------------- */

struct stage {
    sabir_manager *manager;
    sabir_probe *router, *risk, *desk;
    sabir_ref *pricer, *instrument;
    int failures;
};

static void count_failure(void *stage, uint32_t reason, const char *target, const char *type, const char *detail) {
    (void)target;
    (void)type;
    (void)detail;
    if (reason == SABIR_DEAD_FAILED) ((struct stage *)stage)->failures++;
}

static void set_up(struct stage *stage) {
    sabir_actor *actor;
    *stage = (struct stage){.manager = kit_new()};
    MUST(sabir_manager_on_dead_letter(stage->manager, count_failure, stage, NULL));
    MUST(sabir_probe_new(stage->manager, "router", &stage->router));
    MUST(sabir_probe_new(stage->manager, "risk", &stage->risk));
    MUST(sabir_probe_new(stage->manager, "desk", &stage->desk));
    MUST(pricer_new(&day, &actor));
    stage->pricer = manage(stage->manager, "pricer", actor);
    MUST(instrument_new(&day, 0, &actor));
    stage->instrument = manage(stage->manager, "i000", actor);
    MUST(sabir_manager_start(stage->manager));
}

static void tear_down(struct stage *stage) {
    sabir_probe_free(stage->router);
    sabir_probe_free(stage->risk);
    sabir_probe_free(stage->desk);
    sabir_ref_release(stage->pricer);
    sabir_ref_release(stage->instrument);
    sabir_manager_free(stage->manager);
}

/* A price for each instrument at each tick, then the close, then nothing. Returns the first one's last price. */
static int64_t let_the_day_pass(struct stage *stage) {
    int64_t cents = 0;
    MUST(sabir_probe_expect_none(stage->router, 0));
    for (int64_t round = 0; round < day.rounds; round++) {
        MUST(sabir_kit_advance(stage->manager, TICK_NS));
        cents = next_price(stage->router, 0);
        (void)next_price(stage->router, 1);
    }
    MUST(sabir_probe_expect(stage->router, Close_type(), 0, NULL, NULL));
    MUST(sabir_probe_expect_none(stage->router, 100 * TICK_NS));
    return cents;
}

static void price(const struct stage *stage, int64_t cents) {
    MUST(sabir_ref_send_value(stage->instrument, Price_type(), &(struct Price){0, cents}, NULL));
}

static void decide(const struct stage *stage, int64_t number, bool accepted) {
    MUST(sabir_ref_send_value(stage->instrument, Decision_type(), &(struct Decision){number, accepted}, NULL));
}

static void expect_order(const struct stage *stage, int64_t number, int64_t quantity, int64_t cents) {
    const struct Order order = {0, number, quantity, cents};
    MUST(sabir_probe_expect_value(stage->risk, Order_type(), &order, 0));
}

static void test_instrument(void) {
    struct stage stage;
    set_up(&stage);
    int64_t last_cents = let_the_day_pass(&stage);
    price(&stage, 1000);
    price(&stage, 981); /* not enough */
    price(&stage, 980);
    price(&stage, 1000); /* 2.04 % above what was bought */
    expect_order(&stage, 1, 10, 980);
    expect_order(&stage, 2, -10, 1000);
    MUST(sabir_probe_expect_none(stage.risk, 0));
    decide(&stage, 1, true);
    decide(&stage, 1, true); /* once too often */
    MUST(sabir_ref_send_value(stage.instrument, Close_type(), NULL, NULL));
    MUST(sabir_probe_expect_none(stage.desk, 0)); /* an order waits for its answer */
    MUST_HOLD(stage.failures == 1);
    decide(&stage, 2, false);
    const struct Report report = {.instrument = 0,
                                  .prices = 4,
                                  .accepted = 1,
                                  .refused = 1,
                                  .position = 10,
                                  .value_cents = 10 * last_cents,
                                  .largest_cents = 9800,
                                  .saw_last = last_cents == 1000};
    MUST(sabir_probe_expect_value(stage.desk, Report_type(), &report, 0));
    MUST(sabir_probe_expect_none(stage.desk, 0));
    tear_down(&stage);
}

static void keep_quiet(void *user_data, const char *line) {
    (void)user_data;
    (void)line;
}

/* What the actors say of their CPUs is for the node's log. */
static void close_output(void) {
    if (!freopen("/dev/null", "w", stdout)) exit(1);
}

int main(void) {
    sabir_log_set(keep_quiet, NULL);
    close_output();
    test_router();
    test_instrument();
    return 0;
}
