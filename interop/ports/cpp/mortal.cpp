/* `mortal`: fails, gives up its right to reply, and stops, when it is told to (REJ-5). */
#include "actors.hpp"
#include "messages.hpp"

namespace {

class Mortal_actor : public sabir::Actor {
  public:
    Mortal_actor() {
        MESSAGE_HANDLER(Fail, on_fail);
        MESSAGE_HANDLER(GiveUp, on_give_up);
        MESSAGE_HANDLER(Leave, on_leave);
    }

  private:
    void on_fail(const Fail *) {
        throw sabir::Error(SABIR_EFAILED, "it was told to");
    }

    void on_give_up(const GiveUp *) {
        const sabir::ReplyToken given_up = reply_take();
    }

    void on_leave(const Leave *) {
        stop();
        reply(new Left);
    }
};

} // namespace

void manage_mortal(sabir::Manager &manager) {
    manager.manage("mortal", std::make_unique<Mortal_actor>());
}
