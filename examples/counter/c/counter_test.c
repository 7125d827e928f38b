/* The counter alone: no threads. The program is tested as it is, but for its main. */
#define main example_main
int example_main(void);
#include "counter.c"
#undef main

#include "../../kit_test.h"

static void expect_value(sabir_probe *client, int64_t value) {
    MUST(sabir_probe_expect_value(client, Value_type(), &(struct Value){value}, 0));
}

int main(void) {
    struct counter counter = {0};
    sabir_manager *manager = kit_new();
    sabir_actor *actor;
    sabir_ref *ref;
    sabir_probe *client;
    MUST(sabir_actor_new(NULL, &counter, &actor));
    MUST(sabir_actor_on(actor, Increment_type(), on_increment));
    MUST(sabir_actor_on(actor, Get_type(), on_get));
    MUST(sabir_manager_manage(manager, "counter", actor, &ref));
    MUST(sabir_probe_new(manager, "client", &client));
    MUST(sabir_manager_start(manager));
    MUST(sabir_ref_send_value(ref, Get_type(), NULL, sabir_probe_ref(client)));
    for (int i = 0; i < 3; i++) MUST(sabir_ref_send_value(ref, Increment_type(), NULL, sabir_probe_ref(client)));
    MUST(sabir_ref_send_value(ref, Get_type(), NULL, sabir_probe_ref(client)));
    expect_value(client, 0);
    expect_value(client, 3);
    MUST(sabir_probe_expect_none(client, 0)); /* an increment is not answered */
    sabir_probe_free(client);
    sabir_ref_release(ref);
    sabir_manager_free(manager);
    return 0;
}
