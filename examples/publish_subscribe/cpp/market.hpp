/* A market: it publishes each price under the fruit as its topic. */
#ifndef MARKET_HPP
#define MARKET_HPP

#include <sabir/sabir.hpp>

struct Quote : sabir::Message {
    std::string fruit;
    std::int64_t price;
    explicit Quote(std::string fruit_ = "", std::int64_t price_ = 0) : fruit(std::move(fruit_)), price(price_) {
    }
    SABIR_CPP_MESSAGE(Quote, (fruit, price));
};

struct Price : sabir::Message {
    std::string fruit;
    std::int64_t price;
    explicit Price(std::string fruit_ = "", std::int64_t price_ = 0) : fruit(std::move(fruit_)), price(price_) {
    }
    SABIR_CPP_MESSAGE(Price, (fruit, price));
};

struct Told : sabir::Message {
    std::int64_t count;
    explicit Told(std::int64_t count_ = 0) : count(count_) {
    }
    SABIR_CPP_MESSAGE(Told, (count));
};

class Market : public sabir::Publisher {
  public:
    Market() {
        MESSAGE_HANDLER(Quote, on_quote);
    }

  private:
    void on_quote(const Quote *msg) {
        const std::size_t reached = publish(Price(msg->fruit, msg->price), msg->fruit);
        reply(Told(static_cast<std::int64_t>(reached)));
    }
};

#endif
