/* The pong node of the matrix: answers each Ping with a Pong of the same count. */
#include "ping_messages.hpp"

namespace {

class Pong_actor : public sabir::Actor {
  public:
    Pong_actor() {
        MESSAGE_HANDLER(Ping, on_ping);
    }

  private:
    void on_ping(const Ping *msg) {
        reply(new Pong(msg->count));
    }
};

} // namespace

int main() {
    return sabir::run_node(sabir_version_text(), "",
                           [](sabir::Manager &manager) { manager.manage("pong", std::make_unique<Pong_actor>()); });
}
