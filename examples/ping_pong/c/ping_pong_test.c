/* Each of the two without the other. The program is tested as it is, but for its main. */
#define main example_main
int example_main(void);
#include "ping_pong.c"
#undef main

#include "../../kit_test.h"

static void test_pong(void) {
    sabir_manager *manager = kit_new();
    sabir_ref *pong = manage_pong(manager);
    sabir_probe *client;
    MUST(sabir_probe_new(manager, "client", &client));
    MUST(sabir_manager_start(manager));
    MUST(sabir_ref_send_value(pong, Ping_type(), &(struct Ping){7}, sabir_probe_ref(client)));
    MUST(sabir_probe_expect_value(client, Pong_type(), &(struct Pong){7}, 0));
    sabir_probe_free(client);
    sabir_ref_release(pong);
    sabir_manager_free(manager);
}

static void test_ping(void) {
    sabir_manager *manager = kit_new();
    sabir_probe *pong;
    sabir_ref *ref;
    MUST(sabir_probe_new(manager, "pong", &pong));
    struct ping ping = {.pong = sabir_probe_ref(pong)};
    manage_ping(manager, &ping);
    MUST(sabir_manager_start(manager));
    MUST(sabir_manager_find(manager, "ping", &ref));
    for (int64_t round = 0; round < ROUNDS; round++) {
        MUST(sabir_probe_expect_value(pong, Ping_type(), &(struct Ping){round}, 0));
        MUST(sabir_ref_send_value(ref, Pong_type(), &(struct Pong){round}, NULL));
    }
    MUST(sabir_probe_expect_none(pong, 0));
    MUST_HOLD(ping.rounds == ROUNDS);
    sabir_ref_release(ref);
    sabir_probe_free(pong);
    sabir_manager_free(manager);
}

int main(void) {
    test_pong();
    test_ping();
    return 0;
}
