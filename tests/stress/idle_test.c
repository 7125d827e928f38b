/*
 * A process whose actors have nothing to do does nothing: no thread of it is switched in once, for SABIR_IDLE_SECONDS (3; `make stress`
 * takes 10). A thousand actors, half of them with a thread each, half in a group; a node bound to a port; timers armed far ahead, on
 * either clock; asks that nobody answers yet; everybody watched; a supervisor. Each has worked once before.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/stage.h"
#include "thread.h"

#define ACTORS 1000
#define HOUR_NS (3600 * 1000 * STAGE_MS)
#define WINDOW_NS (200 * STAGE_MS)

struct sleeper {
    struct gate *worked;
    sabir_reply_token *token; /* of an ask that waits */
};

static int on_number(void *self, const void *value, sabir_context *context) {
    struct sleeper *sleeper = self;
    (void)value;
    int code = sabir_context_reply_take(context, &sleeper->token);
    gate_open(sleeper->worked);
    return code == SABIR_ENOENT ? SABIR_OK : code; /* a message, not an ask */
}

static int ignore(void *self, const void *value, sabir_context *context) {
    (void)self, (void)value, (void)context;
    return SABIR_OK;
}

static int as_new(void *self, sabir_context *context) {
    (void)self, (void)context;
    return SABIR_OK;
}

static void note_outcome(void *user_data, int code, sabir_message *reply) {
    (void)code;
    sabir_message_free(reply);
    gate_open(user_data);
}

/* ---- What the process has ------------------------------------------------------------------------------------------------ */

static sabir_manager *new_node(sabir_group **group, sabir_supervisor **supervisor) {
    sabir_config *config;
    sabir_manager *manager;
    assert_ok(sabir_config_new(&config));
    assert_ok(sabir_config_set_bind(config, "tcp://127.0.0.1:*"));
    assert_ok(sabir_config_set_stop_timeout_ns(config, STAGE_PATIENCE_NS));
    assert_ok(sabir_manager_new(config, &manager));
    sabir_config_free(config);
    assert_ok(sabir_group_new(manager, "group", 2, group));
    assert_ok(sabir_supervisor_new(manager, "supervisor", SABIR_STRATEGY_ONE_FOR_ONE, supervisor));
    return manager;
}

static sabir_ref *manage(sabir_manager *manager, int number, struct sleeper *sleeper, sabir_group *group,
                         sabir_supervisor *supervisor) {
    static const struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .on_restart = as_new};
    char name[16];
    sabir_actor *actor;
    sabir_ref *ref;
    snprintf(name, sizeof name, "a%d", number);
    assert_ok(sabir_actor_new(&callbacks, sleeper, &actor));
    assert_ok(sabir_actor_on(actor, Number_type(), on_number));
    assert_ok(sabir_actor_on(actor, sabir_type_timeout(), ignore));
    assert_ok(sabir_actor_on(actor, sabir_type_down(), ignore));
    assert_ok(sabir_actor_set_supervisor(actor, supervisor));
    if (number % 2) assert_ok(sabir_actor_set_group(actor, group));
    assert_ok(sabir_manager_manage(manager, name, actor, &ref));
    return ref;
}

/* The boundary of the aligned ones is half a day away. */
static void arm(sabir_ref *ref, int number) {
    uint64_t id;
    int64_t day_ns = 24 * HOUR_NS;
    if (number % 3 == 0) assert_ok(sabir_timer_once(ref, HOUR_NS, &id));
    if (number % 3 == 1) assert_ok(sabir_timer_periodic(ref, HOUR_NS, &id));
    if (number % 50 == 2) assert_ok(sabir_timer_aligned(ref, day_ns, (sb_wall_ns() + day_ns / 2) % day_ns, &id));
}

/* ---- What it does -------------------------------------------------------------------------------------------------------- */

static uint64_t switches_of(const char *thread) {
    char path[300], line[128];
    uint64_t switches = 0;
    snprintf(path, sizeof path, "/proc/self/task/%s/status", thread);
    FILE *status = fopen(path, "r");
    while (status && fgets(line, sizeof line, status)) {
        const char *found = strstr(line, "ctxt_switches:");
        if (found) switches += strtoull(found + strlen("ctxt_switches:"), NULL, 10);
    }
    if (status) fclose(status);
    return switches;
}

/* Of all threads but this one, which counts. */
static uint64_t context_switches(void) {
    uint64_t switches = 0;
    DIR *threads = opendir("/proc/self/task");
    assert_non_null(threads);
    for (struct dirent *entry; (entry = readdir(threads));)
        if (entry->d_name[0] != '.' && strtoull(entry->d_name, NULL, 10) != sb_thread_id())
            switches += switches_of(entry->d_name);
    closedir(threads);
    return switches;
}

/* Time has to pass: it is what is measured. */
static uint64_t switches_within(int64_t time_ns) {
    struct gate never = {0};
    uint64_t before = context_switches();
    for (int64_t until_ns = sb_now_ns() + time_ns; sb_now_ns() < until_ns;) sb_park(&never.count, 0, until_ns);
    return context_switches() - before;
}

static void who_has_nothing_to_do_does_nothing(void **state) {
    (void)state;
#ifdef __SANITIZE_THREAD__
    skip(); /* the sanitizer has a thread of its own that wakes up */
#endif
    if (getenv("SABIR_TEST_UNTIMED")) skip(); /* valgrind runs one thread at a time, and has no room for so many */
    static struct sleeper sleepers[ACTORS];
    static sabir_ref *refs[ACTORS];
    struct gate worked = {0}, outcomes = {0};
    sabir_group *group;
    sabir_supervisor *supervisor;
    sabir_manager *manager = new_node(&group, &supervisor);
    for (int i = 0; i < ACTORS; i++) {
        sleepers[i] = (struct sleeper){&worked, NULL};
        refs[i] = manage(manager, i, &sleepers[i], group, supervisor);
    }
    assert_ok(sabir_manager_start(manager));
    for (int i = 0; i < ACTORS; i++) {
        arm(refs[i], i);
        assert_ok(sabir_ref_watch(refs[i], refs[(i + 1) % ACTORS]));
        if (i % 2)
            assert_ok(sabir_ref_ask_async(refs[i], new_number(i), HOUR_NS, note_outcome, &outcomes));
        else
            send_number(refs[i], i, NULL);
    }
    gate_wait(&worked, ACTORS);
    int64_t patience_ns = sb_now_ns() + STAGE_PATIENCE_NS;
    while (switches_within(WINDOW_NS) > 0) assert_true(sb_now_ns() < patience_ns); /* the last spinner falls asleep */
    const char *told = getenv("SABIR_IDLE_SECONDS");
    int64_t seconds = told ? strtoll(told, NULL, 10) : 3;
    uint64_t switches = switches_within(seconds * 1000 * STAGE_MS);
    print_message("# %llu context switches of a thousand actors in %lld s\n", (unsigned long long)switches,
                  (long long)seconds);
    assert_int_equal(switches, 0);
    for (int i = 0; i < ACTORS; i++) sabir_reply_token_free(sleepers[i].token);
    gate_wait(&outcomes, ACTORS / 2);
    stage_free(manager);
    for (int i = 0; i < ACTORS; i++) sabir_ref_release(refs[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_has_nothing_to_do_does_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
