/* Actors in C++: sending in all its forms, answers, failures, life, timers, groups. */
#include "stage.hpp"

#include <future>
#include <thread>

using namespace stage;

namespace {

struct Where : sabir::Message {
    const void *address = nullptr; /* not a field: only the object itself has it */
    std::int64_t count = 0;
    SABIR_CPP_MESSAGE_NAMED(Where, "cpp.Where", (count));
};

/* The same name in another class of the same program: they meet over the C struct. */
struct Elsewhere : sabir::Message {
    std::int64_t count = 0;
    SABIR_CPP_MESSAGE_NAMED(Elsewhere, "cpp.Where", (count));
};

struct Counted : sabir::Message {
    static inline std::atomic<int> alive{0};
    std::int64_t n = 0;
    Counted() {
        alive++;
    }
    Counted(const Counted &other) : Message(other), n(other.n) {
        alive++;
    }
    ~Counted() override {
        alive--;
    }
    SABIR_CPP_MESSAGE_NAMED(Counted, "cpp.Counted", (n));
};

class Watcher : public sabir::Actor {
  public:
    explicit Watcher(Box<std::pair<const void *, std::int64_t>> &seen) : seen_(seen) {
        MESSAGE_HANDLER(Where, on_where);
    }

  private:
    void on_where(const Where *msg) {
        seen_.put({msg->address == msg ? msg : nullptr, msg->count});
    }
    Box<std::pair<const void *, std::int64_t>> &seen_;
};

/* Starts a game in on_start and plays until `rounds`. */
class Player : public sabir::Actor {
  public:
    Player(sabir::Ref pong, std::int64_t rounds) : pong_(std::move(pong)), rounds_(rounds) {
        MESSAGE_HANDLER(Pong, on_pong);
    }

  protected:
    void on_start() override {
        pong_.send(std::make_unique<Ping>(1), self_ref());
    }

  private:
    void on_pong(const Pong *msg) {
        if (msg->count == rounds_)
            manager().terminate();
        else
            pong_.send(new Ping(msg->count + 1), self_ref());
    }
    sabir::Ref pong_;
    std::int64_t rounds_;
};

class Thrower : public sabir::Actor {
  public:
    Thrower() {
        MESSAGE_HANDLER(Text, on_text);
        MESSAGE_HANDLER(Ping, on_ping);
        on<Poke>([](const Poke *) { throw 7; });
    }

  private:
    void on_text(const Text *msg) {
        throw std::runtime_error("no " + msg->text);
    }
    void on_ping(const Ping *msg) {
        if (msg->count < 0) throw sabir::Error(SABIR_EBADPAYLOAD, "a count is not negative");
        reply(Pong(msg->count));
    }
};

} // namespace

TEST_CASE("between C++ actors a message is the sender's own object") {
    Box<std::pair<const void *, std::int64_t>> seen;
    sabir::Manager manager;
    const sabir::Ref watcher = manager.manage("watcher", std::make_unique<Watcher>(seen));
    manager.start();
    auto where = std::make_unique<Where>();
    const void *address = where->address = where.get();
    where->count = 3;
    watcher.send(std::move(where));
    CHECK(seen.take() == std::pair<const void *, std::int64_t>(address, 3));
    Where lent;
    lent.address = &lent;
    CHECK(watcher.fast_send<Pong>(lent) == nullptr);
    CHECK(seen.take().first == &lent);
}

TEST_CASE("two classes of one name meet over the C struct") {
    Box<std::pair<const void *, std::int64_t>> seen;
    sabir::Manager manager;
    const sabir::Ref watcher = manager.manage("watcher", new Watcher(seen));
    manager.start();
    Elsewhere other;
    other.count = 5;
    watcher.send(other);
    CHECK(seen.take() == std::pair<const void *, std::int64_t>(nullptr, 5));
}

TEST_CASE("a game is played with new, make_unique, reply and self_ref") {
    sabir::Manager manager;
    const sabir::Ref pong = manager.manage("pong", std::make_unique<Echo>());
    manager.manage("ping", std::make_unique<Player>(pong, 100));
    manager.start();
    CHECK(manager.wait(PATIENCE));
    manager.stop();
    CHECK(code_of([&] { pong.send(Ping(1)); }) == SABIR_ECLOSED);
}

TEST_CASE("fast_send answers in this thread, ask from any") {
    sabir::Manager manager;
    const sabir::Ref echo = manager.manage("echo", std::make_unique<Echo>());
    manager.start();
    CHECK(echo.fast_send<Pong>(Ping(4))->count == 4);
    CHECK(echo.fast_send_ordered<Text>(Text("long enough for the heap, certainly"))->text ==
          "long enough for the heap, certainly");
    CHECK(echo.fast_send_for<Pong>(Ping(6), PATIENCE)->count == 6);
    CHECK(sabir_ref_enter(echo.get(), 0) == SABIR_OK); /* this thread has the actor: another does not get it */
    CHECK(std::async(std::launch::async, [&] {
              return code_of([&] { echo.fast_send_for<Pong>(Ping(7), std::chrono::milliseconds(5)); });
          }).get() == SABIR_ETIMEDOUT);
    sabir_ref_leave(echo.get());
    CHECK(code_of([&] { echo.fast_send_for<Pong>(Ping(7), std::chrono::nanoseconds(-2)); }) == SABIR_EINVAL);
    CHECK(echo.ask<Pong>(Ping(5), PATIENCE).count == 5);
    std::future<Text> later = echo.ask_async<Text>(Text("later"), PATIENCE);
    CHECK(later.get().text == "later");
    CHECK(code_of([&] { echo.fast_send<Text>(Ping(1)); }) == SABIR_EMISMATCH);
    CHECK(code_of([&] { (void)echo.ask<Text>(Ping(1), PATIENCE); }) == SABIR_EMISMATCH);
    CHECK(code_of([&] { (void)echo.ask<Pong>(Poke(), PATIENCE); }) == SABIR_EUNHANDLED);
    CHECK(code_of([&] { (void)echo.ask_async<Pong>(Poke(), PATIENCE).get(); }) == SABIR_EUNHANDLED);
    CHECK(code_of([&] { echo.send(std::unique_ptr<Ping>()); }) == SABIR_EINVAL);
    CHECK(code_of([] { sabir::Ref().send(Ping(1)); }) == SABIR_EINVAL);
}

TEST_CASE("an exception is the failure of the handler, and the actor goes on") {
    const Quiet quiet;
    Box<sabir::DeadLetter> letters;
    sabir::Manager manager;
    manager.on_dead_letter([&](const sabir::DeadLetter &letter) { letters.put(letter); });
    const sabir::Ref thrower = manager.manage("thrower", std::make_unique<Thrower>());
    manager.start();
    thrower.send(Text("tea"));
    const sabir::DeadLetter letter = letters.take();
    CHECK(letter.reason == "failed");
    CHECK(letter.target == "thrower");
    CHECK(letter.type == "Text");
    CHECK(letter.detail.find("no tea") != std::string::npos);
    CHECK(words_of([&] { thrower.fast_send<Pong>(Text("milk")); }).find("no milk") != std::string::npos);
    CHECK(words_of([&] { thrower.fast_send<Pong>(Poke()); }).find("no std::exception") != std::string::npos);
    CHECK(thrower.ask<Pong>(Ping(1), PATIENCE).count == 1);
}

TEST_CASE("an ask that fails throws the Reject") {
    const Quiet quiet;
    sabir::Manager manager;
    const sabir::Ref thrower = manager.manage("thrower", std::make_unique<Thrower>());
    manager.start();
    try {
        (void)thrower.ask<Pong>(Text("tea"), PATIENCE);
        FAIL("nothing was thrown");
    } catch (const sabir::Rejected &rejected) {
        CHECK(rejected.code() == SABIR_EREJECTED);
        CHECK(rejected.reject().code == "failed");
        CHECK(rejected.reject().target == "thrower");
        CHECK(rejected.reject().message_type == "Text");
    }
    CHECK_THROWS_AS((void)thrower.ask<Pong>(Ping(-1), PATIENCE), sabir::Rejected);
}

TEST_CASE("a message is freed once, wherever its way ends") {
    const Quiet quiet;
    CHECK(Counted::alive == 0);
    {
        sabir::Manager manager(sabir::Config().drain(false));
        struct Sink : sabir::Actor {
            Sink() {
                MESSAGE_HANDLER(Counted, on_counted);
            }
            void on_counted(const Counted *msg) {
                reply(std::make_unique<Counted>(*msg));
            }
        };
        const sabir::Ref sink = manager.manage("sink", std::make_unique<Sink>(), sabir::Options().capacity_msgs(2));
        auto first = std::make_unique<Counted>();
        sink.send(std::move(first));
        sink.send(new Counted);
        auto back = std::make_unique<Counted>();
        Counted *address = back.get();
        CHECK(code_of([&] { sink.send(std::move(back)); }) == SABIR_EFULL);
        CHECK(back.get() == address); /* it stays with the caller */
        manager.start();
        (void)sink.fast_send_ordered<Counted>(Counted()); /* after the two that are queued: now there is room */
        (void)sink.ask<Counted>(Counted(), PATIENCE);
    }
    CHECK(Counted::alive == 0);
}

TEST_CASE("an actor starts and stops with its hooks and its Start and Shutdown handlers, in that order") {
    std::string steps;
    class Stepper : public sabir::Actor {
      public:
        explicit Stepper(std::string &steps) : steps_(steps) {
            on<sabir::msg::Start>([this](const sabir::msg::Start *) { steps_ += "Start "; });
            on<sabir::msg::Shutdown>([this](const sabir::msg::Shutdown *) { steps_ += "Shutdown "; });
        }
        ~Stepper() override {
            steps_ += "end";
        }

      protected:
        void on_start() override {
            steps_ += self_ref().name() + " on_start ";
        }
        void on_stop() override {
            steps_ += "on_stop ";
        }

      private:
        std::string &steps_;
    };
    {
        sabir::Manager manager;
        manager.manage("stepper", std::make_unique<Stepper>(steps));
        manager.start();
        manager.stop();
    }
    CHECK(steps == "stepper on_start Start Shutdown on_stop end");
}

TEST_CASE("an on_start that throws makes the start fail") {
    const Quiet quiet;
    struct Stillborn : sabir::Actor {
        void on_start() override {
            throw std::runtime_error("not today");
        }
    };
    sabir::Manager manager;
    manager.manage("stillborn", std::make_unique<Stillborn>());
    try {
        manager.start();
        FAIL("it started");
    } catch (const sabir::ErrorOf<SABIR_EFAILED> &error) {
        CHECK(error.detail().find("stillborn") != std::string::npos);
        CHECK(error.detail().find("not today") != std::string::npos);
    }
}

TEST_CASE("an actor that cannot be managed is freed, and says why") {
    sabir::Manager manager;
    manager.manage("one", std::make_unique<Echo>());
    CHECK(code_of([&] { manager.manage("one", std::make_unique<Echo>()); }) == SABIR_EEXIST);
    CHECK(code_of([&] { manager.manage("sabir.x", std::make_unique<Echo>()); }) == SABIR_ERESERVED);
    CHECK(code_of([&] { manager.manage("none", std::unique_ptr<sabir::Actor>()); }) == SABIR_EINVAL);
    struct Twice : sabir::Actor {
        Twice() {
            on<Ping>([](const Ping *) {});
            on<Ping>([](const Ping *) {});
        }
    };
    CHECK(code_of([&] { manager.manage("twice", std::make_unique<Twice>()); }) == SABIR_EEXIST);
}

TEST_CASE("what needs a message in hand says so elsewhere") {
    struct Outside : sabir::Actor {
        using sabir::Actor::message_type;
        using sabir::Actor::self_ref;
    };
    const Outside outside;
    CHECK(code_of([&] { (void)outside.self_ref(); }) == SABIR_ESTATE);
    CHECK(code_of([&] { (void)outside.message_type(); }) == SABIR_ESTATE);
}

TEST_CASE("a reply can be taken out of the handler, and without an asker a reply says so") {
    struct Later : sabir::Actor {
        explicit Later(Box<bool> &answered) : answered_(answered) {
            MESSAGE_HANDLER(Ping, on_ping);
            MESSAGE_HANDLER(Poke, on_poke);
        }
        void on_ping(const Ping *msg) {
            if (msg->count == 0) {
                answered_.put(reply(Pong(0)));
                return;
            }
            token_ = reply_take();
            self_ref().send(Poke());
        }
        void on_poke(const Poke *) {
            token_.reply(Pong(9));
            CHECK(code_of([&] { token_.reply(Pong(9)); }) == SABIR_ESTATE);
        }
        Box<bool> &answered_;
        sabir::ReplyToken token_;
    };
    Box<bool> answered;
    sabir::Manager manager;
    const sabir::Ref later = manager.manage("later", std::make_unique<Later>(answered));
    manager.start();
    CHECK(later.ask<Pong>(Ping(1), PATIENCE).count == 9);
    later.send(Ping(0));
    CHECK_FALSE(answered.take());
}

TEST_CASE("timers fire, and a cancelled one does not") {
    struct Clock : sabir::Actor {
        explicit Clock(Box<int> &ticks) : ticks_(ticks) {
            MESSAGE_HANDLER(sabir::msg::Timeout, on_timeout);
        }
        void on_start() override {
            never_ = once(1h);
            once_ = once(1ms);
        }
        void on_timeout(const sabir::msg::Timeout *msg) {
            if (msg->timer_id == once_.id()) {
                CHECK(never_.cancel());
                CHECK_FALSE(never_.cancel());
                period_ = periodic(1ms);
            } else if (msg->timer_id == period_.id() && ++count_ == 3) {
                CHECK(period_.cancel());
                slot_ = aligned(10ms);
            } else if (msg->timer_id == slot_.id()) {
                CHECK(slot_.cancel());
                ticks_.put(count_);
            }
        }
        Box<int> &ticks_;
        sabir::Timer never_, once_, period_, slot_;
        int count_ = 0;
    };
    Box<int> ticks;
    sabir::Manager manager;
    manager.manage("clock", std::make_unique<Clock>(ticks));
    const sabir::Ref echo = manager.manage("echo", std::make_unique<Echo>());
    manager.start();
    CHECK(ticks.take() == 3);
    CHECK(code_of([&] { (void)sabir::Timer::once(echo, 1ms); }) == SABIR_EUNHANDLED);
    CHECK(code_of([&] { (void)sabir::Timer::aligned(echo, 1ms); }) == SABIR_EUNHANDLED);
    CHECK(code_of([&] { (void)sabir::Timer::aligned(echo, 1ms, 1ms); }) == SABIR_EINVAL);
}

TEST_CASE("whoever is named is told that a mailbox fills up") {
    struct Monitor : sabir::Actor {
        explicit Monitor(Box<std::pair<std::string, std::uint64_t>> &news) : news_(news) {
            MESSAGE_HANDLER(sabir::msg::HighWater, on_high_water);
        }
        void on_high_water(const sabir::msg::HighWater *msg) {
            news_.put({msg->actor, msg->queued_msgs});
        }
        Box<std::pair<std::string, std::uint64_t>> &news_;
    };
    Box<std::pair<std::string, std::uint64_t>> news;
    sabir::Manager manager;
    const sabir::Ref monitor = manager.manage("monitor", std::make_unique<Monitor>(news));
    const sabir::Ref echo = manager.manage("echo", std::make_unique<Echo>(), sabir::Options().high_water(3, monitor));
    for (int i = 0; i < 10; i++) echo.send(Ping(i)); /* nothing is handled before the start */
    manager.start();
    CHECK(news.take() == std::pair<std::string, std::uint64_t>("echo", 3));
}

TEST_CASE("many actors share the workers of a group") {
    constexpr int ACTORS = 50, MESSAGES = 20;
    struct Member : sabir::Actor {
        Member() {
            MESSAGE_HANDLER(Ping, on_ping);
        }
        void on_ping(const Ping *msg) {
            if (msg->count != count_++) throw std::runtime_error("out of order");
            reply(Pong(count_));
        }
        std::int64_t count_ = 0;
    };
    sabir::Manager manager;
    sabir::Group group = manager.group("pool", 2);
    CHECK(group.workers() == 2);
    std::vector<sabir::Ref> members;
    for (int i = 0; i < ACTORS; i++)
        members.push_back(manager.manage("member." + std::to_string(i), std::make_unique<Member>(), group));
    manager.start();
    for (int n = 0; n < MESSAGES; n++)
        for (const sabir::Ref &member : members) member.send(Ping(n));
    for (const sabir::Ref &member : members) CHECK(member.ask<Pong>(Ping(MESSAGES), PATIENCE).count == MESSAGES + 1);
}

TEST_CASE("a thread has the name and the CPU that it was told") {
    struct Self : sabir::Actor {
        Self() {
            MESSAGE_HANDLER(Poke, on_poke);
        }
        void on_poke(const Poke *) {
            char name[16] = "";
            pthread_getname_np(pthread_self(), name, sizeof name);
            cpu_set_t cpus;
            CHECK(pthread_getaffinity_np(pthread_self(), sizeof cpus, &cpus) == 0);
            reply(Text(std::string(name) + " " + std::to_string(CPU_COUNT(&cpus))));
        }
    };
    cpu_set_t allowed;
    REQUIRE(pthread_getaffinity_np(pthread_self(), sizeof allowed, &allowed) == 0);
    std::uint32_t cpu = 0;
    while (!CPU_ISSET(cpu, &allowed)) cpu++;
    sabir::Manager manager;
    const sabir::Ref self =
        manager.manage("self", std::make_unique<Self>(), sabir::ThreadConfig().cpus({cpu}).name("pricer").spin(0ns));
    manager.start();
    CHECK(self.ask<Text>(Poke(), PATIENCE).text == "pricer 1");
    CHECK(code_of([&] { manager.manage("x", std::make_unique<Echo>(), sabir::ThreadConfig().fifo(1000)); }) ==
          SABIR_EINVAL);
}

TEST_CASE("an actor stops itself and is found by name") {
    struct Mortal : sabir::Actor {
        Mortal() {
            MESSAGE_HANDLER(Poke, on_poke);
        }
        void on_poke(const Poke *) {
            stop();
            reply(Poke());
        }
    };
    sabir::Manager manager;
    const sabir::Ref mortal = manager.manage("mortal", std::make_unique<Mortal>());
    manager.manage("echo", std::make_unique<Echo>());
    manager.start();
    CHECK(manager.find("mortal") == mortal);
    CHECK(manager.find("echo") != mortal);
    CHECK(code_of([&] { (void)manager.find("nobody"); }) == SABIR_ENOENT);
    (void)mortal.ask<Poke>(Poke(), PATIENCE);
    manager.stop_actor(mortal);
    CHECK(code_of([&] { mortal.send(Poke()); }) == SABIR_ECLOSED);
    CHECK(manager.snapshot().text.find("\"mortal\"") != std::string::npos);
}

/** Works for longer than the system's tick, by which time in handlers is counted. */
class Slow : public sabir::Actor {
  public:
    Slow() {
        MESSAGE_HANDLER(Text, on_text);
    }

  private:
    void on_text(const Text *msg) {
        std::this_thread::sleep_for(std::chrono::milliseconds(30));
        reply(std::make_unique<Text>(*msg));
    }
};

TEST_CASE("a snapshot tells how long an actor has been at work") {
    sabir::Manager manager;
    const sabir::Ref slow = manager.manage("slow", std::make_unique<Slow>());
    const auto handler_ns = [&manager] {
        const std::string text = manager.snapshot().text;
        return std::stoll(text.substr(text.find("\"handler_ns\":") + 13));
    };
    CHECK(handler_ns() == 0);
    manager.start();
    (void)slow.ask<Text>(Text("hello"), PATIENCE);
    CHECK(handler_ns() > 0);
}

TEST_CASE("copies of a ref are the same actor") {
    sabir::Manager manager;
    sabir::Ref a = manager.manage("a", std::make_unique<Echo>());
    sabir::Ref b = a, none;
    CHECK(a == b);
    CHECK(a != none);
    CHECK_FALSE(none);
    const sabir::Ref moved = std::move(b);
    b = moved;
    CHECK(b.name() == "a");
    CHECK(none.name().empty());
    CHECK(b.endpoint().empty());
}
