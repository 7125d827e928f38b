/* `relay`: forwards what it is told in its own name, and passes what comes back to whoever told it last (RTE-5). */
#include "actors.hpp"
#include "messages.hpp"

namespace {

class Relay_actor : public sabir::Actor {
  public:
    Relay_actor() {
        MESSAGE_HANDLER(Forward, on_forward);
        MESSAGE_HANDLER(EchoReply, on_echo_reply);
    }

  private:
    void on_forward(const Forward *msg) {
        way_back_ = sender();
        const sabir::JsonMessage forwarded{sabir::Type::find_or_open(msg->type), msg->payload};
        find(manager(), msg->to).send(forwarded, self_ref());
    }

    void on_echo_reply(const EchoReply *msg) {
        if (!way_back_) return;
        auto passed = std::make_unique<EchoReply>();
        passed->payload = msg->payload;
        std::exchange(way_back_, sabir::Ref()).send(std::move(passed), self_ref());
    }

    sabir::Ref way_back_;
};

} // namespace

void manage_relay(sabir::Manager &manager) {
    manager.manage("relay", std::make_unique<Relay_actor>());
}
