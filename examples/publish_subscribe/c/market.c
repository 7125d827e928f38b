#include "market.h"

/* Publish the quoted price, and say how many were told. All that a market knows are its subscribers. */
static int on_quote(void *subscribers, const void *value, sabir_context *context) {
    const struct Quote *quote = value;
    struct Price price = {quote->fruit, quote->price};
    size_t reached;
    int code = sabir_subscribers_publish(subscribers, quote->fruit.bytes, quote->fruit.len_bytes, Price_type(), &price,
                                         sabir_context_self(context), &reached);
    if (code != SABIR_OK || !sabir_context_sender(context)) return code;
    return sabir_context_reply_value(context, Told_type(), &(struct Told){(int64_t)reached});
}

static void drop(void *subscribers) {
    sabir_subscribers_free(subscribers);
}

int market_new(sabir_actor **actor) {
    struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .drop = drop};
    sabir_subscribers *subscribers;
    int code = sabir_subscribers_new(&subscribers);
    if (code == SABIR_OK) code = sabir_actor_new(&callbacks, subscribers, actor);
    if (code == SABIR_OK) code = sabir_actor_on_subscribers(*actor, subscribers);
    if (code == SABIR_OK) code = sabir_actor_on(*actor, Quote_type(), on_quote);
    return code;
}
