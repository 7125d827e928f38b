/* The ping node of the matrix: plays as many rounds as it is told with the actor that it is told, then says how it went. */
#include "node.h"
#include "ping_messages.h"

#include <stdlib.h>
#include <string.h>

/* One game at a time. */
struct game {
    sabir_ref *pong;
    sabir_reply_token *asker;
    int64_t rounds;
    int64_t count;
    int64_t errors;
};

static char *copy(struct sabir_string text) {
    char *terminated = calloc(1, text.len_bytes + 1);
    if (terminated && text.len_bytes) memcpy(terminated, text.bytes, text.len_bytes);
    return terminated;
}

static int find_pong(sabir_manager *manager, const struct PlayPing *order, sabir_ref **pong) {
    bool is_flat = order->dialect.present && order->dialect.value.len_bytes == 4 &&
                   memcmp(order->dialect.value.bytes, "flat", 4) == 0;
    char *name = copy(order->name), *endpoint = copy(order->endpoint);
    int code = SABIR_ENOMEM;
    if (name && endpoint)
        code = sabir_manager_remote(manager, name, endpoint, is_flat ? SABIR_DIALECT_FLAT : SABIR_DIALECT_V1, pong);
    free(name);
    free(endpoint);
    return code;
}

static int answer(struct game *game) {
    sabir_message *played;
    int code = sabir_message_new(Played_type(), &(struct Played){game->count, game->errors}, &played);
    if (code) return code;
    code = sabir_reply_token_send(game->asker, played);
    game->asker = NULL;
    if (code) sabir_message_free(played);
    return code;
}

static int go_on(struct game *game, sabir_context *context) {
    if (game->count >= game->rounds) return game->asker ? answer(game) : SABIR_OK;
    return sabir_ref_send_value(game->pong, Ping_type(), &(struct Ping){game->count}, sabir_context_self(context));
}

static void clear(struct game *game) {
    sabir_ref_release(game->pong);
    sabir_reply_token_free(game->asker);
    *game = (struct game){0};
}

static int on_play(void *self, const void *value, sabir_context *context) {
    struct game *game = self;
    const struct PlayPing *order = value;
    clear(game);
    game->rounds = order->rounds;
    int code = find_pong(sabir_context_manager(context), order, &game->pong);
    if (!code) code = sabir_context_reply_take(context, &game->asker);
    return code ? code : go_on(game, context);
}

static int on_pong(void *self, const void *value, sabir_context *context) {
    struct game *game = self;
    const struct Pong *pong = value;
    if (!game->asker) return SABIR_OK; /* of a game that is over */
    if (pong->count != game->count) game->errors++;
    game->count++;
    return go_on(game, context);
}

static void drop(void *self) {
    clear(self);
    free(self);
}

static int manage(sabir_manager *manager) {
    struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .drop = drop};
    struct game *game = calloc(1, sizeof *game);
    sabir_actor *actor;
    if (!game) return SABIR_ENOMEM;
    int code = sabir_actor_new(&callbacks, game, &actor);
    if (code) return code;
    code = sabir_actor_on(actor, PlayPing_type(), on_play);
    if (!code) code = sabir_actor_on(actor, Pong_type(), on_pong);
    if (!code) code = sabir_manager_manage(manager, "ping", actor, NULL);
    if (code) sabir_actor_free(actor);
    return code;
}

int main(void) {
    return port_node_run(manage, NULL);
}
