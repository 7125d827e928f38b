/*
 * Reading endpoints. libzmq's own parser takes much more (`tcp://source;dest`, 127.1, interface names, user@), and whatever it takes
 * a stranger could make a node connect to; so nothing reaches it that did not pass here.
 */
#include "endpoint.h"

#include <stdio.h>

#include "envelope.h"
#include "error.h"
#include "ip_address.h"
#include "text_show.h"

#define IPC_PATH_MAX_BYTES 107 /* sun_path without its NUL */
#define DNS_NAME_MAX_BYTES 253
#define DNS_LABEL_MAX_BYTES 63

static int refuse(struct sb_text text, const char *why) {
    char shown[SB_SHOWN_LONG_BYTES];
    return sb_error(SABIR_EINVAL, "endpoint \"%s\": %s", sb_text_show(text, shown, sizeof shown), why);
}

static bool starts_with(struct sb_text text, struct sb_text prefix) {
    return text.len_bytes >= prefix.len_bytes && memcmp(text.bytes, prefix.bytes, prefix.len_bytes) == 0;
}

static struct sb_text skip(struct sb_text text, size_t len_bytes) {
    return (struct sb_text){text.bytes + len_bytes, text.len_bytes - len_bytes};
}

static bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

static char lower(char byte) {
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

static bool is_hex_digit(char byte) {
    return is_digit(byte) || (lower(byte) >= 'a' && lower(byte) <= 'f');
}

/* Letters, digits and inner hyphens. */
static bool is_label(struct sb_text label) {
    if (label.len_bytes == 0 || label.len_bytes > DNS_LABEL_MAX_BYTES) return false;
    if (label.bytes[0] == '-' || label.bytes[label.len_bytes - 1] == '-') return false;
    for (size_t i = 0; i < label.len_bytes; i++) {
        char byte = lower(label.bytes[i]);
        if (!is_digit(byte) && byte != '-' && (byte < 'a' || byte > 'z')) return false;
    }
    return true;
}

/* What inet_aton takes as a part of an address: `1`, `017`, `0x7f`. A name that ends so would be read as an address. */
static bool is_number(struct sb_text label) {
    bool is_hex = label.len_bytes >= 2 && label.bytes[0] == '0' && lower(label.bytes[1]) == 'x';
    for (size_t i = is_hex ? 2 : 0; i < label.len_bytes; i++)
        if (is_hex ? !is_hex_digit(label.bytes[i]) : !is_digit(label.bytes[i])) return false;
    return true;
}

static bool is_dns_name(struct sb_text host) {
    if (host.len_bytes == 0 || host.len_bytes > DNS_NAME_MAX_BYTES) return false;
    struct sb_text label = {host.bytes, 0};
    for (size_t i = 0; i <= host.len_bytes; i++) {
        if (i < host.len_bytes && host.bytes[i] != '.') continue;
        label.len_bytes = (size_t)(host.bytes + i - label.bytes);
        if (!is_label(label)) return false;
        if (i == host.len_bytes) return !is_number(label);
        label.bytes = host.bytes + i + 1;
    }
    return false;
}

static void set_ipv4(struct sb_endpoint *endpoint, const uint8_t address[4]) {
    endpoint->kind = SB_HOST_IPV4;
    memcpy(endpoint->address, address, 4);
}

static bool read_ipv6(struct sb_text text, struct sb_endpoint *endpoint) {
    uint8_t address[16];
    if (!sb_ipv6_parse(text, address)) return false;
    if (sb_ipv6_is_mapped(address)) {
        set_ipv4(endpoint, address + 12);
        return true;
    }
    endpoint->kind = SB_HOST_IPV6;
    memcpy(endpoint->address, address, sizeof address);
    return true;
}

/* The host into kind, address and, for a name, text (lower case). */
static bool read_host(struct sb_text host, struct sb_endpoint *endpoint) {
    uint8_t ipv4[4];
    if (host.len_bytes >= 2 && host.bytes[0] == '[' && host.bytes[host.len_bytes - 1] == ']')
        return read_ipv6((struct sb_text){host.bytes + 1, host.len_bytes - 2}, endpoint);
    if (sb_ipv4_parse(host, ipv4)) {
        set_ipv4(endpoint, ipv4);
        return true;
    }
    if (!is_dns_name(host)) return false;
    endpoint->kind = SB_HOST_NAME;
    for (size_t i = 0; i < host.len_bytes; i++) endpoint->text[i] = lower(host.bytes[i]);
    endpoint->text[host.len_bytes] = '\0';
    if (strcmp(endpoint->text, "localhost") == 0) set_ipv4(endpoint, (const uint8_t[4]){127, 0, 0, 1});
    return true;
}

static bool read_tcp_port(struct sb_text text, uint16_t *tcp_port) {
    unsigned value = 0;
    if (text.len_bytes == 0 || text.len_bytes > 5 || text.bytes[0] == '0') return false;
    for (size_t i = 0; i < text.len_bytes; i++) {
        if (!is_digit(text.bytes[i])) return false;
        value = value * 10 + (unsigned)(text.bytes[i] - '0');
    }
    *tcp_port = (uint16_t)value;
    return value <= UINT16_MAX;
}

static bool is_any_address(const struct sb_endpoint *endpoint) {
    static const uint8_t zeros[16] = {0};
    if (endpoint->kind == SB_HOST_IPV4) return memcmp(endpoint->address, zeros, 4) == 0;
    return endpoint->kind == SB_HOST_IPV6 && memcmp(endpoint->address, zeros, 16) == 0;
}

/* The endpoint's text from its parts; a TCP port of 0 is `*`. */
static void rebuild_tcp(struct sb_endpoint *endpoint) {
    char host[DNS_NAME_MAX_BYTES + 1];
    char port[8] = "*";
    if (endpoint->kind == SB_HOST_IPV4)
        sb_ipv4_print(endpoint->address, host);
    else if (endpoint->kind == SB_HOST_IPV6)
        sb_ipv6_print(endpoint->address, host);
    else
        memcpy(host, endpoint->text, strlen(endpoint->text) + 1);
    if (endpoint->tcp_port != 0) snprintf(port, sizeof port, "%u", (unsigned)endpoint->tcp_port);
    bool is_ipv6 = endpoint->kind == SB_HOST_IPV6;
    snprintf(endpoint->text, sizeof endpoint->text, "tcp://%s%s%s:%s", is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "",
             port);
}

static int parse_ipc(struct sb_text text, struct sb_endpoint *endpoint) {
    struct sb_text path = skip(text, strlen("ipc://"));
    if (path.len_bytes == 0 || path.bytes[0] != '/') return refuse(text, "the path behind ipc:// begins with a slash");
    if (path.len_bytes > IPC_PATH_MAX_BYTES) return refuse(text, "the path behind ipc:// has at most 107 bytes");
    if (!sb_name_is_valid(path)) return refuse(text, "the path behind ipc:// is UTF-8 without control characters");
    endpoint->kind = SB_HOST_IPC;
    memcpy(endpoint->text, text.bytes, text.len_bytes);
    endpoint->text[text.len_bytes] = '\0';
    return SABIR_OK;
}

/* Split `text` into what stands before and behind the last colon. */
static bool split_port(struct sb_text text, struct sb_text *host, struct sb_text *port) {
    size_t at = text.len_bytes;
    while (at > 0 && text.bytes[at - 1] != ':') at--;
    if (at == 0) return false;
    *host = (struct sb_text){text.bytes, at - 1};
    *port = skip(text, at);
    return true;
}

/* `may_bind`: the wildcards of a bind are taken too. */
static int parse_tcp(struct sb_text text, bool may_bind, struct sb_endpoint *endpoint, bool *is_wildcard) {
    struct sb_text host, port;
    if (!split_port(skip(text, strlen("tcp://")), &host, &port))
        return refuse(text, "it has no TCP port; write tcp://HOST:PORT");
    if (may_bind && sb_text_equal(host, SB_TEXT("*"))) host = SB_TEXT("0.0.0.0");
    bool any_port = may_bind && sb_text_equal(port, SB_TEXT("*"));
    if (!read_host(host, endpoint))
        return refuse(text, "the host is an IPv4 address in four decimal parts, an [IPv6 address], or a DNS name");
    if (!any_port && !read_tcp_port(port, &endpoint->tcp_port))
        return refuse(text, may_bind ? "the TCP port is 1 to 65535 without leading zeros, or * for a free one"
                                     : "the TCP port is 1 to 65535 without leading zeros");
    *is_wildcard = is_any_address(endpoint);
    if (*is_wildcard && !may_bind)
        return refuse(text, "nobody can connect to a wildcard; write the address of one host");
    if (may_bind && endpoint->kind == SB_HOST_NAME)
        return refuse(text, "a node listens on an IP address, localhost or *, not on a name");
    rebuild_tcp(endpoint);
    return SABIR_OK;
}

static int parse(struct sb_text text, bool may_bind, struct sb_endpoint *endpoint, bool *is_wildcard) {
    *is_wildcard = false;
    memset(endpoint, 0, sizeof *endpoint);
    if (starts_with(text, SB_TEXT("tcp://"))) return parse_tcp(text, may_bind, endpoint, is_wildcard);
    if (starts_with(text, SB_TEXT("ipc://"))) return parse_ipc(text, endpoint);
    return refuse(text, "it begins with tcp:// or ipc://");
}

int sb_endpoint_parse(struct sb_text text, struct sb_endpoint *endpoint) {
    bool is_wildcard;
    return parse(text, false, endpoint, &is_wildcard);
}

int sb_endpoint_parse_bind(struct sb_text text, struct sb_endpoint *endpoint, bool *is_wildcard) {
    return parse(text, true, endpoint, is_wildcard);
}

bool sb_endpoint_is_loopback(const struct sb_endpoint *endpoint) {
    static const uint8_t ipv6_loopback[16] = {[15] = 1};
    if (endpoint->kind == SB_HOST_IPV4) return endpoint->address[0] == 127;
    if (endpoint->kind == SB_HOST_IPV6) return memcmp(endpoint->address, ipv6_loopback, sizeof ipv6_loopback) == 0;
    return endpoint->kind == SB_HOST_IPC;
}

struct sb_text sb_endpoint_host(const struct sb_endpoint *endpoint) {
    struct sb_text text = sb_text_of(endpoint->text), port;
    if (endpoint->kind == SB_HOST_IPC || !split_port(skip(text, strlen("tcp://")), &text, &port)) return text;
    return endpoint->kind == SB_HOST_IPV6 ? (struct sb_text){text.bytes + 1, text.len_bytes - 2} : text;
}

bool sb_host_parse(struct sb_text host, char text[SB_HOST_MAX_BYTES]) {
    struct sb_endpoint endpoint = {.tcp_port = 0};
    if (!read_host(host, &endpoint) && !read_ipv6(host, &endpoint)) return false;
    rebuild_tcp(&endpoint);
    host = sb_endpoint_host(&endpoint);
    memcpy(text, host.bytes, host.len_bytes);
    text[host.len_bytes] = '\0';
    return true;
}

bool sb_endpoint_has_address(const struct sb_endpoint *endpoint, const char *peer_address) {
    struct sb_endpoint peer = {.tcp_port = 0};
    uint8_t ipv4[4];
    struct sb_text text = sb_text_of(peer_address);
    if (sb_ipv4_parse(text, ipv4))
        set_ipv4(&peer, ipv4);
    else if (!read_ipv6(text, &peer))
        return false;
    size_t len_bytes = peer.kind == SB_HOST_IPV4 ? 4 : 16;
    return endpoint->kind == peer.kind && memcmp(endpoint->address, peer.address, len_bytes) == 0;
}
