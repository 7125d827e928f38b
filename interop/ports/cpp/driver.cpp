/* `driver`: sends what it is told through the public API, also what JSON cannot carry. */
#include "actors.hpp"
#include "messages.hpp"

#include <limits>

namespace {

/* The value that the word stands for; what cannot be written is the writer's error. */
sabir::Json special_value(const std::string &special) {
    sabir::JsonWriter writer;
    constexpr double INFINITE = std::numeric_limits<double>::infinity();
    if (special == "nan") return writer.value(std::numeric_limits<double>::quiet_NaN()).json();
    if (special == "inf") return writer.value(INFINITE).json();
    if (special == "-inf") return writer.value(-INFINITE).json();
    if (special == "bigint") return writer.value(sabir::Json("18446744073709551616")).json();
    if (special == "nul") return writer.value(std::string_view("a\0b", 3)).json();
    if (special == "lone-surrogate") return writer.value("\xED\xA0\x80").json();
    throw sabir::Error(SABIR_EINVAL, "there is no special value \"" + special + "\"");
}

/* The payload, an object, with one more member. */
sabir::Json with_special(const sabir::Json &payload, const sabir::Json &value) {
    std::string text = payload.text.substr(0, payload.text.rfind('}'));
    const char last = text[text.find_last_not_of(" \t\r\n")];
    return sabir::Json(text + (last == '{' ? "" : ",") + "\"special\":" + value.text + "}");
}

sabir::JsonMessage make_message(const Send &order) {
    if (order.special == "unregistered") return {sabir::Type::find("conf.NobodyDeclaredThis"), sabir::Json("{}")};
    const sabir::Type type = sabir::Type::find_or_open(order.type);
    return {type, order.special ? with_special(order.payload, special_value(*order.special)) : order.payload};
}

class Driver_actor : public sabir::Actor {
  public:
    Driver_actor() {
        MESSAGE_HANDLER(Send, on_send);
    }

  private:
    void send_once(const Send &order) {
        find(manager(), order.to).send(make_message(order), order.as ? manager().find(*order.as) : sabir::Ref());
    }

    void on_send(const Send *msg) {
        auto sent = std::make_unique<Sent>();
        for (std::int64_t i = 0; i < msg->repeat.value_or(1); i++) {
            try {
                send_once(*msg);
                sent->ok++;
            } catch (const sabir::Error &error) {
                sent->errors.push_back(error.short_name());
            }
        }
        reply(std::move(sent));
    }
};

} // namespace

sabir::Ref find(const sabir::ManagerRef &manager, const Address &to) {
    const bool is_flat = to.dialect == "flat";
    return manager.remote(to.name, to.endpoint, is_flat ? SABIR_DIALECT_FLAT : SABIR_DIALECT_V1);
}

void manage_driver(sabir::Manager &manager) {
    manager.manage("driver", std::make_unique<Driver_actor>());
}
