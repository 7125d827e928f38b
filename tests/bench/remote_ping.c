/*
 * Two processes, one actor each, and one message that goes to and fro over TCP on loopback: us for there and back.
 *
 *     remote_ping BYTES ROUNDS     BYTES of text ride along each way
 */
#include <stdlib.h>
#include <string.h>

#include "pair.h"
#include "rig.h"

#define WARM_UP 200

static const char usage[] = "remote_ping BYTES ROUNDS";

#define BALL_FIELDS(F) F(SABIR_INT64, number) F(SABIR_STRING, text)
SABIR_MESSAGE_NAMED(Ball, "bench.Ball", BALL_FIELDS);

struct player {
    sabir_ref *other;
    int64_t next;
    int64_t rounds;
    struct sabir_string text;
    double begin_s;
    double seconds;
};

static int on_ball_there(void *self, const void *value, sabir_context *context) {
    (void)self;
    return sabir_context_reply_value(context, Ball_type(), value);
}

static int on_ball_here(void *self, const void *value, sabir_context *context) {
    struct player *player = self;
    const struct Ball *ball = value;
    if (ball->number != player->next || ball->text.len_bytes != player->text.len_bytes)
        bench_die("remote ping-pong: another ball came back");
    if (ball->number == WARM_UP) player->begin_s = bench_now_s();
    if (++player->next <= WARM_UP + player->rounds) {
        struct Ball next = {player->next, player->text};
        return sabir_ref_send_value(player->other, Ball_type(), &next, sabir_context_self(context));
    }
    player->seconds = bench_now_s() - player->begin_s;
    rig_done(context);
    return SABIR_OK;
}

static sabir_manager *node_new(struct player *player, const char *name, sabir_handler handler, sabir_ref **ref) {
    sabir_config *config;
    sabir_manager *manager;
    sabir_actor *actor;
    bench_need(sabir_config_new(&config));
    bench_need(sabir_config_set_bind(config, "tcp://127.0.0.1:*"));
    bench_need(sabir_manager_new(config, &manager));
    sabir_config_free(config);
    bench_need(sabir_actor_new(NULL, player, &actor));
    bench_need(sabir_actor_on(actor, Ball_type(), handler));
    bench_need(sabir_manager_manage(manager, name, actor, ref));
    return manager;
}

static void answer(struct pair pair) {
    sabir_ref *ref;
    sabir_manager *manager = node_new(NULL, "pong", on_ball_there, &ref);
    bench_need(sabir_manager_start(manager));
    pair_put(pair, sabir_manager_endpoint(manager));
    pair_wait_end(pair);
    sabir_ref_release(ref);
    sabir_manager_free(manager);
}

static double play(struct pair pair, struct player *player) {
    char endpoint[PAIR_ENDPOINT_BYTES];
    sabir_ref *self;
    sabir_manager *manager = node_new(player, "ping", on_ball_here, &self);
    pair_get(pair, endpoint);
    bench_need(sabir_manager_remote(manager, "pong", endpoint, SABIR_DIALECT_V1, &player->other));
    bench_need(sabir_manager_start(manager));
    bench_need(sabir_ref_send_value(player->other, Ball_type(), &(struct Ball){0, player->text}, self));
    bench_need(sabir_manager_wait(manager, -1, -1, 0));
    bench_need(sabir_manager_stop(manager));
    sabir_ref_release(player->other);
    sabir_ref_release(self);
    sabir_manager_free(manager);
    return player->seconds;
}

int main(int argc, char **argv) {
    struct player player = {.rounds = rig_number(argc, argv, 2, 1, usage)};
    player.text.len_bytes = (size_t)rig_number(argc, argv, 1, 0, usage);
    char *text = malloc(player.text.len_bytes + 1);
    if (!text) bench_die("out of memory");
    memset(text, 'x', player.text.len_bytes);
    player.text.bytes = text;
    struct pair pair = pair_fork(answer);
    double seconds = play(pair, &player);
    rig_print("value", seconds * 1e6 / (double)player.rounds);
    pair_join(pair);
    free(text);
    return 0;
}
