/* `echo`: the same payload back. */
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
