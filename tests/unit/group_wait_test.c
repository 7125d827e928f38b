/*
 * A member that waits in its handler while another one is due on its worker: that one is left to another worker, in whatever way it waits.
 *
 *     worker 1:  waits -> sends to `due`, then waits for `busy`      worker 2: asleep
 *     elsewhere: busy  -> waits until `due` has run
 *
 * No cycle of actors, so nobody would ever be told: without worker 2 it waits for ever.
 */
#include "group.h"

#include <sabir/puller.h>

#include "context.h"
#include "support/stage.h"
#include "thread.h"

struct scene {
    sabir_manager *manager;
    sabir_group *group;
    sabir_ref *busy, *due, *waits;
    uint64_t timer;
    struct gate is_busy, ran, through;
    int code; /* what waiting came to */
};

static void be_busy(struct scene *scene) {
    gate_open(&scene->is_busy);
    gate_wait(&scene->ran, 1);
}

static int be_busy_until_it_ran(void *self, const void *value, sabir_context *context) {
    (void)value;
    be_busy(self);
    return sb_message_is_asked(sabir_context_message(context))
               ? sabir_context_reply_value(context, Answer_type(), &(struct Answer){1})
               : SABIR_OK;
}

static int run_at_last(void *self, const void *value, sabir_context *context) {
    (void)value, (void)context;
    gate_open(&((struct scene *)self)->ran);
    return SABIR_OK;
}

static void run_at_the_end(void *self, sabir_context *context) {
    run_at_last(self, NULL, context);
}

/* ---- Ways of waiting --------------------------------------------------------------------------------------------------- */

static void wait_until_one_sleeps(const sabir_group *group) {
    for (int64_t until_ns = sb_now_ns() + STAGE_PATIENCE_NS; atomic_load(&group->asleep_count) == 0; sb_yield())
        assert_true(sb_now_ns() < until_ns);
}

/* From here on `due` is due on this very worker, and the other one sleeps. */
static void make_due(struct scene *scene) {
    wait_until_one_sleeps(scene->group);
    send_number(scene->due, 1, NULL);
}

static int call_busy(void *self, const void *value, sabir_context *context) {
    (void)context;
    struct scene *scene = self;
    make_due(scene);
    scene->code = sabir_ref_fast_send(scene->busy, NULL, Number_type(), value, NULL, NULL, 0, SABIR_FAST_ORDERED, NULL);
    gate_open(&scene->through);
    return SABIR_OK;
}

static int call_busy_in_time(void *self, const void *value, sabir_context *context) {
    (void)context;
    struct scene *scene = self;
    make_due(scene);
    scene->code =
        sabir_ref_fast_send_timed(scene->busy, NULL, Number_type(), value, NULL, NULL, 0, 0, STAGE_PATIENCE_NS, NULL);
    gate_open(&scene->through);
    return SABIR_OK;
}

static int ask_busy(void *self, const void *value, sabir_context *context) {
    (void)value, (void)context;
    struct scene *scene = self;
    sabir_message *reply = NULL;
    make_due(scene);
    scene->code = sabir_ref_ask(scene->busy, new_number(1), STAGE_PATIENCE_NS / 2, &reply);
    sabir_message_free(reply);
    gate_open(&scene->through);
    return SABIR_OK;
}

/* Its handler is running: the cancel waits for it, and comes too late. */
static int cancel_busy(void *self, const void *value, sabir_context *context) {
    (void)value, (void)context;
    struct scene *scene = self;
    make_due(scene);
    scene->code = sabir_timer_cancel(scene->timer) == SABIR_ENOENT ? SABIR_OK : SABIR_EFAILED;
    gate_open(&scene->through);
    return SABIR_OK;
}

static int wait_by_itself(void *self, const void *value, sabir_context *context) {
    (void)value;
    struct scene *scene = self;
    make_due(scene);
    sabir_context_about_to_wait(context);
    gate_wait(&scene->ran, 1);
    gate_open(&scene->through);
    return SABIR_OK;
}

/* What is due then is the end of `due`. */
static int stop_due(void *self, const void *value, sabir_context *context) {
    (void)value, (void)context;
    struct scene *scene = self;
    wait_until_one_sleeps(scene->group);
    scene->code = sabir_manager_stop_actor(scene->manager, scene->due);
    gate_open(&scene->through);
    return SABIR_OK;
}

/* ---- Members of C ------------------------------------------------------------------------------------------------------- */

static sabir_ref *join(struct scene *scene, const char *name, sabir_actor *actor) {
    sabir_ref *ref;
    assert_ok(sabir_actor_set_group(actor, scene->group));
    assert_ok(sabir_manager_manage(scene->manager, name, actor, &ref));
    return ref;
}

static sabir_actor *new_due(struct scene *scene) {
    const struct sabir_actor_callbacks callbacks = {SABIR_ACTOR_CALLBACKS_INIT, .on_stop = run_at_the_end};
    sabir_actor *actor;
    assert_ok(sabir_actor_new(&callbacks, scene, &actor));
    assert_ok(sabir_actor_on(actor, Number_type(), run_at_last));
    return actor;
}

static sabir_actor *new_busy(struct scene *scene) {
    sabir_actor *actor = stage_actor(scene, Number_type(), be_busy_until_it_ran);
    assert_ok(sabir_actor_on(actor, sabir_type_timeout(), be_busy_until_it_ran));
    return actor;
}

static void play(sabir_handler wait) {
    struct scene scene = {.manager = stage_new()};
    assert_ok(sabir_group_new(scene.manager, "workers", 2, &scene.group));
    assert_ok(sabir_manager_manage(scene.manager, "busy", new_busy(&scene), &scene.busy));
    scene.due = join(&scene, "due", new_due(&scene));
    scene.waits = join(&scene, "waits", stage_actor(&scene, Number_type(), wait));
    assert_ok(sabir_manager_start(scene.manager));
    if (wait == cancel_busy)
        assert_ok(sabir_timer_once(scene.busy, 1, &scene.timer));
    else if (wait != stop_due && wait != ask_busy)
        send_number(scene.busy, 1, NULL);
    if (wait != stop_due && wait != ask_busy) gate_wait(&scene.is_busy, 1);
    send_number(scene.waits, 1, NULL);
    gate_wait(&scene.through, 1);
    assert_int_equal(scene.code, SABIR_OK);
    stage_free(scene.manager);
    sabir_ref_release(scene.waits);
    sabir_ref_release(scene.due);
    sabir_ref_release(scene.busy);
}

static void in_a_fast_send(void **state) {
    (void)state;
    play(call_busy);
}

static void in_a_timed_fast_send(void **state) {
    (void)state;
    play(call_busy_in_time);
}

static void in_a_blocking_ask(void **state) {
    (void)state;
    play(ask_busy);
}

static void in_the_cancel_of_a_timer_whose_handler_runs(void **state) {
    (void)state;
    play(cancel_busy);
}

static void in_whatever_it_says_that_it_is_going_to_wait_for(void **state) {
    (void)state;
    play(wait_by_itself);
}

static void in_the_stop_of_another_member(void **state) {
    (void)state;
    play(stop_due);
}

/* ---- Members of a binding -------------------------------------------------------------------------------------------------- */

static int handle_message(void *self, sabir_message *message, void *user_data, sabir_context *context) {
    (void)message, (void)user_data, (void)context;
    be_busy(self); /* the fast_send into `waits` */
    return SABIR_OK;
}

static sabir_ref *join_pulled(struct scene *scene, const char *name, void *self) {
    sabir_actor *actor;
    assert_ok(sabir_actor_new(NULL, self, &actor));
    assert_ok(sabir_actor_set_pulled(actor));
    assert_ok(sabir_actor_on_message(actor, Number_type(), handle_message, NULL));
    assert_ok(sabir_actor_on_message(actor, sabir_type_timeout(), handle_message, NULL));
    return join(scene, name, actor);
}

/* The binding's handlers: `due` is NULL to its own, `waits` is the scene. true: all of the batch is done. */
static bool handle_batch(sabir_puller *puller, struct sabir_batch *batch, struct scene *scene) {
    bool is_waits = batch->self == scene;
    uint32_t kind = batch->items[0].kind;
    if (!is_waits && kind == SABIR_PULLED_MESSAGE) gate_open(&scene->ran);
    if (!is_waits || kind == SABIR_PULLED_START || kind == SABIR_PULLED_STOP) return true;
    if (kind == SABIR_PULLED_MESSAGE) { /* a handler that simply waits */
        make_due(scene);
        gate_wait(&scene->ran, 1);
        gate_open(&scene->through);
        return true;
    }
    if (atomic_load(&scene->through.count) == 0) { /* a firing: it is given back undone for who wants to come in */
        make_due(scene);
        gate_open(&scene->through);
        for (int64_t until_ns = sb_now_ns() + STAGE_PATIENCE_NS; !__atomic_load_n(&batch->yield, __ATOMIC_RELAXED);)
            assert_true(sb_now_ns() < until_ns);
        return false;
    }
    assert_ok(sabir_puller_begin(puller, 0));
    gate_open(&scene->through);
    return true;
}

struct hand {
    sabir_puller *puller;
    struct scene *scene;
};

static void pull(void *argument) {
    struct hand *hand = argument;
    struct sabir_batch *batch;
    size_t done = 0;
    while (sabir_puller_next(hand->puller, done, -1, &batch) == SABIR_OK)
        done = handle_batch(hand->puller, batch, hand->scene) ? batch->count : 0;
}

static void play_pulled(bool gives_way) {
    struct scene scene = {.manager = stage_new()};
    struct hand hands[2];
    struct stage_thread threads[2];
    assert_ok(sabir_group_new_pulled(scene.manager, "binding", 2, &scene.group));
    scene.due = join_pulled(&scene, "due", NULL);
    scene.waits = join_pulled(&scene, "waits", &scene);
    for (size_t i = 0; i < 2; i++) {
        hands[i].scene = &scene;
        assert_ok(sabir_group_puller_get(scene.group, i, &hands[i].puller));
        stage_thread_start(&threads[i], pull, &hands[i]);
    }
    assert_ok(sabir_manager_start(scene.manager));
    if (gives_way) {
        assert_ok(sabir_timer_once(scene.waits, 1, &scene.timer));
        gate_wait(&scene.through, 1);
        assert_ok(sabir_ref_fast_send(scene.waits, NULL, Number_type(), &(struct Number){1}, NULL, NULL, 0, 0, NULL));
        gate_wait(&scene.through, 2);
    } else {
        send_number(scene.waits, 1, NULL);
        gate_wait(&scene.through, 1);
    }
    stage_free(scene.manager);
    for (size_t i = 0; i < 2; i++) stage_thread_join(&threads[i]);
    sabir_ref_release(scene.waits);
    sabir_ref_release(scene.due);
}

static void in_a_handler_of_a_binding(void **state) {
    (void)state;
    play_pulled(false);
}

static void in_giving_way_between_two_items_of_a_batch(void **state) {
    (void)state;
    play_pulled(true);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_a_fast_send),
        cmocka_unit_test(in_a_timed_fast_send),
        cmocka_unit_test(in_a_blocking_ask),
        cmocka_unit_test(in_the_cancel_of_a_timer_whose_handler_runs),
        cmocka_unit_test(in_whatever_it_says_that_it_is_going_to_wait_for),
        cmocka_unit_test(in_the_stop_of_another_member),
        cmocka_unit_test(in_a_handler_of_a_binding),
        cmocka_unit_test(in_giving_way_between_two_items_of_a_batch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
