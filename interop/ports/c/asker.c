/* `asker`: asks another actor, and reports the one outcome. */
#include "actors.h"
#include "address.h"
#include "messages.h"
#include "node.h"

enum { NS_PER_MS = 1000000 };

static int ask(sabir_manager *manager, const struct Ask *order, sabir_message **reply) {
    sabir_ref *target = NULL;
    sabir_message *request = NULL;
    int code = port_address_find(manager, &order->to, &target);
    if (!code) code = sabir_message_new_json(Echo_type(), order->payload.bytes, order->payload.len_bytes, &request);
    if (!code) code = sabir_ref_ask(target, request, order->timeout_ms * NS_PER_MS, reply);
    sabir_ref_release(target);
    return code;
}

static int on_ask(void *self, const void *value, sabir_context *context) {
    const struct Ask *order = value;
    struct Asked asked = {0};
    sabir_message *reply = NULL;
    (void)self;
    if (order->timeout_ms <= 0) return SABIR_EBADPAYLOAD;
    int outcome = ask(sabir_context_manager(context), order, &reply);
    asked.outcome = SABIR_STR(outcome ? port_error_name(outcome) : "OK");
    int code = SABIR_OK;
    if (!outcome) {
        code = sabir_message_json_get(reply, &asked.payload.value.bytes, &asked.payload.value.len_bytes);
        asked.payload.present = true;
    }
    if (!code) code = sabir_context_reply_value(context, Asked_type(), &asked);
    sabir_message_free(reply);
    return code;
}

int port_manage_asker(sabir_manager *manager) {
    sabir_actor *actor;
    if (!Address_type()) return SABIR_ENOMEM; /* Ask contains it */
    int code = port_node_actor(&actor, NULL);
    if (code) return code;
    code = sabir_actor_on(actor, Ask_type(), on_ask);
    if (!code) code = sabir_manager_manage(manager, "asker", actor, NULL);
    if (code) sabir_actor_free(actor);
    return code;
}
