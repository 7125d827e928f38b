/* A market tells whoever subscribed; one that has stopped is dropped by itself. */
#include <iostream>

#include "market.hpp"

class Listener : public sabir::Actor {
  public:
    Listener(sabir::Ref market, std::optional<std::string> topic)
        : market_(std::move(market)), topic_(std::move(topic)) {
        MESSAGE_HANDLER(Price, on_price);
    }

  protected:
    /* Before the manager's start has returned: so both have subscribed when the first price comes. */
    void on_start() override {
        market_.send(sabir::msg::Subscribe(topic_), self_ref());
    }
    void on_stop() override {
        std::cout << self_ref().name() << " heard " << heard_ << std::endl;
    }

  private:
    void on_price(const Price *msg) {
        heard_ += (heard_.empty() ? "" : ", ") + msg->fruit + " at " + std::to_string(msg->price);
    }
    sabir::Ref market_;
    std::optional<std::string> topic_;
    std::string heard_;
};

static void quote(const sabir::Ref &market, const std::string &fruit, std::int64_t price) {
    const Told told = market.ask<Told>(Quote(fruit, price), std::chrono::seconds(5));
    std::cout << fruit << " at " << price << ": told " << told.count << std::endl;
}

int main() {
    sabir::Manager manager;
    const sabir::Ref market = manager.manage("market", std::make_unique<Market>());
    const sabir::Ref alice = manager.manage("alice", std::make_unique<Listener>(market, "apples"));
    manager.manage("bob", std::make_unique<Listener>(market, std::nullopt));
    manager.start();
    quote(market, "apples", 3);
    quote(market, "pears", 5);
    manager.stop_actor(alice);
    quote(market, "apples", 4);
    manager.stop();
}
