/* The pong node of the matrix: answers each Ping with a Pong of the same count. */
#include "node.h"
#include "ping_messages.h"

static int on_ping(void *self, const void *value, sabir_context *context) {
    const struct Ping *ping = value;
    (void)self;
    return sabir_context_reply_value(context, Pong_type(), &(struct Pong){ping->count});
}

static int manage(sabir_manager *manager) {
    sabir_actor *actor;
    int code = port_node_actor(&actor, NULL);
    if (code) return code;
    code = sabir_actor_on(actor, Ping_type(), on_ping);
    if (!code) code = sabir_manager_manage(manager, "pong", actor, NULL);
    if (code) sabir_actor_free(actor);
    return code;
}

int main(void) {
    return port_node_run(manage, NULL);
}
