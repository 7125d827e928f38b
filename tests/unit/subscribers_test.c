/*
 * Subscribers are told once each of what they asked for, and are dropped when they have gone.
 */
#include <sabir/kit.h>
#include <sabir/subscribers.h>

#include <string.h>

#include "alloc.h"
#include "dispatch.h"
#include "support/stage.h"

#define SECOND ((int64_t)1000000000)

/* A publisher, and probes that stand for its subscribers; everything is stepped. */
struct scene {
    sabir_manager *manager;
    sabir_ref *publisher;
    sabir_subscribers *subscribers;
    sabir_probe *a, *b;
};

static int on_number(void *self, const void *value, sabir_context *context) {
    struct scene *scene = self;
    const struct Number *number = value;
    const char *topic = number->value < 10 ? "small" : number->value < 100 ? "big" : NULL;
    size_t reached;
    int code = sabir_subscribers_publish(scene->subscribers, topic, topic ? strlen(topic) : 0, Answer_type(), value,
                                         sabir_context_self(context), &reached);
    assert_true(reached <= sabir_subscribers_count(scene->subscribers) + 1);
    return code;
}

static void begin(struct scene *scene) {
    sabir_config *config;
    assert_ok(sabir_config_new(&config));
    assert_ok(sabir_config_set_stepped(config, true));
    assert_ok(sabir_manager_new(config, &scene->manager));
    sabir_config_free(config);
    assert_ok(sabir_subscribers_new(&scene->subscribers));
    sabir_actor *actor = stage_actor(scene, Number_type(), on_number);
    assert_ok(sabir_actor_on_subscribers(actor, scene->subscribers));
    assert_fails(sabir_actor_on_subscribers(actor, scene->subscribers), SABIR_EEXIST, NULL);
    assert_ok(sabir_manager_manage(scene->manager, "publisher", actor, &scene->publisher));
    assert_ok(sabir_probe_new(scene->manager, "a", &scene->a));
    assert_ok(sabir_probe_new(scene->manager, "b", &scene->b));
    assert_ok(sabir_manager_start(scene->manager));
}

static void end(struct scene *scene) {
    sabir_probe_free(scene->a);
    sabir_probe_free(scene->b);
    sabir_ref_release(scene->publisher);
    stage_free(scene->manager);
    sabir_subscribers_free(scene->subscribers);
}

static void subscribe(struct scene *scene, sabir_probe *who, const char *topic) {
    struct sabir_subscribe subscribe = {.topic = {topic != NULL, {topic, topic ? strlen(topic) : 0}}};
    assert_ok(sabir_ref_send_value(scene->publisher, sabir_type_subscribe(), &subscribe, sabir_probe_ref(who)));
}

static void unsubscribe(struct scene *scene, sabir_probe *who, const char *topic) {
    struct sabir_unsubscribe unsubscribe = {.topic = {topic != NULL, {topic, topic ? strlen(topic) : 0}}};
    assert_ok(sabir_ref_send_value(scene->publisher, sabir_type_unsubscribe(), &unsubscribe, sabir_probe_ref(who)));
}

static void assert_told(sabir_probe *who, int64_t value) {
    assert_ok(sabir_probe_expect_value(who, Answer_type(), &(struct Answer){value}, 0));
}

static void each_is_told_once_of_what_it_asked_for(void **state) {
    (void)state;
    struct scene scene = {0};
    begin(&scene);
    send_number(scene.publisher, 1, NULL); /* nobody yet */
    subscribe(&scene, scene.a, "small");
    subscribe(&scene, scene.a, "small");
    subscribe(&scene, scene.b, NULL);
    subscribe(&scene, scene.b, "small");
    send_number(scene.publisher, 2, NULL);
    send_number(scene.publisher, 20, NULL);
    send_number(scene.publisher, 200, NULL);
    assert_told(scene.a, 2);
    assert_told(scene.b, 2);
    assert_told(scene.b, 20);
    assert_told(scene.b, 200);
    assert_ok(sabir_probe_expect_none(scene.a, 0));
    assert_ok(sabir_probe_expect_none(scene.b, 0));
    assert_int_equal(sabir_subscribers_count(scene.subscribers), 2);
    end(&scene);
}

static void an_unsubscribe_takes_back_one_topic_or_all(void **state) {
    (void)state;
    struct scene scene = {0};
    begin(&scene);
    subscribe(&scene, scene.a, "small");
    subscribe(&scene, scene.a, "big");
    subscribe(&scene, scene.b, NULL);
    unsubscribe(&scene, scene.a, "small");
    send_number(scene.publisher, 3, NULL);
    send_number(scene.publisher, 30, NULL);
    assert_told(scene.a, 30);
    assert_told(scene.b, 3);
    assert_told(scene.b, 30);
    unsubscribe(&scene, scene.a, "unheard of");
    unsubscribe(&scene, scene.a, "big");
    unsubscribe(&scene, scene.b, NULL);
    send_number(scene.publisher, 4, NULL);
    assert_ok(sabir_probe_expect_none(scene.a, 0));
    assert_ok(sabir_probe_expect_none(scene.b, 0));
    assert_int_equal(sabir_subscribers_count(scene.subscribers), 0);
    assert_int_equal(stage_actor_count(scene.manager, "publisher", "failed"), 0);
    assert_ok(sabir_ref_send_value(scene.publisher, sabir_type_subscribe(), NULL, NULL)); /* of nobody */
    assert_ok(sabir_kit_step(scene.manager, 10, NULL));
    assert_int_equal(stage_actor_count(scene.manager, "publisher", "failed"), 1);
    end(&scene);
}

static void one_that_has_stopped_is_dropped_and_the_others_are_told(void **state) {
    (void)state;
    struct scene scene = {0};
    begin(&scene);
    subscribe(&scene, scene.a, NULL);
    subscribe(&scene, scene.b, NULL);
    assert_ok(sabir_kit_step(scene.manager, 10, NULL));
    assert_int_equal(sabir_subscribers_count(scene.subscribers), 2);
    sabir_probe_free(scene.a);
    scene.a = NULL;
    send_number(scene.publisher, 5, NULL);
    assert_told(scene.b, 5);
    assert_int_equal(sabir_subscribers_count(scene.subscribers), 1);
    end(&scene);
}

static sabir_ref *remote(struct scene *scene, const char *name, const char *endpoint) {
    sabir_ref *ref;
    assert_ok(sabir_manager_remote(scene->manager, name, endpoint, SABIR_DIALECT_V1, &ref));
    return ref;
}

/* As the wire would say it. */
static void deliver(struct scene *scene, const sabir_type *type, const void *value) {
    sabir_message *message;
    assert_ok(sb_message_new_value(type, value, &message));
    assert_ok(sb_actor_deliver(sb_actor_of(scene->publisher), message));
    assert_ok(sabir_kit_step(scene->manager, 10, NULL));
}

static void those_of_another_node_go_with_its_link_or_its_reject(void **state) {
    (void)state;
    struct scene scene = {0};
    begin(&scene);
    sabir_ref *one = remote(&scene, "one", "tcp://127.0.0.1:7001"),
              *two = remote(&scene, "two", "tcp://127.0.0.1:7001");
    sabir_ref *same = remote(&scene, "one", "tcp://127.0.0.1:7002");
    sabir_ref *refs[] = {one, two, same};
    for (int i = 0; i < 3; i++) assert_ok(sabir_subscribers_add(scene.subscribers, refs[i], NULL, 0));
    struct sabir_reject reject = {.code = SABIR_STR("mailbox_full"),
                                  .target = SABIR_STR("one"),
                                  .rejected_by = SABIR_STR("tcp://127.0.0.1:7001")};
    deliver(&scene, sabir_type_reject(), &reject);
    assert_int_equal(sabir_subscribers_count(scene.subscribers), 3); /* it is there, and busy */
    reject.code = SABIR_STR("unknown_target");
    deliver(&scene, sabir_type_reject(), &reject);
    assert_int_equal(sabir_subscribers_count(scene.subscribers), 2);
    assert_fails(sabir_subscribers_remove(scene.subscribers, one, NULL, 0), SABIR_ENOENT, "one");
    assert_int_equal(sabir_subscribers_rejected(scene.subscribers, "bad_payload", "two", "tcp://127.0.0.1:7001"), 0);
    assert_int_equal(sabir_subscribers_rejected(scene.subscribers, "stopped", "two", "tcp://127.0.0.1:7002"), 0);
    assert_int_equal(sabir_subscribers_rejected(scene.subscribers, NULL, "two", "tcp://127.0.0.1:7001"), 0);
    struct sabir_linkdown down = {.endpoint = SABIR_STR("tcp://127.0.0.1:7002")};
    deliver(&scene, sabir_type_linkdown(), &down);
    assert_int_equal(sabir_subscribers_count(scene.subscribers), 1);
    assert_int_equal(sabir_subscribers_link_down(scene.subscribers, "tcp://127.0.0.1:7001", 20), 1);
    assert_int_equal(sabir_subscribers_link_down(scene.subscribers, NULL, 0), 0);
    for (int i = 0; i < 3; i++) sabir_ref_release(refs[i]);
    end(&scene);
}

/* Nothing is published meanwhile: its end is told, not found out. */
static void one_that_has_ended_is_dropped_at_once(void **state) {
    (void)state;
    struct scene scene = {0};
    begin(&scene);
    subscribe(&scene, scene.a, "small");
    subscribe(&scene, scene.a, NULL);
    subscribe(&scene, scene.b, NULL);
    assert_ok(sabir_kit_step(scene.manager, 10, NULL));
    sabir_probe_free(scene.a);
    scene.a = NULL;
    assert_ok(sabir_kit_step(scene.manager, 10, NULL));
    assert_int_equal(sabir_subscribers_count(scene.subscribers), 1);
    unsubscribe(&scene, scene.b, NULL); /* its end is told all the same, and is nobody's then */
    assert_ok(sabir_kit_step(scene.manager, 10, NULL));
    sabir_probe_free(scene.b);
    scene.b = NULL;
    assert_ok(sabir_kit_step(scene.manager, 10, NULL));
    assert_int_equal(sabir_subscribers_count(scene.subscribers), 0);
    end(&scene);
}

static void a_down_names_one_here_or_at_another_node(void **state) {
    (void)state;
    struct scene scene = {0};
    begin(&scene);
    sabir_ref *far = remote(&scene, "a", "tcp://127.0.0.1:7001");
    assert_ok(sabir_subscribers_add(scene.subscribers, far, NULL, 0));
    assert_ok(sabir_subscribers_add(scene.subscribers, sabir_probe_ref(scene.a), NULL, 0));
    assert_int_equal(sabir_subscribers_down(scene.subscribers, "b", "", "stopped"), 0);
    assert_int_equal(sabir_subscribers_down(scene.subscribers, "a", "tcp://127.0.0.1:7002", "lost"), 0);
    assert_int_equal(sabir_subscribers_down(scene.subscribers, "a", "", "refused"),
                     0); /* it is there, but not watched */
    assert_int_equal(sabir_subscribers_down(scene.subscribers, NULL, "", "stopped"), 0);
    assert_int_equal(sabir_subscribers_down(scene.subscribers, "a", "", "failed"), 1);
    struct sabir_down down = {SABIR_STR("a"), SABIR_STR("tcp://127.0.0.1:7001"), SABIR_STR("lost")};
    deliver(&scene, sabir_type_down(), &down);
    assert_int_equal(sabir_subscribers_count(scene.subscribers), 0);
    sabir_ref_release(far);
    end(&scene);
}

static void a_list_outlives_those_that_are_dropped_from_it(void **state) {
    (void)state;
    struct scene scene = {0};
    begin(&scene);
    sabir_ref *const *refs;
    size_t count;
    assert_ok(sabir_subscribers_add(scene.subscribers, sabir_probe_ref(scene.a), "x", 1));
    assert_ok(sabir_subscribers_add(scene.subscribers, sabir_probe_ref(scene.b), "y", 1));
    assert_ok(sabir_subscribers_list(scene.subscribers, "x", 1, &refs, &count));
    assert_int_equal(count, 1);
    assert_false(sabir_subscribers_settle(scene.subscribers, refs[0], SABIR_EFULL));
    assert_true(sabir_subscribers_settle(scene.subscribers, refs[0], SABIR_ECLOSED));
    assert_false(sabir_subscribers_settle(scene.subscribers, refs[0], SABIR_ECLOSED));
    assert_string_equal(sabir_ref_name(refs[0]), "a");
    assert_ok(sabir_subscribers_list(scene.subscribers, NULL, 0, &refs, &count));
    assert_int_equal(count, 0);
    end(&scene);
}

static void memory_that_is_missing_leaves_the_list_as_it_was(void **state) {
    (void)state;
    struct scene scene = {0};
    begin(&scene);
    for (unsigned long k = 1; k <= 3; k++) {
        sb_alloc_fail_after(k);
        assert_fails(sabir_subscribers_add(scene.subscribers, sabir_probe_ref(scene.a), "x", 1), SABIR_ENOMEM,
                     "subscriber");
        sb_alloc_fail_after(0);
        assert_int_equal(sabir_subscribers_count(scene.subscribers), 0);
        if (k == 1) { /* from here on there is room for the entry, and its topic is what fails */
            assert_ok(sabir_subscribers_add(scene.subscribers, sabir_probe_ref(scene.a), NULL, 0));
            assert_ok(sabir_subscribers_remove(scene.subscribers, sabir_probe_ref(scene.a), NULL, 0));
        }
        if (k == 2) break;
    }
    sabir_subscribers *none;
    sb_alloc_fail_after(1);
    assert_fails(sabir_subscribers_new(&none), SABIR_ENOMEM, NULL);
    sb_alloc_fail_after(0);
    assert_fails(sabir_subscribers_new(NULL), SABIR_EINVAL, "nowhere");
    assert_fails(sabir_subscribers_add(NULL, scene.publisher, NULL, 0), SABIR_EINVAL, "NULL");
    assert_fails(sabir_subscribers_add(scene.subscribers, NULL, NULL, 0), SABIR_EINVAL, "ref is NULL");
    assert_fails(sabir_actor_on_subscribers(NULL, scene.subscribers), SABIR_EINVAL, "NULL");
    assert_fails(sabir_subscribers_take(NULL, NULL), SABIR_EINVAL, "NULL");
    assert_int_equal(sabir_subscribers_count(NULL), 0);
    sabir_subscribers_free(NULL);
    end(&scene);
}

/* ---- Continue and Set ------------------------------------------------------------------------------------------------ */

struct worker {
    int64_t left;
    char order[32];
};

static int on_continue(void *self, const void *value, sabir_context *context) {
    struct worker *worker = self;
    (void)value;
    strcat(worker->order, "c");
    if (--worker->left == 0) return SABIR_OK;
    sabir_ref *own = sabir_context_self(context);
    return sabir_ref_send_value(own, sabir_type_continue(), NULL, own);
}

static int on_set(void *self, const void *value, sabir_context *context) {
    struct worker *worker = self;
    const struct sabir_set *set = value;
    (void)context;
    assert_memory_equal(set->name.bytes, "left", set->name.len_bytes);
    strcat(worker->order, "s");
    return sabir_json_int64_get((struct sabir_string){set->value.bytes, set->value.len_bytes}, &worker->left);
}

static void long_work_lets_others_in_between(void **state) {
    (void)state;
    struct scene scene = {0};
    begin(&scene);
    struct worker worker = {.left = 2};
    sabir_actor *actor = stage_actor(&worker, sabir_type_continue(), on_continue);
    assert_ok(sabir_actor_on(actor, sabir_type_set(), on_set));
    sabir_ref *ref;
    assert_ok(sabir_manager_manage(scene.manager, "worker", actor, &ref));
    assert_ok(sabir_ref_send_value(ref, sabir_type_continue(), NULL, NULL));
    struct sabir_set set = {SABIR_STR("left"), {"3", 1}};
    assert_ok(sabir_ref_send_value(ref, sabir_type_set(), &set, NULL));
    assert_ok(sabir_kit_step(scene.manager, 100, NULL));
    assert_string_equal(worker.order, "csccc");
    sabir_ref_release(ref);
    end(&scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_told_once_of_what_it_asked_for),
        cmocka_unit_test(an_unsubscribe_takes_back_one_topic_or_all),
        cmocka_unit_test(one_that_has_stopped_is_dropped_and_the_others_are_told),
        cmocka_unit_test(one_that_has_ended_is_dropped_at_once),
        cmocka_unit_test(a_down_names_one_here_or_at_another_node),
        cmocka_unit_test(those_of_another_node_go_with_its_link_or_its_reject),
        cmocka_unit_test(a_list_outlives_those_that_are_dropped_from_it),
        cmocka_unit_test(memory_that_is_missing_leaves_the_list_as_it_was),
        cmocka_unit_test(long_work_lets_others_in_between),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
