#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alloc.h"
#include "manager.h"
#include "node_inner.h"
#include "peer.h"
#include "seq.h"
#include "support/raw_peer.h"
#include "support/test_node.h"

static struct test_node node;
static struct sb_peer *peer;

static void small_queue(sabir_config *config) {
    assert_int_equal(sabir_config_set_peer_capacity_msgs(config, 150), SABIR_OK);
}

/* A node that is not started: what is sent stays in the queue. */
static int begin(void **state) {
    (void)state;
    struct sb_endpoint endpoint;
    test_node_make(&node, small_queue);
    assert_int_equal(sb_endpoint_parse(sb_text_of("tcp://127.0.0.1:9"), &endpoint), SABIR_OK);
    peer = sb_peer_table_get(node.manager->node, &endpoint);
    assert_non_null(peer);
    return 0;
}

static int end(void **state) {
    (void)state;
    sb_peer_release(peer);
    test_node_stop(&node);
    return 0;
}

/* A frame that looks like an envelope's end to the peer. */
static struct sb_packet packet_of(const char *head, unsigned digits) {
    struct sb_packet packet;
    size_t head_bytes = strlen(head);
    assert_int_equal(sb_packet_new(head_bytes + digits + 2, &packet), SABIR_OK);
    memcpy(sb_packet_bytes(&packet), head, head_bytes);
    memset(sb_packet_bytes(&packet) + head_bytes, '0', digits);
    memcpy(sb_packet_bytes(&packet) + head_bytes + digits, "\"}", 2);
    return packet;
}

static int put(const char *head) {
    unsigned digits = sb_peer_seq_digits(peer);
    struct sb_packet packet = packet_of(head, digits);
    int code = sb_peer_send(peer, &packet, digits);
    if (code != SABIR_OK) sb_packet_free(&packet);
    return code;
}

static struct sb_letter *take(int64_t before_ns) {
    sb_mutex_lock(&peer->lock);
    struct sb_letter *letters = sb_peer_take_locked(peer, before_ns);
    sb_mutex_unlock(&peer->lock);
    return letters;
}

static struct sb_letter *letter_free(struct sb_letter *letter) {
    struct sb_letter *next = letter->next;
    sb_packet_free(&letter->packet);
    sb_free(letter);
    return next;
}

static void assert_content(struct sb_letter *letter, const char *expected) {
    assert_int_equal(sb_packet_len_bytes(&letter->packet), strlen(expected));
    assert_memory_equal(sb_packet_bytes(&letter->packet), expected, strlen(expected));
}

static void mail_waits_in_order_and_is_numbered_from_one(void **state) {
    (void)state;
    char expected[64];
    for (int i = 0; i < 120; i++) assert_int_equal(put("<"), SABIR_OK);
    struct sb_letter *letter = take(INT64_MAX);
    for (int i = 1; i <= 120; i++) {
        snprintf(expected, sizeof expected, "<%d\"}", i);
        assert_non_null(letter);
        assert_content(letter, expected);
        letter = letter_free(letter);
    }
    assert_null(letter);
}

/* Whoever wrote his frame before others sent has guessed too few digits. */
static void a_wrong_guess_of_the_digits_is_put_right(void **state) {
    (void)state;
    for (int i = 0; i < 9; i++) assert_int_equal(put("x"), SABIR_OK);
    struct sb_packet packet = packet_of("late", 1);
    assert_int_equal(sb_peer_send(peer, &packet, 1), SABIR_OK);
    struct sb_letter *letter = take(INT64_MAX);
    for (int i = 0; i < 9; i++) letter = letter_free(letter);
    assert_content(letter, "late10\"}");
    letter_free(letter);
}

static void a_frame_without_a_number_is_left_alone(void **state) {
    (void)state;
    struct sb_packet packet = packet_of("flat", 0);
    assert_int_equal(sb_peer_send(peer, &packet, 0), SABIR_OK);
    struct sb_letter *letter = take(INT64_MAX);
    assert_content(letter, "flat\"}");
    letter_free(letter);
    assert_int_equal(atomic_load(&peer->seq), 0);
}

static void a_full_queue_takes_nothing_and_uses_up_no_number(void **state) {
    (void)state;
    for (int i = 0; i < 150; i++) assert_int_equal(put("x"), SABIR_OK);
    assert_int_equal(put("y"), SABIR_EDOWN);
    assert_int_equal(atomic_load(&peer->seq), 150);
    letter_free(take(peer->first->queued_ns + 1)); /* at least the first one goes */
    assert_int_equal(put("y"), SABIR_OK);
}

static void only_what_was_queued_before_is_taken(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++) assert_int_equal(put("x"), SABIR_OK);
    peer->first->queued_ns = 100;
    peer->first->next->queued_ns = 200;
    peer->last->queued_ns = 300;
    assert_null(take(100));
    struct sb_letter *letters = take(201);
    assert_non_null(letters);
    assert_null(letter_free(letter_free(letters)));
    assert_int_equal(peer->queued_msgs, 1);
    assert_ptr_equal(peer->first, peer->last);
    letter_free(take(INT64_MAX));
    assert_null(peer->last);
}

static void a_node_that_has_stopped_takes_nothing(void **state) {
    (void)state;
    sb_peer_table_close(&node.manager->node->peers);
    assert_int_equal(put("x"), SABIR_ECLOSED);
}

static void without_memory_the_frame_stays_with_the_caller(void **state) {
    (void)state;
    sb_alloc_fail_after(1);
    assert_int_equal(put("x"), SABIR_ENOMEM);
    assert_int_equal(put("x"), SABIR_OK);
}

static void an_endpoint_is_one_peer_and_two_endpoints_share_no_epoch(void **state) {
    (void)state;
    struct sb_endpoint endpoint;
    sb_endpoint_parse(sb_text_of("tcp://127.0.0.1:10"), &endpoint);
    struct sb_peer *other = sb_peer_table_get(node.manager->node, &endpoint);
    struct sb_peer *same = sb_peer_table_get(node.manager->node, &peer->endpoint);
    assert_ptr_equal(same, peer);
    assert_ptr_not_equal(other, peer);
    assert_memory_not_equal(other->seq_head, peer->seq_head, sizeof peer->seq_head);
    char before[sizeof other->seq_head];
    memcpy(before, other->seq_head, sizeof before);
    sb_peer_release(same);
    sb_peer_release(other);
    other = sb_peer_table_get(node.manager->node, &endpoint); /* made anew: its counts begin anew, too */
    assert_memory_not_equal(other->seq_head, before, sizeof before);
    sb_peer_release(other);
}

/* ---- With a connection ------------------------------------------------------------------------------------------------------------ */

enum { SENDERS = 4, EACH = 5000 };

struct sender {
    struct sb_thread thread;
    sabir_ref *to;
    int64_t base;
};

static void send_all(void *argument) {
    struct sender *sender = argument;
    for (int64_t i = 1; i <= EACH; i++) {
        while (test_send_note(sender->to, sender->base + i, NULL) == SABIR_EDOWN) sb_pause();
    }
}

static void many_threads_keep_each_ones_order_and_the_order_of_counts(void **state) {
    (void)state;
    struct test_node busy;
    struct sender senders[SENDERS];
    int64_t last[SENDERS] = {0};
    char endpoint[64], body[1024];
    uint16_t tcp_port = 0;
    sabir_ref *to;
    int listener = raw_listen("127.0.0.1", &tcp_port);
    test_node_start(&busy);
    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", tcp_port);
    assert_int_equal(sabir_manager_remote(busy.manager, "x", endpoint, SABIR_DIALECT_V1, &to), SABIR_OK);
    for (int i = 0; i < SENDERS; i++) {
        senders[i].to = to;
        senders[i].base = (i + 1) * INT64_C(1000000);
        assert_int_equal(sb_thread_start(&senders[i].thread, "sender", send_all, &senders[i]), SABIR_OK);
    }
    int fd = raw_accept(listener, RAW_PATIENCE_MS);
    assert_true(raw_shake_hands(fd, "PULL"));
    for (uint64_t n = 1; n <= SENDERS * EACH; n++) {
        uint64_t epoch, count;
        assert_true(raw_receive_frame(fd, body, sizeof body, 5000, NULL) > 0);
        int64_t number = atoll(strstr(body, "\"number\":") + 9);
        int64_t who = number / 1000000 - 1;
        assert_int_equal(number % 1000000, ++last[who]);
        struct sb_text seq = sb_text_of(strstr(body, "\"seq\":\"") + 7);
        seq.len_bytes -= 2;
        assert_true(sb_seq_parse(seq, &epoch, &count));
        assert_int_equal(count, n);
    }
    for (int i = 0; i < SENDERS; i++) sb_thread_join(&senders[i].thread);
    test_node_stop(&busy);
    close(fd), close(listener);
    sabir_ref_release(to);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(mail_waits_in_order_and_is_numbered_from_one, begin, end),
        cmocka_unit_test_setup_teardown(a_wrong_guess_of_the_digits_is_put_right, begin, end),
        cmocka_unit_test_setup_teardown(a_frame_without_a_number_is_left_alone, begin, end),
        cmocka_unit_test_setup_teardown(a_full_queue_takes_nothing_and_uses_up_no_number, begin, end),
        cmocka_unit_test_setup_teardown(only_what_was_queued_before_is_taken, begin, end),
        cmocka_unit_test_setup_teardown(a_node_that_has_stopped_takes_nothing, begin, end),
        cmocka_unit_test_setup_teardown(without_memory_the_frame_stays_with_the_caller, begin, end),
        cmocka_unit_test_setup_teardown(an_endpoint_is_one_peer_and_two_endpoints_share_no_epoch, begin, end),
        cmocka_unit_test(many_threads_keep_each_ones_order_and_the_order_of_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
