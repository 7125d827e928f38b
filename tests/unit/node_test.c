/*
 * Whole nodes: what they bind, what they are called, envelopes and asks between two of them.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "alloc.h"
#include "support/raw_peer.h"
#include "support/test_node.h"
#include "thread.h"

#define SECOND_NS INT64_C(1000000000)

static sabir_config *config_bound_to(const char *endpoint) {
    sabir_config *config;
    assert_int_equal(sabir_config_new(&config), SABIR_OK);
    assert_int_equal(sabir_config_set_bind(config, endpoint), SABIR_OK);
    return config;
}

static int try_bind(const char *endpoint, sabir_manager **manager) {
    sabir_config *config = config_bound_to(endpoint);
    int code = sabir_manager_new(config, manager);
    sabir_config_free(config);
    return code;
}

static void assert_detail_has(const char *part) {
    char detail[1024];
    sabir_error_detail_copy(detail, sizeof detail);
    if (!strstr(detail, part)) fail_msg("'%s' does not say '%s'", detail, part);
}

/* ---- What is bound ------------------------------------------------------------------------------------------------------------------- */

static void a_free_tcp_port_is_chosen_and_told(void **state) {
    (void)state;
    struct test_node node;
    test_node_make(&node, NULL);
    assert_true(node.tcp_port > 0);
    assert_string_equal(sabir_manager_endpoint(node.manager), sabir_manager_bound(node.manager));
    test_node_stop(&node);
}

static void advertise_elsewhere(sabir_config *config) {
    assert_int_equal(sabir_config_set_advertise(config, "tcp://shop.example:7001"), SABIR_OK);
}

static void what_is_advertised_is_another_thing_than_what_is_bound(void **state) {
    (void)state;
    struct test_node node;
    test_node_make(&node, advertise_elsewhere);
    assert_string_equal(sabir_manager_endpoint(node.manager), "tcp://shop.example:7001");
    assert_non_null(strstr(sabir_manager_bound(node.manager), "tcp://127.0.0.1:"));
    test_node_stop(&node);
}

static void a_tcp_port_in_use_is_an_error_at_once(void **state) {
    (void)state;
    struct test_node node;
    sabir_manager *second;
    test_node_make(&node, NULL);
    assert_int_equal(try_bind(sabir_manager_bound(node.manager), &second), SABIR_EBIND);
    assert_detail_has("Address already in use");
    assert_detail_has(sabir_manager_bound(node.manager));
    test_node_stop(&node);
}

static void a_tcp_port_is_free_again_after_a_stop(void **state) {
    (void)state;
    char endpoint[64];
    for (int i = 0; i < 20; i++) {
        struct test_node node;
        sabir_manager *second;
        test_node_start(&node);
        snprintf(endpoint, sizeof endpoint, "%s", sabir_manager_bound(node.manager));
        test_node_stop(&node);
        assert_int_equal(try_bind(endpoint, &second), SABIR_OK);
        sabir_manager_free(second);
    }
}

/* Without memory a node is not made or a message not sent, and nothing leaks or hangs. */
static void any_allocation_may_fail(void **state) {
    (void)state;
    struct test_node node;
    sabir_ref *ref = NULL;
    int code = SABIR_ENOMEM;
    for (unsigned long k = 1; code != SABIR_OK; k++) {
        sabir_manager *manager = NULL;
        sabir_config *config = config_bound_to("tcp://127.0.0.1:*");
        sb_alloc_fail_after(k);
        code = sabir_manager_new(config, &manager);
        sb_alloc_fail_after(0);
        sabir_config_free(config);
        if (code == SABIR_OK)
            sabir_manager_free(manager);
        else
            assert_int_equal(code, SABIR_ENOMEM);
    }
    test_node_start(&node);
    code = SABIR_ENOMEM;
    for (unsigned long k = 1; code != SABIR_OK; k++) {
        sb_alloc_fail_after(k);
        code = sabir_manager_remote(node.manager, "x", "tcp://127.0.0.1:9", SABIR_DIALECT_V1, &ref);
        sb_alloc_fail_after(0);
        if (code != SABIR_OK) assert_int_equal(code, SABIR_ENOMEM);
    }
    test_node_stop(&node);
    sabir_ref_release(ref);
}

static char folder[64];
static char ipc_endpoint[128];
static const char *ipc_path;

static int make_folder(void **state) {
    (void)state;
    strcpy(folder, "/tmp/sabir-node-test-XXXXXX");
    if (!mkdtemp(folder)) return -1;
    snprintf(ipc_endpoint, sizeof ipc_endpoint, "ipc://%s/a.sock", folder);
    ipc_path = ipc_endpoint + strlen("ipc://");
    return 0;
}

static int remove_folder(void **state) {
    (void)state;
    unlink(ipc_path);
    return rmdir(folder);
}

static void a_file_in_the_way_is_not_removed(void **state) {
    (void)state;
    sabir_manager *manager;
    struct stat found;
    int fd = open(ipc_path, O_CREAT | O_WRONLY, 0600);
    assert_int_equal(write(fd, "precious", 8), 8);
    close(fd);
    assert_int_equal(try_bind(ipc_endpoint, &manager), SABIR_EBIND);
    assert_detail_has("no socket");
    assert_int_equal(stat(ipc_path, &found), 0);
    assert_int_equal(found.st_size, 8);
}

static void a_live_socket_is_not_stolen_and_a_dead_one_is_replaced(void **state) {
    (void)state;
    sabir_manager *first, *second;
    assert_int_equal(try_bind(ipc_endpoint, &first), SABIR_OK);
    assert_int_equal(try_bind(ipc_endpoint, &second), SABIR_EBIND);
    assert_detail_has("another process listens there");
    sabir_manager_free(first);
    /* What a killed process leaves behind: the file of a socket that nobody listens on. */
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, ipc_path);
    unlink(ipc_path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
    assert_int_equal(access(ipc_path, F_OK), 0);
    assert_int_equal(try_bind(ipc_endpoint, &second), SABIR_OK);
    sabir_manager_free(second);
}

static void envelopes_go_over_ipc_too(void **state) {
    (void)state;
    struct test_node a;
    sabir_manager *b;
    sabir_ref *to;
    test_node_start(&a);
    assert_int_equal(try_bind(ipc_endpoint, &b), SABIR_OK);
    assert_int_equal(sabir_manager_start(b), SABIR_OK);
    assert_int_equal(sabir_manager_remote(b, "sink", sabir_manager_endpoint(a.manager), SABIR_DIALECT_V1, &to),
                     SABIR_OK);
    for (int64_t i = 1; i <= 100; i++) assert_int_equal(test_send_note(to, i, NULL), SABIR_OK);
    test_wait(&a.notes, 100);
    sabir_ref_release(to);
    assert_int_equal(sabir_manager_remote(a.manager, "nobody", ipc_endpoint, SABIR_DIALECT_V1, &to), SABIR_OK);
    assert_int_equal(test_send_note(to, 1, a.sink), SABIR_OK);
    test_wait(&a.rejects, 1); /* there over ipc, back over TCP: b made a ref to that endpoint itself (RTE-4) */
    sabir_manager_free(b);
    test_node_stop(&a);
    sabir_ref_release(to);
}

static void envelopes_go_over_ipv6_too(void **state) {
    (void)state;
    struct test_node a;
    sabir_manager *b;
    sabir_ref *to;
    test_node_start(&a);
    if (try_bind("tcp://[::1]:*", &b) != SABIR_OK) { /* a machine without IPv6 */
        test_node_stop(&a);
        skip();
    }
    assert_int_equal(sabir_manager_start(b), SABIR_OK);
    assert_non_null(strstr(sabir_manager_endpoint(b), "tcp://[::1]:"));
    assert_int_equal(sabir_manager_remote(a.manager, "nobody", sabir_manager_endpoint(b), SABIR_DIALECT_V1, &to),
                     SABIR_OK);
    sabir_ref *back;
    assert_int_equal(sabir_manager_remote(b, "sink", sabir_manager_endpoint(a.manager), SABIR_DIALECT_V1, &back),
                     SABIR_OK);
    assert_int_equal(test_send_note(to, 1, a.sink), SABIR_OK);
    test_wait(&a.rejects, 1);
    sabir_manager_free(b);
    test_node_stop(&a);
    sabir_ref_release(to);
    sabir_ref_release(back);
}

/* ---- Two nodes -------------------------------------------------------------------------------------------------------------------------- */

static struct test_node a, b;
static sabir_ref *echo_at_b, *nobody_at_b;

static int begin(void **state) {
    (void)state;
    test_node_start(&a);
    test_node_start(&b);
    int code = sabir_manager_remote(a.manager, "echo", sabir_manager_endpoint(b.manager), SABIR_DIALECT_V1, &echo_at_b);
    if (code != SABIR_OK) return code;
    return sabir_manager_remote(a.manager, "nobody", sabir_manager_endpoint(b.manager), SABIR_DIALECT_V1, &nobody_at_b);
}

static int end(void **state) {
    (void)state;
    test_node_stop(&a);
    test_node_stop(&b);
    sabir_ref_release(echo_at_b);
    sabir_ref_release(nobody_at_b);
    return 0;
}

static sabir_message *echo_of(const char *json) {
    sabir_message *message;
    assert_int_equal(sabir_message_new_json(TestEcho_type(), json, strlen(json), &message), SABIR_OK);
    return message;
}

static void envelopes_go_there_and_back(void **state) {
    (void)state;
    for (int i = 0; i < 1000; i++) assert_int_equal(sabir_ref_send(echo_at_b, echo_of("{}"), a.sink), SABIR_OK);
    test_wait(&a.echoes, 1000);
    assert_int_equal(atomic_load(&a.dead_total), 0);
    assert_int_equal(atomic_load(&b.dead_total), 0);
}

static void an_ask_is_answered_once(void **state) {
    (void)state;
    sabir_message *reply;
    const char *json;
    size_t len_bytes;
    for (int i = 0; i < 100; i++) {
        char text[32];
        snprintf(text, sizeof text, "{\"n\":%d}", i);
        assert_int_equal(sabir_ref_ask(echo_at_b, echo_of(text), 3 * SECOND_NS, &reply), SABIR_OK);
        assert_int_equal(sabir_message_json_get(reply, &json, &len_bytes), SABIR_OK);
        assert_int_equal(len_bytes, strlen(text));
        assert_memory_equal(json, text, len_bytes);
        sabir_message_free(reply);
    }
}

static void an_ask_that_is_rejected_says_why(void **state) {
    (void)state;
    sabir_message *reply;
    const void *value;
    assert_int_equal(sabir_ref_ask(nobody_at_b, echo_of("{}"), 3 * SECOND_NS, &reply), SABIR_EREJECTED);
    assert_int_equal(sabir_message_value_get(reply, sabir_type_reject(), &value), SABIR_OK);
    const struct sabir_reject *reject = value;
    assert_int_equal(reject->code.len_bytes, strlen("unknown_target"));
    assert_memory_equal(reject->code.bytes, "unknown_target", reject->code.len_bytes);
    sabir_message_free(reply);
}

struct answered_oddly {
    int listener;
    const char *type;
};

/* A peer that answers its first request with a message of another type than anybody here knows. */
static void answer_oddly(void *argument) {
    const struct answered_oddly *odd = argument;
    char request[1024], reply[512];
    int pull = raw_accept(odd->listener, 10000);
    assert_true(raw_shake_hands(pull, "PULL"));
    assert_true(raw_receive_frame(pull, request, sizeof request, 10000, NULL) > 0);
    const char *id = strstr(request, "\"id\":\"");
    assert_non_null(id);
    int id_len = (int)strcspn(id + 6, "\"");
    snprintf(reply, sizeof reply,
             "{\"sabir\":1,\"type\":\"%s\",\"target\":\"sabir.ask\",\"re\":\"%.*s\",\"payload\":{}}", odd->type, id_len,
             id + 6);
    int push = raw_connect_push("127.0.0.1", a.tcp_port);
    assert_true(raw_send_text(push, reply));
    raw_receive_frame(push, request, sizeof request, 10000, NULL); /* until the node goes, or nothing comes */
    close(push);
    close(pull);
}

static void an_answer_of_a_type_that_nobody_knows_ends_its_ask(void **state) {
    (void)state;
    uint16_t tcp_port = 0;
    char endpoint[64], detail[256];
    sabir_ref *odd_one;
    sabir_message *reply;
    struct answered_oddly odd = {raw_listen("127.0.0.1", &tcp_port), "test.NobodyKnowsIt"};
    struct sb_thread thread;
    assert_int_equal(sb_thread_start(&thread, "odd", answer_oddly, &odd), SABIR_OK);
    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", tcp_port);
    assert_int_equal(sabir_manager_remote(a.manager, "odd", endpoint, SABIR_DIALECT_V1, &odd_one), SABIR_OK);
    assert_int_equal(sabir_ref_ask(odd_one, echo_of("{}"), 10 * SECOND_NS, &reply), SABIR_EMISMATCH);
    sabir_error_detail_copy(detail, sizeof detail);
    assert_non_null(strstr(detail, "'test.NobodyKnowsIt', which this process does not know"));
    assert_null(reply);
    test_wait(&a.dead[SABIR_DEAD_UNKNOWN_TYPE], 1);
    sabir_ref_release(odd_one);
    close(odd.listener);
    test_node_stop(&a);
    sb_thread_join(&thread);
    test_node_start(&a); /* for the end */
}

static void an_ask_through_flat_is_refused_here(void **state) {
    (void)state;
    sabir_ref *flat;
    sabir_message *reply;
    assert_int_equal(
        sabir_manager_remote(a.manager, "echo", sabir_manager_endpoint(b.manager), SABIR_DIALECT_FLAT, &flat),
        SABIR_OK);
    assert_int_equal(sabir_ref_ask(flat, echo_of("{}"), SECOND_NS, &reply), SABIR_EUNSUPPORTED);
    assert_int_equal(sabir_ref_send(flat, echo_of("{}"), a.sink), SABIR_OK);
    test_wait(&a.echoes, 1);
    sabir_ref_release(flat);
}

static void an_ask_without_end_ends_when_the_peer_goes(void **state) {
    (void)state;
    uint16_t tcp_port = 0;
    char endpoint[64];
    sabir_ref *mute;
    sabir_message *reply;
    int listener = raw_listen("127.0.0.1", &tcp_port);
    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", tcp_port);
    assert_int_equal(sabir_manager_remote(a.manager, "x", endpoint, SABIR_DIALECT_V1, &mute), SABIR_OK);
    close(listener); /* nobody is there: its mail expires */
    int64_t begin_ns = sb_now_ns();
    assert_int_equal(sabir_ref_ask(mute, echo_of("{}"), -1, &reply), SABIR_EDOWN);
    assert_in_range(sb_now_ns() - begin_ns, 4 * SECOND_NS, 8 * SECOND_NS);
    sabir_ref_release(mute);
}

static void a_snapshot_tells_of_peers_and_wire(void **state) {
    (void)state;
    sabir_snapshot *snapshot;
    char expected[128];
    int push = raw_connect_push("127.0.0.1", b.tcp_port);
    assert_true(raw_send_text(push, "[]"));
    test_wait(&b.dead[SABIR_DEAD_MALFORMED], 1);
    assert_int_equal(sabir_ref_send(echo_at_b, echo_of("{}"), a.sink), SABIR_OK);
    test_wait(&a.echoes, 1);
    assert_int_equal(sabir_snapshot_new(b.manager, &snapshot), SABIR_OK);
    const char *json = sabir_snapshot_json(snapshot);
    snprintf(expected, sizeof expected,
             "\"peers\":[{\"endpoint\":\"%s\",\"dialect\":\"v1\",\"state\":\"up\",\"queued\":0,\"sent\":1,",
             sabir_manager_endpoint(a.manager));
    assert_non_null(strstr(json, expected));
    assert_non_null(strstr(json, "\"wire\":{\"received\":2,\"refused\":0,\"malformed\":{\"ENV-2\":1}}"));
    sabir_snapshot_free(snapshot);
    close(push);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_free_tcp_port_is_chosen_and_told),
        cmocka_unit_test(what_is_advertised_is_another_thing_than_what_is_bound),
        cmocka_unit_test(a_tcp_port_in_use_is_an_error_at_once),
        cmocka_unit_test(a_tcp_port_is_free_again_after_a_stop),
        cmocka_unit_test(any_allocation_may_fail),
        cmocka_unit_test_setup_teardown(a_file_in_the_way_is_not_removed, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_live_socket_is_not_stolen_and_a_dead_one_is_replaced, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(envelopes_go_over_ipc_too, make_folder, remove_folder),
        cmocka_unit_test(envelopes_go_over_ipv6_too),
        cmocka_unit_test_setup_teardown(envelopes_go_there_and_back, begin, end),
        cmocka_unit_test_setup_teardown(an_ask_is_answered_once, begin, end),
        cmocka_unit_test_setup_teardown(an_ask_that_is_rejected_says_why, begin, end),
        cmocka_unit_test_setup_teardown(an_answer_of_a_type_that_nobody_knows_ends_its_ask, begin, end),
        cmocka_unit_test_setup_teardown(an_ask_through_flat_is_refused_here, begin, end),
        cmocka_unit_test_setup_teardown(an_ask_without_end_ends_when_the_peer_goes, begin, end),
        cmocka_unit_test_setup_teardown(a_snapshot_tells_of_peers_and_wire, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
