/*
 * The actors of the testee, one file each. Each function gives the manager one actor.
 */
#ifndef PORT_ACTORS_HPP
#define PORT_ACTORS_HPP

#include <sabir/sabir.hpp>

void manage_echo(sabir::Manager &manager);
void manage_probe(sabir::Manager &manager);
void manage_typed(sabir::Manager &manager);
void manage_sink(sabir::Manager &manager);
void manage_driver(sabir::Manager &manager);
void manage_slow(sabir::Manager &manager);

#endif
