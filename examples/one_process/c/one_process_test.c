/* The library's actors in a kit, loaded by the one function that it exports. */
#include "libone_process.c"

#include "../../kit_test.h"

int main(void) {
    sabir_manager *manager = kit_new();
    sabir_ref *doubler, *quadrupler;
    sabir_probe *client;
    MUST(sabir_plugin_manage(manager, "c."));
    MUST(sabir_probe_new(manager, "client", &client));
    MUST(sabir_manager_find(manager, "c.doubler", &doubler));
    MUST(sabir_manager_find(manager, "c.quadrupler", &quadrupler));
    MUST(sabir_manager_start(manager));
    MUST(sabir_ref_send_value(doubler, Double_type(), &(struct Double){21}, sabir_probe_ref(client)));
    MUST(sabir_probe_expect_value(client, Doubled_type(), &(struct Doubled){42}, 0));
    const struct Quadruple task = {10, SABIR_STR("c.doubler")};
    MUST(sabir_ref_send_value(quadrupler, Quadruple_type(), &task, sabir_probe_ref(client)));
    MUST(sabir_probe_expect_value(client, Quadrupled_type(), &(struct Quadrupled){40}, 0));
    MUST_HOLD(sabir_plugin_manage(manager, "c.") == SABIR_EEXIST);
    sabir_probe_free(client);
    sabir_ref_release(doubler);
    sabir_ref_release(quadrupler);
    sabir_manager_free(manager);
    return 0;
}
