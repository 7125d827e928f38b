/*
 * Failing and coming back: a fresh object with the mailbox kept, limits, supervisors, watching.
 */
#include "stage.hpp"

#include <thread>

using namespace stage;

namespace {

struct Broken : std::runtime_error {
    Broken() : std::runtime_error("broken on purpose") {
    }
};

/* Adds up pings; a Poke breaks it; a Text is answered with the sum. */
class Adder : public sabir::Actor {
  public:
    Adder() {
        MESSAGE_HANDLER(Ping, on_ping);
        MESSAGE_HANDLER(Poke, on_poke);
        MESSAGE_HANDLER(Text, on_text);
    }

  private:
    void on_ping(const Ping *ping) {
        sum_ += ping->count;
    }
    void on_poke(const Poke *) {
        throw Broken();
    }
    void on_text(const Text *) {
        reply(std::make_unique<Pong>(sum_));
    }

    std::int64_t sum_ = 0;
};

class Watcher : public sabir::Actor {
  public:
    Watcher(std::vector<sabir::Ref> watched, Box<sabir::msg::Down> &told) : watched_(std::move(watched)), told_(told) {
        on<sabir::msg::Down>([this](const sabir::msg::Down *down) { told_.put(*down); });
    }

  private:
    void on_start() override {
        for (const sabir::Ref &one : watched_) watch(one);
    }

    std::vector<sabir::Ref> watched_;
    Box<sabir::msg::Down> &told_;
};

std::unique_ptr<sabir::Actor> make_adder() {
    return std::make_unique<Adder>();
}

sabir::Restart soon(std::optional<std::uint32_t> limit = 3) {
    sabir::Restart rule;
    rule.limit = limit;
    rule.first_delay = 1ms;
    rule.max_delay = 2ms;
    return rule;
}

std::int64_t sum_of(const sabir::Ref &adder) {
    return adder.ask<Pong>(Text("sum"), PATIENCE).count;
}

std::int64_t restarts(const sabir::Manager &manager, const std::string &name) {
    const std::string text = manager.snapshot().text;
    const std::size_t actor = text.find("\"name\":\"" + name + "\"");
    return std::stoll(text.substr(text.find("\"restarts\":", actor) + 11));
}

} // namespace

TEST_CASE("an exception is a restart: a fresh object, the mailbox kept") {
    const Quiet quiet;
    sabir::Manager manager;
    int made = 0;
    sabir::Ref adder = manager.manage_restarting(
        "adder",
        [&made] {
            made++;
            return make_adder();
        },
        sabir::Options().restart(soon()));
    manager.start();
    adder.send(std::make_unique<Ping>(5));
    adder.send(std::make_unique<Poke>());
    adder.send(std::make_unique<Ping>(7));
    CHECK(sum_of(adder) == 7);
    CHECK(made == 2);
    CHECK(restarts(manager, "adder") == 1);
}

TEST_CASE("what makes it may throw, make none or another one: each is a failure more") {
    const Quiet quiet;
    sabir::Manager manager;
    int made = 0;
    sabir::Ref adder = manager.manage_restarting(
        "adder",
        [&made]() -> std::unique_ptr<sabir::Actor> {
            switch (++made) {
            case 2:
                throw Broken();
            case 3:
                return nullptr;
            case 4:
                return std::make_unique<sabir::Actor>();
            default:
                return make_adder();
            }
        },
        sabir::Options().restart(soon(std::nullopt)));
    manager.start();
    adder.send(std::make_unique<Poke>());
    CHECK(sum_of(adder) == 0);
    CHECK(made == 5);
    CHECK(restarts(manager, "adder") == 4);
}

TEST_CASE("one restart too many is the end, and watchers are told once") {
    const Quiet quiet;
    Box<sabir::msg::Down> told;
    sabir::Manager manager;
    sabir::Ref adder = manager.manage_restarting("adder", make_adder, sabir::Options().restart(soon(1)));
    manager.manage("watcher", std::make_unique<Watcher>(std::vector<sabir::Ref>{adder, adder}, told));
    manager.start();
    adder.send(std::make_unique<Poke>());
    adder.send(std::make_unique<Poke>());
    const sabir::msg::Down down = told.take();
    CHECK(down.name == "adder");
    CHECK(down.reason == "failed");
}

TEST_CASE("to stop is a policy") {
    const Quiet quiet;
    Box<sabir::msg::Down> told;
    sabir::Manager manager;
    sabir::Ref adder = manager.manage("adder", make_adder(), sabir::Options().on_failure(SABIR_FAILURE_STOP));
    manager.manage("watcher", std::make_unique<Watcher>(std::vector<sabir::Ref>{adder}, told));
    manager.start();
    adder.send(std::make_unique<Poke>());
    CHECK(told.take().reason == "failed");
}

TEST_CASE("all for one, and then the parent") {
    const Quiet quiet;
    Box<sabir::msg::Down> told;
    sabir::Manager manager;
    sabir::Supervisor top = manager.supervisor("top", SABIR_STRATEGY_ONE_FOR_ONE, soon(1));
    sabir::Supervisor low = manager.supervisor("low", SABIR_STRATEGY_ALL_FOR_ONE, soon(0));
    low.under(top);
    CHECK(code_of([&] { top.under(low); }) == SABIR_EINVAL);
    sabir::Ref left = manager.manage_restarting("left", make_adder, low);
    sabir::Ref right = manager.manage_restarting("right", make_adder, low);
    manager.manage("watcher", std::make_unique<Watcher>(std::vector<sabir::Ref>{left, right}, told));
    manager.start();
    right.send(std::make_unique<Ping>(5));
    CHECK(sum_of(right) == 5);
    left.send(std::make_unique<Poke>());
    CHECK(sum_of(left) == 0);
    while (restarts(manager, "right") == 0) std::this_thread::yield();
    CHECK(sum_of(right) == 0);
    left.send(std::make_unique<Poke>());
    CHECK(told.take().reason == "failed");
    CHECK(told.take().reason == "failed");
}

TEST_CASE("what cannot be is said") {
    sabir::Manager manager;
    CHECK(code_of([&] { manager.manage_restarting("a", nullptr); }) == SABIR_EINVAL);
    CHECK(code_of([&] { manager.manage("a", make_adder(), sabir::Options().restart(soon())); }) == SABIR_EINVAL);
    CHECK(code_of([&] { manager.supervisor("s", SABIR_STRATEGY_ONE_FOR_ONE, soon(65)); }) == SABIR_EINVAL);
    class Unaware : public sabir::Actor {
      public:
        explicit Unaware(sabir::Ref other) : other_(std::move(other)) {
        }

      private:
        void on_start() override {
            watch(other_);
        }
        sabir::Ref other_;
    };
    manager.manage("unaware", std::make_unique<Unaware>(manager.manage("b", make_adder())));
    CHECK_THROWS_WITH_AS(manager.start(), doctest::Contains("no handler for 'Down'"), sabir::Error);
}
