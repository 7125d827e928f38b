#include <iostream>
#include <sabir/sabir.hpp>

struct Greet : sabir::Message {
    std::string name;
    explicit Greet(std::string name_ = "") : name(std::move(name_)) {
    }
    SABIR_CPP_MESSAGE(Greet, (name));
};

struct Greeting : sabir::Message {
    std::string text;
    explicit Greeting(std::string text_ = "") : text(std::move(text_)) {
    }
    SABIR_CPP_MESSAGE(Greeting, (text));
};

class Greeter : public sabir::Actor {
  public:
    Greeter() {
        MESSAGE_HANDLER(Greet, on_greet);
    }

  private:
    void on_greet(const Greet *msg) {
        reply(new Greeting("Hello, " + msg->name + "!"));
    }
};

int main() {
    sabir::Manager manager;
    const sabir::Ref greeter = manager.manage("greeter", std::make_unique<Greeter>());
    manager.start();
    std::cout << greeter.ask<Greeting>(Greet("Sabir"), std::chrono::seconds(1)).text << std::endl;
}
