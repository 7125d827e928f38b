/*
 * A random system that runs for a while: nodes in one process, their actors on threads of their own and in groups, everybody talking to
 * everybody by every way there is, while nodes stop and come back. What must hold all the time:
 *
 *     order     from one incarnation of a sender numbers only grow; within a node none is missing
 *     no hang   everybody handles something, and every stop comes back
 *     no growth after the first quarter neither memory nor descriptors grow
 *
 *     soak SECONDS [SEED]
 */
#include <dirent.h>
#include <inttypes.h>
#include <sabir/sabir.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NODES 4
#define ACTORS 6 /* of a node; the second half shares two workers */
#define EVERYBODY (NODES * ACTORS)
#define LIVES 8 /* of a sender that a receiver remembers: mail of an older one may come late, each in its own order */
#define SEEDS 8 /* steps that each actor sets going when it starts */
#define PATIENCE_S 20

/* `from`: which of EVERYBODY; `life`: its incarnation; `number`: counts what it sent to this receiver. */
#define STEP_FIELDS(F) F(SABIR_INT64, from) F(SABIR_INT64, life) F(SABIR_INT64, number)
SABIR_MESSAGE_NAMED(Step, "soak.Step", STEP_FIELDS);
#define QUERY_FIELDS(F) F(SABIR_INT64, value)
SABIR_MESSAGE_NAMED(Query, "soak.Query", QUERY_FIELDS);
SABIR_MESSAGE_NAMED(Answer, "soak.Answer", QUERY_FIELDS);

struct memory_of {
    int64_t life;
    int64_t number;
};

struct player {
    int64_t who;
    int64_t life;
    uint64_t chance;
    uint64_t timer_id;
    sabir_ref *refs[EVERYBODY];
    int64_t sent[EVERYBODY];
    struct memory_of heard[EVERYBODY][LIVES];
};

static struct {
    sabir_manager *manager;
    char endpoint[64];
    int64_t life;
    struct player players[ACTORS];
} nodes[NODES];

static _Atomic uint64_t handled, answered, refused, faults, restarts, outcomes, asked;
static uint64_t seed;

static int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void die(const char *what, const char *detail) {
    fprintf(stderr, "soak: %s: %s (seed %" PRIu64 ")\n", what, detail, seed);
    exit(1);
}

static void need(int code, const char *what) {
    char detail[1024];
    if (code == SABIR_OK) return;
    sabir_error_detail_copy(detail, sizeof detail);
    die(what, detail);
}

static void fault(const struct player *player, const char *what, int64_t from, int64_t expected, int64_t got) {
    atomic_fetch_add(&faults, 1);
    fprintf(stderr, "soak: at %" PRId64 " from %" PRId64 ": %s: %" PRId64 " after %" PRId64 "\n", player->who, from,
            what, got, expected);
}

static uint64_t roll(struct player *player, uint64_t limit) {
    player->chance = player->chance * 6364136223846793005u + 1442695040888963407u;
    return (player->chance >> 33) % limit;
}

static bool is_neighbour(const struct player *player, int64_t other) {
    return other / ACTORS == player->who / ACTORS;
}

/* ---- What a player does ------------------------------------------------------------------------------------------------- */

static void send_step(struct player *player, sabir_ref *self) {
    uint64_t to = roll(player, EVERYBODY);
    struct Step step = {player->who, player->life, player->sent[to] + 1};
    if (sabir_ref_send_value(player->refs[to], Step_type(), &step, self) == SABIR_OK)
        player->sent[to]++;
    else
        atomic_fetch_add(&refused, 1); /* it was not sent: the number is free */
}

static void note_outcome(void *user_data, int code, sabir_message *reply) {
    (void)user_data;
    if (code == SABIR_OK) atomic_fetch_add(&answered, 1);
    atomic_fetch_add(&outcomes, 1);
    sabir_message_free(reply);
}

static void ask_somebody(struct player *player) {
    sabir_message *query;
    if (sabir_message_new(Query_type(), &(struct Query){player->who}, &query) != SABIR_OK) return;
    atomic_fetch_add(&asked, 1);
    if (sabir_ref_ask_async(player->refs[roll(player, EVERYBODY)], query, 50000000, note_outcome, NULL) != SABIR_OK)
        atomic_fetch_sub(&asked, 1);
}

/* To a neighbour; the circles that this closes now and then are errors, never a hang. */
static void call_neighbour(struct player *player, sabir_ref *self) {
    uint64_t to = (uint64_t)(player->who / ACTORS) * ACTORS + roll(player, ACTORS);
    struct Answer answer = {0};
    bool replied = false;
    int code = sabir_ref_fast_send(player->refs[to], self, Query_type(), &(struct Query){player->who}, Answer_type(),
                                   &answer, sizeof answer, roll(player, 8) ? 0 : SABIR_FAST_ORDERED, &replied);
    if (code == SABIR_OK && (!replied || answer.value != player->who + 1))
        fault(player, "wrong reply", (int64_t)to, player->who, answer.value);
}

static void move_timer(struct player *player, sabir_ref *self) {
    if (player->timer_id) sabir_timer_cancel(player->timer_id);
    player->timer_id = 0;
    if (roll(player, 2))
        sabir_timer_periodic(self, 1000000 + (int64_t)roll(player, 1000000), &player->timer_id);
    else
        sabir_timer_once(self, (int64_t)roll(player, 1000000), &player->timer_id);
}

static int on_step(void *self, const void *value, sabir_context *context) {
    struct player *player = self;
    const struct Step *step = value;
    struct memory_of *heard = &player->heard[step->from][step->life % LIVES];
    sabir_ref *own = sabir_context_self(context);
    if (step->life < heard->life) fault(player, "of a life long past", step->from, heard->life, step->life);
    if (step->life > heard->life) *heard = (struct memory_of){step->life, 0};
    if (step->number <= heard->number) fault(player, "late or double", step->from, heard->number, step->number);
    if (is_neighbour(player, step->from) && step->number != heard->number + 1)
        fault(player, "missing", step->from, heard->number, step->number);
    heard->number = step->number;
    atomic_fetch_add(&handled, 1);
    send_step(player, own);
    switch (roll(player, 64)) {
    case 0:
        ask_somebody(player);
        break;
    case 1:
    case 2:
        call_neighbour(player, own);
        break;
    case 3:
        move_timer(player, own);
        break;
    default:
        break;
    }
    return SABIR_OK;
}

static int on_query(void *self, const void *value, sabir_context *context) {
    struct player *player = self;
    const struct Query *query = value;
    if (roll(player, 16) == 0) call_neighbour(player, sabir_context_self(context));
    return sabir_context_reply_value(context, Answer_type(), &(struct Answer){query->value + 1});
}

/* Steps get lost when a node goes; a timer sets new ones going. */
static int on_timeout(void *self, const void *value, sabir_context *context) {
    (void)value;
    send_step(self, sabir_context_self(context));
    return SABIR_OK;
}

static int on_start(void *self, sabir_context *context) {
    struct player *player = self;
    for (int64_t i = 0; i < EVERYBODY; i++) {
        char name[32];
        snprintf(name, sizeof name, "player %" PRId64, i);
        int code = is_neighbour(player, i)
                       ? sabir_manager_find(sabir_context_manager(context), name, &player->refs[i])
                       : sabir_manager_remote(sabir_context_manager(context), name, nodes[i / ACTORS].endpoint,
                                              SABIR_DIALECT_V1, &player->refs[i]);
        if (code != SABIR_OK) return code;
    }
    for (int i = 0; i < SEEDS; i++) send_step(player, sabir_context_self(context));
    move_timer(player, sabir_context_self(context));
    return SABIR_OK;
}

static void on_drop(void *self) {
    struct player *player = self;
    for (int i = 0; i < EVERYBODY; i++) sabir_ref_release(player->refs[i]);
    memset(player->refs, 0, sizeof player->refs);
}

/* ---- Nodes -------------------------------------------------------------------------------------------------------------- */

static void manage_player(int node, int index, sabir_group *group) {
    static const struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .on_start = on_start,
                                                           .drop = on_drop};
    struct player *player = &nodes[node].players[index];
    int64_t who = node * ACTORS + index;
    *player = (struct player){
        .who = who, .life = nodes[node].life, .chance = seed + (uint64_t)(who * 7919 + nodes[node].life)};
    char name[32];
    snprintf(name, sizeof name, "player %" PRId64, who);
    sabir_actor *actor;
    need(sabir_actor_new(&callbacks, player, &actor), "actor");
    need(sabir_actor_on(actor, Step_type(), on_step), "handler");
    need(sabir_actor_on(actor, Query_type(), on_query), "handler");
    need(sabir_actor_on(actor, sabir_type_timeout(), on_timeout), "handler");
    need(sabir_actor_set_capacity_msgs(actor, index % 2 ? 64 : 4096), "capacity");
    if (group) need(sabir_actor_set_group(actor, group), "group");
    need(sabir_manager_manage(nodes[node].manager, name, actor, NULL), "manage");
}

static void begin_node(int node) {
    sabir_config *config;
    sabir_group *group;
    need(sabir_config_new(&config), "configuration");
    need(sabir_config_set_bind(config, nodes[node].endpoint[0] ? nodes[node].endpoint : "tcp://127.0.0.1:*"), "bind");
    /* What is still queued may wait for a node that is gone: bury it rather than drain it. */
    need(sabir_config_set_drain(config, node % 2 == 0), "drain");
    need(sabir_manager_new(config, &nodes[node].manager), "manager");
    sabir_config_free(config);
    strcpy(nodes[node].endpoint, sabir_manager_endpoint(nodes[node].manager));
    nodes[node].life++;
    need(sabir_group_new(nodes[node].manager, "workers", 2, &group), "group");
    for (int i = 0; i < ACTORS; i++) manage_player(node, i, i >= ACTORS / 2 ? group : NULL);
}

static void end_node(int node) {
    need(sabir_manager_stop(nodes[node].manager), "stop");
    sabir_manager_free(nodes[node].manager);
    nodes[node].manager = NULL;
}

/* ---- Watching ----------------------------------------------------------------------------------------------------------- */

static long resident_kib(void) {
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%*s %ld", &pages) != 1) die("statm", "cannot be read");
    fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static int descriptors(void) {
    int count = 0;
    DIR *directory = opendir("/proc/self/fd");
    if (!directory) die("/proc/self/fd", "cannot be read");
    while (readdir(directory)) count++;
    closedir(directory);
    return count;
}

static void rest_ns(int64_t ns) {
    struct timespec time = {ns / 1000000000, ns % 1000000000};
    nanosleep(&time, NULL);
}

static void watch_progress(uint64_t *last, int64_t *since_ns) {
    uint64_t count = atomic_load(&handled);
    if (count != *last) {
        *last = count;
        *since_ns = now_ns();
    } else if (now_ns() - *since_ns > (int64_t)PATIENCE_S * 1000000000) {
        fprintf(stderr, "soak: nobody handled anything for %d s (seed %" PRIu64 ")\n", PATIENCE_S, seed);
        abort(); /* a core shows who waits for what */
    }
}

static void run(int64_t seconds) {
    struct player chance = {.chance = seed};
    int64_t start_ns = now_ns(), end_ns = start_ns + seconds * 1000000000, since_ns = start_ns;
    uint64_t last = 0;
    long early_kib = 0;
    int early_descriptors = 0;
    for (int i = 0; i < NODES; i++) begin_node(i);
    for (int i = 0; i < NODES; i++) need(sabir_manager_start(nodes[i].manager), "start");
    while (now_ns() < end_ns) {
        rest_ns(50000000 + (int64_t)roll(&chance, 200000000));
        int node = (int)roll(&chance, NODES);
        alarm(PATIENCE_S); /* a stop that does not come back ends the program */
        end_node(node);
        begin_node(node);
        need(sabir_manager_start(nodes[node].manager), "start");
        alarm(0);
        atomic_fetch_add(&restarts, 1);
        watch_progress(&last, &since_ns);
        if (early_kib == 0 && now_ns() - start_ns > seconds * 1000000000 / 4) {
            early_kib = resident_kib();
            early_descriptors = descriptors();
        }
    }
    long late_kib = resident_kib();
    int late_descriptors = descriptors();
    for (int i = 0; i < NODES; i++) end_node(i);
    printf("%" PRIu64 " steps, %" PRIu64 " refused, %" PRIu64 " of %" PRIu64 " asks answered, %" PRIu64
           " restarts, %" PRIu64 " faults, memory %ld -> %ld KiB, descriptors %d -> %d\n",
           atomic_load(&handled), atomic_load(&refused), atomic_load(&answered), atomic_load(&asked),
           atomic_load(&restarts), atomic_load(&faults), early_kib, late_kib, early_descriptors, late_descriptors);
    if (atomic_load(&faults) > 0) die("order", "see above");
    if (atomic_load(&outcomes) != atomic_load(&asked)) die("asks", "not every one had exactly one outcome");
    if (late_kib > early_kib + early_kib / 2 + 16384) die("memory", "it grows");
    if (late_descriptors > early_descriptors + 64) die("descriptors", "they grow"); /* connections come and go */
}

int main(int argc, char **argv) {
    int64_t seconds = argc > 1 ? atoll(argv[1]) : 10;
    seed = argc > 2 ? strtoull(argv[2], NULL, 10) : (uint64_t)now_ns();
    printf("soak: %" PRId64 " s, seed %" PRIu64 "\n", seconds, seed);
    fflush(stdout);
    run(seconds);
    return 0;
}
