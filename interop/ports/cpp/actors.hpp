/*
 * The actors of the testee, one file each. Each function gives the manager one actor.
 */
#ifndef PORT_ACTORS_HPP
#define PORT_ACTORS_HPP

#include <sabir/sabir.hpp>

struct Address;

/* The actor that an order's address names. */
sabir::Ref find(const sabir::ManagerRef &manager, const Address &to);

void manage_echo(sabir::Manager &manager);
void manage_probe(sabir::Manager &manager);
void manage_typed(sabir::Manager &manager);
void manage_sink(sabir::Manager &manager);
void manage_driver(sabir::Manager &manager);
void manage_slow(sabir::Manager &manager);
void manage_asker(sabir::Manager &manager);
void manage_relay(sabir::Manager &manager);
void manage_mortal(sabir::Manager &manager);
void manage_hidden(sabir::Manager &manager);
void manage_stray(sabir::Manager &manager);

#endif
