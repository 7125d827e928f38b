/* One counter, four handles, four threads: nobody locks anything, and nothing is lost. */
#include <iostream>
#include <sabir/sabir.hpp>
#include <thread>

constexpr int HANDLES = 4, INCREMENTS = 1000;

struct Increment : sabir::Message {
    SABIR_CPP_MESSAGE(Increment, ());
};

struct Get : sabir::Message {
    SABIR_CPP_MESSAGE(Get, ());
};

struct Value : sabir::Message {
    std::int64_t value;
    explicit Value(std::int64_t value_ = 0) : value(value_) {
    }
    SABIR_CPP_MESSAGE(Value, (value));
};

class Counter : public sabir::Actor {
  public:
    Counter() {
        MESSAGE_HANDLER(Increment, on_increment);
        MESSAGE_HANDLER(Get, on_get);
    }

  private:
    void on_increment(const Increment *) {
        value_++; /* one message at a time: no lock */
    }
    void on_get(const Get *) {
        reply(new Value(value_));
    }
    std::int64_t value_ = 0;
};

int main() {
    sabir::Manager manager;
    manager.manage("counter", std::make_unique<Counter>());
    manager.start();

    std::vector<std::thread> threads;
    for (int i = 0; i < HANDLES; i++)
        threads.emplace_back([handle = manager.find("counter")] {
            for (int n = 0; n < INCREMENTS; n++) handle.send(Increment());
        });
    for (std::thread &thread : threads) thread.join();

    /* The question comes after the increments of every thread, for each had sent its own before it ended. */
    std::cout << manager.find("counter").ask<Value>(Get(), std::chrono::seconds(10)).value << std::endl;
}
