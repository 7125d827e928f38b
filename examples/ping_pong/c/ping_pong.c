/* Ping-pong in one process, then between two nodes over TCP: the actors are the same, only the ref differs. */
#include <inttypes.h>
#include <sabir/sabir.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 1000 };

#define COUNT_FIELDS(F) F(SABIR_INT64, count)
SABIR_MESSAGE(Ping, COUNT_FIELDS);
SABIR_MESSAGE(Pong, COUNT_FIELDS);

/* An example ends at its first error; a program of yours may know better. */
static void must(int code) {
    char detail[256] = "";
    if (code == SABIR_OK) return;
    sabir_error_detail_copy(detail, sizeof detail);
    fprintf(stderr, "%s: %s\n", sabir_error_text(code), detail);
    exit(1);
}

struct ping {
    sabir_ref *pong; /* here or elsewhere: the actor cannot tell */
    int64_t rounds;
};

static int on_ping(void *self, const void *value, sabir_context *context) {
    const struct Ping *ping = value;
    (void)self;
    return sabir_context_reply_value(context, Pong_type(), &(struct Pong){ping->count});
}

static int serve(struct ping *ping, sabir_context *context) {
    return sabir_ref_send_value(ping->pong, Ping_type(), &(struct Ping){ping->rounds}, sabir_context_self(context));
}

static int on_start(void *self, sabir_context *context) {
    return serve(self, context);
}

static int on_pong(void *self, const void *value, sabir_context *context) {
    struct ping *ping = self;
    const struct Pong *pong = value;
    if (pong->count == ping->rounds) ping->rounds++;
    if (ping->rounds < ROUNDS) return serve(ping, context);
    sabir_manager_terminate(sabir_context_manager(context));
    return SABIR_OK;
}

static sabir_ref *manage_pong(sabir_manager *manager) {
    sabir_actor *actor;
    sabir_ref *ref;
    must(sabir_actor_new(NULL, NULL, &actor));
    must(sabir_actor_on(actor, Ping_type(), on_ping));
    must(sabir_manager_manage(manager, "pong", actor, &ref));
    return ref;
}

static void manage_ping(sabir_manager *manager, struct ping *ping) {
    struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .on_start = on_start};
    sabir_actor *actor;
    must(sabir_actor_new(&callbacks, ping, &actor));
    must(sabir_actor_on(actor, Pong_type(), on_pong));
    must(sabir_manager_manage(manager, "ping", actor, NULL));
}

/* Until the game is over. */
static int64_t play(sabir_manager *manager, struct ping *ping) {
    must(sabir_manager_start(manager));
    must(sabir_manager_run(manager, 0));
    must(sabir_manager_stop(manager));
    sabir_ref_release(ping->pong);
    sabir_manager_free(manager);
    return ping->rounds;
}

static int64_t play_local(void) {
    sabir_manager *manager;
    struct ping ping = {0};
    must(sabir_manager_new(NULL, &manager));
    ping.pong = manage_pong(manager);
    manage_ping(manager, &ping);
    return play(manager, &ping);
}

static sabir_manager *new_node(void) {
    sabir_config *config;
    sabir_manager *manager;
    must(sabir_config_new(&config));
    must(sabir_config_set_bind(config, "tcp://127.0.0.1:*")); /* a free TCP port */
    must(sabir_manager_new(config, &manager));
    sabir_config_free(config);
    return manager;
}

static int64_t play_remote(void) {
    sabir_manager *far = new_node(), *near = new_node();
    struct ping ping = {0};
    sabir_ref_release(manage_pong(far));
    must(sabir_manager_start(far));
    must(sabir_manager_remote(near, "pong", sabir_manager_endpoint(far), SABIR_DIALECT_V1, &ping.pong));
    manage_ping(near, &ping);
    int64_t rounds = play(near, &ping);
    sabir_manager_free(far);
    return rounds;
}

int main(void) {
    printf("local: %" PRId64 " rounds\n", play_local());
    printf("remote: %" PRId64 " rounds\n", play_remote());
    return 0;
}
