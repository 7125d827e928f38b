/*
 * Out of memory on purpose, while things fail anyway: supervised actors that come back, their subscribers and watchers, asks that
 * somebody answers later, a tap. The k-th allocation of the script fails, for every k until none fails any more. Each call says so or
 * succeeds; each ask that began has one outcome; nothing crashes, hangs or (as the sanitizers and valgrind see) leaks; and once there is
 * memory again, who was started works.
 */
#include <sabir/subscribers.h>
#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "support/stage.h"

#define SHORT_NS (100 * STAGE_MS) /* where an answer may be lost for want of memory */
#define FAIL_NOW (-1)

struct troupe {
    sabir_manager *manager;
    sabir_group *group;
    sabir_supervisor *top, *common;
    sabir_subscribers *subscribers;
    sabir_ref *publisher; /* has a thread */
    sabir_ref *clerk;     /* of the group; answers later */
    sabir_ref *reader;    /* subscribes and watches */
    sabir_reply_token *token;
    struct gate restarts, outcomes, ended;
    uint32_t asked;
    bool has_started;
};

static void ignore_line(void *user_data, const char *line) {
    (void)user_data, (void)line;
}

/* What may come of a call when one allocation fails somewhere: its own error, or that somebody else could not do his part. */
static bool is_ok(int code) {
    static const int allowed[] = {SABIR_ENOMEM,    SABIR_EFAILED, SABIR_EREJECTED, SABIR_ETIMEDOUT,
                                  SABIR_EMISMATCH, SABIR_EDOWN,   SABIR_ECLOSED,   SABIR_ESTATE};
    if (code == SABIR_OK) return true;
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
        if (code == allowed[i]) return false;
    char words[512];
    sabir_error_detail_copy(words, sizeof words);
    fail_msg("%s is no word for an allocation that failed: %s", sabir_error_name(code), words);
    return false;
}

/* ---- The actors ---------------------------------------------------------------------------------------------------------- */

static int publish(void *self, const void *value, sabir_context *context) {
    struct troupe *troupe = self;
    const struct Number *number = value;
    size_t reached;
    if (number->value == FAIL_NOW) return SABIR_EIO;
    int code = sabir_subscribers_publish(troupe->subscribers, "news", 4, Answer_type(), &(struct Answer){number->value},
                                         sabir_context_self(context), &reached);
    if (code == SABIR_OK) code = sabir_context_reply_value(context, Answer_type(), &(struct Answer){number->value * 2});
    return code == SABIR_ENOENT ? SABIR_OK : code; /* nobody asked */
}

/* One is kept waiting until the next comes. */
static int answer_later(void *self, const void *value, sabir_context *context) {
    struct troupe *troupe = self;
    sabir_message *reply = NULL;
    sabir_reply_token_free(troupe->token);
    troupe->token = NULL;
    int code = sabir_context_reply_take(context, &troupe->token);
    if (code != SABIR_OK) return code == SABIR_ENOENT ? SABIR_OK : code;
    if (((const struct Number *)value)->value == FAIL_NOW) return SABIR_OK;
    code = sabir_message_new(Answer_type(), &(struct Answer){((const struct Number *)value)->value * 2}, &reply);
    if (code != SABIR_OK) return code;
    code = sabir_reply_token_send(troupe->token, reply);
    if (code != SABIR_OK) sabir_message_free(reply);
    troupe->token = NULL;
    return code;
}

static int come_back(void *self, sabir_context *context) {
    (void)context;
    gate_open(&((struct troupe *)self)->restarts);
    return SABIR_OK;
}

static int drop_token(void *self, sabir_context *context) {
    struct troupe *troupe = self;
    (void)context;
    sabir_reply_token_free(troupe->token);
    troupe->token = NULL;
    return SABIR_OK;
}

static int ignore(void *self, const void *value, sabir_context *context) {
    (void)self, (void)value, (void)context;
    return SABIR_OK;
}

static int on_down(void *self, const void *value, sabir_context *context) {
    (void)value, (void)context;
    gate_open(&((struct troupe *)self)->ended);
    return SABIR_OK;
}

static void note_outcome(void *user_data, int code, sabir_message *reply) {
    (void)code;
    sabir_message_free(reply);
    gate_open(&((struct troupe *)user_data)->outcomes);
}

/* ---- The set ------------------------------------------------------------------------------------------------------------- */

static int make_manager(struct troupe *troupe, bool binds) {
    sabir_config *config;
    int code = sabir_config_new(&config);
    if (code != SABIR_OK) return code;
    if (binds) code = sabir_config_set_bind(config, "tcp://127.0.0.1:*");
    if (code == SABIR_OK) code = sabir_manager_new(config, &troupe->manager);
    sabir_config_free(config);
    return code;
}

static int make_supervisors(struct troupe *troupe) {
    int code = sabir_supervisor_new(troupe->manager, "top", SABIR_STRATEGY_ONE_FOR_ONE, &troupe->top);
    if (code == SABIR_OK)
        code = sabir_supervisor_new(troupe->manager, "common", SABIR_STRATEGY_ALL_FOR_ONE, &troupe->common);
    if (code == SABIR_OK) code = sabir_supervisor_set_parent(troupe->common, troupe->top);
    if (code == SABIR_OK) code = sabir_supervisor_set_restart_limit(troupe->common, 1, 1000 * STAGE_MS);
    if (code == SABIR_OK) code = sabir_supervisor_set_restart_delay(troupe->common, STAGE_MS / 10, STAGE_MS);
    if (code == SABIR_OK) code = sabir_supervisor_set_restart_delay(troupe->top, STAGE_MS / 10, STAGE_MS);
    return code;
}

static int make_publisher(struct troupe *troupe) {
    static const struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .on_restart = come_back};
    sabir_actor *actor = NULL;
    int code = sabir_actor_new(&callbacks, troupe, &actor);
    if (code == SABIR_OK) code = sabir_actor_on(actor, Number_type(), publish);
    if (code == SABIR_OK) code = sabir_actor_on_subscribers(actor, troupe->subscribers);
    if (code == SABIR_OK) code = sabir_actor_set_supervisor(actor, troupe->common);
    if (code == SABIR_OK) code = sabir_manager_manage(troupe->manager, "publisher", actor, &troupe->publisher);
    if (code != SABIR_OK) sabir_actor_free(actor);
    return code;
}

static int make_clerk(struct troupe *troupe) {
    static const struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .on_restart = drop_token};
    sabir_actor *actor = NULL;
    int code = sabir_actor_new(&callbacks, troupe, &actor);
    if (code == SABIR_OK) code = sabir_actor_on(actor, Number_type(), answer_later);
    if (code == SABIR_OK) code = sabir_actor_set_group(actor, troupe->group);
    if (code == SABIR_OK) code = sabir_actor_set_supervisor(actor, troupe->common);
    if (code == SABIR_OK) code = sabir_manager_manage(troupe->manager, "clerk", actor, &troupe->clerk);
    if (code != SABIR_OK) sabir_actor_free(actor);
    return code;
}

static int make_reader(struct troupe *troupe) {
    sabir_actor *actor = NULL;
    int code = sabir_actor_new(NULL, troupe, &actor);
    if (code == SABIR_OK) code = sabir_actor_on(actor, Answer_type(), ignore);
    if (code == SABIR_OK) code = sabir_actor_on(actor, sabir_type_down(), on_down);
    if (code == SABIR_OK) code = sabir_manager_manage(troupe->manager, "reader", actor, &troupe->reader);
    if (code != SABIR_OK) sabir_actor_free(actor);
    return code;
}

static bool set_up(struct troupe *troupe, bool binds) {
    if (!is_ok(sabir_subscribers_new(&troupe->subscribers))) return false;
    if (!is_ok(make_manager(troupe, binds))) return false;
    if (!is_ok(make_supervisors(troupe))) return false;
    if (!is_ok(sabir_group_new(troupe->manager, "group", 1, &troupe->group))) return false;
    if (!is_ok(make_publisher(troupe)) || !is_ok(make_clerk(troupe)) || !is_ok(make_reader(troupe))) return false;
    troupe->has_started = is_ok(sabir_manager_start(troupe->manager));
    return troupe->has_started;
}

static void take_down(struct troupe *troupe) {
    sabir_ref_release(troupe->publisher);
    sabir_ref_release(troupe->clerk);
    sabir_ref_release(troupe->reader);
    if (troupe->manager) assert_ok(sabir_manager_stop(troupe->manager));
    sabir_reply_token_free(troupe->token);
    gate_wait(&troupe->outcomes, troupe->asked);
    assert_int_equal(atomic_load(&troupe->outcomes.count), troupe->asked);
    sabir_manager_free(troupe->manager);
    sabir_subscribers_free(troupe->subscribers);
}

/* ---- The script ---------------------------------------------------------------------------------------------------------- */

static void subscribe(struct troupe *troupe, sabir_ref *publisher) {
    const struct sabir_subscribe news = {.topic = {true, {"news", 4}}}, all = {.topic = {false, {NULL, 0}}};
    is_ok(sabir_ref_send_value(publisher, sabir_type_subscribe(), &news, troupe->reader));
    is_ok(sabir_ref_send_value(publisher, sabir_type_subscribe(), &all, troupe->reader));
}

static void ask_async(struct troupe *troupe, sabir_ref *ref, int64_t value) {
    sabir_message *request;
    if (!is_ok(sabir_message_new(Number_type(), &(struct Number){value}, &request))) return;
    troupe->asked += is_ok(sabir_ref_ask_async(ref, request, SHORT_NS, note_outcome, troupe));
}

static int ask(sabir_ref *ref, int64_t timeout_ns) {
    sabir_message *request, *reply = NULL;
    const void *value;
    int code = sabir_message_new(Number_type(), &(struct Number){21}, &request);
    if (code == SABIR_OK) code = sabir_ref_ask(ref, request, timeout_ns, &reply);
    if (code == SABIR_OK) code = sabir_message_value_get(reply, Answer_type(), &value);
    if (code == SABIR_OK) assert_int_equal(((const struct Answer *)value)->value, 42);
    sabir_message_free(reply);
    return code;
}

/* Two failures: the second is one too many for the common supervisor, and its parent's to deal with. */
static void fail_twice(struct troupe *troupe) {
    for (int i = 0; i < 2; i++) {
        is_ok(sabir_ref_send_value(troupe->publisher, Number_type(), &(struct Number){FAIL_NOW}, NULL));
        is_ok(ask(troupe->publisher, SHORT_NS)); /* queued meanwhile, handled by the new one */
    }
}

static void play_alone(struct troupe *troupe) {
    sabir_tap *tap = NULL;
    sabir_snapshot *snapshot;
    const char *table;
    subscribe(troupe, troupe->publisher);
    is_ok(sabir_ref_watch(troupe->clerk, troupe->reader));
    is_ok(sabir_tap_new(troupe->manager, NULL, NULL, NULL, 4, &tap));
    is_ok(ask(troupe->publisher, SHORT_NS));
    ask_async(troupe, troupe->clerk, FAIL_NOW); /* its token waits for the next */
    ask_async(troupe, troupe->clerk, 21);
    fail_twice(troupe);
    ask_async(troupe, troupe->publisher, 21);
    if (is_ok(sabir_snapshot_new(troupe->manager, &snapshot))) {
        is_ok(sabir_snapshot_table_get(snapshot, &table));
        sabir_snapshot_free(snapshot);
    }
    sabir_tap_free(tap);
}

/* `far` subscribes to what `near` publishes, asks its clerk, and watches both. */
static void play_together(struct troupe *near, struct troupe *far) {
    sabir_ref *publisher, *clerk;
    const char *endpoint = sabir_manager_endpoint(near->manager);
    if (!is_ok(sabir_manager_remote(far->manager, "publisher", endpoint, SABIR_DIALECT_V1, &publisher))) return;
    if (is_ok(sabir_manager_remote(far->manager, "clerk", endpoint, SABIR_DIALECT_V1, &clerk))) {
        subscribe(far, publisher);
        is_ok(ask(publisher, SHORT_NS));
        ask_async(far, clerk, FAIL_NOW);
        ask_async(far, clerk, 21);
        is_ok(sabir_ref_watch(publisher, far->reader));
        is_ok(sabir_ref_watch(clerk, far->reader));
        is_ok(sabir_ref_send_value(publisher, Number_type(), &(struct Number){FAIL_NOW}, far->reader));
        sabir_ref_release(clerk);
    }
    sabir_ref_release(publisher);
}

/* ---- For every k --------------------------------------------------------------------------------------------------------- */

/* Once there is memory, who was started works; it may be just coming back. */
static void assert_works(struct troupe *troupe) {
    if (!troupe->has_started) return;
    assert_ok(ask(troupe->publisher, STAGE_PATIENCE_NS));
    assert_ok(ask(troupe->clerk, STAGE_PATIENCE_NS));
}

/* All runs together: what was to happen has happened. */
static uint64_t all_restarts, all_outcomes;

static bool play_with_failure(unsigned long k, bool with_nodes) {
    struct troupe near = {.manager = NULL}, far = {.manager = NULL};
    sb_alloc_fail_after(k);
    if (set_up(&near, with_nodes) && !with_nodes) play_alone(&near);
    if (near.has_started && with_nodes && set_up(&far, true)) play_together(&near, &far);
    bool has_failed = sb_alloc_fail_left() == 0;
    sb_alloc_fail_after(0);
    assert_works(&near);
    assert_works(&far);
    if (near.has_started) assert_ok(sabir_manager_stop_actor(near.manager, near.clerk));
    take_down(&far);
    take_down(&near);
    all_restarts += atomic_load(&near.restarts.count);
    all_outcomes += near.asked + far.asked;
    return has_failed;
}

static void for_every_allocation(bool with_nodes) {
    unsigned long k = 1;
    all_restarts = all_outcomes = 0;
    while (play_with_failure(k, with_nodes)) k++;
    print_message("# %lu allocations failed, one a run; %llu restarts, %llu outcomes\n", k - 1,
                  (unsigned long long)all_restarts, (unsigned long long)all_outcomes);
    assert_true(k > 50);
    assert_true(all_restarts > 0);
    assert_true(all_outcomes > 0);
}

static void what_fails_comes_back_for_every_allocation(void **state) {
    (void)state;
    for_every_allocation(false);
}

static void who_listens_from_another_node_for_every_allocation(void **state) {
    (void)state;
    for_every_allocation(true);
}

static int be_quiet(void **state) {
    (void)state;
    sabir_log_set(ignore_line, NULL);
    assert_non_null(Number_type()); /* what a program declares once is not part of the script */
    assert_non_null(Answer_type());
    assert_non_null(sabir_type_subscribe());
    assert_non_null(sabir_type_unsubscribe());
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fails_comes_back_for_every_allocation),
        cmocka_unit_test(who_listens_from_another_node_for_every_allocation),
    };
    return cmocka_run_group_tests(tests, be_quiet, NULL);
}
