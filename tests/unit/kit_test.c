/*
 * The test kit: what is stepped happens one message at a time, always in one order, and time is what the test makes of it.
 */
#include <sabir/kit.h>

#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "support/stage.h"

#define SECOND ((int64_t)1000000000)

static sabir_manager *stepped(void) {
    sabir_config *config;
    sabir_manager *manager;
    assert_ok(sabir_config_new(&config));
    assert_ok(sabir_config_set_stepped(config, true));
    assert_ok(sabir_manager_new(config, &manager));
    sabir_config_free(config);
    return manager;
}

static uint64_t step(sabir_manager *manager, uint64_t max) {
    uint64_t handled;
    assert_ok(sabir_kit_step(manager, max, &handled));
    return handled;
}

/* What happened, in words. */
struct story {
    char text[512];
    sabir_ref *next;
    uint64_t timer;
};

static void tell(struct story *story, const char *who, int64_t value) {
    size_t length = strlen(story->text);
    snprintf(story->text + length, sizeof story->text - length, "%s%lld ", who, (long long)value);
}

static int on_number(void *self, const void *value, sabir_context *context) {
    struct story *story = self;
    const struct Number *number = value;
    tell(story, sabir_ref_name(sabir_context_self(context)), number->value);
    if (number->value < 0) return SABIR_EVALUE;
    if (!sabir_context_sender(context)) return SABIR_OK;
    return sabir_context_reply_value(context, Answer_type(), &(struct Answer){number->value * 2});
}

static sabir_ref *manage(sabir_manager *manager, const char *name, struct story *story) {
    return stage_manage(manager, name, story, Number_type(), on_number);
}

/* ---- Stepping -------------------------------------------------------------------------------------------------------- */

static void actors_take_turns_one_message_each(void **state) {
    (void)state;
    sabir_manager *manager = stepped();
    struct story story = {.text = ""};
    sabir_ref *a = manage(manager, "a", &story), *b = manage(manager, "b", &story);
    assert_ok(sabir_manager_start(manager));
    for (int i = 1; i <= 3; i++) send_number(a, i, NULL);
    for (int i = 1; i <= 2; i++) send_number(b, i, NULL);
    assert_string_equal(story.text, "");
    assert_int_equal(step(manager, 1), 1);
    assert_string_equal(story.text, "a1 ");
    assert_int_equal(step(manager, 2), 2);
    assert_string_equal(story.text, "a1 b1 a2 ");
    assert_int_equal(step(manager, 100), 2);
    assert_string_equal(story.text, "a1 b1 a2 b2 a3 ");
    assert_int_equal(step(manager, 100), 0);
    sabir_ref_release(a);
    sabir_ref_release(b);
    stage_free(manager);
}

static int on_start(void *self, sabir_context *context) {
    struct story *story = self;
    tell(story, sabir_ref_name(sabir_context_self(context)), 0);
    return SABIR_OK;
}

static void on_stop(void *self, sabir_context *context) {
    struct story *story = self;
    tell(story, sabir_ref_name(sabir_context_self(context)), 9);
}

static sabir_ref *manage_with_life(sabir_manager *manager, const char *name, struct story *story) {
    struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .on_start = on_start, .on_stop = on_stop};
    sabir_actor *actor;
    sabir_ref *ref;
    assert_ok(sabir_actor_new(&callbacks, story, &actor));
    assert_ok(sabir_actor_on(actor, Number_type(), on_number));
    assert_ok(sabir_manager_manage(manager, name, actor, &ref));
    return ref;
}

static void a_life_runs_on_the_thread_that_steps(void **state) {
    (void)state;
    sabir_manager *manager = stepped();
    struct story story = {.text = ""};
    sabir_ref *a = manage_with_life(manager, "a", &story), *b = manage_with_life(manager, "b", &story);
    assert_ok(sabir_manager_start(manager));
    assert_string_equal(story.text, "a0 b0 ");
    sabir_ref *late = manage_with_life(manager, "c", &story);
    assert_int_equal(step(manager, 10), 0); /* a start is no message */
    assert_string_equal(story.text, "a0 b0 c0 ");
    assert_ok(sabir_manager_stop_actor(manager, b));
    assert_string_equal(story.text, "a0 b0 c0 b9 ");
    send_number(a, 1, NULL); /* drained by the stop */
    sabir_ref_release(a);
    sabir_ref_release(b);
    sabir_ref_release(late);
    stage_free(manager);
    assert_string_equal(story.text, "a0 b0 c0 b9 a1 c9 a9 ");
}

static void groups_are_stepped_too(void **state) {
    (void)state;
    sabir_manager *manager = stepped();
    struct story story = {.text = ""};
    sabir_group *group;
    assert_ok(sabir_group_new(manager, "pool", 2, &group));
    sabir_actor *actor = stage_actor(&story, Number_type(), on_number);
    assert_ok(sabir_actor_set_group(actor, group));
    sabir_ref *ref;
    assert_ok(sabir_manager_manage(manager, "member", actor, &ref));
    assert_ok(sabir_manager_start(manager));
    send_number(ref, 5, NULL);
    assert_int_equal(step(manager, 10), 1);
    assert_string_equal(story.text, "member5 ");
    sabir_ref_release(ref);
    stage_free(manager);
}

static void what_a_stepped_manager_is_not_is_said(void **state) {
    (void)state;
    sabir_config *config;
    sabir_manager *manager;
    uint64_t handled;
    assert_ok(sabir_config_new(&config));
    assert_ok(sabir_config_set_stepped(config, true));
    assert_ok(sabir_config_set_bind(config, "tcp://127.0.0.1:*"));
    assert_fails(sabir_manager_new(config, &manager), SABIR_EINVAL, "stepped");
    sabir_config_free(config);
    assert_fails(sabir_config_set_stepped(NULL, true), SABIR_EINVAL, "NULL");
    manager = stepped();
    assert_fails(sabir_manager_wait(manager, -1, 0, 0), SABIR_ESTATE, "sabir_kit_step");
    assert_fails(sabir_manager_run(manager, 0), SABIR_ESTATE, "sabir_kit_step");
    sabir_actor *pulled = stage_actor(NULL, Number_type(), on_number);
    assert_ok(sabir_actor_set_pulled(pulled));
    assert_fails(sabir_manager_manage(manager, "pulled", pulled, NULL), SABIR_EUNSUPPORTED, "pulled");
    sabir_actor_free(pulled);
    assert_fails(sabir_kit_step(NULL, 1, &handled), SABIR_EINVAL, "NULL");
    assert_fails(sabir_kit_advance(manager, -1), SABIR_EINVAL, "back");
    stage_free(manager);
    manager = stage_new();
    assert_fails(sabir_kit_step(manager, 1, NULL), SABIR_ESTATE, "sabir_config_set_stepped");
    assert_fails(sabir_kit_advance(manager, 1), SABIR_ESTATE, "sabir_config_set_stepped");
    assert_true(sabir_kit_now_ns(manager) > 0);
    stage_free(manager);
}

/* ---- Time ------------------------------------------------------------------------------------------------------------ */

static int on_timeout(void *self, const void *value, sabir_context *context) {
    struct story *story = self;
    const struct sabir_timeout *timeout = value;
    tell(story, sabir_ref_name(sabir_context_self(context)),
         sabir_kit_now_ns(sabir_context_manager(context)) / (SECOND / 10));
    assert_int_equal(timeout->missed, 0);
    if (story->next) return sabir_timer_once(story->next, SECOND / 2, &story->timer);
    return SABIR_OK;
}

static void timers_fire_in_order_as_time_is_told_to_pass(void **state) {
    (void)state;
    sabir_manager *manager = stepped();
    struct story story = {.text = ""};
    sabir_ref *a = stage_manage(manager, "a", &story, sabir_type_timeout(), on_timeout);
    sabir_ref *b = stage_manage(manager, "b", &story, sabir_type_timeout(), on_timeout);
    uint64_t every, once, never;
    assert_ok(sabir_manager_start(manager));
    assert_ok(sabir_timer_periodic(a, SECOND, &every));
    assert_ok(sabir_timer_once(b, SECOND, &once));
    assert_ok(sabir_timer_once(b, 2 * SECOND, &never));
    assert_ok(sabir_kit_advance(manager, SECOND - 1));
    assert_string_equal(story.text, "");
    assert_int_equal(sabir_kit_now_ns(manager), SECOND - 1);
    assert_ok(sabir_kit_advance(manager, 1));
    assert_string_equal(story.text, "a10 b10 "); /* equal deadlines, in arming order */
    assert_ok(sabir_timer_cancel(never));
    assert_ok(sabir_kit_advance(manager, 3 * SECOND));
    assert_string_equal(story.text, "a10 b10 a20 a30 a40 ");
    assert_ok(sabir_timer_cancel(every));
    story.text[0] = '\0';
    story.next = b; /* each firing arms another, within the same advance */
    assert_ok(sabir_timer_once(b, SECOND, &once));
    assert_ok(sabir_kit_advance(manager, 2 * SECOND));
    assert_string_equal(story.text, "b50 b55 b60 ");
    sabir_ref_release(a);
    sabir_ref_release(b);
    stage_free(manager);
}

static void an_aligned_timer_goes_by_the_managers_time(void **state) {
    (void)state;
    sabir_manager *manager = stepped();
    struct story story = {.text = ""};
    sabir_ref *a = stage_manage(manager, "a", &story, sabir_type_timeout(), on_timeout);
    uint64_t timer;
    assert_ok(sabir_manager_start(manager));
    assert_ok(sabir_kit_advance(manager, SECOND / 2));
    assert_ok(sabir_timer_aligned(a, SECOND, SECOND / 5, &timer));
    assert_ok(sabir_kit_advance(manager, 2 * SECOND));
    assert_string_equal(story.text, "a12 a22 ");
    assert_ok(sabir_timer_cancel(timer));
    sabir_ref_release(a);
    stage_free(manager);
}

static void an_ask_waits_in_the_managers_time(void **state) {
    (void)state;
    sabir_manager *manager = stepped();
    struct story story = {.text = ""};
    sabir_ref *a = manage(manager, "a", &story);
    sabir_probe *silent;
    sabir_message *reply;
    const void *value;
    assert_ok(sabir_manager_start(manager));
    assert_ok(sabir_probe_new(manager, "silent", &silent));
    assert_ok(sabir_ref_ask(a, new_number(21), SECOND, &reply));
    assert_ok(sabir_message_value_get(reply, Answer_type(), &value));
    assert_int_equal(((const struct Answer *)value)->value, 42);
    sabir_message_free(reply);
    assert_int_equal(sabir_kit_now_ns(manager), 0);
    assert_fails(sabir_ref_ask(sabir_probe_ref(silent), new_number(1), 5 * SECOND, &reply), SABIR_ETIMEDOUT, "silent");
    assert_int_equal(sabir_kit_now_ns(manager), 5 * SECOND);
    assert_fails(sabir_ref_ask(sabir_probe_ref(silent), new_number(1), -1, &reply), SABIR_ETIMEDOUT, "silent");
    sabir_probe_free(silent);
    sabir_ref_release(a);
    stage_free(manager);
}

static int on_ask_on(void *self, const void *value, sabir_context *context) {
    struct story *story = self;
    sabir_message *reply;
    int code = sabir_ref_ask(story->next, new_number(((const struct Answer *)value)->value), SECOND, &reply);
    if (code == SABIR_OK) sabir_message_free(reply);
    tell(story, "asked", code);
    (void)context;
    return SABIR_OK;
}

/* A handler that blocks in an ask lets the others be stepped meanwhile; one that asks itself is told. */
static void a_handler_may_ask(void **state) {
    (void)state;
    sabir_manager *manager = stepped();
    struct story story = {.text = ""}, self_asker = {.text = ""};
    story.next = manage(manager, "a", &story);
    sabir_ref *asker = stage_manage(manager, "asker", &story, Answer_type(), on_ask_on);
    sabir_actor *actor = stage_actor(&self_asker, Answer_type(), on_ask_on);
    assert_ok(sabir_actor_on(actor, Number_type(), on_number));
    assert_ok(sabir_manager_manage(manager, "narcissus", actor, &self_asker.next));
    assert_ok(sabir_manager_start(manager));
    assert_ok(sabir_ref_send_value(asker, Answer_type(), &(struct Answer){4}, NULL));
    assert_ok(sabir_ref_send_value(self_asker.next, Answer_type(), &(struct Answer){4}, NULL));
    assert_int_equal(step(manager, 10), 3);
    assert_string_equal(story.text, "a4 asked0 ");
    char expected[32];
    snprintf(expected, sizeof expected, "asked%d ", SABIR_EREENTRANT);
    assert_string_equal(self_asker.text, expected);
    sabir_ref_release(story.next);
    sabir_ref_release(asker);
    sabir_ref_release(self_asker.next);
    stage_free(manager);
}

/* ---- Probes ---------------------------------------------------------------------------------------------------------- */

static void a_probe_gets_replies_and_says_who_sent_them(void **state) {
    (void)state;
    sabir_manager *manager = stepped();
    struct story story = {.text = ""};
    sabir_ref *a = manage(manager, "a", &story), *found, *sender;
    sabir_probe *client, *other;
    sabir_message *message;
    assert_ok(sabir_manager_start(manager));
    assert_ok(sabir_probe_new(manager, "client", &client));
    assert_fails(sabir_probe_new(manager, "client", &other), SABIR_EEXIST, "client");
    assert_fails(sabir_probe_new(manager, "a", &other), SABIR_EEXIST, "'a'");
    assert_fails(sabir_probe_new(manager, "sabir.x", &other), SABIR_ERESERVED, NULL);
    assert_ok(sabir_manager_find(manager, "client", &found));
    assert_ptr_equal(found, sabir_probe_ref(client));
    send_number(a, 3, found);
    assert_int_equal(sabir_probe_count(client), 0);
    assert_ok(sabir_probe_expect(client, Answer_type(), 0, &message, &sender)); /* it steps as far as it must */
    assert_ptr_equal(sender, a);
    sabir_message_free(message);
    send_number(a, 4, found);
    assert_ok(sabir_probe_expect_value(client, Answer_type(), &(struct Answer){8}, 0));
    send_number(a, 5, found);
    assert_fails(sabir_probe_expect_value(client, Answer_type(), &(struct Answer){11}, 0), SABIR_EMISMATCH,
                 "expects 'stage.Answer' {\"value\":11}, but got 'stage.Answer' {\"value\":10} of 'a'");
    assert_ok(sabir_probe_expect_none(client, SECOND));
    assert_int_equal(sabir_kit_now_ns(manager), SECOND);
    sabir_probe_free(client);
    assert_fails(sabir_ref_send_value(found, Go_type(), NULL, NULL), SABIR_ECLOSED, "freed");
    sabir_ref_release(found);
    assert_fails(sabir_manager_find(manager, "client", &found), SABIR_ENOENT, NULL);
    sabir_ref_release(a);
    stage_free(manager);
}

static void send_go(sabir_probe *probe) {
    assert_ok(sabir_ref_send_value(sabir_probe_ref(probe), Go_type(), NULL, NULL));
}

static void what_came_instead_is_shown(void **state) {
    (void)state;
    sabir_manager *manager = stepped();
    sabir_probe *probe;
    sabir_message *message;
    const sabir_type *const types[] = {Go_type(), Number_type(), Go_type()};
    assert_ok(sabir_probe_new(manager, "probe", &probe));
    send_go(probe);
    send_number(sabir_probe_ref(probe), 1, NULL);
    send_go(probe);
    assert_ok(sabir_probe_expect_order(probe, types, 3, 0));
    send_go(probe);
    send_go(probe);
    assert_fails(sabir_probe_expect_order(probe, types, 3, 0), SABIR_EMISMATCH,
                 "message 2 of 3: the probe 'probe' expects 'stage.Number', but got 'stage.Go' {} of nobody");
    assert_int_equal(sabir_probe_count(probe), 0);
    assert_fails(sabir_probe_expect(probe, Go_type(), SECOND / 2, NULL, NULL), SABIR_ETIMEDOUT, "within 0.5 s");
    assert_fails(sabir_probe_next(probe, 0, &message, NULL), SABIR_ETIMEDOUT, "nothing came");
    send_go(probe);
    send_number(sabir_probe_ref(probe), 7, NULL);
    assert_ok(sabir_probe_fish(probe, Number_type(), 0, &message, NULL));
    sabir_message_free(message);
    assert_fails(sabir_probe_fish(probe, Number_type(), SECOND, NULL, NULL), SABIR_ETIMEDOUT, "stage.Number");
    send_go(probe);
    assert_fails(sabir_probe_expect_none(probe, 0), SABIR_EMISMATCH, "expects nothing, but got 'stage.Go'");
    assert_fails(sabir_probe_expect_none(probe, -1), SABIR_EINVAL, "give a time");
    assert_fails(sabir_probe_expect(probe, NULL, 0, NULL, NULL), SABIR_EINVAL, "type is NULL");
    assert_fails(sabir_probe_next(NULL, 0, &message, NULL), SABIR_EINVAL, "NULL");
    sabir_probe_free(probe);
    sabir_probe_free(NULL);
    stage_free(manager);
}

static void a_probe_outlives_a_manager_that_was_freed_too_soon(void **state) {
    (void)state;
    sabir_manager *manager = stepped();
    sabir_probe *probe;
    assert_ok(sabir_probe_new(manager, "probe", &probe));
    stage_free(manager);
    send_go(probe);
    assert_ok(sabir_probe_expect(probe, Go_type(), 0, NULL, NULL));
    sabir_probe_free(probe);
}

static void answer_later(void *argument) {
    send_number(argument, 1, NULL);
    send_number(argument, 2, NULL);
}

static void in_a_manager_with_threads_a_probe_really_waits(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    struct story story = {.text = ""};
    sabir_ref *a = manage(manager, "a", &story);
    sabir_probe *probe;
    struct stage_thread thread;
    assert_ok(sabir_manager_start(manager));
    assert_ok(sabir_probe_new(manager, "probe", &probe));
    send_number(a, 3, sabir_probe_ref(probe));
    assert_ok(sabir_probe_expect_value(probe, Answer_type(), &(struct Answer){6}, STAGE_PATIENCE_NS));
    stage_thread_start(&thread, answer_later, sabir_probe_ref(probe));
    assert_ok(sabir_probe_expect_value(probe, Number_type(), &(struct Number){1}, -1));
    assert_ok(sabir_probe_fish(probe, Number_type(), -1, NULL, NULL));
    stage_thread_join(&thread);
    assert_ok(sabir_probe_expect_none(probe, STAGE_MS));
    sabir_probe_free(probe);
    sabir_ref_release(a);
    stage_free(manager);
}

static int on_down(void *self, const void *value, sabir_context *context) {
    (void)context;
    struct story *story = self;
    const struct sabir_down *down = value;
    snprintf(story->text, sizeof story->text, "%.*s %.*s", (int)down->name.len_bytes, down->name.bytes,
             (int)down->reason.len_bytes, down->reason.bytes);
    return SABIR_OK;
}

static void a_probe_can_be_watched_and_ends_when_it_is_freed(void **state) {
    (void)state;
    sabir_manager *manager = stepped(), *other = stepped();
    struct story story = {.text = ""};
    sabir_ref *watcher = stage_manage(manager, "watcher", &story, sabir_type_down(), on_down);
    sabir_probe *probe, *stranger;
    assert_ok(sabir_probe_new(manager, "probe", &probe));
    assert_ok(sabir_probe_new(other, "stranger", &stranger));
    assert_ok(sabir_manager_start(manager));
    assert_fails(sabir_ref_watch(sabir_probe_ref(stranger), watcher), SABIR_EINVAL, "another manager");
    sabir_ref *ref = sabir_ref_retain(sabir_probe_ref(probe));
    assert_ok(sabir_ref_watch(ref, watcher));
    assert_ok(sabir_ref_unwatch(ref, watcher));
    assert_fails(sabir_ref_unwatch(ref, watcher), SABIR_ENOENT, "probe");
    for (int i = 0; i < 2; i++) assert_ok(sabir_ref_watch(ref, watcher)); /* twice is once */
    assert_int_equal(step(manager, 10), 0);
    sabir_probe_free(probe);
    step(manager, 10);
    assert_string_equal(story.text, "probe stopped");
    *story.text = '\0';
    assert_ok(sabir_ref_watch(ref, watcher)); /* it has ended already */
    step(manager, 10);
    assert_string_equal(story.text, "probe stopped");
    sabir_ref_release(ref);
    sabir_ref_release(watcher);
    stage_free(manager);
    sabir_probe_free(stranger);
    stage_free(other);
}

static void memory_that_is_missing_is_said(void **state) {
    (void)state;
    sabir_manager *manager = stepped();
    sabir_probe *probe;
    for (unsigned long k = 1; k <= 2; k++) {
        sb_alloc_fail_after(k);
        assert_fails(sabir_probe_new(manager, "probe", &probe), SABIR_ENOMEM, "probe");
        sb_alloc_fail_after(0);
        assert_null(probe);
    }
    stage_free(manager);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(actors_take_turns_one_message_each),
        cmocka_unit_test(a_life_runs_on_the_thread_that_steps),
        cmocka_unit_test(groups_are_stepped_too),
        cmocka_unit_test(what_a_stepped_manager_is_not_is_said),
        cmocka_unit_test(timers_fire_in_order_as_time_is_told_to_pass),
        cmocka_unit_test(an_aligned_timer_goes_by_the_managers_time),
        cmocka_unit_test(an_ask_waits_in_the_managers_time),
        cmocka_unit_test(a_handler_may_ask),
        cmocka_unit_test(a_probe_gets_replies_and_says_who_sent_them),
        cmocka_unit_test(what_came_instead_is_shown),
        cmocka_unit_test(a_probe_outlives_a_manager_that_was_freed_too_soon),
        cmocka_unit_test(in_a_manager_with_threads_a_probe_really_waits),
        cmocka_unit_test(a_probe_can_be_watched_and_ends_when_it_is_freed),
        cmocka_unit_test(memory_that_is_missing_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
