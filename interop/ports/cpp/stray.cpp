/* `stray`: sends and asks from a second manager of this process, which is not bound to any endpoint (RTE-7). */
#include "actors.hpp"
#include "messages.hpp"

namespace {

class Inmate_actor : public sabir::Actor {
  public:
    Inmate_actor() {
        MESSAGE_HANDLER(EchoReply, on_echo_reply);
    }

  private:
    void on_echo_reply(const EchoReply *) {
    }
};

template <class Attempt> std::string outcome(Attempt attempt) {
    try {
        attempt();
        return "OK";
    } catch (const sabir::Error &error) {
        return error.short_name();
    }
}

class Stray_actor : public sabir::Actor {
  public:
    Stray_actor() {
        MESSAGE_HANDLER(Stray, on_stray);
        inmate_ = unbound_.manage("inmate", std::make_unique<Inmate_actor>());
        unbound_.start();
    }

  private:
    void on_stray(const Stray *msg) {
        const sabir::Ref target = find(unbound_, msg->to);
        const sabir::JsonMessage echo{sabir::Type::find("conf.Echo"), sabir::Json("{}")};
        Strayed strayed;
        strayed.named = outcome([&] { target.send(echo, inmate_); });
        strayed.asked = outcome([&] { target.ask<EchoReply>(echo, std::chrono::seconds(1)); });
        strayed.nameless = outcome([&] { target.send(echo); });
        reply(std::move(strayed));
    }

    sabir::Manager unbound_;
    sabir::Ref inmate_;
};

} // namespace

void manage_stray(sabir::Manager &manager) {
    manager.manage("stray", std::make_unique<Stray_actor>());
}
