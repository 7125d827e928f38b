/* A till that fails at a bad coin and comes back empty, until that has happened too often. */
#include <iostream>
#include <sabir/sabir.hpp>
#include <stdexcept>

struct Coin : sabir::Message {
    std::int64_t cents;
    explicit Coin(std::int64_t cents_ = 0) : cents(cents_) {
    }
    SABIR_CPP_MESSAGE(Coin, (cents));
};

struct Count : sabir::Message {
    SABIR_CPP_MESSAGE(Count, ());
};

struct Total : sabir::Message {
    std::int64_t cents;
    explicit Total(std::int64_t cents_ = 0) : cents(cents_) {
    }
    SABIR_CPP_MESSAGE(Total, (cents));
};

class Till : public sabir::Actor {
  public:
    Till() {
        MESSAGE_HANDLER(Coin, on_coin);
        MESSAGE_HANDLER(Count, on_count);
    }

  private:
    void on_start() override {
        std::cout << "the till opens" << std::endl;
    }
    void on_coin(const Coin *coin) {
        if (coin->cents == 0) throw std::invalid_argument("there is no such coin");
        cents_ += coin->cents;
    }
    void on_count(const Count *) {
        reply(new Total(cents_));
    }
    std::int64_t cents_ = 0;
};

class Owner : public sabir::Actor {
  public:
    explicit Owner(sabir::Ref till) : till_(std::move(till)) {
        on<sabir::msg::Down>(this, &Owner::on_down);
    }

  private:
    void on_start() override {
        watch(till_);
    }
    void on_down(const sabir::msg::Down *down) {
        std::cout << "the " << down->name << " is gone: " << down->reason << std::endl;
        manager().terminate();
    }
    sabir::Ref till_;
};

static void count(const sabir::Ref &till) {
    const Total total = till.ask<Total>(Count(), std::chrono::seconds(10));
    std::cout << "the till holds " << total.cents << " cents" << std::endl;
}

int main() {
    sabir_log_set([](void *, const char *) {}, nullptr);
    sabir::Manager manager;
    sabir::Restart twice;
    twice.limit = 2;
    twice.window = std::chrono::minutes(1);
    sabir::Supervisor shop = manager.supervisor("shop", SABIR_STRATEGY_ONE_FOR_ONE, twice);
    sabir::Ref till = manager.manage_restarting(
        "till", [] { return std::make_unique<Till>(); }, shop);
    manager.manage("owner", std::make_unique<Owner>(till));
    manager.start();
    till.send(Coin(10));
    till.send(Coin(20));
    count(till);
    till.send(Coin(0)); /* the first fault */
    till.send(Coin(5)); /* waits for the till that comes back */
    count(till);
    till.send(Coin(0));
    till.send(Coin(0));
    manager.run();
}
