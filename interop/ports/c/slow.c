/* `slow`: sleeps in its handler; its mailbox holds four messages. */
#include "actors.h"
#include "messages.h"
#include "node.h"

#include <threads.h>

enum { CAPACITY_MSGS = 4 };

static int on_sleep(void *self, const void *value, sabir_context *context) {
    const struct Sleep *order = value;
    struct timespec left = {.tv_sec = order->ms / 1000, .tv_nsec = order->ms % 1000 * 1000000};
    (void)self;
    if (order->ms < 0) return SABIR_EBADPAYLOAD;
    while (thrd_sleep(&left, &left) == -1)
        ;
    return sabir_context_reply_value(context, Slept_type(), &(struct Slept){0});
}

int port_manage_slow(sabir_manager *manager) {
    sabir_actor *actor;
    int code = port_node_actor(&actor, NULL);
    if (code) return code;
    code = sabir_actor_set_capacity_msgs(actor, CAPACITY_MSGS);
    if (!code) code = sabir_actor_on(actor, Sleep_type(), on_sleep);
    if (!code) code = sabir_manager_manage(manager, "slow", actor, NULL);
    if (code) sabir_actor_free(actor);
    return code;
}
