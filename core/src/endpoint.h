/*
 * END-1: the two spellings of an endpoint, read strictly and rebuilt from the parsed parts. What is connected to is the rebuilt text only.
 */
#ifndef SB_ENDPOINT_H
#define SB_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

enum sb_host_kind { SB_HOST_IPV4, SB_HOST_IPV6, SB_HOST_NAME, SB_HOST_IPC };

#define SB_ENDPOINT_MAX_BYTES 271 /* "tcp://" + a DNS name of 253 + ":65535", or "ipc://" + 107, with NUL */
#define SB_HOST_MAX_BYTES 254     /* a DNS name, with NUL */

struct sb_endpoint {
    enum sb_host_kind kind;
    uint8_t address[16]; /* network order: 4 bytes of IPv4 (a v4-mapped IPv6 and localhost are IPv4), or 16 of IPv6 */
    uint16_t tcp_port;   /* 0 with ipc */
    char text[SB_ENDPOINT_MAX_BYTES]; /* rebuilt; localhost becomes 127.0.0.1 (END-3) */
};

/* Parse what others may connect to (END-1). SABIR_EINVAL with a detail that says which part is wrong. */
int sb_endpoint_parse(struct sb_text text, struct sb_endpoint *endpoint);

/*
 * Parse what this node may bind: END-1 but no DNS name, or TCP port `*` (0 here), or host `*`/0.0.0.0/[::] (is_wildcard; `*` is
 * 0.0.0.0). SABIR_EINVAL.
 */
int sb_endpoint_parse_bind(struct sb_text text, struct sb_endpoint *endpoint, bool *is_wildcard);

/* The host as it stands in the rebuilt text, an IPv6 without its brackets; with ipc the whole text. */
struct sb_text sb_endpoint_host(const struct sb_endpoint *endpoint);

/* A host alone, an IPv6 with or without brackets, into the text that sb_endpoint_host gives for it. false: it is none. */
bool sb_host_parse(struct sb_text host, char text[SB_HOST_MAX_BYTES]);

bool sb_endpoint_is_loopback(const struct sb_endpoint *endpoint); /* 127.0.0.0/8, ::1, ipc */

/* Whether the literal IP of `endpoint` is `peer_address`, the text of an address as libzmq gives it ("127.0.0.1", "::1", "::ffff:127.0.0.1"). */
bool sb_endpoint_has_address(const struct sb_endpoint *endpoint, const char *peer_address);

#endif
