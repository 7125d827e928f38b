/*
 * Names and addresses in orders, as the API takes them.
 */
#ifndef PORT_ADDRESS_H
#define PORT_ADDRESS_H

#include <sabir/sabir.h>

struct Address;

bool port_is_text(struct sabir_string text, const char *expected);

/* NUL-terminated, to be freed; NULL without memory. Names with NUL inside are malformed, so none comes here. */
char *port_copy(struct sabir_string text);

/* A type that this program does not declare is one without a table. */
int port_type_find(struct sabir_string name, const sabir_type **type);

/* The actor that the address names; the ref is the caller's. */
int port_address_find(sabir_manager *manager, const struct Address *to, sabir_ref **target);

#endif
