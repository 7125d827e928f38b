/*
 * The actors of the testee, one file each. Each function gives the manager one actor.
 */
#ifndef PORT_ACTORS_H
#define PORT_ACTORS_H

#include <sabir/sabir.h>

int port_manage_echo(sabir_manager *manager);
int port_manage_probe(sabir_manager *manager);
int port_manage_typed(sabir_manager *manager);
int port_manage_sink(sabir_manager *manager);
int port_manage_driver(sabir_manager *manager);
int port_manage_slow(sabir_manager *manager);
int port_manage_asker(sabir_manager *manager);
int port_manage_relay(sabir_manager *manager);
int port_manage_mortal(sabir_manager *manager);
int port_manage_hidden(sabir_manager *manager);
int port_manage_stray(sabir_manager *manager);

#endif
