/*
 * Threads: parking, conditions with deadlines, options, exit slots.
 */
#define _GNU_SOURCE
#include "thread.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>

#include "support/stage.h"

static void a_deadline_that_has_passed_is_told(void **state) {
    (void)state;
    _Atomic uint32_t word = 7;
    int64_t before_ns = sb_now_ns();
    assert_false(sb_park(&word, 7, before_ns + STAGE_MS));
    assert_true(sb_now_ns() >= before_ns + STAGE_MS);
    assert_true(sb_park(&word, 8, -1)); /* another value: no sleep at all */

    struct sb_mutex mutex;
    struct sb_condition condition;
    sb_mutex_init(&mutex);
    sb_condition_init(&condition);
    sb_mutex_lock(&mutex);
    before_ns = sb_now_ns();
    while (sb_condition_wait(&condition, &mutex, before_ns + STAGE_MS)) {
    }
    assert_true(sb_now_ns() >= before_ns + STAGE_MS);
    assert_false(sb_mutex_try_lock(&mutex));
    sb_mutex_unlock(&mutex);
    assert_true(sb_mutex_try_lock(&mutex));
    sb_mutex_unlock(&mutex);
    sb_condition_free(&condition);
    sb_mutex_free(&mutex);
}

struct seen {
    char name[16];
    bool blocks_signals;
    uint64_t id;
    struct sb_thread_options options;
    int code;
    int cpus;
};

static void look(void *argument) {
    struct seen *seen = argument;
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    seen->blocks_signals = sigismember(&blocked, SIGINT) == 1 && sigismember(&blocked, SIGTERM) == 1;
    seen->code = sb_thread_apply(&seen->options);
    pthread_getname_np(pthread_self(), seen->name, sizeof seen->name);
    seen->id = sb_thread_id();
    seen->cpus = (int)sb_cpu_count();
}

static struct seen look_with(struct sb_thread_options options) {
    struct seen seen = {.options = options};
    struct stage_thread thread;
    stage_thread_start(&thread, look, &seen);
    stage_thread_join(&thread);
    return seen;
}

static void a_thread_leaves_signals_to_the_application(void **state) {
    (void)state;
    struct seen seen = look_with((struct sb_thread_options){.name = "a name that is too long"});
    assert_int_equal(seen.code, SABIR_OK);
    assert_true(seen.blocks_signals);
    assert_string_equal(seen.name, "a name that is ");
    assert_true(seen.id != 0 && seen.id != sb_thread_id());
}

static void a_thread_can_be_pinned(void **state) {
    (void)state;
    cpu_set_t allowed;
    assert_int_equal(sched_getaffinity(0, sizeof allowed, &allowed), 0);
    uint32_t cpu = 0;
    while (!CPU_ISSET(cpu, &allowed)) cpu++;
    struct seen seen = look_with((struct sb_thread_options){.cpus = &cpu, .cpu_count = 1});
    assert_int_equal(seen.code, SABIR_OK);
    assert_int_equal(seen.cpus, 1);
}

static void a_cpu_that_is_not_there_is_named_an_error(void **state) {
    (void)state;
    uint32_t cpu = 1023, absurd = 100000;
    struct seen seen = look_with((struct sb_thread_options){.cpus = &cpu, .cpu_count = 1});
    assert_int_equal(seen.code, SABIR_EINVAL);
    seen = look_with((struct sb_thread_options){.cpus = &absurd, .cpu_count = 1});
    assert_int_equal(seen.code, SABIR_EINVAL);
}

static _Atomic int exits;

static void count_exit(void *value) {
    exits += *(int *)value;
}

static struct sb_thread_slot slot;
static int three = 3;

static void use_slot(void *argument) {
    (void)argument;
    sb_thread_slot_set(&slot, &three);
}

static void a_slot_tells_of_the_end_of_its_thread(void **state) {
    (void)state;
    sb_thread_slot_init(&slot, count_exit);
    struct stage_thread thread;
    stage_thread_start(&thread, use_slot, NULL);
    stage_thread_join(&thread);
    assert_int_equal(exits, 3);
    sb_thread_slot_free(&slot);
}

static void chance_is_not_constant(void **state) {
    (void)state;
    uint64_t a = 0, b = 0;
    sb_random(&a, sizeof a);
    sb_random(&b, sizeof b);
    assert_true(a != b);
    assert_true(sb_wall_ns() > (int64_t)1700000000 * 1000000000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deadline_that_has_passed_is_told),
        cmocka_unit_test(a_thread_leaves_signals_to_the_application),
        cmocka_unit_test(a_thread_can_be_pinned),
        cmocka_unit_test(a_cpu_that_is_not_there_is_named_an_error),
        cmocka_unit_test(a_slot_tells_of_the_end_of_its_thread),
        cmocka_unit_test(chance_is_not_constant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
