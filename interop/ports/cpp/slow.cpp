/* `slow`: sleeps in its handler; its mailbox holds four messages. */
#include "actors.hpp"
#include "messages.hpp"

#include <thread>

namespace {

constexpr std::size_t CAPACITY_MSGS = 4;

class Slow_actor : public sabir::Actor {
  public:
    Slow_actor() {
        MESSAGE_HANDLER(Sleep, on_sleep);
    }

  private:
    void on_sleep(const Sleep *msg) {
        if (msg->ms < 0) throw sabir::Error(SABIR_EBADPAYLOAD, "nobody sleeps backwards");
        std::this_thread::sleep_for(std::chrono::milliseconds(msg->ms));
        reply(new Slept);
    }
};

} // namespace

void manage_slow(sabir::Manager &manager) {
    manager.manage("slow", std::make_unique<Slow_actor>(), sabir::Options().capacity_msgs(CAPACITY_MSGS));
}
