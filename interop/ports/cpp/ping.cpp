/* The ping node of the matrix: plays as many rounds as it is told with the actor that it is told, then says how it went. */
#include "ping_messages.hpp"

namespace {

/* One game at a time. */
class Ping_actor : public sabir::Actor {
  public:
    Ping_actor() {
        MESSAGE_HANDLER(PlayPing, on_play);
        MESSAGE_HANDLER(Pong, on_pong);
    }

  private:
    void on_play(const PlayPing *msg) {
        pong_ =
            manager().remote(msg->name, msg->endpoint, msg->dialect == "flat" ? SABIR_DIALECT_FLAT : SABIR_DIALECT_V1);
        asker_ = reply_take();
        played_ = Played();
        rounds_ = msg->rounds;
        go_on();
    }

    void on_pong(const Pong *msg) {
        if (!asker_) return; /* of a game that is over */
        if (msg->count != played_.rounds) played_.errors++;
        played_.rounds++;
        go_on();
    }

    void go_on() {
        if (played_.rounds < rounds_)
            pong_.send(std::make_unique<Ping>(played_.rounds), self_ref());
        else
            asker_.reply(played_);
    }

    sabir::Ref pong_;
    sabir::ReplyToken asker_;
    std::int64_t rounds_ = 0;
    Played played_;
};

} // namespace

int main() {
    return sabir::run_node(sabir_version_text(), "",
                           [](sabir::Manager &manager) { manager.manage("ping", std::make_unique<Ping_actor>()); });
}
