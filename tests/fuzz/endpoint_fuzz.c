/*
 * Any text as an endpoint. What is accepted is rebuilt from harmless characters, reads back as itself, and can be bound unless it is a name.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "endpoint.h"
#include "error.h"

static void require(bool kept) {
    if (!kept) abort();
}

static void require_harmless(const struct sb_endpoint *endpoint) {
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789.-:[]";
    if (endpoint->kind == SB_HOST_IPC) return;
    require(strncmp(endpoint->text, "tcp://", 6) == 0);
    require(strspn(endpoint->text + 6, allowed) == strlen(endpoint->text) - 6);
    require(endpoint->tcp_port != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct sb_text text = {(const char *)data, size};
    struct sb_endpoint endpoint, again;
    char host[SB_HOST_MAX_BYTES];
    bool is_wildcard;
    if (sb_endpoint_parse_bind(text, &endpoint, &is_wildcard) == SABIR_OK) {
        require(sb_endpoint_parse_bind(sb_text_of(endpoint.text), &again, &is_wildcard) == SABIR_OK);
        require(strcmp(again.text, endpoint.text) == 0 && endpoint.kind != SB_HOST_NAME);
    }
    if (sb_endpoint_parse(text, &endpoint) != SABIR_OK) return 0;
    require_harmless(&endpoint);
    require(sb_endpoint_parse(sb_text_of(endpoint.text), &again) == SABIR_OK);
    require(strcmp(again.text, endpoint.text) == 0 && again.kind == endpoint.kind);
    require(memcmp(again.address, endpoint.address, sizeof again.address) == 0);
    if (endpoint.kind == SB_HOST_IPC) return 0;
    require(sb_host_parse(sb_endpoint_host(&endpoint), host));
    require(sb_text_equal(sb_text_of(host), sb_endpoint_host(&endpoint)));
    bool may_bind = sb_endpoint_parse_bind(text, &again, &is_wildcard) == SABIR_OK;
    require(may_bind == (endpoint.kind != SB_HOST_NAME));
    return 0;
}
