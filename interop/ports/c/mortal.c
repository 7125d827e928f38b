/* `mortal`: fails, gives up its right to reply, and stops, when it is told to (REJ-5). */
#include "actors.h"
#include "messages.h"
#include "node.h"

static int on_fail(void *self, const void *value, sabir_context *context) {
    (void)self;
    (void)value;
    (void)context;
    return SABIR_EFAILED;
}

static int on_give_up(void *self, const void *value, sabir_context *context) {
    sabir_reply_token *token;
    (void)self;
    (void)value;
    int code = sabir_context_reply_take(context, &token);
    if (!code) sabir_reply_token_free(token);
    return code;
}

static int on_leave(void *self, const void *value, sabir_context *context) {
    (void)self;
    (void)value;
    sabir_context_stop(context);
    return sabir_context_reply_value(context, Left_type(), &(struct Left){0});
}

int port_manage_mortal(sabir_manager *manager) {
    sabir_actor *actor;
    int code = port_node_actor(&actor, NULL);
    if (code) return code;
    code = sabir_actor_on(actor, Fail_type(), on_fail);
    if (!code) code = sabir_actor_on(actor, GiveUp_type(), on_give_up);
    if (!code) code = sabir_actor_on(actor, Leave_type(), on_leave);
    if (!code) code = sabir_manager_manage(manager, "mortal", actor, NULL);
    if (code) sabir_actor_free(actor);
    return code;
}
