/* `echo`: the same payload back; and `hidden`, one that is local: it can send, but other nodes cannot reach it (RTE-8). */
#include "actors.h"
#include "messages.h"
#include "node.h"

static int on_echo(void *self, const void *value, sabir_context *context) {
    (void)self;
    return sabir_context_reply_value(context, EchoReply_type(), value);
}

static int manage(sabir_manager *manager, const char *name, bool is_local) {
    sabir_actor *actor;
    int code = port_node_actor(&actor, NULL);
    if (code) return code;
    code = sabir_actor_set_local(actor, is_local);
    if (!code) code = sabir_actor_on(actor, Echo_type(), on_echo);
    if (!code) code = sabir_manager_manage(manager, name, actor, NULL);
    if (code) sabir_actor_free(actor);
    return code;
}

int port_manage_echo(sabir_manager *manager) {
    return manage(manager, "echo", false);
}

int port_manage_hidden(sabir_manager *manager) {
    return manage(manager, "hidden", true);
}
