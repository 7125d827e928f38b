/* The conformance testee in C: the actors that `sabir conform` drives, over the public API alone. */
#include "actors.h"
#include "node.h"

static const char FEATURES[] = "bytes local unbound special.nan special.bigint special.lone-surrogate "
                               "special.unregistered";

static int manage(sabir_manager *manager) {
    static const port_manage ACTORS[] = {port_manage_echo,   port_manage_probe,  port_manage_typed, port_manage_sink,
                                         port_manage_driver, port_manage_slow,   port_manage_asker, port_manage_relay,
                                         port_manage_mortal, port_manage_hidden, port_manage_stray};
    int code = SABIR_OK;
    for (size_t i = 0; i < sizeof ACTORS / sizeof ACTORS[0] && !code; i++) code = ACTORS[i](manager);
    return code;
}

int main(void) {
    return port_node_run(manage, FEATURES);
}
