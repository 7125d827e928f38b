/*
 * The peers file: what it says arrives, and each fault is told with file, line and column, and changes nothing.
 */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "alloc.h"
#include "error.h"
#include "peers_file.h"

static const char shop[] =
    "{\n"
    "  \"nodes\": {\n"
    "    \"ledger\": {\"endpoint\": \"tcp://localhost:7001\", \"actors\": [\"ledger\", \"audit\"]},\n"
    "    \"pric\\u0065r\": {\"dialect\": \"flat\", \"endpoint\": \"tcp://10.0.0.7:7002\", \"actors\": []},\n"
    "    \"risk\": {\"endpoint\": \"ipc:\\/\\/\\/run\\/risk\", \"dialect\": \"v1\", \"actors\": [\"audit\", "
    "\"r\xc3\xa9\"]}\n"
    "  },\n"
    "  \"allow\": [\"10.0.0.9\", \"gateway:7100\"]\n"
    "}\n";

static sabir_config *parse(const char *text) {
    sabir_config *config;
    assert_int_equal(sabir_config_new(&config), SABIR_OK);
    if (sb_peers_file_parse("peers.json", sb_text_of(text), config) != SABIR_OK) fail_msg("%s", sb_error_detail());
    return config;
}

static void assert_fault(const char *text, const char *detail) {
    sabir_config *config;
    assert_int_equal(sabir_config_new(&config), SABIR_OK);
    assert_int_equal(sabir_config_add_peer(config, "known", "tcp://127.0.0.1:1", 0), SABIR_OK);
    assert_int_equal(sb_peers_file_parse("peers.json", sb_text_of(text), config), SABIR_EMALFORMED);
    assert_string_equal(sb_error_detail(), detail);
    assert_true(config->peer_count == 1 && config->allow_count == 0);
    sabir_config_free(config);
}

static void what_the_file_says_arrives(void **state) {
    (void)state;
    sabir_config *config = parse(shop);
    assert_int_equal(config->peer_count, 3);
    const struct sb_config_peer *ledger = sb_config_peer_by_node(config, SB_TEXT("ledger"));
    const struct sb_config_peer *pricer = sb_config_peer_by_node(config, SB_TEXT("pricer"));
    const struct sb_config_peer *risk = sb_config_peer_by_node(config, SB_TEXT("risk"));
    assert_string_equal(ledger->endpoint.text, "tcp://127.0.0.1:7001");
    assert_int_equal(ledger->dialect, SABIR_DIALECT_V1);
    assert_int_equal(pricer->dialect, SABIR_DIALECT_FLAT);
    assert_int_equal(pricer->actor_count, 0);
    assert_string_equal(risk->endpoint.text, "ipc:///run/risk");
    assert_ptr_equal(sb_config_peer_by_actor(config, SB_TEXT("ledger")), ledger);
    assert_ptr_equal(sb_config_peer_by_actor(config, SB_TEXT("r\xc3\xa9")), risk);
    assert_null(sb_config_peer_by_actor(config, SB_TEXT("audit"))); /* two nodes list it */
    assert_null(sb_config_peer_by_actor(config, SB_TEXT("nobody")));
    assert_int_equal(config->allow_count, 2);
    assert_string_equal(config->allows[1].host, "gateway");
    assert_int_equal(config->allows[1].tcp_port, 7100);
    sabir_config_free(config);
}

static void every_part_may_be_absent(void **state) {
    (void)state;
    sabir_config_free(parse("{}"));
    sabir_config_free(parse("{\"nodes\":{}}"));
    sabir_config *config = parse("{\"allow\":[\"a\"],\"nodes\":{\"a\":{\"endpoint\":\"tcp://a:1\"}}}");
    assert_true(config->peer_count == 1 && config->allow_count == 1);
    sabir_config_free(config);
}

static void what_is_no_json_is_told_with_its_place(void **state) {
    (void)state;
    assert_fault("", "peers.json:1:1: there is no text");
    assert_fault("{\n \"nodes\": {},\n}", "peers.json:3:1: a key in double quotes is expected");
    assert_fault("{\"nodes\": {\"\xc3\xa9\xc3\xa9\": {\"endpoint\": }}}", "peers.json:1:31: a value is missing here");
    assert_fault("{} // shop", "peers.json:1:4: there is more behind the value");
    assert_fault("{\"allow\":[],\n\"allow\":[]}", "peers.json:2:1: the object has this key already");
    assert_fault("{\"nodes\":{\n  \"a\":{\"endpoint\":\"tcp://a:1\"},\n  \"\\u0061\":{\"endpoint\":\"tcp://a:2\"}}}",
                 "peers.json:3:3: the object has this key already");
}

static void wrong_shapes_are_told_in_words(void **state) {
    (void)state;
    assert_fault("[]", "peers.json:1:1: a peers file is an object with \"nodes\" and \"allow\"");
    assert_fault("{\"nodes\":[]}", "peers.json:1:10: \"nodes\" is an object: a node's name, then what it is");
    assert_fault("{\"nodes\":{\"a\":\"tcp://a:1\"}}", "peers.json:1:15: a node is an object with an \"endpoint\"");
    assert_fault("{\"nodes\":{\"a\":{}}}", "peers.json:1:15: the node has no \"endpoint\"");
    assert_fault("{\"nodes\":{\"a\":{\"endpoint\":1}}}",
                 "peers.json:1:27: an endpoint is a string, as \"tcp://127.0.0.1:7001\"");
    assert_fault("{\"nodes\":{\"a\":{\"endpoint\":\"tcp://a:1\",\"dialect\":\"v2\"}}}",
                 "peers.json:1:49: a dialect is \"v1\" or \"flat\"");
    assert_fault("{\"nodes\":{\"a\":{\"endpoint\":\"tcp://a:1\",\"dialect\":null}}}",
                 "peers.json:1:49: a dialect is \"v1\" or \"flat\"");
    assert_fault("{\"nodes\":{\"a\":{\"actors\":\"b\"}}}",
                 "peers.json:1:25: the actors of a node are an array of strings");
    assert_fault("{\"nodes\":{\"a\":{\"actors\":[1]}}}",
                 "peers.json:1:26: the actors of a node are an array of strings");
    assert_fault("{\"allow\":\"a\"}", "peers.json:1:10: \"allow\" is an array of strings, each a host or host:port");
    assert_fault("{\"allow\":[\"a\",5]}",
                 "peers.json:1:15: \"allow\" is an array of strings, each a host or host:port");
}

static void unknown_keys_are_named(void **state) {
    (void)state;
    assert_fault("{\"node\":{}}", "peers.json:1:2: there is no key \"node\" here, only \"nodes\" and \"allow\"");
    assert_fault("{\"nodes\":{\"a\":{\"endpoint\":\"tcp://a:1\",\n\"tcp_p\\u006frt\":1}}}",
                 "peers.json:2:1: there is no key \"tcp_port\" here, only \"endpoint\", \"dialect\" and \"actors\"");
}

static void wrong_values_are_told_with_their_place(void **state) {
    (void)state;
    assert_fault("{\"nodes\":{\"a\":{\"endpoint\":\"tcp://127.1:1\"}}}",
                 "peers.json:1:27: endpoint \"tcp://127.1:1\": the host is an IPv4 address in four decimal parts, an "
                 "[IPv6 address], or "
                 "a DNS name");
    assert_fault("{\"nodes\":{\"a\":{\"endpoint\":\"tcp://a:1\\u0000\"}}}", "peers.json:1:27: the string holds a NUL");
    assert_fault("{\"nodes\":{\"a@b\":{}}}", "peers.json:1:11: node \"a@b\": a node's name has no @");
    assert_fault("{\"nodes\":{\"\":{}}}",
                 "peers.json:1:11: a node's name is 1 to 255 bytes of UTF-8 without control characters");
    assert_fault("{\"nodes\":{\"a\":{\"actors\":[\"\"]}}}",
                 "peers.json:1:26: an actor's name is 1 to 255 bytes without control characters (ENV-6)");
    assert_fault("{\"nodes\":{\"known\":{\"endpoint\":\"tcp://a:1\"}}}",
                 "peers.json:1:11: the peer \"known\" is there already");
    assert_fault("{\"nodes\":{\"a\":{\"endpoint\":\"tcp://a:1\"},\"b\":{\"endpoint\":\"tcp://A:1\"}}}",
                 "peers.json:1:40: the peers \"a\" and \"b\" have one endpoint, tcp://a:1");
    assert_fault("{\"allow\":[\"127.1\"]}",
                 "peers.json:1:11: allow \"127.1\": write a host, host:port or an ipc:// endpoint");
}

/* A cut at any byte is a fault, never an accepted half. */
static void half_a_file_is_no_file(void **state) {
    (void)state;
    for (size_t len_bytes = 0; len_bytes + 2 < sizeof shop - 1; len_bytes++) {
        sabir_config *config;
        assert_int_equal(sabir_config_new(&config), SABIR_OK);
        assert_int_equal(sb_peers_file_parse("p", (struct sb_text){shop, len_bytes}, config), SABIR_EMALFORMED);
        assert_true(config->peer_count == 0 && config->allow_count == 0);
        sabir_config_free(config);
    }
}

static void no_memory_is_said_for_every_allocation(void **state) {
    (void)state;
    sabir_config *config;
    unsigned long k = 0;
    int code;
    assert_int_equal(sabir_config_new(&config), SABIR_OK);
    do {
        sb_alloc_fail_after(++k);
        code = sb_peers_file_parse("p", SB_TEXT(shop), config);
        sb_alloc_fail_after(0);
        if (code) assert_int_equal(code, SABIR_ENOMEM);
        if (code) assert_int_equal(config->peer_count, 0);
    } while (code && k < 200);
    assert_true(code == SABIR_OK && k > 25);
    sabir_config_free(config);
}

/* ---- Files --------------------------------------------------------------------------------------------------------------- */

static void a_file_is_read_to_its_end(void **state) {
    (void)state;
    char path[] = "/tmp/sabir_peers_XXXXXX";
    FILE *stream = fdopen(mkstemp(path), "w");
    fputs("{\"nodes\":{", stream);
    for (int i = 1; i <= 2000; i++)
        fprintf(stream, "%s\"node%d\":{\"endpoint\":\"tcp://127.0.0.1:%d\",\"actors\":[\"actor%d\"]}", i > 1 ? "," : "",
                i, i, i);
    fputs("}}", stream);
    fclose(stream);
    sabir_config *config;
    assert_int_equal(sabir_config_new(&config), SABIR_OK);
    assert_int_equal(sabir_config_read_peers(config, path), SABIR_OK);
    assert_int_equal(config->peer_count, 2000);
    assert_string_equal(sb_config_peer_by_actor(config, SB_TEXT("actor2000"))->node, "node2000");
    sb_alloc_fail_after(1);
    assert_int_equal(sabir_config_read_peers(config, path), SABIR_ENOMEM);
    sb_alloc_fail_after(0);
    sabir_config_free(config);
    unlink(path);
}

static void a_file_that_cannot_be_read_is_told(void **state) {
    (void)state;
    sabir_config *config;
    char path[] = "/tmp/sabir_peers_XXXXXX";
    assert_int_equal(sabir_config_new(&config), SABIR_OK);
    assert_int_equal(sabir_config_read_peers(config, "/nowhere/peers.json"), SABIR_EIO);
    assert_string_equal(sb_error_detail(), "cannot open /nowhere/peers.json: No such file or directory");
    assert_int_equal(sabir_config_read_peers(config, "/"), SABIR_EIO);
    assert_string_equal(sb_error_detail(), "cannot read /: Is a directory");
    int file = mkstemp(path);
    assert_int_equal(ftruncate(file, (off_t)SB_PEERS_FILE_MAX_BYTES + 1), 0);
    close(file);
    assert_int_equal(sabir_config_read_peers(config, path), SABIR_EIO);
    assert_non_null(strstr(sb_error_detail(), "is larger than 4194304 bytes"));
    sabir_config_free(config);
    unlink(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_file_says_arrives),
        cmocka_unit_test(every_part_may_be_absent),
        cmocka_unit_test(what_is_no_json_is_told_with_its_place),
        cmocka_unit_test(wrong_shapes_are_told_in_words),
        cmocka_unit_test(unknown_keys_are_named),
        cmocka_unit_test(wrong_values_are_told_with_their_place),
        cmocka_unit_test(half_a_file_is_no_file),
        cmocka_unit_test(no_memory_is_said_for_every_allocation),
        cmocka_unit_test(a_file_is_read_to_its_end),
        cmocka_unit_test(a_file_that_cannot_be_read_is_told),
    };
    return cmocka_run_group_tests_name("peers_file", tests, NULL, NULL);
}
