/*
 * Start and stop: together, in order, bounded, and again and again without leaving anything behind.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/process.h"
#include "support/stage.h"
#include "thread.h"

/* What happened, in order, across threads. */
static struct {
    char text[256];
    _Atomic uint32_t length;
} story;

static void tell(char letter) {
    story.text[atomic_fetch_add(&story.length, 1)] = letter;
}

static void begin_story(void) {
    memset(story.text, 0, sizeof story.text);
    atomic_store(&story.length, 0);
}

struct character {
    char letter;
    int start_code;
    sabir_ref *friend_ref;
};

static int on_start(void *self, sabir_context *context) {
    struct character *character = self;
    tell(character->letter);
    if (character->friend_ref) send_number(character->friend_ref, 1, sabir_context_self(context));
    if (character->start_code != SABIR_OK) sabir_error_detail_set("the stage is dark");
    return character->start_code;
}

static void on_stop(void *self, sabir_context *context) {
    (void)context;
    tell((char)(((struct character *)self)->letter - 'a' + 'A'));
}

static void on_drop(void *self) {
    (void)self;
    tell('.');
}

static int on_number(void *self, const void *value, sabir_context *context) {
    (void)self;
    (void)context;
    tell((char)('0' + ((const struct Number *)value)->value));
    return SABIR_OK;
}

static const struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .on_start = on_start,
                                                       .on_stop = on_stop, .drop = on_drop};

static sabir_ref *manage(sabir_manager *manager, const char *name, struct character *character) {
    sabir_actor *actor;
    sabir_ref *ref;
    assert_ok(sabir_actor_new(&callbacks, character, &actor));
    assert_ok(sabir_actor_on(actor, Number_type(), on_number));
    assert_ok(sabir_manager_manage(manager, name, actor, &ref));
    return ref;
}

static void actors_stop_in_reverse_each_drained_before_the_next(void **state) {
    (void)state;
    begin_story();
    struct character a = {.letter = 'a'}, b = {.letter = 'b'};
    sabir_manager *manager = stage_new();
    sabir_ref *ref_a = manage(manager, "a", &a);
    sabir_ref *ref_b = manage(manager, "b", &b);
    send_number(ref_b, 1, NULL); /* queued before the start, handled after it */
    assert_ok(sabir_manager_start(manager));
    send_number(ref_a, 2, NULL);
    stage_free(manager);
    const char *at_b = strchr(story.text, 'B'), *at_a = strchr(story.text, 'A');
    assert_true(at_b && at_a && at_b < at_a);
    assert_true(strchr(story.text, '1') < at_b && strchr(story.text, '2') < at_a);
    assert_int_equal(strlen(story.text), 8); /* a b 1 2 B . A . */
    sabir_ref_release(ref_a);
    sabir_ref_release(ref_b);
}

static void no_message_is_handled_before_everybody_has_started(void **state) {
    (void)state;
    begin_story();
    struct character a = {.letter = 'a'}, b = {.letter = 'b'};
    sabir_manager *manager = stage_new();
    sabir_ref *ref_a = manage(manager, "a", &a);
    b.friend_ref = ref_a;
    sabir_ref *ref_b = manage(manager, "b", &b);
    assert_ok(sabir_manager_start(manager));
    stage_free(manager);
    const char *at_1 = strchr(story.text, '1');
    assert_true(at_1 > strchr(story.text, 'a') && at_1 > strchr(story.text, 'b'));
    sabir_ref_release(ref_a);
    sabir_ref_release(ref_b);
}

static void a_start_that_fails_stops_all_and_names_the_actor(void **state) {
    (void)state;
    begin_story();
    struct character a = {.letter = 'a'}, b = {.letter = 'b', .start_code = SABIR_EIO};
    sabir_manager *manager = stage_new();
    sabir_ref_release(manage(manager, "a", &a));
    sabir_ref_release(manage(manager, "b", &b));
    assert_fails(sabir_manager_start(manager), SABIR_EFAILED, "actor 'b' did not start: SABIR_EIO: the stage is dark");
    assert_fails(sabir_manager_start(manager), SABIR_ESTATE, "make a new one");
    stage_free(manager);
    assert_non_null(strchr(story.text, 'A'));
    assert_null(strchr(story.text, 'B')); /* it never started, so it does not stop */
}

static void never_started_actors_are_dropped(void **state) {
    (void)state;
    begin_story();
    struct character a = {.letter = 'a'};
    sabir_manager *manager = stage_new();
    sabir_ref *ref = manage(manager, "a", &a);
    send_number(ref, 1, NULL);
    stage_free(manager);
    assert_string_equal(story.text, ".");
    assert_fails(sabir_ref_send_value(ref, Number_type(), NULL, NULL), SABIR_ECLOSED, "has stopped");
    sabir_ref_release(ref);
}

static void an_actor_that_was_stopped_before_the_start_does_not_begin(void **state) {
    (void)state;
    begin_story();
    struct character a = {.letter = 'a'}, b = {.letter = 'b'};
    sabir_manager *manager = stage_new();
    sabir_ref *ref_a = manage(manager, "a", &a), *ref_b = manage(manager, "b", &b);
    assert_ok(sabir_manager_stop_actor(manager, ref_a));
    assert_string_equal(story.text, ".");
    assert_ok(sabir_manager_start(manager));
    stage_free(manager);
    assert_string_equal(story.text, ".bB.");
    sabir_ref_release(ref_a);
    sabir_ref_release(ref_b);
}

static void an_actor_that_is_managed_late_starts_at_once(void **state) {
    (void)state;
    begin_story();
    struct character a = {.letter = 'a'};
    sabir_manager *manager = stage_new();
    assert_ok(sabir_manager_start(manager));
    assert_fails(sabir_manager_start(manager), SABIR_ESTATE, "started already");
    sabir_ref *ref = manage(manager, "a", &a);
    send_number(ref, 1, NULL);
    stage_free(manager);
    assert_string_equal(story.text, "a1A.");
    sabir_ref_release(ref);
}

static void without_draining_the_queue_is_dead_letters(void **state) {
    (void)state;
    begin_story();
    sabir_config *config;
    sabir_manager *manager;
    assert_ok(sabir_config_new(&config));
    assert_ok(sabir_config_set_drain(config, false));
    assert_ok(sabir_manager_new(config, &manager));
    sabir_config_free(config);
    struct character a = {.letter = 'a'};
    sabir_ref *ref = manage(manager, "a", &a);
    for (int64_t i = 0; i < 5; i++) send_number(ref, i, NULL);
    assert_ok(sabir_manager_stop(manager));
    assert_int_equal(stage_dead_letters(manager, "stopped"), 5);
    sabir_manager_free(manager);
    sabir_ref_release(ref);
}

static void one_actor_stops_alone(void **state) {
    (void)state;
    begin_story();
    struct character a = {.letter = 'a'}, b = {.letter = 'b'};
    sabir_manager *manager = stage_new(), *other = stage_new();
    sabir_ref *ref_a = manage(manager, "a", &a);
    sabir_ref *ref_b = manage(manager, "b", &b);
    assert_ok(sabir_manager_start(manager));
    assert_ok(sabir_manager_stop_actor(manager, ref_a));
    assert_ok(sabir_manager_stop_actor(manager, ref_a));
    assert_fails(sabir_ref_send_value(ref_a, Number_type(), NULL, NULL), SABIR_ECLOSED, "actor 'a' has stopped");
    assert_ok(sabir_ref_send_value(ref_b, Number_type(), NULL, NULL));
    assert_fails(sabir_manager_stop_actor(other, ref_a), SABIR_ENOENT, "not of this manager");
    assert_fails(sabir_manager_stop_actor(NULL, ref_a), SABIR_EINVAL, NULL);
    sabir_ref_release(ref_a);
    sabir_ref_release(ref_b);
    stage_free(manager);
    stage_free(other);
}

/* ---- An actor that does not come back -------------------------------------------------------------------------------- */

struct sleeper {
    struct gate entered;
    struct gate leave;
};

static int oversleep(void *self, const void *value, sabir_context *context) {
    (void)value;
    (void)context;
    struct sleeper *sleeper = self;
    gate_open(&sleeper->entered);
    gate_wait(&sleeper->leave, 1);
    return SABIR_OK;
}

static int stop_from_inside(void *self, const void *value, sabir_context *context) {
    (void)value;
    int *codes = self;
    codes[0] = sabir_manager_stop(sabir_context_manager(context));
    codes[1] = sabir_manager_stop_actor(sabir_context_manager(context), sabir_context_self(context));
    sabir_manager_terminate(sabir_context_manager(context));
    return SABIR_OK;
}

static int send_or_not(sabir_ref *ref) {
    struct Number number = {1};
    return sabir_ref_send_value(ref, Number_type(), &number, NULL);
}

static void who_does_not_come_back_is_named_and_in_time(void **state) {
    (void)state;
    struct sleeper sleeper = {{0}, {0}};
    sabir_config *config;
    sabir_manager *manager;
    assert_ok(sabir_config_new(&config));
    assert_ok(sabir_config_set_stop_timeout_ns(config, 20 * STAGE_MS));
    assert_ok(sabir_manager_new(config, &manager));
    sabir_config_free(config);
    sabir_ref *ref = stage_manage(manager, "rip van winkle", &sleeper, Number_type(), oversleep);
    assert_ok(sabir_manager_start(manager));
    send_number(ref, 1, NULL);
    gate_wait(&sleeper.entered, 1);
    int64_t before_ns = sb_now_ns();
    assert_fails(sabir_manager_stop(manager), SABIR_ETIMEDOUT, "actor 'rip van winkle' did not come back");
    assert_true(sb_now_ns() - before_ns < 2000 * STAGE_MS);
    assert_fails(sabir_manager_stop(manager), SABIR_ETIMEDOUT, "rip van winkle");
    sabir_manager_free(manager); /* does nothing: the actor is still in there */
    gate_open(&sleeper.leave);
    assert_ok(sabir_manager_stop_actor(manager, ref)); /* awake at last: joined, and nothing of it is left running */
    assert_fails(sabir_manager_stop(manager), SABIR_ETIMEDOUT, "rip van winkle"); /* what was said stays said */
    sabir_manager_free(manager);                                                  /* frees it now: see valgrind */
    assert_fails(send_or_not(ref), SABIR_ECLOSED, NULL);
    sabir_ref_release(ref);
}

static void however_many_are_stuck_the_stop_ends_and_the_others_say_goodbye(void **state) {
    (void)state;
    enum { SLEEPERS = 20 };
    begin_story();
    static struct sleeper sleepers[SLEEPERS];
    sabir_ref *refs[SLEEPERS];
    struct character logger = {.letter = 'l'};
    sabir_config *config;
    sabir_manager *manager;
    assert_ok(sabir_config_new(&config));
    assert_ok(sabir_config_set_stop_timeout_ns(config, 20 * STAGE_MS));
    assert_ok(sabir_manager_new(config, &manager));
    sabir_config_free(config);
    sabir_ref *logger_ref = manage(manager, "logger", &logger);
    for (int i = 0; i < SLEEPERS; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "sleeper %d", i);
        refs[i] = stage_manage(manager, name, &sleepers[i], Number_type(), oversleep);
    }
    assert_ok(sabir_manager_start(manager));
    for (int i = 0; i < SLEEPERS; i++) send_number(refs[i], 1, NULL);
    for (int i = 0; i < SLEEPERS; i++) gate_wait(&sleepers[i].entered, 1);
    int64_t before_ns = sb_now_ns();
    assert_fails(sabir_manager_stop(manager), SABIR_ETIMEDOUT, "actor 'sleeper 19' did not come back");
    assert_true(sb_now_ns() - before_ns < 1500 * STAGE_MS); /* 20 sleepers with 100 ms each would be 2 s */
    assert_string_equal(story.text, "lL.");
    for (int i = 0; i < SLEEPERS; i++) {
        gate_open(&sleepers[i].leave);
        assert_ok(sabir_manager_stop_actor(manager, refs[i]));
        sabir_ref_release(refs[i]);
    }
    sabir_manager_free(manager);
    sabir_ref_release(logger_ref);
}

static void an_actor_cannot_wait_for_its_own_end(void **state) {
    (void)state;
    int codes[2] = {SABIR_OK, SABIR_OK};
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "ouroboros", codes, Number_type(), stop_from_inside);
    assert_ok(sabir_manager_start(manager));
    send_number(ref, 1, NULL);
    assert_ok(sabir_manager_wait(manager, -1, STAGE_PATIENCE_NS, 0));
    stage_free(manager);
    assert_int_equal(codes[0], SABIR_EDEADLOCK);
    assert_int_equal(codes[1], SABIR_EDEADLOCK);
    sabir_ref_release(ref);
}

/* ---- Leaving nothing behind ------------------------------------------------------------------------------------------- */

static void one_life(void) {
    begin_story();
    struct character a = {.letter = 'a'}, b = {.letter = 'b'};
    sabir_manager *manager = stage_new();
    sabir_ref *ref = manage(manager, "a", &a);
    sabir_ref_release(manage(manager, "b", &b));
    assert_ok(sabir_manager_start(manager));
    send_number(ref, 1, NULL);
    stage_free(manager);
    sabir_ref_release(ref);
}

static void a_thousand_lives_leave_no_thread_and_no_descriptor(void **state) {
    (void)state;
    one_life();
    unsigned threads = process_threads(), descriptors = process_descriptors();
    for (int i = 0; i < 1000; i++) one_life();
    assert_int_equal(process_threads(), threads);
    assert_int_equal(process_descriptors(), descriptors);
}

static void a_forked_child_gets_errors(void **state) {
    (void)state;
    begin_story();
    struct character a = {.letter = 'a'};
    sabir_manager *manager = stage_new();
    sabir_ref *ref = manage(manager, "a", &a);
    assert_ok(sabir_manager_start(manager));
    pid_t child = fork();
    if (child == 0) {
        uint64_t id;
        int codes[] = {sabir_ref_send_value(ref, Number_type(), NULL, NULL), sabir_manager_stop(manager),
                       sabir_manager_wait(manager, -1, 0, 0), sabir_ref_enter(ref, 0), sabir_timer_once(ref, 1, &id)};
        int good = 0;
        for (size_t i = 0; i < 4; i++) good += codes[i] == SABIR_EFORKED;
        good += codes[4] == SABIR_EUNHANDLED; /* found before anything is touched */
        sabir_manager_free(manager);          /* must come back */
        _exit(good);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 5);
    sabir_ref_release(ref);
    stage_free(manager);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(actors_stop_in_reverse_each_drained_before_the_next),
        cmocka_unit_test(no_message_is_handled_before_everybody_has_started),
        cmocka_unit_test(a_start_that_fails_stops_all_and_names_the_actor),
        cmocka_unit_test(never_started_actors_are_dropped),
        cmocka_unit_test(an_actor_that_was_stopped_before_the_start_does_not_begin),
        cmocka_unit_test(an_actor_that_is_managed_late_starts_at_once),
        cmocka_unit_test(without_draining_the_queue_is_dead_letters),
        cmocka_unit_test(one_actor_stops_alone),
        cmocka_unit_test(an_actor_cannot_wait_for_its_own_end),
        cmocka_unit_test(a_thousand_lives_leave_no_thread_and_no_descriptor),
        cmocka_unit_test(a_forked_child_gets_errors),
        cmocka_unit_test(who_does_not_come_back_is_named_and_in_time),
        cmocka_unit_test(however_many_are_stuck_the_stop_ends_and_the_others_say_goodbye),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
