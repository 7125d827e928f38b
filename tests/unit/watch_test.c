/*
 * watch: one Down for each watch, whatever ends first; here and across a link.
 */
#include <stdio.h>
#include <string.h>

#include "support/stage.h"

struct watcher {
    struct gate told;
    char last[512];
    sabir_ref *ref;
};

static int note_down(void *self, const void *value, sabir_context *context) {
    (void)context;
    struct watcher *watcher = self;
    const struct sabir_down *down = value;
    snprintf(watcher->last, sizeof watcher->last, "%.*s: %.*s", (int)down->name.len_bytes, down->name.bytes,
             (int)down->reason.len_bytes, down->reason.bytes);
    gate_open(&watcher->told);
    return SABIR_OK;
}

/* A number counts, too: what comes after it in a mailbox can be waited for. */
static int count_number(void *self, const void *value, sabir_context *context) {
    (void)value, (void)context;
    struct watcher *watcher = self;
    gate_open(&watcher->told);
    return SABIR_OK;
}

static void watcher_manage(sabir_manager *manager, const char *name, struct watcher *watcher) {
    *watcher = (struct watcher){{0}, "", NULL};
    sabir_actor *actor = stage_actor(watcher, sabir_type_down(), note_down);
    assert_ok(sabir_actor_on(actor, Number_type(), count_number));
    assert_ok(sabir_manager_manage(manager, name, actor, &watcher->ref));
}

/* Exactly one Down: nothing but the number that is sent now comes after it. */
static void assert_told_once(struct watcher *watcher, const char *what) {
    gate_wait(&watcher->told, 1);
    assert_string_equal(watcher->last, what);
    send_number(watcher->ref, 0, NULL);
    gate_wait(&watcher->told, 2);
    assert_int_equal(atomic_load(&watcher->told.count), 2);
}

static int stop_itself(void *self, const void *value, sabir_context *context) {
    (void)self, (void)value;
    sabir_context_stop(context);
    return SABIR_OK;
}

/* ---- In one process ------------------------------------------------------------------------------------------------------ */

static sabir_manager *manager;
static struct watcher watcher;
static sabir_ref *child;

static int begin(void **state) {
    (void)state;
    manager = stage_new();
    watcher_manage(manager, "watcher", &watcher);
    child = stage_manage(manager, "child", NULL, Go_type(), stop_itself);
    assert_ok(sabir_manager_start(manager));
    return 0;
}

static int end(void **state) {
    (void)state;
    sabir_ref_release(child);
    sabir_ref_release(watcher.ref);
    stage_free(manager);
    return 0;
}

static void go(sabir_ref *ref) {
    assert_ok(sabir_ref_send_value(ref, Go_type(), NULL, NULL));
}

static void the_end_of_an_actor_is_told_once(void **state) {
    (void)state;
    assert_ok(sabir_ref_watch(child, watcher.ref));
    assert_ok(sabir_ref_watch(child, watcher.ref)); /* twice is once */
    go(child);
    assert_told_once(&watcher, "child: stopped");
}

static void who_has_ended_already_is_told_at_once_and_each_time(void **state) {
    (void)state;
    assert_ok(sabir_manager_stop_actor(manager, child));
    assert_ok(sabir_ref_watch(child, watcher.ref));
    gate_wait(&watcher.told, 1);
    assert_string_equal(watcher.last, "child: stopped");
    assert_ok(sabir_ref_watch(child, watcher.ref));
    gate_wait(&watcher.told, 2);
}

static void who_watches_no_more_is_not_told(void **state) {
    (void)state;
    assert_ok(sabir_ref_watch(child, watcher.ref));
    assert_ok(sabir_ref_unwatch(child, watcher.ref));
    assert_fails(sabir_ref_unwatch(child, watcher.ref), SABIR_ENOENT, "does not watch 'child'");
    assert_ok(sabir_manager_stop_actor(manager, child));
    send_number(watcher.ref, 0, NULL);
    gate_wait(&watcher.told, 1);
    assert_string_equal(watcher.last, "");
}

static void a_watcher_that_ends_first_leaves_nothing_behind(void **state) {
    (void)state;
    assert_ok(sabir_ref_watch(child, watcher.ref));
    assert_ok(sabir_manager_stop_actor(manager, watcher.ref));
    assert_ok(sabir_manager_stop_actor(manager, child));
    assert_fails(sabir_ref_watch(child, watcher.ref), SABIR_ECLOSED, "'watcher' has stopped");
    assert_string_equal(watcher.last, "");
}

static void a_full_mailbox_keeps_no_down_out(void **state) {
    (void)state;
    struct watcher full = {{0}, "", NULL};
    sabir_actor *actor = stage_actor(&full, sabir_type_down(), note_down);
    assert_ok(sabir_actor_on(actor, Number_type(), count_number));
    assert_ok(sabir_actor_set_capacity_msgs(actor, 1));
    assert_ok(sabir_manager_manage(manager, "full", actor, &full.ref));
    send_number(full.ref, 0, NULL);
    gate_wait(&full.told, 1); /* it has started */
    /* We own the watcher, so its mailbox stays full. */
    assert_ok(sabir_ref_watch(child, full.ref));
    assert_ok(sabir_ref_enter(full.ref, 0));
    send_number(full.ref, 0, NULL);
    sabir_message *more = new_number(1);
    assert_fails(sabir_ref_send(full.ref, more, NULL), SABIR_EFULL, "holds its 1 messages");
    sabir_message_free(more);
    assert_ok(sabir_manager_stop_actor(manager, child));
    sabir_ref_leave(full.ref);
    gate_wait(&full.told, 3);
    assert_string_equal(full.last, "child: stopped");
    assert_ok(sabir_manager_stop_actor(manager, full.ref));
    sabir_ref_release(full.ref);
}

static void arguments_are_checked(void **state) {
    (void)state;
    assert_fails(sabir_ref_watch(NULL, watcher.ref), SABIR_EINVAL, "ref to watch");
    assert_fails(sabir_ref_watch(child, NULL), SABIR_EINVAL, "watcher");
    assert_fails(sabir_ref_watch(watcher.ref, watcher.ref), SABIR_EINVAL, "its own end");
    assert_fails(sabir_ref_watch(watcher.ref, child), SABIR_EUNHANDLED, "'child' has no handler for 'Down'");
    assert_fails(sabir_ref_unwatch(NULL, watcher.ref), SABIR_EINVAL, NULL);
    sabir_message *message;
    assert_fails(sabir_message_new(sabir_type_down(), NULL, &message), SABIR_ERESERVED, "'Down'");
}

#define MANY 200

static void many_watchers_of_many_that_end_at_once_are_all_told(void **state) {
    (void)state;
    sabir_ref *children[MANY];
    char name[16];
    for (int i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "child-%d", i);
        children[i] = stage_manage(manager, name, NULL, Go_type(), stop_itself);
        if (i % 2) go(children[i]); /* some end while they begin to be watched */
        assert_ok(sabir_ref_watch(children[i], watcher.ref));
    }
    for (int i = 0; i < MANY; i += 2) go(children[i]);
    gate_wait(&watcher.told, MANY);
    send_number(watcher.ref, 0, NULL);
    gate_wait(&watcher.told, MANY + 1);
    assert_int_equal(atomic_load(&watcher.told.count), MANY + 1);
    for (int i = 0; i < MANY; i++) sabir_ref_release(children[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_end_of_an_actor_is_told_once, begin, end),
        cmocka_unit_test_setup_teardown(who_has_ended_already_is_told_at_once_and_each_time, begin, end),
        cmocka_unit_test_setup_teardown(who_watches_no_more_is_not_told, begin, end),
        cmocka_unit_test_setup_teardown(a_watcher_that_ends_first_leaves_nothing_behind, begin, end),
        cmocka_unit_test_setup_teardown(a_full_mailbox_keeps_no_down_out, begin, end),
        cmocka_unit_test_setup_teardown(arguments_are_checked, begin, end),
        cmocka_unit_test_setup_teardown(many_watchers_of_many_that_end_at_once_are_all_told, begin, end),
    };
    return cmocka_run_group_tests_name("watch", tests, NULL, NULL);
}
