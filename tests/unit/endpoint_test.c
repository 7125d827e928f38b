/*
 * Endpoints: every spelling of END-1, rebuilt; every trick that a more generous parser would take, refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "endpoint.h"
#include "error.h"

#define LABEL_63 "a23456789-123456789-123456789-123456789-123456789-123456789-123"
#define LABEL_64 "a" LABEL_63

static struct sb_endpoint parse(const char *text) {
    struct sb_endpoint endpoint;
    if (sb_endpoint_parse(sb_text_of(text), &endpoint) != SABIR_OK) fail_msg("%s", sb_error_detail());
    return endpoint;
}

static void assert_rebuilt(const char *text, enum sb_host_kind kind, const char *expected) {
    struct sb_endpoint endpoint = parse(text);
    assert_string_equal(endpoint.text, expected);
    assert_int_equal(endpoint.kind, kind);
    assert_string_equal(parse(endpoint.text).text, expected); /* what is rebuilt stays as it is */
}

static void addresses_and_names_are_rebuilt(void **state) {
    (void)state;
    assert_rebuilt("tcp://127.0.0.1:7001", SB_HOST_IPV4, "tcp://127.0.0.1:7001");
    assert_rebuilt("tcp://255.255.255.255:65535", SB_HOST_IPV4, "tcp://255.255.255.255:65535");
    assert_rebuilt("tcp://10.0.0.0:1", SB_HOST_IPV4, "tcp://10.0.0.0:1");
    assert_rebuilt("tcp://localhost:7001", SB_HOST_IPV4, "tcp://127.0.0.1:7001");
    assert_rebuilt("tcp://LocalHost:7001", SB_HOST_IPV4, "tcp://127.0.0.1:7001");
    assert_rebuilt("tcp://Ledger.Example.COM:80", SB_HOST_NAME, "tcp://ledger.example.com:80");
    assert_rebuilt("tcp://a:80", SB_HOST_NAME, "tcp://a:80");
    assert_rebuilt("tcp://3com.net:80", SB_HOST_NAME, "tcp://3com.net:80");
    assert_rebuilt("tcp://127.0.0.1.example:80", SB_HOST_NAME, "tcp://127.0.0.1.example:80");
    assert_rebuilt("tcp://1e3:80", SB_HOST_NAME, "tcp://1e3:80");
    assert_rebuilt("tcp://0xg:80", SB_HOST_NAME, "tcp://0xg:80");
    assert_rebuilt("tcp://" LABEL_63 "." LABEL_63 ".c:80", SB_HOST_NAME, "tcp://" LABEL_63 "." LABEL_63 ".c:80");
    assert_rebuilt("ipc:///run/a.sock", SB_HOST_IPC, "ipc:///run/a.sock");
    assert_rebuilt("ipc:///r\xc3\xa9:*;@", SB_HOST_IPC, "ipc:///r\xc3\xa9:*;@");
}

/* RFC 5952 */
static void ipv6_has_one_spelling(void **state) {
    (void)state;
    assert_rebuilt("tcp://[::1]:80", SB_HOST_IPV6, "tcp://[::1]:80");
    assert_rebuilt("tcp://[0:0:0:0:0:0:0:1]:80", SB_HOST_IPV6, "tcp://[::1]:80");
    assert_rebuilt("tcp://[2001:0DB8:0000:0000:0000:0000:0002:0001]:80", SB_HOST_IPV6, "tcp://[2001:db8::2:1]:80");
    assert_rebuilt("tcp://[2001:db8:0:1:1:1:1:1]:80", SB_HOST_IPV6, "tcp://[2001:db8:0:1:1:1:1:1]:80");
    assert_rebuilt("tcp://[2001:db8::1:1:1:1:1]:80", SB_HOST_IPV6, "tcp://[2001:db8:0:1:1:1:1:1]:80");
    assert_rebuilt("tcp://[2001:0:0:1:0:0:0:1]:80", SB_HOST_IPV6, "tcp://[2001:0:0:1::1]:80");
    assert_rebuilt("tcp://[2001:db8:0:0:1:0:0:1]:80", SB_HOST_IPV6, "tcp://[2001:db8::1:0:0:1]:80");
    assert_rebuilt("tcp://[1::]:80", SB_HOST_IPV6, "tcp://[1::]:80");
    assert_rebuilt("tcp://[1:2:3:4:5:6:7::]:80", SB_HOST_IPV6, "tcp://[1:2:3:4:5:6:7:0]:80");
    assert_rebuilt("tcp://[::2:3:4:5:6:7:8]:80", SB_HOST_IPV6, "tcp://[0:2:3:4:5:6:7:8]:80");
    assert_rebuilt("tcp://[fe80::ABCD]:80", SB_HOST_IPV6, "tcp://[fe80::abcd]:80");
    assert_rebuilt("tcp://[64:ff9b::192.0.2.33]:80", SB_HOST_IPV6, "tcp://[64:ff9b::c000:221]:80");
    assert_rebuilt("tcp://[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535", SB_HOST_IPV6,
                   "tcp://[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535");
}

static void a_mapped_ipv6_is_ipv4(void **state) {
    (void)state;
    assert_rebuilt("tcp://[::ffff:127.0.0.1]:80", SB_HOST_IPV4, "tcp://127.0.0.1:80");
    assert_rebuilt("tcp://[::FFFF:7f00:2]:80", SB_HOST_IPV4, "tcp://127.0.0.2:80");
    assert_rebuilt("tcp://[0:0:0:0:0:ffff:10.1.2.3]:80", SB_HOST_IPV4, "tcp://10.1.2.3:80");
    assert_rebuilt("tcp://[::fffe:10.1.2.3]:80", SB_HOST_IPV6, "tcp://[::fffe:a01:203]:80");
}

static void assert_refused(const char *text, const char *reason) {
    struct sb_endpoint endpoint;
    if (sb_endpoint_parse(sb_text_of(text), &endpoint) != SABIR_EINVAL)
        fail_msg("\"%s\" was taken as %s", text, endpoint.text);
    if (!strstr(sb_error_detail(), reason))
        fail_msg("\"%s\": expected \"%s\", got \"%s\"", text, reason, sb_error_detail());
}

static void other_transports_and_spellings_are_refused(void **state) {
    (void)state;
    static const char begins[] = "it begins with tcp:// or ipc://";
    assert_refused("", begins);
    assert_refused("TCP://127.0.0.1:80", begins);
    assert_refused(" tcp://127.0.0.1:80", begins);
    assert_refused("tcp:/127.0.0.1:80", begins);
    assert_refused("127.0.0.1:80", begins);
    assert_refused("inproc://a", begins);
    assert_refused("pgm://127.0.0.1:80", begins);
    assert_refused("ws://127.0.0.1:80", begins);
    assert_refused("IPC:///a", begins);
    assert_refused("ipc://", "begins with a slash");
    assert_refused("ipc://*", "begins with a slash");
    assert_refused("ipc://@abstract", "begins with a slash");
    assert_refused("ipc://relative", "begins with a slash");
    assert_refused("ipc:///a\nb", "without control characters");
    assert_refused("ipc:///a\xff", "UTF-8");
}

/* clang-format off */
static const char *const tricky_hosts[] = {
    "", "*", "eth0;127.0.0.1", "127.0.0.1:1;127.0.0.2", "user@127.0.0.1", "127.1", "127.0.1", "2130706433",
    "0x7f000001", "0X7F000001", "0x7f.0.0.1", "0x", "017700000001", "127.0.0.01", "127.0.0.001", "0127.0.0.1",
    "127.0.0.1.", "127.0.0.256", "127.0.0.-1", "127.0.0.1.1", "1.2.3", "a.1", "a.0x1", "localhost.", ".a", "a..b",
    "-a", "a-", "a_b", "a b", " 127.0.0.1", "127.0.0.1 ", "127.0.0.1/x", "a%2e", "\xc3\xa9.fr", "::1", "[::1%eth0]",
    "[::1%25eth0]", "[]", "[:]", "[:::]", "[1::2::3]", "[1:2:3:4:5:6:7]", "[1:2:3:4:5:6:7:8:9]",
    "[1:2:3:4:5:6:7:8::]", "[::1:2:3:4:5:6:7:8]", "[12345::]", "[g::]", "[1:]", "[:1]", "[::1.2.3]", "[::1.2.3.4.5]",
    "[::01.2.3.4]", "[1.2.3.4]", "[::1.2.3.4:5]", "[::1", "::1]", "[127.0.0.1]", "[localhost]", "[::1]x", LABEL_64,
    "a\x01", "0.0.0.0", "[::]", "[::0.0.0.0]", "[::ffff:0.0.0.0]", "\xef\xbc\x91.0.0.1", "[::ffff:127.0.0.1%lo]",
    "1.2.3.4.0x", "0",
};
/* clang-format on */

static void tricks_with_the_host_are_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof tricky_hosts / sizeof tricky_hosts[0]; i++) {
        char text[128];
        snprintf(text, sizeof text, "tcp://%s:80", tricky_hosts[i]);
        assert_refused(text, "");
    }
    assert_refused("tcp://127.1:80", "an IPv4 address in four decimal parts");
    assert_refused("tcp://0.0.0.0:80", "nobody can connect to a wildcard");
    assert_refused("tcp://127.0.0.1", "it has no TCP port");
    assert_refused("tcp://", "it has no TCP port");
    assert_refused("tcp://a", "it has no TCP port");
}

static void tricks_with_the_port_are_refused(void **state) {
    (void)state;
    static const char *const ports[] = {"",    "0",       "00",    "080",    "*",          "!",   "-1",
                                        "+80", "65536",   "99999", "100000", "4294967376", " 80", "80 ",
                                        "80/", "80/path", "8a",    "0x50",   "80;",        "80\n"};
    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++) {
        char text[64];
        snprintf(text, sizeof text, "tcp://127.0.0.1:%s", ports[i]);
        assert_refused(text, "the TCP port is 1 to 65535");
    }
}

/* The words go into logs, and into a Reject. */
static void a_wrong_text_is_shown_harmlessly(void **state) {
    (void)state;
    char text[200] = "tcp://a\x1b[31m\n";
    assert_refused(text, "endpoint \"tcp://a?[31m?\": it has no TCP port");
    assert_refused("tcp://a\xff"
                   "b:1",
                   "endpoint \"tcp://a...\": the host is");
    memset(text, 'a', sizeof text - 1);
    memcpy(text + 123, "\xc3\xa9", 2);
    assert_refused(text, "aaa...\": it begins with");
}

static void a_nul_ends_nothing(void **state) {
    (void)state;
    struct sb_endpoint endpoint;
    assert_int_equal(sb_endpoint_parse(SB_TEXT("tcp://127.0.0.1:80\0"), &endpoint), SABIR_EINVAL);
    assert_int_equal(sb_endpoint_parse(SB_TEXT("tcp://127.0.0.1\0.evil:80"), &endpoint), SABIR_EINVAL);
    assert_int_equal(sb_endpoint_parse(SB_TEXT("ipc:///a\0b"), &endpoint), SABIR_EINVAL);
}

static void lengths_end_where_they_are_said_to(void **state) {
    (void)state;
    char path[128] = "ipc:///", name[300] = "tcp://", text[330];
    memset(path + 7, 'a', 106);
    assert_string_equal(parse(path).text, path);
    strcat(path, "a");
    assert_refused(path, "at most 107 bytes");
    for (int i = 0; i < 126; i++) strcat(name, "a.");
    snprintf(text, sizeof text, "%sb:65535", name); /* 253 bytes */
    assert_string_equal(parse(text).text, text);
    snprintf(text, sizeof text, "%sbc:80", name);
    assert_refused(text, "a DNS name");
}

static void assert_bind(const char *text, bool expected_wildcard, const char *expected) {
    struct sb_endpoint endpoint;
    bool is_wildcard = !expected_wildcard;
    if (sb_endpoint_parse_bind(sb_text_of(text), &endpoint, &is_wildcard)) fail_msg("%s", sb_error_detail());
    assert_string_equal(endpoint.text, expected);
    assert_int_equal(is_wildcard, expected_wildcard);
}

static void assert_bind_refused(const char *text, const char *reason) {
    struct sb_endpoint endpoint;
    bool is_wildcard;
    if (sb_endpoint_parse_bind(sb_text_of(text), &endpoint, &is_wildcard) != SABIR_EINVAL)
        fail_msg("\"%s\" was taken", text);
    if (!strstr(sb_error_detail(), reason)) fail_msg("expected \"%s\", got \"%s\"", reason, sb_error_detail());
}

static void a_bind_takes_wildcards(void **state) {
    (void)state;
    assert_bind("tcp://127.0.0.1:*", false, "tcp://127.0.0.1:*");
    assert_bind("tcp://localhost:*", false, "tcp://127.0.0.1:*");
    assert_bind("tcp://[::1]:*", false, "tcp://[::1]:*");
    assert_bind("tcp://*:7001", true, "tcp://0.0.0.0:7001");
    assert_bind("tcp://*:*", true, "tcp://0.0.0.0:*");
    assert_bind("tcp://0.0.0.0:7001", true, "tcp://0.0.0.0:7001");
    assert_bind("tcp://[::]:7001", true, "tcp://[::]:7001");
    assert_bind("tcp://10.0.0.1:7001", false, "tcp://10.0.0.1:7001");
    assert_bind("ipc:///run/a.sock", false, "ipc:///run/a.sock");
    assert_bind_refused("tcp://eth0:7001", "not on a name");
    assert_bind_refused("tcp://example.com:7001", "not on a name");
    assert_bind_refused("tcp://127.0.0.1:0", "or * for a free one");
    assert_bind_refused("tcp://127.*:1", "the host is");
    assert_bind_refused("ipc://*", "begins with a slash");
}

static void loopback_is_what_stays_on_the_machine(void **state) {
    (void)state;
    static const char *const inside[] = {"tcp://127.0.0.1:1",          "tcp://127.255.0.9:1", "tcp://[::1]:1",
                                         "tcp://[::ffff:127.0.0.1]:1", "tcp://localhost:1",   "ipc:///a"};
    static const char *const outside[] = {"tcp://10.0.0.1:1", "tcp://128.0.0.1:1", "tcp://[::2]:1", "tcp://[fe80::1]:1",
                                          "tcp://localhost.example:1"};
    for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++) {
        struct sb_endpoint endpoint = parse(inside[i]);
        assert_true(sb_endpoint_is_loopback(&endpoint));
    }
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        struct sb_endpoint endpoint = parse(outside[i]);
        assert_false(sb_endpoint_is_loopback(&endpoint));
    }
}

static bool has_address(const char *endpoint_text, const char *peer_address) {
    struct sb_endpoint endpoint = parse(endpoint_text);
    return sb_endpoint_has_address(&endpoint, peer_address);
}

static void an_address_is_compared_by_its_bytes(void **state) {
    (void)state;
    assert_true(has_address("tcp://127.0.0.1:1", "127.0.0.1"));
    assert_true(has_address("tcp://localhost:1", "127.0.0.1"));
    assert_true(has_address("tcp://127.0.0.1:1", "::ffff:127.0.0.1"));
    assert_true(has_address("tcp://[::ffff:127.0.0.1]:1", "127.0.0.1"));
    assert_true(has_address("tcp://[2001:db8::1]:1", "2001:DB8:0:0::1"));
    assert_true(has_address("tcp://[::1]:1", "::1"));
    assert_false(has_address("tcp://127.0.0.2:1", "127.0.0.1"));
    assert_false(has_address("tcp://[::1]:1", "127.0.0.1"));
    assert_false(has_address("tcp://[::1]:1", "::2"));
    assert_false(has_address("tcp://example.com:1", "93.184.216.34"));
    assert_false(has_address("ipc:///a", "127.0.0.1"));
    assert_false(has_address("tcp://127.0.0.1:1", ""));
    assert_false(has_address("tcp://127.0.0.1:1", "localhost"));
    assert_false(has_address("tcp://[fe80::1]:1", "fe80::1%eth0"));
}

static void a_host_alone_is_read_as_in_an_endpoint(void **state) {
    (void)state;
    static const char *const hosts[][3] = {{"LocalHost", "127.0.0.1", "tcp://localhost:1"},
                                           {"10.0.0.7", "10.0.0.7", "tcp://10.0.0.7:2"},
                                           {"Gate.Way", "gate.way", "tcp://gate.way:3"},
                                           {"[0:0::1]", "::1", "tcp://[::1]:4"},
                                           {"0:0::1", "::1", "tcp://[::1]:4"},
                                           {"::ffff:10.0.0.7", "10.0.0.7", "tcp://10.0.0.7:2"}};
    char text[SB_HOST_MAX_BYTES];
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        assert_true(sb_host_parse(sb_text_of(hosts[i][0]), text));
        assert_string_equal(text, hosts[i][1]);
        struct sb_endpoint endpoint = parse(hosts[i][2]);
        assert_true(sb_text_equal(sb_endpoint_host(&endpoint), sb_text_of(text)));
    }
    struct sb_endpoint ipc = parse("ipc:///a:b");
    assert_true(sb_text_equal(sb_endpoint_host(&ipc), SB_TEXT("ipc:///a:b")));
    assert_false(sb_host_parse(SB_TEXT("10.0.0.7:80"), text));
    assert_false(sb_host_parse(SB_TEXT("127.1"), text));
    assert_false(sb_host_parse(SB_TEXT(""), text));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_and_names_are_rebuilt),
        cmocka_unit_test(ipv6_has_one_spelling),
        cmocka_unit_test(a_mapped_ipv6_is_ipv4),
        cmocka_unit_test(other_transports_and_spellings_are_refused),
        cmocka_unit_test(tricks_with_the_host_are_refused),
        cmocka_unit_test(tricks_with_the_port_are_refused),
        cmocka_unit_test(a_wrong_text_is_shown_harmlessly),
        cmocka_unit_test(a_nul_ends_nothing),
        cmocka_unit_test(lengths_end_where_they_are_said_to),
        cmocka_unit_test(a_bind_takes_wildcards),
        cmocka_unit_test(loopback_is_what_stays_on_the_machine),
        cmocka_unit_test(an_address_is_compared_by_its_bytes),
        cmocka_unit_test(a_host_alone_is_read_as_in_an_endpoint),
    };
    return cmocka_run_group_tests_name("endpoint", tests, NULL, NULL);
}
