#include "support/stranger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "support/raw_peer.h"

struct stranger stranger;

bool stranger_begin(struct test_node *node) {
    stranger = (struct stranger){.node = node, .pull = -1};
    stranger.listener = raw_listen("127.0.0.1", &stranger.tcp_port);
    stranger.push = raw_connect_push("127.0.0.1", node->tcp_port);
    return stranger.push != -1;
}

void stranger_end(void) {
    close(stranger.listener), close(stranger.push), close(stranger.pull);
}

void stranger_send(const char *text) {
    assert_true(raw_send_text(stranger.push, text));
}

void stranger_send_v1(const char *type, const char *target, const char *payload, const char *more) {
    char text[16 * 1024];
    snprintf(text, sizeof text,
             "{\"type\":\"%s\",\"target\":\"%s\",\"sender\":{\"name\":\"me\",\"endpoint\":\"tcp://"
             "127.0.0.1:%u\"},\"payload\":%s%s}",
             type, target, stranger.tcp_port, payload, more);
    stranger_send(text);
}

void stranger_send_flat(const char *type, const char *target, const char *message) {
    char text[2048];
    snprintf(text, sizeof text,
             "{\"sender_actor\":\"me\",\"sender_endpoint\":\"tcp://"
             "127.0.0.1:%u\",\"receiver\":\"%s\",\"message_type\":\"%s\","
             "\"message\":%s}",
             stranger.tcp_port, target, type, message);
    stranger_send(text);
}

const char *stranger_answer(void) {
    static char body[4096];
    if (stranger.pull == -1) {
        stranger.pull = raw_accept(stranger.listener, RAW_PATIENCE_MS);
        assert_int_not_equal(stranger.pull, -1);
        assert_true(raw_shake_hands(stranger.pull, "PULL"));
    }
    assert_true(raw_receive_frame(stranger.pull, body, sizeof body, RAW_PATIENCE_MS, NULL) > 0);
    return body;
}

void assert_has(const char *text, const char *part) {
    if (!strstr(text, part)) fail_msg("%s is not in %s", part, text);
}

void assert_rejected(const char *code, const char *type, const char *target) {
    char expected[512];
    const char *text = stranger_answer();
    assert_has(text, "{\"type\":\"Reject\",\"target\":\"me\",\"sender\":null,\"payload\":{");
    snprintf(expected, sizeof expected, "\"code\":\"%s\"", code);
    assert_has(text, expected);
    snprintf(expected, sizeof expected, "\"message_type\":\"%s\",\"target\":\"%s\",\"rejected_by\":\"%s\"}", type,
             target, sabir_manager_endpoint(stranger.node->manager));
    assert_has(text, expected);
}

void assert_silence(void) {
    stranger_send_v1("test.Echo", "echo", "{\"silence\":1}", "");
    assert_has(stranger_answer(), "\"silence\":1");
}

uint32_t stranger_dead(uint32_t reason) {
    return atomic_load(&stranger.node->dead[reason]);
}
