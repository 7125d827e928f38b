/*
 * What every node of a topology does: read its environment, bind, start its actors, say READY, and end when it is told to.
 *
 *     int main() {
 *         return sabir::run_node("1.0.0", "", [](sabir::Manager &manager) { manager.manage("pong", new Pong_actor); });
 *     }
 */
#ifndef SABIR_CPP_NODE_HPP
#define SABIR_CPP_NODE_HPP

#include <sabir/cpp/manager.hpp>

#include <cstdio>
#include <cstdlib>

namespace sabir {
namespace detail {

enum { EXIT_NO_ENDPOINT = 10 };

inline void complain(const std::exception &error) {
    const char *node = std::getenv("SABIR_NODE");
    (void)std::fprintf(stderr, "%s: %s\n", node ? node : "sabir", error.what());
}

template <class Build>
int serve(Manager &manager, const std::string &version, const std::string &features, Build build) {
    try {
        build(manager);
        manager.start();
        manager.ready(version, features);
        manager.run(SABIR_WAIT_STDIN);
        return EXIT_SUCCESS;
    } catch (const std::exception &error) {
        complain(error);
        return EXIT_FAILURE;
    }
}

} // namespace detail

/** Be a node; returns its exit code: 0, 1 for an error in between, 10 if there is nothing that it could listen at. */
template <class Build> int run_node(const std::string &version, const std::string &features, Build build) {
    try {
        Manager manager(Config().read_env());
        int exit_code = detail::serve(manager, version, features, build);
        try {
            manager.stop();
        } catch (const Error &error) {
            detail::complain(
                error); /* an actor that does not come back is no failure of the node: it ends as it was told (LIFE-2) */
        }
        return exit_code;
    } catch (const Error &error) {
        detail::complain(error);
        return detail::EXIT_NO_ENDPOINT;
    }
}

} // namespace sabir

#endif
