/*
 * Groups: many actors on few workers, in order, one thread at a time, nobody starved, idle when there is nothing to do.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "support/stage.h"
#include "thread.h"

static sabir_group *new_group(sabir_manager *manager, size_t workers) {
    sabir_group *group;
    assert_ok(sabir_group_new(manager, "workers", workers, &group));
    assert_int_equal(sabir_group_workers(group), workers);
    return group;
}

static sabir_ref *join(sabir_manager *manager, sabir_group *group, const char *name, sabir_actor *actor) {
    sabir_ref *ref;
    assert_ok(sabir_actor_set_group(actor, group));
    assert_ok(sabir_manager_manage(manager, name, actor, &ref));
    return ref;
}

/* ---- Order and exactness ------------------------------------------------------------------------------------------------ */

#define SINKS 8
#define SENDERS 3
#define EACH 20000

struct sink {
    int64_t last[SENDERS];
    _Atomic int inside;
    uint64_t count;
    uint64_t faults;
};

static int check_order(void *self, const void *value, sabir_context *context) {
    (void)context;
    struct sink *sink = self;
    int64_t number = ((const struct Number *)value)->value, sender = number / EACH;
    if (atomic_fetch_add(&sink->inside, 1) != 0) sink->faults++; /* two threads in one actor */
    if (number % EACH != sink->last[sender] + 1) sink->faults++; /* lost, doubled or overtaken */
    sink->last[sender] = number % EACH;
    sink->count++;
    atomic_fetch_sub(&sink->inside, 1);
    return SABIR_OK;
}

struct sender {
    sabir_ref **sinks;
    int64_t number;
};

static void send_to_all(void *argument) {
    struct sender *sender = argument;
    for (int64_t i = 0; i < EACH; i++)
        for (int s = 0; s < SINKS; s++) {
            struct Number number = {sender->number * EACH + i};
            int code;
            while ((code = sabir_ref_send_value(sender->sinks[s], Number_type(), &number, NULL)) == SABIR_EFULL) {
            }
            assert_int_equal(code, SABIR_OK);
        }
}

static void order_with(size_t workers) {
    static struct sink sinks[SINKS];
    sabir_manager *manager = stage_new();
    sabir_group *group = new_group(manager, workers);
    sabir_ref *refs[SINKS];
    struct sender senders[SENDERS];
    struct stage_thread threads[SENDERS];
    for (int i = 0; i < SINKS; i++) {
        char name[16];
        snprintf(name, sizeof name, "sink %d", i);
        sinks[i] = (struct sink){.last = {-1, -1, -1}};
        refs[i] = join(manager, group, name, stage_actor(&sinks[i], Number_type(), check_order));
    }
    assert_ok(sabir_manager_start(manager));
    for (int i = 0; i < SENDERS; i++) {
        senders[i] = (struct sender){refs, i};
        stage_thread_start(&threads[i], send_to_all, &senders[i]);
    }
    for (int i = 0; i < SENDERS; i++) stage_thread_join(&threads[i]);
    stage_free(manager);
    for (int i = 0; i < SINKS; i++) {
        assert_int_equal(sinks[i].faults, 0);
        assert_int_equal(sinks[i].count, SENDERS * EACH);
        sabir_ref_release(refs[i]);
    }
}

static void order_holds_with_one_worker(void **state) {
    (void)state;
    order_with(1);
}

static void order_holds_with_many_workers(void **state) {
    (void)state;
    order_with(5);
}

/* ---- A ring of ten thousand --------------------------------------------------------------------------------------------- */

struct link {
    sabir_ref *next;
    struct gate *over;
};

static int pass_on(void *self, const void *value, sabir_context *context) {
    struct link *link = self;
    const struct Number *number = value;
    if (number->value == 0) {
        gate_open(link->over);
        return SABIR_OK;
    }
    return sabir_ref_send_value(link->next, Number_type(), &(struct Number){number->value - 1},
                                sabir_context_self(context));
}

static void a_ring_of_ten_thousand_turns_three_times(void **state) {
    (void)state;
    enum { COUNT = 10000 };
    static struct link links[COUNT];
    static sabir_ref *refs[COUNT];
    struct gate over = {0};
    sabir_manager *manager = stage_new();
    sabir_group *group = new_group(manager, 2);
    for (int i = 0; i < COUNT; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d", i);
        refs[i] = join(manager, group, name, stage_actor(&links[i], Number_type(), pass_on));
    }
    for (int i = 0; i < COUNT; i++) links[i] = (struct link){refs[(i + 1) % COUNT], &over};
    assert_ok(sabir_manager_start(manager));
    send_number(refs[0], 3 * COUNT, NULL);
    gate_wait(&over, 1);
    stage_free(manager);
    for (int i = 0; i < COUNT; i++) sabir_ref_release(refs[i]);
}

/* ---- Life ------------------------------------------------------------------------------------------------------------------ */

struct character {
    _Atomic int starts, stops, drops;
    int start_code;
    sabir_ref *friend_ref;
};

static int on_start(void *self, sabir_context *context) {
    struct character *character = self;
    atomic_fetch_add(&character->starts, 1);
    if (character->friend_ref) send_number(character->friend_ref, 1, sabir_context_self(context));
    return character->start_code;
}

static void on_stop(void *self, sabir_context *context) {
    (void)context;
    atomic_fetch_add(&((struct character *)self)->stops, 1);
}

static void on_drop(void *self) {
    atomic_fetch_add(&((struct character *)self)->drops, 1);
}

static int on_number(void *self, const void *value, sabir_context *context) {
    (void)value;
    (void)context;
    struct character *character = self;
    assert_int_equal(atomic_load(&character->starts), 1);
    return SABIR_OK;
}

static sabir_actor *new_character(struct character *character) {
    struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .on_start = on_start, .on_stop = on_stop,
                                              .drop = on_drop};
    sabir_actor *actor;
    assert_ok(sabir_actor_new(&callbacks, character, &actor));
    assert_ok(sabir_actor_on(actor, Number_type(), on_number));
    return actor;
}

static void members_start_and_stop_once(void **state) {
    (void)state;
    enum { COUNT = 200 };
    static struct character characters[COUNT];
    sabir_manager *manager = stage_new();
    sabir_group *group = new_group(manager, 3);
    for (int i = 0; i < COUNT; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d", i);
        sabir_ref *ref = join(manager, group, name, new_character(&characters[i]));
        if (i % 3 == 0) send_number(ref, 1, NULL);
        if (i + 1 < COUNT) characters[i + 1].friend_ref = ref;
    }
    assert_ok(sabir_manager_start(manager));
    assert_ok(sabir_manager_stop(manager));
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(characters[i].starts, 1);
        assert_int_equal(characters[i].stops, 1);
        assert_int_equal(characters[i].drops, 1);
        if (i + 1 < COUNT) sabir_ref_release(characters[i + 1].friend_ref);
    }
    sabir_ref *last;
    assert_ok(sabir_manager_find(manager, "199", &last));
    sabir_ref_release(last);
    sabir_ref_release(last); /* the count of join */
    sabir_manager_free(manager);
}

static void a_start_that_fails_fails_the_manager(void **state) {
    (void)state;
    struct character good = {0}, bad = {.start_code = SABIR_EIO};
    sabir_manager *manager = stage_new();
    sabir_group *group = new_group(manager, 2);
    sabir_ref_release(join(manager, group, "good", new_character(&good)));
    sabir_ref_release(join(manager, group, "bad", new_character(&bad)));
    assert_fails(sabir_manager_start(manager), SABIR_EFAILED, "actor 'bad' did not start");
    stage_free(manager);
    assert_int_equal(good.stops, 1);
    assert_int_equal(bad.stops, 0);
    assert_int_equal(bad.drops, 1);
}

static void members_and_groups_may_come_late(void **state) {
    (void)state;
    struct character late = {0};
    sabir_manager *manager = stage_new();
    assert_ok(sabir_manager_start(manager));
    sabir_group *group = new_group(manager, 1);
    sabir_ref *ref = join(manager, group, "late", new_character(&late));
    send_number(ref, 1, NULL);
    assert_ok(sabir_manager_stop_actor(manager, ref));
    assert_int_equal(late.stops, 1);
    assert_fails(sabir_ref_send_value(ref, Number_type(), NULL, NULL), SABIR_ECLOSED, "'late' has stopped");
    sabir_ref_release(ref);
    stage_free(manager);
}

static void arguments_are_checked(void **state) {
    (void)state;
    sabir_manager *manager = stage_new(), *other = stage_new();
    sabir_group *group = new_group(manager, 1), *none;
    assert_fails(sabir_group_new(NULL, "g", 1, &none), SABIR_EINVAL, NULL);
    assert_fails(sabir_group_new(manager, "", 1, &none), SABIR_EINVAL, NULL);
    assert_fails(sabir_group_new(manager, "g", 1, NULL), SABIR_EINVAL, NULL);
    struct character character = {0};
    sabir_actor *actor = new_character(&character);
    assert_ok(sabir_actor_set_group(actor, group));
    assert_fails(sabir_manager_manage(other, "stranger", actor, NULL), SABIR_EINVAL, "of another manager");
    sabir_actor_free(actor);
    assert_fails(sabir_actor_set_group(NULL, group), SABIR_EINVAL, NULL);
    assert_ok(sabir_manager_stop(other));
    assert_fails(sabir_group_new(other, "g", 1, &none), SABIR_ECLOSED, "comes too late");
    sabir_manager_free(other);
    stage_free(manager);
}

/* ---- With fast_send, timers and rest ------------------------------------------------------------------------------------- */

static int count_it(void *self, const void *value, sabir_context *context) {
    (void)value;
    (void)context;
    ++*(uint64_t *)self; /* exclusivity: a race otherwise */
    return SABIR_OK;
}

struct caller {
    sabir_ref *ref;
};

static void call_often(void *argument) {
    struct caller *caller = argument;
    for (int i = 0; i < 20000; i++)
        assert_ok(sabir_ref_fast_send(caller->ref, NULL, Number_type(), &(struct Number){1}, NULL, NULL, 0,
                                      i % 2 ? SABIR_FAST_ORDERED : 0, NULL));
}

static void fast_sends_and_messages_take_turns(void **state) {
    (void)state;
    uint64_t count = 0;
    sabir_manager *manager = stage_new();
    sabir_group *group = new_group(manager, 2);
    sabir_ref *ref = join(manager, group, "counter", stage_actor(&count, Number_type(), count_it));
    assert_ok(sabir_manager_start(manager));
    struct caller caller = {ref};
    struct stage_thread threads[2];
    for (int i = 0; i < 2; i++) stage_thread_start(&threads[i], call_often, &caller);
    for (int i = 0; i < 20000; i++) send_number(ref, 1, NULL);
    for (int i = 0; i < 2; i++) stage_thread_join(&threads[i]);
    stage_free(manager);
    assert_int_equal(count, 60000);
    sabir_ref_release(ref);
}

static int on_timeout(void *self, const void *value, sabir_context *context) {
    (void)value;
    (void)context;
    gate_open(self);
    return SABIR_OK;
}

static void timers_fire_in_members(void **state) {
    (void)state;
    struct gate fired = {0};
    sabir_manager *manager = stage_new();
    sabir_group *group = new_group(manager, 1);
    sabir_ref *ref = join(manager, group, "clock", stage_actor(&fired, sabir_type_timeout(), on_timeout));
    assert_ok(sabir_manager_start(manager));
    uint64_t id;
    assert_ok(sabir_timer_periodic(ref, STAGE_MS, &id));
    gate_wait(&fired, 5);
    assert_ok(sabir_timer_cancel(id));
    sabir_ref_release(ref);
    stage_free(manager);
}

struct busy {
    struct gate *other_ran;
    _Atomic bool is_over;
};

static int keep_busy(void *self, const void *value, sabir_context *context) {
    struct busy *busy = self;
    if (!atomic_load(&busy->is_over))
        return sabir_ref_send_value(sabir_context_self(context), Number_type(), value, NULL);
    return SABIR_OK;
}

static int tell(void *self, const void *value, sabir_context *context) {
    (void)value;
    (void)context;
    gate_open(self);
    return SABIR_OK;
}

static void a_busy_member_does_not_starve_the_others(void **state) {
    (void)state;
    struct gate ran = {0};
    struct busy busy = {&ran, false};
    sabir_manager *manager = stage_new();
    sabir_group *group = new_group(manager, 1);
    sabir_ref *busy_ref = join(manager, group, "busy", stage_actor(&busy, Number_type(), keep_busy));
    sabir_ref *other = join(manager, group, "other", stage_actor(&ran, Number_type(), tell));
    assert_ok(sabir_manager_start(manager));
    send_number(busy_ref, 1, NULL);
    for (uint32_t i = 1; i <= 100; i++) {
        send_number(other, 1, NULL);
        gate_wait(&ran, i);
    }
    atomic_store(&busy.is_over, true);
    sabir_ref_release(busy_ref);
    sabir_ref_release(other);
    stage_free(manager);
}

static void idle_workers_do_not_wake(void **state) {
    (void)state;
#ifdef __SANITIZE_THREAD__
    skip(); /* the sanitizer has a thread of its own that wakes up */
#endif
    uint64_t count = 0;
    sabir_manager *manager = stage_new();
    sabir_group *group = new_group(manager, 4);
    sabir_ref *ref = join(manager, group, "counter", stage_actor(&count, Number_type(), count_it));
    assert_ok(sabir_manager_start(manager));
    send_number(ref, 1, NULL);
    struct gate never = {0};
    struct rusage before, after;
    for (int64_t until_ns = sb_now_ns() + 50 * STAGE_MS; sb_now_ns() < until_ns;) sb_park(&never.count, 0, until_ns);
    getrusage(RUSAGE_SELF, &before);
    for (int64_t until_ns = sb_now_ns() + 300 * STAGE_MS; sb_now_ns() < until_ns;) sb_park(&never.count, 0, until_ns);
    getrusage(RUSAGE_SELF, &after);
    assert_true(after.ru_nvcsw - before.ru_nvcsw <= 3); /* our own sleep */
    sabir_ref_release(ref);
    stage_free(manager);
}

/* ---- A member that waits for another ----------------------------------------------------------------------------------- */

static int answer_one_more(void *self, const void *value, sabir_context *context) {
    (void)self;
    return sabir_context_reply_value(context, Answer_type(),
                                     &(struct Answer){((const struct Number *)value)->value + 1});
}

static int ask_neighbour(void *self, const void *value, sabir_context *context) {
    sabir_message *reply;
    const void *answer;
    int code = sabir_ref_ask(self, new_number(((const struct Number *)value)->value), STAGE_PATIENCE_NS, &reply);
    if (code == SABIR_OK) code = sabir_message_value_get(reply, Answer_type(), &answer);
    if (code == SABIR_OK) code = sabir_context_reply_value(context, Answer_type(), answer);
    sabir_message_free(reply);
    return code;
}

static void a_member_may_wait_for_another_if_there_is_a_worker_left(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    sabir_group *group = new_group(manager, 2);
    sabir_ref *neighbour = join(manager, group, "neighbour", stage_actor(NULL, Number_type(), answer_one_more));
    sabir_ref *asker = join(manager, group, "asker", stage_actor(neighbour, Number_type(), ask_neighbour));
    assert_ok(sabir_manager_start(manager));
    for (int64_t i = 0; i < 200; i++) {
        sabir_message *reply;
        const void *answer;
        assert_ok(sabir_ref_ask(asker, new_number(i), STAGE_PATIENCE_NS, &reply));
        assert_ok(sabir_message_value_get(reply, Answer_type(), &answer));
        assert_int_equal(((const struct Answer *)answer)->value, i + 1);
        sabir_message_free(reply);
    }
    sabir_ref_release(asker);
    sabir_ref_release(neighbour);
    stage_free(manager);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_holds_with_one_worker),
        cmocka_unit_test(order_holds_with_many_workers),
        cmocka_unit_test(a_ring_of_ten_thousand_turns_three_times),
        cmocka_unit_test(members_start_and_stop_once),
        cmocka_unit_test(a_start_that_fails_fails_the_manager),
        cmocka_unit_test(members_and_groups_may_come_late),
        cmocka_unit_test(arguments_are_checked),
        cmocka_unit_test(fast_sends_and_messages_take_turns),
        cmocka_unit_test(timers_fire_in_members),
        cmocka_unit_test(a_busy_member_does_not_starve_the_others),
        cmocka_unit_test(a_member_may_wait_for_another_if_there_is_a_worker_left),
        cmocka_unit_test(idle_workers_do_not_wake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
