#include "address.h"

#include "messages.h"

#include <stdlib.h>
#include <string.h>

bool port_is_text(struct sabir_string text, const char *expected) {
    return text.len_bytes == strlen(expected) && memcmp(text.bytes, expected, text.len_bytes) == 0;
}

char *port_copy(struct sabir_string text) {
    char *terminated = malloc(text.len_bytes + 1);
    if (!terminated) return NULL;
    if (text.len_bytes) memcpy(terminated, text.bytes, text.len_bytes);
    terminated[text.len_bytes] = '\0';
    return terminated;
}

int port_type_find(struct sabir_string name, const sabir_type **type) {
    char *text = port_copy(name);
    if (!text) return SABIR_ENOMEM;
    *type = sabir_type_find(text);
    int code = *type ? SABIR_OK : sabir_type_register_open(text, type);
    free(text);
    return code;
}

int port_address_find(sabir_manager *manager, const struct Address *to, sabir_ref **target) {
    bool is_flat = to->dialect.present && port_is_text(to->dialect.value, "flat");
    char *name = port_copy(to->name), *endpoint = port_copy(to->endpoint);
    int code = SABIR_ENOMEM;
    if (name && endpoint)
        code = sabir_manager_remote(manager, name, endpoint, is_flat ? SABIR_DIALECT_FLAT : SABIR_DIALECT_V1, target);
    free(name);
    free(endpoint);
    return code;
}
