/*
 * A tap sees what passes and what came of it, never more than it has room for, and is nothing once it is closed.
 */
#include "tap.h"

#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "support/stage.h"
#include "tap_ring.h"
#include "thread.h"

static int on_number(void *self, const void *value, sabir_context *context) {
    const struct Number *number = value;
    (void)self;
    if (number->value < 0) return SABIR_EVALUE;
    if (sabir_context_sender(context)) return sabir_context_reply_value(context, Answer_type(), number);
    return SABIR_OK;
}

/* The next record must be this one. */
static void assert_seen(sabir_tap *tap, const char *from, const char *to, const char *type, const char *outcome,
                        const char *json) {
    const struct sabir_tapped *seen;
    assert_ok(sabir_tap_next(tap, STAGE_PATIENCE_NS, &seen));
    assert_string_equal(seen->from, from);
    assert_string_equal(seen->to, to);
    assert_string_equal(seen->type, type);
    assert_string_equal(seen->outcome, outcome);
    assert_string_equal(seen->json, json);
    assert_true(seen->time_ns > 1600000000 * (int64_t)1000000000);
}

static void assert_silent(sabir_tap *tap) {
    const struct sabir_tapped *seen;
    assert_fails(sabir_tap_next(tap, 0, &seen), SABIR_ETIMEDOUT, "no message");
    assert_null(seen);
}

struct scene {
    sabir_manager *manager;
    sabir_ref *ref;
    sabir_tap *tap;
};

static struct scene begin(const char *from, const char *to, const char *type, size_t capacity) {
    struct scene scene = {.manager = stage_new()};
    scene.ref = stage_manage(scene.manager, "echo", NULL, Number_type(), on_number);
    assert_ok(sabir_tap_new(scene.manager, from, to, type, capacity, &scene.tap));
    return scene;
}

static void end(struct scene *scene) {
    sabir_ref_release(scene->ref);
    stage_free(scene->manager);
    sabir_tap_free(scene->tap);
    assert_int_equal(atomic_load(&sb_taps_open), 0);
}

static void it_sees_sends_answers_calls_and_dead_letters(void **state) {
    (void)state;
    struct scene scene = begin(NULL, NULL, NULL, 64);
    assert_ok(sabir_manager_start(scene.manager));
    sabir_message *reply;
    assert_ok(sabir_ref_ask(scene.ref, new_number(7), STAGE_PATIENCE_NS, &reply));
    sabir_message_free(reply);
    struct Number number = {8};
    assert_ok(sabir_ref_fast_send(scene.ref, NULL, Number_type(), &number, NULL, NULL, 0, 0, NULL));
    assert_fails(sabir_ref_send_value(scene.ref, Go_type(), NULL, NULL), SABIR_EUNHANDLED, NULL);
    /* The request's own record is written when its send returns: perhaps after the answer's. */
    const struct sabir_tapped *seen;
    int requests = 0, answers = 0;
    for (int i = 0; i < 2; i++) {
        assert_ok(sabir_tap_next(scene.tap, STAGE_PATIENCE_NS, &seen));
        assert_string_equal(seen->outcome, "sent");
        assert_string_equal(seen->json, "{\"value\":7}");
        requests += strcmp(seen->to, "echo") == 0 && strcmp(seen->from, "sabir.ask") == 0;
        answers += strcmp(seen->to, "sabir.ask") == 0 && strcmp(seen->from, "echo") == 0;
    }
    assert_int_equal(requests, 1);
    assert_int_equal(answers, 1);
    assert_seen(scene.tap, "", "echo", "stage.Number", "called", "{\"value\":8}");
    assert_seen(scene.tap, "", "echo", "stage.Go", "UNHANDLED", "{}");
    send_number(scene.ref, -1, NULL);
    bool failed = false;
    for (int i = 0; i < 2; i++) {
        assert_ok(sabir_tap_next(scene.tap, STAGE_PATIENCE_NS, &seen));
        failed = failed || strcmp(seen->outcome, "failed") == 0;
    }
    assert_true(failed);
    assert_silent(scene.tap);
    end(&scene);
}

static void a_pattern_chooses(void **state) {
    (void)state;
    struct scene scene = begin(NULL, "e*o", "*.Number", 64);
    sabir_tap *others, *nobodys;
    assert_ok(sabir_tap_new(scene.manager, NULL, "*x*", NULL, 8, &others));
    assert_ok(sabir_tap_new(scene.manager, "", "e*c**o", "stage.*ber", 8, &nobodys));
    send_number(scene.ref, 1, NULL);
    send_number(scene.ref, 2, scene.ref);
    assert_seen(scene.tap, "", "echo", "stage.Number", "sent", "{\"value\":1}");
    assert_seen(scene.tap, "echo", "echo", "stage.Number", "sent", "{\"value\":2}");
    assert_silent(scene.tap);
    assert_silent(others);
    assert_seen(nobodys, "", "echo", "stage.Number", "sent", "{\"value\":1}");
    assert_silent(nobodys);
    sabir_tap_free(others);
    sabir_tap_free(nobodys);
    end(&scene);
}

static void what_finds_no_room_is_counted(void **state) {
    (void)state;
    struct scene scene = begin(NULL, NULL, NULL, 4);
    for (int i = 0; i < 10; i++) send_number(scene.ref, i, NULL);
    assert_int_equal(sabir_tap_missed(scene.tap), 6);
    char json[32];
    for (int i = 0; i < 4; i++) {
        snprintf(json, sizeof json, "{\"value\":%d}", i);
        assert_seen(scene.tap, "", "echo", "stage.Number", "sent", json);
    }
    send_number(scene.ref, 10, NULL);
    assert_seen(scene.tap, "", "echo", "stage.Number", "sent", "{\"value\":10}");
    assert_int_equal(sabir_tap_missed(scene.tap), 6);
    end(&scene);
}

static int on_words(void *self, const void *value, sabir_context *context) {
    (void)self;
    (void)value;
    (void)context;
    return SABIR_OK;
}

static void a_long_payload_is_cut_between_two_characters(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    sabir_ref *ref = stage_manage(manager, "reader", NULL, Words_type(), on_words);
    sabir_tap *tap;
    assert_ok(sabir_tap_new(manager, NULL, NULL, NULL, 4, &tap));
    char text[3001];
    for (int i = 0; i < 1500; i++) memcpy(text + 2 * i, "\xC3\xA4", 3);
    assert_ok(sabir_ref_send_value(ref, Words_type(), &(struct Words){SABIR_STR(text)}, NULL));
    const struct sabir_tapped *seen;
    assert_ok(sabir_tap_next(tap, 0, &seen));
    assert_int_equal(seen->json_len_bytes, 3000 + strlen("{\"text\":\"\"}"));
    assert_int_equal(strlen(seen->json), 1023); /* 9 bytes before the text, so 507 whole characters */
    sabir_tap_free(tap);
    sabir_ref_release(ref);
    stage_free(manager);
}

static void another_managers_messages_are_not_seen(void **state) {
    (void)state;
    struct scene scene = begin(NULL, NULL, NULL, 8);
    sabir_manager *other = stage_new();
    sabir_ref *ref = stage_manage(other, "echo", NULL, Number_type(), on_number);
    send_number(ref, 1, NULL);
    assert_silent(scene.tap);
    sabir_ref_release(ref);
    stage_free(other);
    end(&scene);
}

struct waiting {
    sabir_tap *tap;
    struct gate seen;
    struct gate closed;
};

static void read_all(void *argument) {
    struct waiting *waiting = argument;
    const struct sabir_tapped *seen;
    int code;
    while ((code = sabir_tap_next(waiting->tap, -1, &seen)) == SABIR_OK) gate_open(&waiting->seen);
    if (code == SABIR_ECLOSED) gate_open(&waiting->closed);
}

static void a_reader_that_waits_is_woken(void **state) {
    (void)state;
    struct scene scene = begin(NULL, NULL, NULL, 8);
    struct waiting waiting = {.tap = scene.tap};
    struct stage_thread thread;
    stage_thread_start(&thread, read_all, &waiting);
    for (uint32_t i = 1; i <= 100; i++) {
        send_number(scene.ref, i, NULL);
        gate_wait(&waiting.seen, i);
    }
    sabir_ref_release(scene.ref);
    stage_free(scene.manager); /* the end of the manager is the end of the waiting; its queued messages die before */
    gate_wait(&waiting.closed, 1);
    stage_thread_join(&thread);
    sabir_tap_free(scene.tap);
}

#define SENDERS 4
#define EACH 5000

struct sender {
    sabir_ref *ref;
    struct stage_thread thread;
};

static void send_many(void *argument) {
    struct sender *sender = argument;
    for (int i = 0; i < EACH; i++) send_number(sender->ref, i, NULL);
}

/* What was seen and what was missed is what was sent, while the tap is read and others open and close. */
static void nothing_is_lost_without_being_counted(void **state) {
    (void)state;
    struct scene scene = begin(NULL, NULL, NULL, 64);
    assert_ok(sabir_manager_start(scene.manager));
    struct sender senders[SENDERS];
    for (int i = 0; i < SENDERS; i++) {
        senders[i].ref = scene.ref;
        stage_thread_start(&senders[i].thread, send_many, &senders[i]);
    }
    uint64_t seen_count = 0;
    const struct sabir_tapped *seen;
    while (seen_count + sabir_tap_missed(scene.tap) < SENDERS * EACH) {
        sabir_tap *passing;
        assert_ok(sabir_tap_new(scene.manager, NULL, NULL, NULL, 2, &passing));
        for (int i = 0; i < 64 && sabir_tap_next(scene.tap, 0, &seen) == SABIR_OK; i++) seen_count++;
        sabir_tap_free(passing);
    }
    for (int i = 0; i < SENDERS; i++) stage_thread_join(&senders[i].thread);
    while (sabir_tap_next(scene.tap, 0, &seen) == SABIR_OK) seen_count++;
    assert_int_equal(seen_count + sabir_tap_missed(scene.tap), SENDERS * EACH);
    end(&scene);
}

static void a_process_has_eight(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    sabir_tap *taps[8], *one_more;
    for (int i = 0; i < 8; i++) assert_ok(sabir_tap_new(manager, NULL, NULL, NULL, 1, &taps[i]));
    assert_fails(sabir_tap_new(manager, NULL, NULL, NULL, 1, &one_more), SABIR_EFULL, "8 taps");
    assert_null(one_more);
    sabir_tap_free(taps[3]);
    assert_ok(sabir_tap_new(manager, NULL, NULL, NULL, 1, &taps[3]));
    for (int i = 0; i < 8; i++) sabir_tap_free(taps[i]);
    stage_free(manager);
}

static void mistakes_are_said(void **state) {
    (void)state;
    sabir_manager *manager = stage_new();
    sabir_tap *tap;
    const struct sabir_tapped *seen;
    assert_fails(sabir_tap_new(NULL, NULL, NULL, NULL, 1, &tap), SABIR_EINVAL, "NULL");
    assert_fails(sabir_tap_new(manager, NULL, NULL, NULL, 1, NULL), SABIR_EINVAL, "nowhere");
    assert_fails(sabir_tap_new(manager, NULL, NULL, NULL, 0, &tap), SABIR_EINVAL, "not 0");
    assert_fails(sabir_tap_next(NULL, 0, &seen), SABIR_EINVAL, "NULL");
    assert_int_equal(sabir_tap_missed(NULL), 0);
    sabir_tap_free(NULL);
    for (unsigned long k = 1; k <= 5; k++) {
        sb_alloc_fail_after(k);
        assert_fails(sabir_tap_new(manager, "a", "b", "c", 8, &tap), SABIR_ENOMEM, "tap");
        sb_alloc_fail_after(0);
    }
    stage_free(manager);
}

static void the_ring_is_full_and_empty_at_its_ends(void **state) {
    (void)state;
    struct sb_tap_ring ring;
    int items[5];
    assert_true(sb_tap_ring_init(&ring, 3));
    assert_null(sb_tap_ring_take(&ring));
    for (int round = 0; round < 4; round++) {
        for (int i = 0; i < 3; i++) assert_true(sb_tap_ring_put(&ring, &items[i]));
        assert_false(sb_tap_ring_put(&ring, &items[3]));
        for (int i = 0; i < 3; i++) assert_ptr_equal(sb_tap_ring_take(&ring), &items[i]);
        assert_null(sb_tap_ring_take(&ring));
    }
    sb_tap_ring_free(&ring);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_sees_sends_answers_calls_and_dead_letters),
        cmocka_unit_test(a_pattern_chooses),
        cmocka_unit_test(what_finds_no_room_is_counted),
        cmocka_unit_test(a_long_payload_is_cut_between_two_characters),
        cmocka_unit_test(another_managers_messages_are_not_seen),
        cmocka_unit_test(a_reader_that_waits_is_woken),
        cmocka_unit_test(nothing_is_lost_without_being_counted),
        cmocka_unit_test(a_process_has_eight),
        cmocka_unit_test(mistakes_are_said),
        cmocka_unit_test(the_ring_is_full_and_empty_at_its_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
