/*
 * Start and stop, a thousand times: no thread, no descriptor and no memory is left behind.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/process.h"
#include "support/stage.h"

/* AddressSanitizer keeps what was freed for a while, on purpose; and valgrind counts leaks by itself. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define JUDGES_MEMORY 0
#else
#define JUDGES_MEMORY 1
#endif

#define WARM_UP 100 /* cycles until the pools and caches are full */
#define CYCLES 1000
#define NODE_CYCLES 100
#define LOST_KIB_MAX 768 /* 1 KiB a cycle would be 1000 */

static int on_number(void *self, const void *value, sabir_context *context) {
    (void)self;
    int code =
        sabir_context_reply_value(context, Answer_type(), &(struct Answer){((const struct Number *)value)->value});
    return code == SABIR_ENOENT ? SABIR_OK : code; /* nobody asked */
}

static int on_timeout(void *self, const void *value, sabir_context *context) {
    (void)self;
    (void)value;
    (void)context;
    return SABIR_OK;
}

static void ask(sabir_ref *ref, int64_t value) {
    sabir_message *reply;
    const void *answer;
    assert_ok(sabir_ref_ask(ref, new_number(value), STAGE_PATIENCE_NS, &reply));
    assert_ok(sabir_message_value_get(reply, Answer_type(), &answer));
    assert_int_equal(((const struct Answer *)answer)->value, value);
    sabir_message_free(reply);
}

/* An actor with a thread, one in a group, one with a timer; messages, an ask, mail that nobody handles. */
static void cycle(void) {
    sabir_manager *manager = stage_new();
    sabir_group *group;
    sabir_ref *member, *ref = stage_manage(manager, "own", NULL, Number_type(), on_number);
    sabir_actor *actor = stage_actor(NULL, Number_type(), on_number);
    uint64_t timer;
    assert_ok(sabir_actor_on(actor, sabir_type_timeout(), on_timeout));
    assert_ok(sabir_group_new(manager, "pool", 2, &group));
    assert_ok(sabir_actor_set_group(actor, group));
    assert_ok(sabir_manager_manage(manager, "member", actor, &member));
    assert_ok(sabir_manager_start(manager));
    assert_ok(sabir_timer_periodic(member, 3600 * 1000 * STAGE_MS, &timer));
    send_number(ref, 1, NULL);
    ask(member, 2);
    ask(ref, 3);
    stage_free(manager);
    assert_int_equal(sabir_ref_send_value(ref, Number_type(), &(struct Number){4}, NULL), SABIR_ECLOSED);
    sabir_ref_release(ref);
    sabir_ref_release(member);
}

static sabir_manager *new_node(void) {
    sabir_config *config;
    sabir_manager *manager;
    assert_ok(sabir_config_new(&config));
    assert_ok(sabir_config_set_bind(config, "tcp://127.0.0.1:*"));
    assert_ok(sabir_manager_new(config, &manager));
    sabir_config_free(config);
    return manager;
}

static void node_cycle(void) {
    sabir_manager *near = new_node(), *far = new_node();
    sabir_ref *local = stage_manage(far, "far", NULL, Number_type(), on_number), *remote;
    assert_ok(sabir_manager_start(far));
    assert_ok(sabir_manager_start(near));
    assert_ok(sabir_manager_remote(near, "far", sabir_manager_endpoint(far), SABIR_DIALECT_V1, &remote));
    ask(remote, 5);
    sabir_ref_release(remote);
    sabir_ref_release(local);
    stage_free(near);
    stage_free(far);
}

/* ---- What there is ------------------------------------------------------------------------------------------------------ */

static long resident_kib(void) {
    long pages = 0;
    FILE *statm = fopen("/proc/self/statm", "r");
    assert_non_null(statm);
    assert_int_equal(fscanf(statm, "%*s %ld", &pages), 1);
    fclose(statm);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void run(const char *what, void (*once)(void), int cycles) {
    for (int i = 0; i < (cycles < WARM_UP ? cycles : WARM_UP); i++) once();
    unsigned threads = process_threads(), descriptors = process_descriptors();
    long before_kib = resident_kib();
    for (int i = 0; i < cycles; i++) once();
    long lost_kib = resident_kib() - before_kib;
    print_message("%d cycles of %s: %+ld KiB of %ld, %+d threads, %+d descriptors\n", cycles, what, lost_kib,
                  before_kib, (int)(process_threads() - threads), (int)(process_descriptors() - descriptors));
    assert_in_range(process_threads(), 1, threads);
    assert_in_range(process_descriptors(), 1, descriptors);
    if (JUDGES_MEMORY && !getenv("SABIR_TEST_UNTIMED")) assert_true(lost_kib < LOST_KIB_MAX);
}

static void a_thousand_cycles_leave_nothing_behind(void **state) {
    (void)state;
    run("actors", cycle, CYCLES);
}

static void a_hundred_of_two_nodes_leave_nothing_behind(void **state) {
    (void)state;
    run("two nodes", node_cycle, NODE_CYCLES);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thousand_cycles_leave_nothing_behind),
        cmocka_unit_test(a_hundred_of_two_nodes_leave_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
