/*
 * Out of memory on purpose: a script of two nodes, in which the k-th allocation fails, for every k until none fails any more. Each call
 * says so or succeeds; nothing crashes, hangs or (as the sanitizers and valgrind see) leaks; and once there is memory again, everything that
 * was made works.
 */
#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "support/stage.h"

#define SHORT_NS (300 * STAGE_MS) /* where an answer may be lost for want of memory */
#define LONG_TEXT "a text that does not fit the node of a message: it has a block of its own, and another one as JSON"

struct player {
    sabir_manager *manager;
    sabir_group *group;
    sabir_ref *echo;   /* has a thread */
    sabir_ref *member; /* of the group */
    sabir_ref *clock;  /* handles Timeout */
    struct gate fired;
    bool has_started;
};

static void ignore_line(void *user_data, const char *line) {
    (void)user_data, (void)line;
}

static void ignore_letter(void *user_data, uint32_t reason, const char *target, const char *type, const char *detail) {
    (void)user_data, (void)reason, (void)target, (void)type, (void)detail;
}

static int answer_double(void *self, const void *value, sabir_context *context) {
    (void)self;
    const struct Number *number = value;
    return sabir_context_reply_value(context, Answer_type(), &(struct Answer){number->value * 2});
}

static int answer_words(void *self, const void *value, sabir_context *context) {
    (void)self;
    return sabir_context_reply_value(context, Words_type(), value);
}

static int on_timeout(void *self, const void *value, sabir_context *context) {
    (void)value, (void)context;
    gate_open(self);
    return SABIR_OK;
}

static int on_down(void *self, const void *value, sabir_context *context) {
    (void)self, (void)value, (void)context;
    return SABIR_OK;
}

/* What may come of a call when one allocation fails somewhere: its own error, or that somebody else could not do his part. */
static bool is_ok(int code) {
    static const int allowed[] = {SABIR_ENOMEM,    SABIR_EFAILED, SABIR_EREJECTED,
                                  SABIR_ETIMEDOUT, SABIR_EDOWN,   SABIR_EMISMATCH};
    if (code == SABIR_OK) return true;
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
        if (code == allowed[i]) return false;
    fail_msg("%s is no word for an allocation that failed", sabir_error_name(code));
    return false;
}

/* ---- The script ---------------------------------------------------------------------------------------------------------- */

static int make_manager(struct player *player) {
    sabir_config *config;
    int code = sabir_config_new(&config);
    if (code != SABIR_OK) return code;
    code = sabir_config_set_bind(config, "tcp://127.0.0.1:*");
    if (code == SABIR_OK) code = sabir_manager_new(config, &player->manager);
    sabir_config_free(config);
    return code;
}

static int make_actor(struct player *player, const char *name, void *self, sabir_ref **ref) {
    sabir_actor *actor = NULL;
    int code = sabir_actor_new(NULL, self, &actor);
    if (code == SABIR_OK && self) code = sabir_actor_on(actor, sabir_type_timeout(), on_timeout);
    if (code == SABIR_OK && self) code = sabir_actor_on(actor, sabir_type_down(), on_down);
    if (code == SABIR_OK) code = sabir_actor_on(actor, Number_type(), answer_double);
    if (code == SABIR_OK) code = sabir_actor_on(actor, Words_type(), answer_words);
    if (code == SABIR_OK && ref == &player->member) code = sabir_actor_set_group(actor, player->group);
    if (code == SABIR_OK && player->echo) code = sabir_actor_set_high_water(actor, 2, player->echo);
    if (code == SABIR_OK) code = sabir_manager_manage(player->manager, name, actor, ref);
    if (code != SABIR_OK) sabir_actor_free(actor);
    return code;
}

static bool set_up(struct player *player) {
    if (!is_ok(make_manager(player))) return false;
    if (!is_ok(sabir_manager_on_dead_letter(player->manager, ignore_letter, NULL, NULL))) return false;
    if (!is_ok(sabir_group_new(player->manager, "group", 1, &player->group))) return false;
    if (!is_ok(make_actor(player, "echo", NULL, &player->echo))) return false;
    if (!is_ok(make_actor(player, "member", NULL, &player->member))) return false;
    if (!is_ok(make_actor(player, "clock", &player->fired, &player->clock))) return false;
    player->has_started = is_ok(sabir_manager_start(player->manager));
    return player->has_started;
}

static void take_down(struct player *player) {
    sabir_ref_release(player->echo);
    sabir_ref_release(player->member);
    sabir_ref_release(player->clock);
    if (!player->manager) return;
    assert_ok(sabir_manager_stop(player->manager));
    sabir_manager_free(player->manager);
}

static bool ask_number(sabir_ref *ref, int64_t timeout_ns) {
    sabir_message *request, *reply = NULL;
    if (!is_ok(sabir_message_new(Number_type(), &(struct Number){21}, &request))) return false;
    bool answers = is_ok(sabir_ref_ask(ref, request, timeout_ns, &reply));
    const void *value;
    if (answers && is_ok(sabir_message_value_get(reply, Answer_type(), &value)))
        assert_int_equal(((const struct Answer *)value)->value, 42);
    sabir_message_free(reply);
    return answers;
}

static bool ask_words(sabir_ref *ref, int64_t timeout_ns) {
    sabir_message *request, *reply = NULL;
    const struct Words words = {{LONG_TEXT, strlen(LONG_TEXT)}};
    if (!is_ok(sabir_message_new(Words_type(), &words, &request))) return false;
    bool answers = is_ok(sabir_ref_ask(ref, request, timeout_ns, &reply));
    const void *value;
    if (answers && is_ok(sabir_message_value_get(reply, Words_type(), &value)))
        assert_memory_equal(((const struct Words *)value)->text.bytes, LONG_TEXT, strlen(LONG_TEXT));
    sabir_message_free(reply);
    return answers;
}

static void call_fast(sabir_ref *ref) {
    struct Answer answer = {0};
    bool replied;
    int code = sabir_ref_fast_send_timed(ref, NULL, Number_type(), &(struct Number){21}, Answer_type(), &answer,
                                         sizeof answer, SABIR_FAST_ORDERED, STAGE_PATIENCE_NS, &replied);
    if (is_ok(code) && replied) assert_int_equal(answer.value, 42);
}

static void play_timers(struct player *player) {
    uint64_t once, periodic, aligned;
    uint32_t before = atomic_load(&player->fired.count);
    bool has_once = is_ok(sabir_timer_once(player->clock, 0, &once));
    if (is_ok(sabir_timer_periodic(player->clock, 3600 * 1000 * STAGE_MS, &periodic)))
        assert_ok(sabir_timer_cancel(periodic));
    if (is_ok(sabir_timer_aligned(player->clock, 3600 * 1000 * STAGE_MS, 0, &aligned)))
        (void)sabir_timer_cancel(aligned); /* it may be the full hour */
    if (has_once) gate_wait(&player->fired, before + 1);
}

static void play_alone(struct player *player) {
    sabir_snapshot *snapshot;
    ask_number(player->echo, SHORT_NS);
    ask_words(player->member, SHORT_NS);
    call_fast(player->member);
    play_timers(player);
    for (int64_t i = 0; i < 3; i++) /* each may cross the high-water mark */
        is_ok(sabir_ref_send_value(player->member, Number_type(), &(struct Number){i}, player->echo));
    if (is_ok(sabir_ref_watch(player->member, player->clock)))
        assert_ok(sabir_ref_unwatch(player->member, player->clock));
    is_ok(sabir_ref_watch(player->echo, player->clock)); /* told at the end, when there is memory again */
    if (is_ok(sabir_snapshot_new(player->manager, &snapshot))) sabir_snapshot_free(snapshot);
}

static void play_together(struct player *a, struct player *b) {
    sabir_ref *far;
    const char *endpoint = sabir_manager_endpoint(b->manager);
    if (!is_ok(sabir_manager_remote(a->manager, "echo", endpoint, SABIR_DIALECT_V1, &far))) return;
    ask_number(far, SHORT_NS);
    ask_words(far, SHORT_NS);
    is_ok(sabir_ref_watch(far, a->clock));
    is_ok(sabir_ref_send_value(far, Number_type(), &(struct Number){1}, a->clock)); /* whose handlers fit no Answer */
    sabir_ref_release(far);
}

/* ---- For every k --------------------------------------------------------------------------------------------------------- */

/* Once there is memory, everything that was made works. */
static void assert_works(struct player *player) {
    if (!player->has_started) return;
    assert_true(ask_number(player->echo, STAGE_PATIENCE_NS));
    assert_true(ask_words(player->member, STAGE_PATIENCE_NS));
}

static bool play_with_failure(unsigned long k, bool with_nodes) {
    struct player a = {.manager = NULL}, b = {.manager = NULL};
    sb_alloc_fail_after(k);
    if (set_up(&a)) play_alone(&a);
    if (with_nodes && a.has_started && set_up(&b)) play_together(&a, &b);
    bool has_failed = sb_alloc_fail_left() == 0;
    sb_alloc_fail_after(0);
    assert_works(&a);
    assert_works(&b);
    if (a.has_started && b.has_started) {
        sabir_ref *far;
        assert_ok(sabir_manager_remote(a.manager, "echo", sabir_manager_endpoint(b.manager), SABIR_DIALECT_V1, &far));
        assert_true(ask_words(far, STAGE_PATIENCE_NS));
        sabir_ref_release(far);
    }
    take_down(&a);
    take_down(&b);
    return has_failed;
}

static void alone_for_every_allocation(void **state) {
    (void)state;
    unsigned long k = 1;
    while (play_with_failure(k, false)) k++;
    print_message("# %lu allocations failed, one a run\n", k - 1);
    assert_true(k > 50);
}

static void two_nodes_for_every_allocation(void **state) {
    (void)state;
    unsigned long k = 1;
    while (play_with_failure(k, true)) k++;
    print_message("# %lu allocations failed, one a run\n", k - 1);
    assert_true(k > 100);
}

static int be_quiet(void **state) {
    (void)state;
    sabir_log_set(ignore_line, NULL);
    assert_non_null(Number_type()); /* what a program declares once is not part of the script */
    assert_non_null(Answer_type());
    assert_non_null(Words_type());
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alone_for_every_allocation),
        cmocka_unit_test(two_nodes_for_every_allocation),
    };
    return cmocka_run_group_tests(tests, be_quiet, NULL);
}
