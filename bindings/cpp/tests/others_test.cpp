/* C++ actors and the rest of the world: actors written in C in the same process, and another node. */
#include "stage.hpp"

using namespace stage;

#define COUNT_FIELDS(F) F(SABIR_INT64, count)
#define TEXT_FIELDS(F) F(SABIR_STRING, text)
namespace in_c {
SABIR_MESSAGE(Ping, COUNT_FIELDS);
SABIR_MESSAGE(Pong, COUNT_FIELDS);
SABIR_MESSAGE(Text, TEXT_FIELDS);
} // namespace in_c

namespace {

int on_ping(void *, const void *value, sabir_context *context) {
    const in_c::Pong pong = {static_cast<const in_c::Ping *>(value)->count + 1};
    return sabir_context_reply_value(context, in_c::Pong_type(), &pong);
}

int on_text(void *, const void *value, sabir_context *context) {
    return sabir_context_reply_value(context, in_c::Text_type(), value);
}

/* Answers as Echo does, but for one more. */
sabir::Ref manage_c_actor(sabir::Manager &manager) {
    sabir_actor *actor = nullptr;
    sabir_ref *ref = nullptr;
    REQUIRE(sabir_actor_new(nullptr, nullptr, &actor) == SABIR_OK);
    REQUIRE(sabir_actor_on(actor, in_c::Ping_type(), on_ping) == SABIR_OK);
    REQUIRE(sabir_actor_on(actor, in_c::Text_type(), on_text) == SABIR_OK);
    REQUIRE(sabir_manager_manage(manager.get(), "c", actor, &ref) == SABIR_OK);
    return sabir::Ref::adopt(ref);
}

/* Passes on what it gets, and puts what comes back. */
class Asker : public sabir::Actor {
  public:
    Asker(sabir::Ref other, Box<std::int64_t> &counts) : other_(std::move(other)), counts_(counts) {
        MESSAGE_HANDLER(Poke, on_poke);
        MESSAGE_HANDLER(Pong, on_pong);
    }

  private:
    void on_poke(const Poke *) {
        other_.send(Ping(1), self_ref());
    }
    void on_pong(const Pong *msg) {
        counts_.put(msg->count);
    }
    sabir::Ref other_;
    Box<std::int64_t> &counts_;
};

sabir::Config node() {
    sabir::Config config;
    config.bind("tcp://127.0.0.1:*");
    return config;
}

} // namespace

TEST_CASE("a C actor gets the C struct and its answers come back as classes") {
    Box<std::int64_t> counts;
    sabir::Manager manager;
    const sabir::Ref c = manage_c_actor(manager);
    const sabir::Ref asker = manager.manage("asker", std::make_unique<Asker>(c, counts));
    manager.start();
    asker.send(Poke());
    CHECK(counts.take() == 2);
    CHECK(c.fast_send<Pong>(Ping(7))->count == 8);
    CHECK(c.fast_send<Text>(Text("as it is"))->text == "as it is");
    CHECK(c.ask<Text>(Text("asked"), PATIENCE).text == "asked");
}

TEST_CASE("a C program fast_sends to a C++ actor in its own terms") {
    sabir::Manager manager;
    const sabir::Ref echo = manager.manage("echo", std::make_unique<Echo>());
    manager.start();
    const in_c::Ping ping = {11};
    in_c::Pong pong = {0};
    bool replied = false;
    REQUIRE(sabir_ref_fast_send(echo.get(), nullptr, in_c::Ping_type(), &ping, in_c::Pong_type(), &pong, sizeof pong, 0,
                                &replied) == SABIR_OK);
    CHECK(replied);
    CHECK(pong.count == 11);
}

TEST_CASE("a C caller that names a C++ actor as the sender gets the struct all the same") {
    sabir::Manager manager;
    const sabir::Ref echo = manager.manage("echo", std::make_unique<Echo>());
    const sabir::Ref other = manager.manage("other", std::make_unique<Echo>());
    manager.start();
    const in_c::Ping ping = {12};
    in_c::Pong pong = {0};
    bool replied = false;
    REQUIRE(sabir_ref_fast_send(echo.get(), other.get(), in_c::Ping_type(), &ping, in_c::Pong_type(), &pong,
                                sizeof pong, 0, &replied) == SABIR_OK);
    CHECK(pong.count == 12);
}

TEST_CASE("two nodes: the same actors, and only the ref differs") {
    Box<std::int64_t> counts;
    sabir::Manager far(node()), near(node());
    far.manage("echo", std::make_unique<Echo>());
    far.start();
    const sabir::Ref echo = near.remote("echo", far.endpoint());
    const sabir::Ref asker = near.manage("asker", std::make_unique<Asker>(echo, counts));
    near.start();
    CHECK(echo.endpoint() == far.endpoint());
    asker.send(Poke());
    CHECK(counts.take() == 1);
    CHECK(echo.ask<Text>(Text("over TCP"), PATIENCE).text == "over TCP");
    CHECK(echo.ask<Text>(sabir::JsonMessage{sabir::Type::find("Text"), sabir::Json(R"({"text": "by name"})")}, PATIENCE)
              .text == "by name");
    CHECK(code_of([&] { echo.fast_send<Pong>(Ping(1)); }) == SABIR_EREMOTE);
    CHECK(code_of([&] { (void)echo.ask<Pong>(Ping(1), -2ns); }) == SABIR_EINVAL);
}

TEST_CASE("a handler of many types sees type and JSON, whatever form the message came in") {
    struct Recorder : sabir::Actor {
        explicit Recorder(Box<std::string> &seen) : seen_(seen) {
            on<Ping>([this](const Ping *) { record(); });
            on<Text>([this](const Text *) { record(); });
        }
        void record() {
            seen_.put(std::string(message_type().name()) + " " + message_json().text);
        }
        Box<std::string> &seen_;
    };
    Box<std::string> seen;
    sabir::Manager manager;
    const sabir::Ref recorder = manager.manage("recorder", std::make_unique<Recorder>(seen));
    manager.start();
    recorder.send(Ping(1));
    CHECK(seen.take() == R"(Ping {"count":1})");
    recorder.send(sabir::JsonMessage{sabir::type_of<Text>(), sabir::Json(R"({"text":"x"})")});
    CHECK(seen.take() == R"(Text {"text":"x"})");
    CHECK(code_of([] { (void)sabir::Type::find("cpp.Nobody"); }) == SABIR_ENOENT);
    CHECK(std::string(sabir::Type::find_or_open("cpp.Somebody").name()) == "cpp.Somebody");
}

TEST_CASE("a configuration says which of its values is wrong") {
    sabir::Config config;
    CHECK(code_of([&] { config.bind("nonsense"); }) == SABIR_EINVAL);
    CHECK(code_of([&] { config.read_peers("/no/such/file"); }) == SABIR_EIO);
    CHECK(code_of([&] { config.add_peer("a", "tcp://127.0.0.1:1").add_peer("a", "tcp://127.0.0.1:2"); }) ==
          SABIR_EEXIST);
    sabir::Manager first(node());
    CHECK(code_of([&] { sabir::Manager second(sabir::Config().bind(first.endpoint())); }) == SABIR_EBIND);
}
