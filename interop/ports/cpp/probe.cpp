/* `probe`: says what the application saw of a message. */
#include "actors.hpp"
#include "messages.hpp"
#include "tags.hpp"

namespace {

void put_sender(sabir::JsonWriter &writer, const sabir::Ref &sender) {
    if (!sender) {
        writer.value(nullptr);
        return;
    }
    const std::string endpoint = sender.endpoint();
    writer.object_begin().key("name").value(sender.name()).key("endpoint");
    if (endpoint.empty())
        writer.value(nullptr);
    else
        writer.value(endpoint);
    writer.object_end();
}

class Probe_actor : public sabir::Actor {
  public:
    Probe_actor() {
        MESSAGE_HANDLER(Describe, on_describe);
    }

  private:
    void on_describe(const Describe *msg) {
        sabir::JsonWriter writer;
        writer.object_begin().key("seen");
        tags::put_json(writer, msg->payload);
        writer.key("sender");
        put_sender(writer, sender());
        writer.key("type").value(message_type().name()).object_end();
        Description answer;
        answer.payload = writer.json();
        reply(std::move(answer));
    }
};

} // namespace

void manage_probe(sabir::Manager &manager) {
    manager.manage("probe", std::make_unique<Probe_actor>());
}
