/* A client asks a calculator; the answer comes back as a message of its own. */
#include <iostream>
#include <sabir/sabir.hpp>

struct Multiply : sabir::Message {
    std::int64_t a, b;
    explicit Multiply(std::int64_t a_ = 0, std::int64_t b_ = 0) : a(a_), b(b_) {
    }
    SABIR_CPP_MESSAGE(Multiply, (a, b));
};

struct Product : sabir::Message {
    std::int64_t value;
    explicit Product(std::int64_t value_ = 0) : value(value_) {
    }
    SABIR_CPP_MESSAGE(Product, (value));
};

class Calculator : public sabir::Actor {
  public:
    Calculator() {
        MESSAGE_HANDLER(Multiply, on_multiply);
    }

  private:
    void on_multiply(const Multiply *msg) {
        reply(new Product(msg->a * msg->b));
    }
};

class Client : public sabir::Actor {
  public:
    explicit Client(sabir::Ref calculator) : calculator_(std::move(calculator)) {
        MESSAGE_HANDLER(sabir::msg::Start, on_start_message);
        MESSAGE_HANDLER(Product, on_product);
    }

  private:
    void on_start_message(const sabir::msg::Start *) {
        calculator_.send(new Multiply(7, 6), self_ref());
    }
    void on_product(const Product *msg) {
        std::cout << "7 * 6 = " << msg->value << std::endl;
        manager().terminate();
    }
    sabir::Ref calculator_;
};

int main() {
    sabir::Manager manager;
    const sabir::Ref calculator = manager.manage("calculator", std::make_unique<Calculator>());
    manager.manage("client", std::make_unique<Client>(calculator));
    manager.start();
    manager.run(); /* until on_product says terminate */
    manager.stop();
}
