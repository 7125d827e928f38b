/* `sink`: counts notes per sender, whether they came in order, and a digest of what they carried; keeps whatever else comes. */
#include "actors.hpp"
#include "messages.hpp"
#include "tags.hpp"

#include <cinttypes>
#include <cstdio>

namespace {

constexpr std::size_t CAPACITY_MSGS = 262144;
constexpr std::uint64_t FNV_BASIS = 0xCBF29CE484222325, FNV_PRIME = 0x100000001B3;

/* What came of some notes: those of one sender, or all. */
struct Tally {
    std::uint64_t count = 0;
    std::uint64_t digest = FNV_BASIS; /* FNV-1a, 64 bits */
    bool is_in_order = true;

    void add(const std::string &data, bool came_in_order) {
        count++;
        is_in_order = is_in_order && came_in_order;
        for (const char c : data) digest = (digest ^ static_cast<unsigned char>(c)) * FNV_PRIME;
    }
};

struct Source {
    Tally tally;
    std::int64_t last = 0;
};

/* Something other than a note. */
struct Other {
    std::string type;
    sabir::Json json;
};

class Sink_actor : public sabir::Actor {
  public:
    Sink_actor() {
        MESSAGE_HANDLER(Note, on_note);
        MESSAGE_HANDLER(Report, on_report);
        MESSAGE_HANDLER(Collect, on_collect);
        MESSAGE_HANDLER(Reset, on_reset);
        on_other<EchoReply>();
        on_other<TypedReply>();
        on_other<Description>();
        on_other<sabir::msg::Reject>();
    }

  private:
    template <class T> void on_other() {
        on<T>([this](const T *) { others_.push_back({message_type().name(), message_json()}); });
    }

    void on_note(const Note *msg) {
        const auto found = sources_.find(msg->from);
        const bool in_order = found == sources_.end() || msg->seq > found->second.last;
        Source &source = sources_[msg->from];
        const std::string data = msg->data.value_or("");
        source.last = msg->seq;
        source.tally.add(data, in_order);
        all_.add(data, in_order);
    }

    void on_report(const Report *msg) {
        const auto one = msg->from ? sources_.find(*msg->from) : sources_.end();
        const Tally tally = !msg->from ? all_ : one != sources_.end() ? one->second.tally : Tally();
        char digest[24];
        (void)std::snprintf(digest, sizeof digest, "%016" PRIx64, tally.digest);
        sabir::JsonWriter writer;
        writer.object_begin().key("count").value(std::to_string(tally.count));
        writer.key("in_order").value(tally.is_in_order).key("last").object_begin();
        for (const auto &[name, source] : sources_)
            if (!msg->from || name == *msg->from) writer.key(name).value(std::to_string(source.last));
        writer.object_end().key("digest").value(digest).object_end();
        Reported answer;
        answer.payload = writer.json();
        reply(std::move(answer));
    }

    void on_collect(const Collect *) {
        sabir::JsonWriter writer;
        writer.object_begin().key("items").array_begin();
        for (const Other &other : others_) {
            writer.object_begin().key("type").value(other.type).key("seen");
            tags::put_json(writer, other.json);
            writer.object_end();
        }
        writer.array_end().object_end();
        Collected answer;
        answer.payload = writer.json();
        reply(std::move(answer));
    }

    void on_reset(const Reset *) {
        all_ = Tally();
        sources_.clear();
        others_.clear();
    }

    Tally all_;
    std::map<std::string, Source> sources_;
    std::vector<Other> others_;
};

} // namespace

void manage_sink(sabir::Manager &manager) {
    manager.manage("sink", std::make_unique<Sink_actor>(), sabir::Options().capacity_msgs(CAPACITY_MSGS));
}
