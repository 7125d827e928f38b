/* The kit, the tap and subscribers, from C++. */
#include "stage.hpp"

#include <sabir/kit.hpp>

using namespace stage;

namespace {

class Doubler : public sabir::Actor {
  public:
    Doubler() {
        MESSAGE_HANDLER(Ping, on_ping);
    }

  private:
    void on_ping(const Ping *msg) {
        reply(Pong(msg->count * 2));
    }
};

/* Adds up; fails at what is less than nothing. */
class Total : public sabir::Actor {
  public:
    Total() {
        MESSAGE_HANDLER(Ping, on_ping);
    }

  private:
    void on_ping(const Ping *msg) {
        if (msg->count < 0) throw std::runtime_error("less than nothing");
        sum_ += msg->count;
        reply(Pong(sum_));
    }
    std::int64_t sum_ = 0;
};

/* Answers a second later. */
class Late : public sabir::Actor {
  public:
    Late() {
        MESSAGE_HANDLER(Ping, on_ping);
        MESSAGE_HANDLER(sabir::msg::Timeout, on_timeout);
    }

  private:
    void on_ping(const Ping *) {
        token_ = reply_take();
        timer_ = once(1s);
    }
    void on_timeout(const sabir::msg::Timeout *msg) {
        token_.reply(Pong(msg->timer_id == timer_.id() ? 1 : 0));
    }
    sabir::ReplyToken token_;
    sabir::Timer timer_;
};

class Ticker : public sabir::Publisher {
  public:
    explicit Ticker(std::size_t &known) : known_(known) {
        MESSAGE_HANDLER(Ping, on_ping);
        MESSAGE_HANDLER(Poke, on_poke);
    }

  private:
    void on_ping(const Ping *msg) {
        publish(Pong(msg->count), msg->count % 2 ? std::nullopt : std::optional<std::string>("even"));
        known_ = subscribers().count();
    }
    void on_poke(const Poke *) {
        known_ = subscribers().count();
    }
    std::size_t &known_;
};

/* Works until `left` is 0, and can be told another number meanwhile. */
class Miner : public sabir::Actor {
  public:
    explicit Miner(std::string &story) : story_(story) {
        MESSAGE_HANDLER(sabir::msg::Continue, on_continue);
        MESSAGE_HANDLER(sabir::msg::Set, on_set);
    }

  private:
    void on_continue(const sabir::msg::Continue *) {
        story_ += "m";
        if (--left_ > 0) self_ref().send(sabir::msg::Continue(), self_ref());
    }
    void on_set(const sabir::msg::Set *msg) {
        story_ += msg->name;
        left_ = std::stoi(msg->value.text);
    }
    std::string &story_;
    int left_ = 2;
};

std::string complaint_of(const std::function<void()> &call) {
    try {
        call();
    } catch (const sabir::Unexpected &error) {
        return error.what();
    }
    return "nothing was thrown";
}

} // namespace

TEST_CASE("a kit handles one message at a time, and a probe gets the answers") {
    sabir::Kit kit;
    const sabir::Ref doubler = kit.manage("doubler", std::make_unique<Doubler>());
    sabir::Probe client = kit.probe("client");
    kit.start();
    doubler.send(Ping(1), client.ref());
    doubler.send(Ping(2), client.ref());
    CHECK(client.count() == 0);
    CHECK(kit.step() == 1);
    CHECK(client.count() == 1);
    CHECK(client.expect<Pong>().count == 2);
    CHECK(client.sender() == doubler);
    CHECK(client.expect<Pong>().count == 4);
    CHECK(kit.rest() == 0);
    CHECK(doubler.ask<Pong>(Ping(5), 1s).count == 10);
    CHECK(kit.find("client") == client.ref());
}

TEST_CASE("time in a kit passes when it is told to") {
    sabir::Kit kit;
    const sabir::Ref late = kit.manage("late", std::make_unique<Late>());
    sabir::Probe client = kit.probe("client");
    kit.start();
    late.send(Ping(7), client.ref());
    kit.advance(999ms);
    client.expect_none();
    kit.advance(1ms);
    CHECK(client.expect<Pong>().count == 1);
    late.send(Ping(7), client.ref());
    CHECK(client.expect<Pong>(5s).count == 1);
    CHECK(kit.now() == 2s);
}

TEST_CASE("a restart takes the kit's time and keeps the mailbox") {
    const Quiet quiet;
    sabir::Kit kit;
    sabir::Restart rule;
    rule.first_delay = 1s;
    rule.max_delay = 60s;
    sabir::Ref total = kit.manage_restarting(
        "total", [] { return std::make_unique<Total>(); }, sabir::Options().restart(rule));
    sabir::Probe client = kit.probe("client");
    kit.start();
    for (const std::int64_t count : {5, -1, 7}) total.send(Ping(count), client.ref());
    CHECK(client.expect<Pong>().count == 5);
    kit.advance(1s - 1ns);
    client.expect_none();
    kit.advance(1ns);
    CHECK(client.expect<Pong>().count == 7); /* of a fresh one */
    total.send(Ping(-1));
    total.send(Ping(1), client.ref());
    CHECK(client.expect<Pong>(2s).count == 1); /* twice as long */
    CHECK(kit.now() == 3s);
}

TEST_CASE("a probe says what came instead") {
    sabir::Kit kit;
    sabir::Probe probe = kit.probe("probe");
    const sabir::Ref ref = probe.ref();
    CHECK(complaint_of([&] { probe.expect<Ping>(); }).find("'probe' expects 'Ping', and nothing came") !=
          std::string::npos);
    ref.send(Pong(3), ref);
    const std::string words = complaint_of([&] { probe.expect<Ping>(); });
    CHECK(words.find("expects 'Ping', but got 'Pong' {\"count\":3} of 'probe'") != std::string::npos);
    ref.send(Ping(1));
    ref.send(Pong(2));
    probe.expect_order<Ping, Pong>();
    ref.send(Ping(1));
    ref.send(Pong(2));
    CHECK(probe.fish<Pong>().count == 2);
    ref.send(Ping(1));
    CHECK(complaint_of([&] { probe.expect_none(); }).find("expects nothing, but got 'Ping'") != std::string::npos);
    CHECK_THROWS_AS(kit.probe("probe"), sabir::ErrorOf<SABIR_EEXIST>);
    CHECK_THROWS_AS(kit.run(), sabir::ErrorOf<SABIR_ESTATE>);
}

TEST_CASE("in a manager with threads a probe waits") {
    sabir::Manager manager;
    const sabir::Ref doubler = manager.manage("doubler", std::make_unique<Doubler>());
    manager.start();
    sabir::Probe client(manager, "client", PATIENCE);
    doubler.send(Ping(4), client.ref());
    CHECK(client.expect<Pong>().count == 8);
}

TEST_CASE("a tap sees what passes, and a table shows what is") {
    sabir::Kit kit;
    const sabir::Ref doubler = kit.manage("z\xC3\xA4hler", std::make_unique<Doubler>());
    sabir::Probe client = kit.probe("client");
    kit.start();
    {
        sabir::Tap tap = kit.tap(), small = kit.tap("client", "z*", "P*", 1);
        doubler.send(Ping(6), client.ref());
        doubler.send(Ping(7), client.ref());
        kit.rest();
        auto seen = tap.next();
        REQUIRE(seen);
        CHECK(seen->from == "client");
        CHECK(seen->to == "z\xC3\xA4hler");
        CHECK(seen->type == "Ping");
        CHECK(seen->outcome == "sent");
        CHECK(seen->json.empty()); /* an object among C++ actors */
        tap.next();
        seen = tap.next();
        REQUIRE(seen);
        CHECK(seen->json == "{\"count\":12}");
        tap.next();
        CHECK_FALSE(tap.next());
        CHECK(tap.missed() == 0);
        CHECK(small.next());
    }
    const std::string table = kit.snapshot_table();
    CHECK(table.find("\nz\xC3\xA4hler       0         2     2") != std::string::npos);
}

TEST_CASE("subscribers are told of their topic, and dropped when they have gone") {
    sabir::Kit kit;
    std::size_t known = 0;
    const sabir::Ref ticker = kit.manage("ticker", std::make_unique<Ticker>(known));
    auto gone = std::make_unique<sabir::Probe>(kit.probe("gone"));
    sabir::Probe even = kit.probe("even"), every = kit.probe("every");
    kit.start();
    ticker.send(sabir::msg::Subscribe("even"), even.ref());
    ticker.send(sabir::msg::Subscribe(), every.ref());
    ticker.send(sabir::msg::Subscribe(), gone->ref());
    ticker.send(Ping(1));
    ticker.send(Ping(2));
    kit.rest();
    CHECK(known == 3);
    CHECK(even.expect<Pong>().count == 2);
    CHECK(even.sender() == ticker);
    CHECK(every.expect<Pong>().count == 1);
    CHECK(every.expect<Pong>().count == 2);
    even.expect_none();
    gone.reset();
    kit.rest();
    ticker.send(Poke()); /* nothing has been published since */
    kit.rest();
    CHECK(known == 2);
    ticker.send(sabir::msg::Unsubscribe("even"), even.ref());
    ticker.send(Ping(4));
    CHECK(every.expect<Pong>().count == 4);
    even.expect_none();
    CHECK(known == 1);
}

namespace {

/* Sees for itself who has gone. */
class Careful : public sabir::Publisher {
  public:
    Careful(std::string &gone, std::size_t &left) : gone_(gone), left_(left) {
    }

  private:
    void on_down(const sabir::msg::Down *msg) override {
        gone_ = msg->name + " " + msg->reason;
        subscribers().take(*msg);
        left_ = subscribers().count();
    }
    std::string &gone_;
    std::size_t &left_;
};

} // namespace

TEST_CASE("a publisher may have a use of its own for what says that somebody has gone") {
    sabir::Kit kit;
    std::string gone;
    std::size_t left = 9;
    const sabir::Ref careful = kit.manage("careful", std::make_unique<Careful>(gone, left));
    auto probe = std::make_unique<sabir::Probe>(kit.probe("probe"));
    kit.start();
    careful.send(sabir::msg::Subscribe(), probe->ref());
    kit.rest();
    probe.reset();
    kit.rest();
    CHECK(gone == "probe stopped");
    CHECK(left == 0);
}

TEST_CASE("subscribers at another node go with its link or its reject") {
    sabir::Kit kit;
    sabir::Subscribers subscribers;
    subscribers.add(kit.remote("one", "tcp://127.0.0.1:7001"));
    subscribers.add(kit.remote("two", "tcp://127.0.0.1:7001"));
    sabir::msg::Reject reject;
    reject.code = "unknown_target";
    reject.target = "one";
    reject.rejected_by = "tcp://127.0.0.1:7001";
    subscribers.take(reject);
    CHECK(subscribers.listed().size() == 1);
    sabir::msg::LinkDown down;
    down.endpoint = "tcp://127.0.0.1:7001";
    subscribers.take(down);
    CHECK(subscribers.count() == 0);
    CHECK_FALSE(subscribers.remove(kit.remote("one", "tcp://127.0.0.1:7001")));
}

TEST_CASE("long work is continued between other messages") {
    sabir::Kit kit;
    std::string story;
    const sabir::Ref miner = kit.manage("miner", std::make_unique<Miner>(story));
    kit.start();
    miner.send(sabir::msg::Continue());
    miner.send(sabir::msg::Set("left", sabir::Json("3")));
    kit.rest();
    CHECK(story == "mleftmmm");
}
