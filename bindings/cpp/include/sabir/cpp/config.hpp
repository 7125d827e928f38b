/*
 * What a manager is told before it is made: where it listens, whom it knows, how patient it is.
 *
 *     sabir::Manager manager(sabir::Config().bind("tcp://127.0.0.1:*").node("pricer"));
 */
#ifndef SABIR_CPP_CONFIG_HPP
#define SABIR_CPP_CONFIG_HPP

#include <sabir/cpp/ref.hpp>
#include <sabir/kit.h>
#include <sabir/manager.h>

namespace sabir {

class Config {
  public:
    Config() {
        sabir_config *raw = nullptr;
        detail::check(sabir_config_new(&raw));
        raw_.reset(raw);
    }

    /** What the environment tells a node of a topology. */
    Config &read_env() {
        return did(sabir_config_read_env(raw_.get()));
    }
    /** Where to listen: "tcp://127.0.0.1:*" is a free TCP port of this machine. */
    Config &bind(const std::string &endpoint) {
        return did(sabir_config_set_bind(raw_.get(), endpoint.c_str()));
    }
    /** What other nodes connect to; default: what was bound. */
    Config &advertise(const std::string &endpoint) {
        return did(sabir_config_set_advertise(raw_.get(), endpoint.c_str()));
    }
    /** The node's name in logs and reports. */
    Config &node(const std::string &name) {
        return did(sabir_config_set_node(raw_.get(), name.c_str()));
    }
    Config &read_peers(const std::string &path) {
        return did(sabir_config_read_peers(raw_.get(), path.c_str()));
    }
    Config &add_peer(const std::string &node, const std::string &endpoint, sabir_dialect dialect = SABIR_DIALECT_V1) {
        return did(
            sabir_config_add_peer(raw_.get(), node.c_str(), endpoint.c_str(), static_cast<std::uint32_t>(dialect)));
    }
    /** Allow replies to "host", "host:port" or "ipc:///path". */
    Config &allow(const std::string &host) {
        return did(sabir_config_allow(raw_.get(), host.c_str()));
    }
    /** Permit a bind beyond this machine without authentication. */
    Config &insecure(bool is_insecure = true) {
        return did(sabir_config_set_insecure(raw_.get(), is_insecure));
    }
    /** How long one actor may take to come back when it is stopped. */
    Config &stop_timeout(Duration timeout) {
        return did(sabir_config_set_stop_timeout_ns(raw_.get(), timeout.count()));
    }
    /** Whether an actor handles what is queued before it stops. */
    Config &drain(bool drains) {
        return did(sabir_config_set_drain(raw_.get(), drains));
    }
    /** How long mail for a peer that is down is kept. */
    Config &peer_expiry(Duration expiry) {
        return did(sabir_config_set_peer_expiry_ns(raw_.get(), expiry.count()));
    }
    Config &peer_capacity_msgs(std::size_t count) {
        return did(sabir_config_set_peer_capacity_msgs(raw_.get(), count));
    }

    /** No threads: for sabir::kit::Kit. */
    Config &stepped(bool is_stepped = true) {
        return did(sabir_config_set_stepped(raw_.get(), is_stepped));
    }

    const sabir_config *get() const noexcept {
        return raw_.get();
    }

  private:
    Config &did(int code) {
        detail::check(code);
        return *this;
    }
    struct Free {
        void operator()(sabir_config *config) const noexcept {
            sabir_config_free(config);
        }
    };
    std::unique_ptr<sabir_config, Free> raw_;
};

} // namespace sabir

#endif
