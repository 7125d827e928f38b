/* `relay`: forwards what it is told in its own name, and passes what comes back to whoever told it last (RTE-5). */
#include "actors.h"
#include "address.h"
#include "messages.h"
#include "node.h"

#include <stdlib.h>

struct relay {
    sabir_ref *way_back; /* NULL: nobody waits */
};

static void drop(void *self) {
    struct relay *relay = self;
    sabir_ref_release(relay->way_back);
    free(relay);
}

static int on_forward(void *self, const void *value, sabir_context *context) {
    const struct Forward *order = value;
    struct relay *relay = self;
    sabir_ref *target = NULL, *sender = sabir_context_sender(context);
    const sabir_type *type;
    sabir_message *message = NULL;
    sabir_ref_release(relay->way_back);
    relay->way_back = sender ? sabir_ref_retain(sender) : NULL;
    int code = port_address_find(sabir_context_manager(context), &order->to, &target);
    if (!code) code = port_type_find(order->type, &type);
    if (!code) code = sabir_message_new_json(type, order->payload.bytes, order->payload.len_bytes, &message);
    if (!code) code = sabir_ref_send(target, message, sabir_context_self(context));
    if (code) sabir_message_free(message);
    sabir_ref_release(target);
    return code;
}

static int on_echo_reply(void *self, const void *value, sabir_context *context) {
    struct relay *relay = self;
    if (!relay->way_back) return SABIR_OK;
    int code = sabir_ref_send_value(relay->way_back, EchoReply_type(), value, sabir_context_self(context));
    sabir_ref_release(relay->way_back);
    relay->way_back = NULL;
    return code;
}

int port_manage_relay(sabir_manager *manager) {
    struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .drop = drop};
    struct relay *relay = calloc(1, sizeof *relay);
    sabir_actor *actor;
    if (!relay || !Address_type()) { /* Forward contains it */
        free(relay);
        return SABIR_ENOMEM;
    }
    int code = sabir_actor_new(&callbacks, relay, &actor);
    if (code) return code;
    code = sabir_actor_on(actor, Forward_type(), on_forward);
    if (!code) code = sabir_actor_on(actor, EchoReply_type(), on_echo_reply);
    if (!code) code = sabir_manager_manage(manager, "relay", actor, NULL);
    if (code) sabir_actor_free(actor);
    return code;
}
