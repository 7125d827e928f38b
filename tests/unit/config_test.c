/*
 * Configuration: what each setter takes, what the environment says, what may be bound and to whom replies may go.
 */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "alloc.h"
#include "config.h"
#include "error.h"

static void assert_detail(const char *part) {
    if (!strstr(sb_error_detail(), part)) fail_msg("expected \"%s\", got \"%s\"", part, sb_error_detail());
}

static sabir_config *new_config(void) {
    sabir_config *config;
    assert_int_equal(sabir_config_new(&config), SABIR_OK);
    return config;
}

static void the_defaults_are_those_of_the_documents(void **state) {
    (void)state;
    sabir_config *config = new_config();
    assert_null(config->node);
    assert_false(config->has_bind || config->has_advertise || config->insecure);
    assert_true(config->drain);
    assert_int_equal(config->stop_timeout_ns, 1000000000);
    assert_int_equal(config->peer_expiry_ns, 5000000000);
    assert_int_equal(config->peer_capacity_msgs, 65536);
    assert_int_equal(sb_config_check(config), SABIR_OK);
    sabir_config_free(config);
    sabir_config_free(NULL);
    assert_int_equal(sabir_config_new(NULL), SABIR_EINVAL);
}

static void setters_set_what_they_say(void **state) {
    (void)state;
    sabir_config *config = new_config();
    assert_int_equal(sabir_config_set_bind(config, "tcp://localhost:*"), SABIR_OK);
    assert_int_equal(sabir_config_set_advertise(config, "tcp://Ledger:7001"), SABIR_OK);
    assert_int_equal(sabir_config_set_node(config, "ledger"), SABIR_OK);
    assert_int_equal(sabir_config_set_insecure(config, true), SABIR_OK);
    assert_int_equal(sabir_config_set_stop_timeout_ns(config, 0), SABIR_OK);
    assert_int_equal(sabir_config_set_drain(config, false), SABIR_OK);
    assert_int_equal(sabir_config_set_peer_expiry_ns(config, 7), SABIR_OK);
    assert_int_equal(sabir_config_set_peer_capacity_msgs(config, 1), SABIR_OK);
    assert_string_equal(config->bind.text, "tcp://127.0.0.1:*");
    assert_string_equal(config->advertise.text, "tcp://ledger:7001");
    assert_string_equal(config->node, "ledger");
    assert_true(config->insecure && !config->drain && config->stop_timeout_ns == 0);
    assert_true(config->peer_expiry_ns == 7 && config->peer_capacity_msgs == 1);
    sabir_config_free(config);
}

static void a_setter_that_fails_changes_nothing(void **state) {
    (void)state;
    sabir_config *config = new_config();
    assert_int_equal(sabir_config_set_bind(config, "tcp://127.0.0.1:1"), SABIR_OK);
    assert_int_equal(sabir_config_set_bind(config, "tcp://127.1:1"), SABIR_EINVAL);
    assert_detail("endpoint \"tcp://127.1:1\"");
    assert_string_equal(config->bind.text, "tcp://127.0.0.1:1");
    assert_int_equal(sabir_config_set_advertise(config, "tcp://*:1"), SABIR_EINVAL);
    assert_false(config->has_advertise);
    assert_int_equal(sabir_config_set_node(config, ""), SABIR_EINVAL);
    assert_int_equal(sabir_config_set_node(config, "a\nb"), SABIR_EINVAL);
    assert_int_equal(sabir_config_set_node(config, "a@b"), SABIR_EINVAL);
    assert_detail("node \"a@b\": a node's name has no @");
    assert_null(config->node);
    assert_int_equal(sabir_config_set_stop_timeout_ns(config, -1), SABIR_EINVAL);
    assert_detail("the stop timeout is -1 ns");
    assert_int_equal(sabir_config_set_peer_expiry_ns(config, INT64_MIN), SABIR_EINVAL);
    assert_int_equal(sabir_config_set_peer_capacity_msgs(config, 0), SABIR_EINVAL);
    assert_int_equal(config->peer_capacity_msgs, 65536);
    sabir_config_free(config);
}

static void null_arguments_are_errors(void **state) {
    (void)state;
    sabir_config *config = new_config();
    assert_int_equal(sabir_config_set_bind(NULL, "tcp://a:1"), SABIR_EINVAL);
    assert_int_equal(sabir_config_set_bind(config, NULL), SABIR_EINVAL);
    assert_int_equal(sabir_config_set_advertise(config, NULL), SABIR_EINVAL);
    assert_int_equal(sabir_config_set_node(config, NULL), SABIR_EINVAL);
    assert_int_equal(sabir_config_read_peers(config, NULL), SABIR_EINVAL);
    assert_int_equal(sabir_config_add_peer(config, NULL, "tcp://a:1", 0), SABIR_EINVAL);
    assert_int_equal(sabir_config_add_peer(config, "a", NULL, 0), SABIR_EINVAL);
    assert_int_equal(sabir_config_allow(config, NULL), SABIR_EINVAL);
    assert_int_equal(sabir_config_set_insecure(NULL, true), SABIR_EINVAL);
    assert_int_equal(sabir_config_set_drain(NULL, true), SABIR_EINVAL);
    assert_int_equal(sabir_config_set_stop_timeout_ns(NULL, 1), SABIR_EINVAL);
    assert_int_equal(sabir_config_set_peer_expiry_ns(NULL, 1), SABIR_EINVAL);
    assert_int_equal(sabir_config_set_peer_capacity_msgs(NULL, 1), SABIR_EINVAL);
    assert_int_equal(sabir_config_read_env(NULL), SABIR_EINVAL);
    sabir_config_free(config);
}

/* ---- What may be bound --------------------------------------------------------------------------------------------------- */

static int check(const char *bind, const char *advertise, bool insecure) {
    sabir_config *config = new_config();
    if (bind) assert_int_equal(sabir_config_set_bind(config, bind), SABIR_OK);
    if (advertise) assert_int_equal(sabir_config_set_advertise(config, advertise), SABIR_OK);
    sabir_config_set_insecure(config, insecure);
    int code = sb_config_check(config);
    sabir_config_free(config);
    return code;
}

static void a_wildcard_needs_an_advertised_endpoint(void **state) {
    (void)state;
    assert_int_equal(check("tcp://*:7001", NULL, true), SABIR_EINVAL);
    assert_detail("tcp://0.0.0.0:7001 is no endpoint that others can connect to");
    assert_detail("RTE-3");
    assert_int_equal(check("tcp://[::]:7001", NULL, true), SABIR_EINVAL);
    assert_int_equal(check("tcp://*:7001", "tcp://ledger:7001", true), SABIR_OK);
    assert_int_equal(check("tcp://127.0.0.1:*", NULL, false), SABIR_OK);
    assert_int_equal(check(NULL, "tcp://ledger:7001", false), SABIR_EINVAL);
    assert_detail("tcp://ledger:7001 is advertised, but nothing is bound");
}

static void beyond_loopback_needs_permission(void **state) {
    (void)state;
    assert_int_equal(check("tcp://10.0.0.1:7001", NULL, false), SABIR_EPERM);
    assert_detail("tcp://10.0.0.1:7001 can be reached from other machines");
    assert_detail("SABIR_INSECURE=1");
    assert_int_equal(check("tcp://*:7001", "tcp://127.0.0.1:7001", false), SABIR_EPERM);
    assert_int_equal(check("tcp://[fe80::1]:7001", NULL, false), SABIR_EPERM);
    assert_int_equal(check("tcp://10.0.0.1:7001", NULL, true), SABIR_OK);
    assert_int_equal(check("tcp://127.0.0.9:7001", NULL, false), SABIR_OK);
    assert_int_equal(check("tcp://[::1]:7001", NULL, false), SABIR_OK);
    assert_int_equal(check("ipc:///run/a.sock", NULL, false), SABIR_OK);
}

/* ---- Peers --------------------------------------------------------------------------------------------------------------- */

static void a_peer_is_found_by_node_and_endpoint(void **state) {
    (void)state;
    sabir_config *config = new_config();
    assert_int_equal(sabir_config_add_peer(config, "a", "tcp://localhost:1", SABIR_DIALECT_FLAT), SABIR_OK);
    assert_int_equal(sabir_config_add_peer(config, "b", "ipc:///b", SABIR_DIALECT_V1), SABIR_OK);
    const struct sb_config_peer *peer = sb_config_peer_by_node(config, SB_TEXT("a"));
    assert_non_null(peer);
    assert_int_equal(peer->dialect, SABIR_DIALECT_FLAT);
    assert_ptr_equal(sb_config_peer_by_endpoint(config, "tcp://127.0.0.1:1"), peer);
    assert_ptr_equal(sb_config_peer_by_endpoint(config, "ipc:///b"), sb_config_peer_by_node(config, SB_TEXT("b")));
    assert_null(sb_config_peer_by_node(config, SB_TEXT("c")));
    assert_null(sb_config_peer_by_endpoint(config, "tcp://127.0.0.1:2"));
    assert_null(sb_config_peer_by_actor(config, SB_TEXT("a")));
    sabir_config_free(config);
}

static void a_wrong_peer_is_refused(void **state) {
    (void)state;
    sabir_config *config = new_config();
    assert_int_equal(sabir_config_add_peer(config, "a", "tcp://127.0.0.1:1", 0), SABIR_OK);
    assert_int_equal(sabir_config_add_peer(config, "a", "tcp://127.0.0.1:2", 0), SABIR_EEXIST);
    assert_detail("the peer \"a\" is there already");
    assert_int_equal(sabir_config_add_peer(config, "b", "tcp://localhost:1", 0), SABIR_EEXIST);
    assert_detail("the peers \"a\" and \"b\" have one endpoint, tcp://127.0.0.1:1");
    assert_int_equal(sabir_config_add_peer(config, "b", "tcp://*:1", 0), SABIR_EINVAL);
    assert_int_equal(sabir_config_add_peer(config, "b@c", "tcp://127.0.0.1:2", 0), SABIR_EINVAL);
    assert_int_equal(sabir_config_add_peer(config, "b", "tcp://127.0.0.1:2", 2), SABIR_EINVAL);
    assert_detail("peer \"b\": there is no dialect 2");
    assert_int_equal(config->peer_count, 1);
    sabir_config_free(config);
}

/* ---- Allowing ------------------------------------------------------------------------------------------------------------ */

static bool allows(const sabir_config *config, const char *text) {
    struct sb_endpoint endpoint;
    assert_int_equal(sb_endpoint_parse(sb_text_of(text), &endpoint), SABIR_OK);
    return sb_config_allows(config, &endpoint);
}

static void allow_matches_by_text_or_literal_address(void **state) {
    (void)state;
    static const char *const entries[] = {"10.0.0.7", "Gateway:7100", "[2001:db8:0::1]",   "::ffff:10.0.0.8",
                                          "[::1]:9",  "localhost:5",  "ipc:///run/a.sock", "2001:db8::2"};
    sabir_config *config = new_config();
    assert_false(allows(config, "tcp://10.0.0.7:1"));
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++)
        if (sabir_config_allow(config, entries[i])) fail_msg("%s", sb_error_detail());
    assert_true(allows(config, "tcp://10.0.0.7:1"));
    assert_true(allows(config, "tcp://[::ffff:10.0.0.7]:65535"));
    assert_true(allows(config, "tcp://gateway:7100"));
    assert_true(allows(config, "tcp://GATEWAY:7100"));
    assert_true(allows(config, "tcp://[2001:db8::1]:3"));
    assert_true(allows(config, "tcp://[2001:db8::2]:3"));
    assert_true(allows(config, "tcp://10.0.0.8:3"));
    assert_true(allows(config, "tcp://[::1]:9"));
    assert_true(allows(config, "tcp://127.0.0.1:5"));
    assert_true(allows(config, "ipc:///run/a.sock"));
    assert_false(allows(config, "tcp://10.0.0.70:1"));
    assert_false(allows(config, "tcp://gateway:7101"));
    assert_false(allows(config, "tcp://gateway.example:7100"));
    assert_false(allows(config, "tcp://[::1]:10"));
    assert_false(allows(config, "tcp://127.0.0.1:6"));
    assert_false(allows(config, "ipc:///run/b.sock"));
    assert_false(allows(config, "ipc:///10.0.0.7"));
    size_t before = config->allow_count;
    assert_int_equal(sabir_config_allow(config, "gateway:7100"), SABIR_OK);
    assert_int_equal(config->allow_count, before);
    sabir_config_free(config);
}

static void a_wrong_allow_is_refused(void **state) {
    (void)state;
    static const char *const wrong[] = {"",
                                        "127.1",
                                        "a b",
                                        "a:0",
                                        "a:",
                                        ":80",
                                        "a:80:90",
                                        "*",
                                        "*:80",
                                        "0.0.0.0",
                                        "[::]",
                                        "::",
                                        "::ffff:0.0.0.0",
                                        "0.0.0.0:80",
                                        "[::]:80",
                                        "tcp://a:80",
                                        "a/8",
                                        "10.0.0.0/8",
                                        "ipc://a",
                                        "::1]:80",
                                        "[::1",
                                        "user@a",
                                        "a;b"};
    sabir_config *config = new_config();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (sabir_config_allow(config, wrong[i]) != SABIR_EINVAL) fail_msg("\"%s\" was taken", wrong[i]);
    char longest[400];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    longest[300] = ':';
    assert_int_equal(sabir_config_allow(config, longest), SABIR_EINVAL);
    assert_int_equal(config->allow_count, 0);
    sabir_config_free(config);
}

/* ---- The environment ----------------------------------------------------------------------------------------------------- */

static const char *const variables[] = {"SABIR_BIND", "SABIR_ADVERTISE", "SABIR_NODE", "SABIR_PEERS", "SABIR_INSECURE"};

static int clear_environment(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) unsetenv(variables[i]);
    return 0;
}

static void what_the_environment_does_not_say_stays(void **state) {
    (void)state;
    sabir_config *config = new_config();
    sabir_config_set_bind(config, "tcp://127.0.0.1:1");
    sabir_config_set_node(config, "before");
    sabir_config_set_insecure(config, true);
    setenv("SABIR_BIND", "", 1);
    assert_int_equal(sabir_config_read_env(config), SABIR_OK);
    assert_string_equal(config->bind.text, "tcp://127.0.0.1:1");
    assert_string_equal(config->node, "before");
    assert_true(config->insecure);
    sabir_config_free(config);
}

static void every_variable_is_read(void **state) {
    (void)state;
    char path[] = "/tmp/sabir_config_XXXXXX";
    int file = mkstemp(path);
    const char text[] = "{\"nodes\":{\"a\":{\"endpoint\":\"tcp://127.0.0.1:2\"}}}";
    assert_int_equal(write(file, text, sizeof text - 1), sizeof text - 1);
    close(file);
    setenv("SABIR_BIND", "tcp://0.0.0.0:7001", 1);
    setenv("SABIR_ADVERTISE", "tcp://ledger:7001", 1);
    setenv("SABIR_NODE", "ledger", 1);
    setenv("SABIR_PEERS", path, 1);
    setenv("SABIR_INSECURE", "1", 1);
    sabir_config *config = new_config();
    assert_int_equal(sabir_config_read_env(config), SABIR_OK);
    assert_true(config->bind_is_wildcard && config->insecure);
    assert_string_equal(config->advertise.text, "tcp://ledger:7001");
    assert_string_equal(config->node, "ledger");
    assert_non_null(sb_config_peer_by_node(config, SB_TEXT("a")));
    assert_int_equal(sb_config_check(config), SABIR_OK);
    setenv("SABIR_INSECURE", "0", 1);
    unsetenv("SABIR_PEERS");
    assert_int_equal(sabir_config_read_env(config), SABIR_OK);
    assert_int_equal(sb_config_check(config), SABIR_EPERM);
    sabir_config_free(config);
    unlink(path);
}

static void a_wrong_variable_is_named(void **state) {
    (void)state;
    static const char *const wrong[][3] = {
        {"SABIR_BIND", "tcp://a:1", "SABIR_BIND: endpoint \"tcp://a:1\": a node listens on"},
        {"SABIR_ADVERTISE", "tcp://*:1", "SABIR_ADVERTISE: endpoint \"tcp://*:1\""},
        {"SABIR_NODE", "a@b", "SABIR_NODE: node \"a@b\""},
        {"SABIR_INSECURE", "yes", "SABIR_INSECURE: \"yes\" is neither 1 nor 0"},
        {"SABIR_INSECURE", "10", "SABIR_INSECURE: \"10\" is neither"}};
    sabir_config *config = new_config();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        clear_environment(NULL);
        setenv(wrong[i][0], wrong[i][1], 1);
        assert_int_equal(sabir_config_read_env(config), SABIR_EINVAL);
        assert_detail(wrong[i][2]);
    }
    clear_environment(NULL);
    setenv("SABIR_PEERS", "/nowhere/peers.json", 1);
    assert_int_equal(sabir_config_read_env(config), SABIR_EIO);
    assert_detail("SABIR_PEERS: cannot open /nowhere/peers.json: No such file");
    sabir_config_free(config);
}

/* ---- Copies and memory --------------------------------------------------------------------------------------------------- */

static sabir_config *full_config(void) {
    sabir_config *config = new_config();
    sabir_config_set_node(config, "ledger");
    sabir_config_set_bind(config, "tcp://127.0.0.1:1");
    sabir_config_add_peer(config, "a", "tcp://127.0.0.1:2", 0);
    sabir_config_add_peer(config, "b", "tcp://127.0.0.1:3", 1);
    sabir_config_allow(config, "10.0.0.7");
    sabir_config_allow(config, "gateway:1");
    config->peers[1].actors = sb_alloc_zero(2, sizeof(char *));
    config->peers[1].actors[0] = sb_strndup("x", 1);
    config->peers[1].actors[1] = sb_strndup("y", 1);
    config->peers[1].actor_count = 2;
    return config;
}

static void a_copy_is_deep(void **state) {
    (void)state;
    sabir_config *config = full_config(), *copy;
    assert_int_equal(sb_config_copy(config, &copy), SABIR_OK);
    sabir_config_free(config);
    assert_string_equal(copy->node, "ledger");
    assert_string_equal(copy->bind.text, "tcp://127.0.0.1:1");
    assert_int_equal(copy->peer_count, 2);
    assert_string_equal(copy->peers[0].node, "a");
    assert_ptr_equal(sb_config_peer_by_actor(copy, SB_TEXT("y")), &copy->peers[1]);
    assert_int_equal(copy->peers[1].dialect, SABIR_DIALECT_FLAT);
    assert_true(allows(copy, "tcp://10.0.0.7:5"));
    assert_true(allows(copy, "tcp://gateway:1"));
    sabir_config_free(copy);
    assert_int_equal(sb_config_copy(NULL, &copy), SABIR_OK);
    assert_true(copy->drain && copy->peer_capacity_msgs == 65536);
    sabir_config_free(copy);
}

static void no_memory_is_said_for_every_allocation(void **state) {
    (void)state;
    sabir_config *config = full_config(), *copy;
    int code;
    unsigned long k = 0;
    do {
        sb_alloc_fail_after(++k);
        code = sb_config_copy(config, &copy);
        sb_alloc_fail_after(0);
        if (code) assert_int_equal(code, SABIR_ENOMEM);
    } while (code && k < 100);
    assert_true(code == SABIR_OK && k > 10);
    sabir_config_free(copy);
    sb_alloc_fail_after(1);
    assert_int_equal(sabir_config_new(&copy), SABIR_ENOMEM);
    sb_alloc_fail_after(1);
    assert_int_equal(sabir_config_set_node(config, "other"), SABIR_ENOMEM);
    assert_string_equal(config->node, "ledger");
    for (k = 1; k <= 2; k++) {
        sb_alloc_fail_after(k);
        assert_int_equal(sabir_config_add_peer(config, "c", "tcp://127.0.0.1:4", 0), SABIR_ENOMEM);
        sb_alloc_fail_after(k);
        assert_int_equal(sabir_config_allow(config, "c:1"), SABIR_ENOMEM);
    }
    sb_alloc_fail_after(0);
    assert_true(config->peer_count == 2 && config->allow_count == 2);
    sabir_config_free(config);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_defaults_are_those_of_the_documents),
        cmocka_unit_test(setters_set_what_they_say),
        cmocka_unit_test(a_setter_that_fails_changes_nothing),
        cmocka_unit_test(null_arguments_are_errors),
        cmocka_unit_test(a_wildcard_needs_an_advertised_endpoint),
        cmocka_unit_test(beyond_loopback_needs_permission),
        cmocka_unit_test(a_peer_is_found_by_node_and_endpoint),
        cmocka_unit_test(a_wrong_peer_is_refused),
        cmocka_unit_test(allow_matches_by_text_or_literal_address),
        cmocka_unit_test(a_wrong_allow_is_refused),
        cmocka_unit_test_setup(what_the_environment_does_not_say_stays, clear_environment),
        cmocka_unit_test_setup(every_variable_is_read, clear_environment),
        cmocka_unit_test_setup(a_wrong_variable_is_named, clear_environment),
        cmocka_unit_test(a_copy_is_deep),
        cmocka_unit_test(no_memory_is_said_for_every_allocation),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
