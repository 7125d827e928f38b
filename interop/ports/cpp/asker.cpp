/* `asker`: asks another actor, and reports the one outcome. */
#include "actors.hpp"
#include "messages.hpp"

namespace {

class Asker_actor : public sabir::Actor {
  public:
    Asker_actor() {
        MESSAGE_HANDLER(Ask, on_ask);
    }

  private:
    void on_ask(const Ask *msg) {
        Asked asked;
        try {
            Echo request;
            request.payload = msg->payload;
            const auto timeout = std::chrono::milliseconds(msg->timeout_ms);
            asked.payload = find(manager(), msg->to).ask<EchoReply>(request, timeout).payload;
            asked.outcome = "OK";
        } catch (const sabir::Error &error) {
            asked.outcome = error.short_name();
        }
        reply(std::move(asked));
    }
};

} // namespace

void manage_asker(sabir::Manager &manager) {
    manager.manage("asker", std::make_unique<Asker_actor>());
}
