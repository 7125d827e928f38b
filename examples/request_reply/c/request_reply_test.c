/* The calculator without a client, and the client without a calculator. The program is tested as it is, but for its main. */
#define main example_main
int example_main(void);
#include "request_reply.c"
#undef main

#include "../../kit_test.h"

static void test_calculator(void) {
    sabir_manager *manager = kit_new();
    sabir_actor *actor;
    sabir_ref *calculator;
    sabir_probe *client;
    MUST(sabir_actor_new(NULL, NULL, &actor));
    MUST(sabir_actor_on(actor, Multiply_type(), on_multiply));
    MUST(sabir_manager_manage(manager, "calculator", actor, &calculator));
    MUST(sabir_probe_new(manager, "client", &client));
    MUST(sabir_manager_start(manager));
    MUST(sabir_ref_send_value(calculator, Multiply_type(), &(struct Multiply){-3, 4}, sabir_probe_ref(client)));
    MUST(sabir_probe_expect_value(client, Product_type(), &(struct Product){-12}, 0));
    sabir_probe_free(client);
    sabir_ref_release(calculator);
    sabir_manager_free(manager);
}

static void test_client(void) {
    struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .on_start = on_start};
    sabir_manager *manager = kit_new();
    sabir_actor *actor;
    sabir_probe *calculator;
    MUST(sabir_probe_new(manager, "calculator", &calculator));
    MUST(sabir_actor_new(&callbacks, sabir_probe_ref(calculator), &actor));
    MUST(sabir_actor_on(actor, Product_type(), on_product));
    MUST(sabir_manager_manage(manager, "client", actor, NULL));
    MUST(sabir_manager_start(manager));
    MUST(sabir_probe_expect_value(calculator, Multiply_type(), &(struct Multiply){7, 6}, 0));
    MUST(sabir_probe_expect_none(calculator, 0));
    sabir_probe_free(calculator);
    sabir_manager_free(manager);
}

int main(void) {
    test_calculator();
    test_client();
    return 0;
}
