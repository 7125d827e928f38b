/* `typed`: fixed fields, also of binary data; a wrong shape never gets as far as the handler. */
#include "actors.hpp"
#include "messages.hpp"
#include "tags.hpp"

namespace {

class Typed_actor : public sabir::Actor {
  public:
    Typed_actor() {
        MESSAGE_HANDLER(Typed, on_typed);
        MESSAGE_HANDLER(Binary, on_binary);
    }

  private:
    void on_typed(const Typed *msg) {
        sabir::JsonWriter writer;
        writer.object_begin();
        put(writer, "i", msg->i);
        put(writer, "f", msg->f);
        put(writer, "s", std::string_view(msg->s));
        put(writer, "b", msg->b);
        put(writer, "l", msg->l);
        if (msg->o) put(writer, "o", std::string_view(*msg->o));
        writer.object_end();
        TypedReply answer;
        answer.payload = writer.json();
        reply(std::move(answer));
    }

    /* The bytes as the program has them, and given back as binary data. */
    void on_binary(const Binary *msg) {
        static const char DIGITS[] = "0123456789abcdef";
        BinaryReply answer;
        for (const std::uint8_t byte : msg->data) {
            answer.hex += DIGITS[byte >> 4];
            answer.hex += DIGITS[byte & 15];
        }
        answer.data = msg->data;
        reply(std::move(answer));
    }

    template <class T> static void put(sabir::JsonWriter &writer, const char *key, const T &value) {
        writer.key(key);
        tags::put(writer, value);
    }
};

} // namespace

void manage_typed(sabir::Manager &manager) {
    manager.manage("typed", std::make_unique<Typed_actor>());
}
