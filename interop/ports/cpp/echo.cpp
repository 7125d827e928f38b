/* `echo`: the same payload back; and `hidden`, one that is local: it can send, but other nodes cannot reach it (RTE-8). */
#include "actors.hpp"
#include "messages.hpp"

namespace {

class Echo_actor : public sabir::Actor {
  public:
    Echo_actor() {
        MESSAGE_HANDLER(Echo, on_echo);
    }

  private:
    void on_echo(const Echo *msg) {
        auto answer = std::make_unique<EchoReply>();
        answer->payload = msg->payload;
        reply(std::move(answer));
    }
};

} // namespace

void manage_echo(sabir::Manager &manager) {
    manager.manage("echo", std::make_unique<Echo_actor>());
}

void manage_hidden(sabir::Manager &manager) {
    manager.manage("hidden", std::make_unique<Echo_actor>(), sabir::Options().local());
}
