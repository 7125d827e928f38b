/*
 * A player of the soak: it sends numbered steps to everybody, for each that it gets; and now and then asks, calls, arms timers, watches,
 * fails. Its supervisor brings it back with fresh state; what it has heard is the judge's book and stays.
 *
 * The order of a pair is that of one life of the sender: a life ends with a restart, of the actor or of its node.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "soak.h"

#define LIVES 256 /* of a sender that a receiver remembers: mail of an older one may come late, each in its own order */
#define SEEDS 8   /* steps that each player sets going when it starts */
#define ASK_NS 50000000
#define BLOCK_NS 20000000

/* `from`: which of EVERYBODY; `life`: its incarnation; `number`: counts what it sent to this receiver. */
#define STEP_FIELDS(F) F(SABIR_INT64, from) F(SABIR_INT64, life) F(SABIR_INT64, number)
SABIR_MESSAGE_NAMED(Step, "soak.Step", STEP_FIELDS);
#define QUERY_FIELDS(F) F(SABIR_INT64, value)
SABIR_MESSAGE_NAMED(Query, "soak.Query", QUERY_FIELDS);
SABIR_MESSAGE_NAMED(Answer, "soak.Answer", QUERY_FIELDS);

struct heard {
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
    bool watches[EVERYBODY]; /* in this life */
    /* The judge's book: a restart of the actor leaves it as it is. */
    int64_t owed[EVERYBODY]; /* Downs that may still come */
    struct heard heard[EVERYBODY][LIVES];
};

static struct player players[EVERYBODY];
static int64_t lives[EVERYBODY]; /* under its player's exclusivity */

static void fault(const struct player *player, const char *what, int64_t from, int64_t expected, int64_t got) {
    soak_count(&soak_counts.faults);
    fprintf(stderr, "soak: at %" PRId64 " from %" PRId64 ": %s: %" PRId64 " after %" PRId64 "\n", player->who, from,
            what, got, expected);
}

static uint64_t roll(struct player *player, uint64_t limit) {
    return soak_roll(&player->chance, limit);
}

static bool is_neighbour(const struct player *player, int64_t other) {
    return other / ACTORS == player->who / ACTORS;
}

static size_t a_neighbour(struct player *player) {
    return (size_t)(player->who / ACTORS) * ACTORS + roll(player, ACTORS);
}

/* ---- What a player does ------------------------------------------------------------------------------------------------- */

static void send_step(struct player *player, sabir_ref *self) {
    uint64_t to = roll(player, EVERYBODY);
    bool skips = soak_plant == SOAK_PLANT_ORDER && player->who == 1 && roll(player, 1000) == 0;
    struct Step step = {player->who, player->life, player->sent[to] + 1 + skips};
    if (sabir_ref_send_value(player->refs[to], Step_type(), &step, self) == SABIR_OK)
        player->sent[to] = step.number;
    else
        soak_count(&soak_counts.refused); /* it was not sent: the number is free */
}

static void note_outcome(void *user_data, int code, sabir_message *reply) {
    (void)user_data;
    if (code == SABIR_OK) soak_count(&soak_counts.answered);
    soak_count(&soak_counts.outcomes);
    sabir_message_free(reply);
}

static void ask_somebody(struct player *player) {
    sabir_message *query;
    if (sabir_message_new(Query_type(), &(struct Query){player->who}, &query) != SABIR_OK) return;
    soak_count(&soak_counts.asked);
    if (sabir_ref_ask_async(player->refs[roll(player, EVERYBODY)], query, ASK_NS, note_outcome, NULL) != SABIR_OK)
        atomic_fetch_sub(&soak_counts.asked, 1);
}

static void judge_answer(const struct player *player, size_t from, int code, int64_t answer) {
    if (code == SABIR_EDEADLOCK || code == SABIR_EREENTRANT) soak_count(&soak_counts.cycles);
    if (code == SABIR_OK && answer != player->who + 1) fault(player, "wrong reply", (int64_t)from, player->who, answer);
}

/* Waits in the handler: what closes a cycle is told so at once. */
static void ask_and_wait(struct player *player) {
    size_t to = roll(player, 4) ? a_neighbour(player) : roll(player, EVERYBODY);
    sabir_message *query, *reply = NULL;
    const void *answer = NULL;
    if (sabir_message_new(Query_type(), &(struct Query){player->who}, &query) != SABIR_OK) return;
    int code = sabir_ref_ask(player->refs[to], query, BLOCK_NS, &reply);
    if (code == SABIR_OK) code = sabir_message_value_get(reply, Answer_type(), &answer);
    judge_answer(player, to, code, code == SABIR_OK ? ((const struct Answer *)answer)->value : 0);
    sabir_message_free(reply);
    soak_count(&soak_counts.blocked);
}

/* To a neighbour; the circles that this closes now and then are errors, never a hang. */
static void call_neighbour(struct player *player, sabir_ref *self) {
    size_t to = a_neighbour(player);
    struct Answer answer = {0};
    bool replied = false;
    int code = sabir_ref_fast_send(player->refs[to], self, Query_type(), &(struct Query){player->who}, Answer_type(),
                                   &answer, sizeof answer, roll(player, 8) ? 0 : SABIR_FAST_ORDERED, &replied);
    judge_answer(player, to, code, replied ? answer.value : 0);
    soak_count(&soak_counts.called);
}

static void move_timer(struct player *player, sabir_ref *self) {
    if (player->timer_id) sabir_timer_cancel(player->timer_id);
    player->timer_id = 0;
    if (roll(player, 2))
        sabir_timer_periodic(self, 1000000 + (int64_t)roll(player, 1000000), &player->timer_id);
    else
        sabir_timer_once(self, (int64_t)roll(player, 1000000), &player->timer_id);
}

static void watch_somebody(struct player *player, sabir_ref *self) {
    size_t whom = roll(player, EVERYBODY);
    if (player->watches[whom]) return;
    player->owed[whom]++; /* its Down may be here before the call has returned: the handler runs after us */
    player->watches[whom] = sabir_ref_watch(player->refs[whom], self) == SABIR_OK;
    if (player->watches[whom])
        soak_count(&soak_counts.watches);
    else
        player->owed[whom]--;
}

static void do_something(struct player *player, sabir_ref *self) {
    switch (roll(player, 128)) {
    case 0:
    case 1:
        ask_somebody(player);
        break;
    case 2:
        ask_and_wait(player);
        break;
    case 3:
    case 4:
    case 5:
        call_neighbour(player, self);
        break;
    case 6:
    case 7:
        move_timer(player, self);
        break;
    case 8:
        watch_somebody(player, self);
        break;
    default:
        break;
    }
}

/* ---- Handlers ------------------------------------------------------------------------------------------------------------ */

static void judge_order(struct player *player, const struct Step *step) {
    struct heard *heard = &player->heard[step->from][step->life % LIVES];
    if (step->life < heard->life) fault(player, "of a life long past", step->from, heard->life, step->life);
    if (step->life > heard->life) *heard = (struct heard){step->life, 0};
    if (step->number <= heard->number) fault(player, "late or double", step->from, heard->number, step->number);
    if (is_neighbour(player, step->from) && step->number > heard->number + 1)
        fault(player, "missing", step->from, heard->number, step->number);
    heard->number = step->number;
}

static int fail(void) {
    soak_count(&soak_counts.failures);
    return SABIR_EIO;
}

static int on_step(void *self, const void *value, sabir_context *context) {
    struct player *player = self;
    if (soak_plant == SOAK_PLANT_HANG && player->who == 3) return SABIR_OK;
    judge_order(player, value);
    soak_count(&soak_handled[player->who]);
    soak_count(&soak_counts.steps);
    send_step(player, sabir_context_self(context));
    do_something(player, sabir_context_self(context));
    return roll(player, 30000) ? SABIR_OK : fail();
}

static int on_query(void *self, const void *value, sabir_context *context) {
    struct player *player = self;
    const struct Query *query = value;
    if (roll(player, 16) == 0) call_neighbour(player, sabir_context_self(context));
    if (roll(player, 3000) == 0) return fail();
    return sabir_context_reply_value(context, Answer_type(), &(struct Answer){query->value + 1});
}

/* Steps get lost when a node goes; a timer sets new ones going. */
static int on_timeout(void *self, const void *value, sabir_context *context) {
    (void)value;
    soak_count(&soak_counts.timeouts);
    send_step(self, sabir_context_self(context));
    return SABIR_OK;
}

static int on_down(void *self, const void *value, sabir_context *context) {
    struct player *player = self;
    const struct sabir_down *down = value;
    (void)context;
    int64_t who = -1;
    if (sscanf(down->name.bytes, "player %" SCNd64, &who) != 1 || who < 0 || who >= EVERYBODY) abort();
    soak_count(&soak_counts.downs);
    player->watches[who] = false;
    if (player->owed[who]-- > 0) return SABIR_OK;
    player->owed[who] = 0;
    fault(player, "a Down that nobody waits for", who, 0, 1);
    return SABIR_OK;
}

/* ---- A life -------------------------------------------------------------------------------------------------------------- */

static int find_everybody(struct player *player, sabir_manager *manager) {
    for (int64_t i = 0; i < EVERYBODY; i++) {
        char name[32];
        snprintf(name, sizeof name, "player %" PRId64, i);
        int code = is_neighbour(player, i) ? sabir_manager_find(manager, name, &player->refs[i])
                                           : sabir_manager_remote(manager, name, soak_nodes[i / ACTORS].endpoint,
                                                                  SABIR_DIALECT_V1, &player->refs[i]);
        if (code != SABIR_OK) return code;
    }
    return SABIR_OK;
}

static int on_start(void *self, sabir_context *context) {
    struct player *player = self;
    player->life = ++lives[player->who];
    player->chance = soak_seed + (uint64_t)(player->who * 7919 + player->life);
    int code = find_everybody(player, sabir_context_manager(context));
    if (code != SABIR_OK) return code;
    for (int i = 0; i < SEEDS; i++) send_step(player, sabir_context_self(context));
    move_timer(player, sabir_context_self(context));
    return SABIR_OK;
}

static void release_refs(void *self) {
    struct player *player = self;
    for (int i = 0; i < EVERYBODY; i++) sabir_ref_release(player->refs[i]);
    memset(player->refs, 0, sizeof player->refs);
}

/* As new, but for the book. */
static int on_restart(void *self, sabir_context *context) {
    struct player *player = self;
    (void)context;
    release_refs(player);
    player->timer_id = 0;
    memset(player->sent, 0, sizeof player->sent);
    memset(player->watches, 0, sizeof player->watches);
    soak_count(&soak_counts.actor_restarts);
    return SABIR_OK;
}

/* ---- Who brings them back --------------------------------------------------------------------------------------------------- */

struct family {
    sabir_supervisor *single; /* one for one */
    sabir_supervisor *common; /* all for one; what is too much for it is dealt with by `top` */
};

static struct family new_family(sabir_manager *manager) {
    struct family family;
    sabir_supervisor *top;
    soak_need(sabir_supervisor_new(manager, "top", SABIR_STRATEGY_ONE_FOR_ONE, &top), "supervisor");
    soak_need(sabir_supervisor_new(manager, "single", SABIR_STRATEGY_ONE_FOR_ONE, &family.single), "supervisor");
    soak_need(sabir_supervisor_new(manager, "common", SABIR_STRATEGY_ALL_FOR_ONE, &family.common), "supervisor");
    soak_need(sabir_supervisor_set_parent(family.common, top), "parent");
    soak_need(sabir_supervisor_set_restart_limit(top, SABIR_RESTART_UNLIMITED, 1000000000), "limit");
    soak_need(sabir_supervisor_set_restart_limit(family.single, SABIR_RESTART_UNLIMITED, 1000000000), "limit");
    soak_need(sabir_supervisor_set_restart_limit(family.common, 1, 1000000000), "limit");
    soak_need(sabir_supervisor_set_restart_delay(top, 1000000, 20000000), "delay");
    soak_need(sabir_supervisor_set_restart_delay(family.single, 1000000, 20000000), "delay");
    soak_need(sabir_supervisor_set_restart_delay(family.common, 1000000, 20000000), "delay");
    return family;
}

/* Two of a node have one supervisor, its group another; one has a policy of its own. */
static void set_failure(sabir_actor *actor, int index, bool is_member, const struct family *family) {
    if (is_member) {
        soak_need(sabir_actor_set_supervisor(actor, family->common), "supervisor");
    } else if (index < 2) {
        soak_need(sabir_actor_set_supervisor(actor, family->single), "supervisor");
    } else {
        soak_need(sabir_actor_set_on_failure(actor, SABIR_FAILURE_RESTART), "policy");
        soak_need(sabir_actor_set_restart_limit(actor, SABIR_RESTART_UNLIMITED, 1000000000), "limit");
        soak_need(sabir_actor_set_restart_delay(actor, 1000000, 20000000), "delay");
    }
}

static void manage_player(int node, int index, sabir_group *group, const struct family *family) {
    static const struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .on_start = on_start,
                                                           .on_restart = on_restart, .drop = release_refs};
    int64_t who = node * ACTORS + index;
    struct player *player = &players[who];
    *player = (struct player){.who = who};
    char name[32];
    snprintf(name, sizeof name, "player %" PRId64, who);
    sabir_actor *actor;
    soak_need(sabir_actor_new(&callbacks, player, &actor), "actor");
    soak_need(sabir_actor_on(actor, Step_type(), on_step), "handler");
    soak_need(sabir_actor_on(actor, Query_type(), on_query), "handler");
    soak_need(sabir_actor_on(actor, sabir_type_timeout(), on_timeout), "handler");
    soak_need(sabir_actor_on(actor, sabir_type_down(), on_down), "handler");
    soak_need(sabir_actor_set_capacity_msgs(actor, index % 2 ? 64 : 4096), "capacity");
    if (group) soak_need(sabir_actor_set_group(actor, group), "group");
    set_failure(actor, index, group != NULL, family);
    soak_need(sabir_manager_manage(soak_nodes[node].manager, name, actor, NULL), "manage");
}

void soak_manage_players(int node, sabir_group *group) {
    struct family family = new_family(soak_nodes[node].manager);
    for (int i = 0; i < ACTORS; i++) manage_player(node, i, i >= ACTORS / 2 ? group : NULL, &family);
}
