/* The conformance testee in C++: the actors that `sabir conform` drives, over the public API alone. */
#include "actors.hpp"

int main() {
    return sabir::run_node(sabir_version_text(),
                           "bytes local unbound special.nan special.bigint special.lone-surrogate special.unregistered",
                           [](sabir::Manager &manager) {
                               manage_echo(manager);
                               manage_probe(manager);
                               manage_typed(manager);
                               manage_sink(manager);
                               manage_driver(manager);
                               manage_slow(manager);
                               manage_asker(manager);
                               manage_relay(manager);
                               manage_mortal(manager);
                               manage_hidden(manager);
                               manage_stray(manager);
                           });
}
