#include "test_node.h"

/* cmocka wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "raw_peer.h"
#include "thread.h"

#define WAIT_NS INT64_C(10000000000)

static void count(_Atomic uint32_t *word) {
    atomic_fetch_add(word, 1);
    sb_unpark_all(word);
}

static int on_echo(void *self, sabir_message *message, void *user_data, sabir_context *context) {
    (void)self, (void)user_data;
    const char *json;
    size_t len_bytes;
    sabir_message *reply;
    if (sabir_message_json_get(message, &json, &len_bytes) != SABIR_OK) return SABIR_EFAILED;
    if (sabir_message_new_json(TestEcho_type(), json, len_bytes, &reply) != SABIR_OK) return SABIR_EFAILED;
    if (sabir_context_reply(context, reply) != SABIR_OK) sabir_message_free(reply);
    return SABIR_OK;
}

static int on_note(void *self, const void *value, sabir_context *context) {
    (void)context;
    struct test_node *node = self;
    int64_t number = ((const struct TestNote *)value)->number;
    if (number <= atomic_exchange(&node->last, number)) count(&node->disorder);
    count(&node->notes);
    return SABIR_OK;
}

static int on_sink_echo(void *self, sabir_message *message, void *user_data, sabir_context *context) {
    (void)message, (void)user_data, (void)context;
    count(&((struct test_node *)self)->echoes);
    return SABIR_OK;
}

static int on_reject(void *self, const void *value, sabir_context *context) {
    (void)value, (void)context;
    count(&((struct test_node *)self)->rejects);
    return SABIR_OK;
}

static int on_linkdown(void *self, const void *value, sabir_context *context) {
    (void)context;
    struct test_node *node = self;
    atomic_fetch_add(&node->down_sent, ((const struct sabir_linkdown *)value)->sent);
    count(&node->downs);
    return SABIR_OK;
}

static void on_dead(void *user_data, uint32_t reason, const char *target, const char *type, const char *detail) {
    (void)target, (void)type, (void)detail;
    struct test_node *node = user_data;
    count(&node->dead[reason]);
    count(&node->dead_total);
}

static void add_actors(struct test_node *node) {
    sabir_actor *actor;
    assert_int_equal(sabir_actor_new(NULL, node, &actor), SABIR_OK);
    assert_int_equal(sabir_actor_on_message(actor, TestEcho_type(), on_echo, NULL), SABIR_OK);
    assert_int_equal(sabir_manager_manage(node->manager, "echo", actor, &node->echo), SABIR_OK);
    assert_int_equal(sabir_actor_new(NULL, node, &actor), SABIR_OK);
    assert_int_equal(sabir_actor_on(actor, TestNote_type(), on_note), SABIR_OK);
    assert_int_equal(sabir_actor_on_message(actor, TestEcho_type(), on_sink_echo, NULL), SABIR_OK);
    assert_int_equal(sabir_actor_on(actor, sabir_type_reject(), on_reject), SABIR_OK);
    assert_int_equal(sabir_actor_on(actor, sabir_type_linkdown(), on_linkdown), SABIR_OK);
    assert_int_equal(sabir_manager_manage(node->manager, "sink", actor, &node->sink), SABIR_OK);
}

void test_node_make(struct test_node *node, void (*prepare)(sabir_config *config)) {
    sabir_config *config;
    memset(node, 0, sizeof *node);
    assert_int_equal(sabir_config_new(&config), SABIR_OK);
    assert_int_equal(sabir_config_set_bind(config, "tcp://127.0.0.1:*"), SABIR_OK);
    if (prepare) prepare(config);
    assert_int_equal(sabir_manager_new(config, &node->manager), SABIR_OK);
    sabir_config_free(config);
    assert_int_equal(sabir_manager_on_dead_letter(node->manager, on_dead, node, NULL), SABIR_OK);
    add_actors(node);
    const char *bound = sabir_manager_bound(node->manager);
    if (bound) node->tcp_port = raw_tcp_port_of(bound);
}

void test_node_start(struct test_node *node) {
    test_node_make(node, NULL);
    assert_int_equal(sabir_manager_start(node->manager), SABIR_OK);
}

void test_node_stop(struct test_node *node) {
    int64_t begin = sb_now_ns();
    assert_int_equal(sabir_manager_stop(node->manager), SABIR_OK);
    if (!getenv("SABIR_TEST_UNTIMED")) assert_true(sb_now_ns() - begin < INT64_C(2000000000)); /* LIFE-2 */
    sabir_ref_release(node->echo);
    sabir_ref_release(node->sink);
    sabir_manager_free(node->manager);
}

void test_wait(_Atomic uint32_t *word, uint32_t value) {
    int64_t deadline = sb_now_ns() + WAIT_NS;
    for (uint32_t now; (now = atomic_load(word)) < value;) {
        if (!sb_park(word, now, deadline)) break;
    }
    if (atomic_load(word) < value) fail_msg("%u of %u came in time", atomic_load(word), value);
}

int test_send_note(sabir_ref *to, int64_t number, sabir_ref *sender) {
    struct TestNote note = {.number = number};
    return sabir_ref_send_value(to, TestNote_type(), &note, sender);
}

bool test_canary(int push, int listener, uint16_t listener_tcp_port, int *pull, int timeout_ms) {
    static unsigned nonces;
    char text[256], body[512], nonce[32];
    snprintf(nonce, sizeof nonce, "\"nonce-%u\"", ++nonces);
    snprintf(text, sizeof text,
             "{\"type\":\"test.Echo\",\"target\":\"echo\",\"sender\":{\"name\":\"canary\",\"endpoint\":\"tcp://"
             "127.0.0.1:%u\"},"
             "\"payload\":{\"n\":%s}}",
             listener_tcp_port, nonce);
    if (!raw_send_text(push, text)) return false;
    int64_t deadline = sb_now_ns() + (int64_t)timeout_ms * 1000000;
    while (sb_now_ns() < deadline) {
        if (*pull == -1) {
            *pull = raw_accept(listener, timeout_ms);
            if (*pull == -1 || !raw_shake_hands(*pull, "PULL")) return false;
        }
        if (raw_receive_frame(*pull, body, sizeof body, timeout_ms, NULL) < 0) return false;
        if (strstr(body, nonce)) return true;
    }
    return false;
}
