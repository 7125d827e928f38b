/* `stray`: sends and asks from a second manager of this process, which is not bound to any endpoint (RTE-7). */
#include "actors.h"
#include "address.h"
#include "messages.h"
#include "node.h"

#include <stdlib.h>

enum { ASK_NS = 1000000000 };

struct stray {
    sabir_manager *unbound;
    sabir_ref *inmate; /* an actor of that manager, to send in its name */
};

static void drop(void *self) {
    struct stray *stray = self;
    sabir_ref_release(stray->inmate);
    sabir_manager_free(stray->unbound);
    free(stray);
}

static int on_echo_reply(void *self, const void *value, sabir_context *context) {
    (void)self;
    (void)value;
    (void)context;
    return SABIR_OK;
}

static int settle(struct stray *stray) {
    sabir_actor *actor;
    int code = sabir_manager_new(NULL, &stray->unbound);
    if (code) return code;
    code = port_node_actor(&actor, NULL);
    if (code) return code;
    code = sabir_actor_on(actor, EchoReply_type(), on_echo_reply);
    if (!code) code = sabir_manager_manage(stray->unbound, "inmate", actor, &stray->inmate);
    if (code)
        sabir_actor_free(actor);
    else
        code = sabir_manager_start(stray->unbound);
    return code;
}

static int send(sabir_ref *target, sabir_ref *sender) {
    return sabir_ref_send_value(target, Echo_type(), &(struct sabir_json){"{}", 2}, sender);
}

static int ask(sabir_ref *target) {
    sabir_message *request, *reply = NULL;
    int code = sabir_message_new_json(Echo_type(), "{}", 2, &request);
    if (!code) code = sabir_ref_ask(target, request, ASK_NS, &reply);
    sabir_message_free(reply);
    return code;
}

static struct sabir_string outcome(int code) {
    return SABIR_STR(code ? port_error_name(code) : "OK");
}

static int on_stray(void *self, const void *value, sabir_context *context) {
    const struct Stray *order = value;
    struct stray *stray = self;
    sabir_ref *target;
    int code = port_address_find(stray->unbound, &order->to, &target);
    if (code) return code;
    struct Strayed strayed = {.named = outcome(send(target, stray->inmate)),
                              .asked = outcome(ask(target)),
                              .nameless = outcome(send(target, NULL))};
    sabir_ref_release(target);
    return sabir_context_reply_value(context, Strayed_type(), &strayed);
}

int port_manage_stray(sabir_manager *manager) {
    struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .drop = drop};
    struct stray *stray = calloc(1, sizeof *stray);
    sabir_actor *actor;
    if (!stray) return SABIR_ENOMEM;
    int code = Address_type() ? settle(stray) : SABIR_ENOMEM; /* Stray contains it */
    if (code) {
        drop(stray);
        return code;
    }
    code = sabir_actor_new(&callbacks, stray, &actor);
    if (code) return code;
    code = sabir_actor_on(actor, Stray_type(), on_stray);
    if (!code) code = sabir_manager_manage(manager, "stray", actor, NULL);
    if (code) sabir_actor_free(actor);
    return code;
}
