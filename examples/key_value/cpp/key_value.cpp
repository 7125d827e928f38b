/* A key-value store: some messages are only told, others are asked and answered. */
#include <iostream>
#include <sabir/sabir.hpp>

using namespace std::chrono_literals;

struct Set : sabir::Message {
    std::string key, value;
    Set() = default;
    Set(std::string key_, std::string value_) : key(std::move(key_)), value(std::move(value_)) {
    }
    SABIR_CPP_MESSAGE(Set, (key, value));
};

struct Get : sabir::Message {
    std::string key;
    explicit Get(std::string key_ = "") : key(std::move(key_)) {
    }
    SABIR_CPP_MESSAGE(Get, (key));
};

struct Delete : sabir::Message {
    std::string key;
    explicit Delete(std::string key_ = "") : key(std::move(key_)) {
    }
    SABIR_CPP_MESSAGE(Delete, (key));
};

struct Value : sabir::Message {
    std::optional<std::string> value;
    SABIR_CPP_MESSAGE(Value, (value));
};

struct Dump : sabir::Message {
    SABIR_CPP_MESSAGE(Dump, ());
};

struct Pairs : sabir::Message {
    std::map<std::string, std::string> pairs;
    SABIR_CPP_MESSAGE(Pairs, (pairs));
};

struct Stop : sabir::Message {
    SABIR_CPP_MESSAGE(Stop, ());
};

struct Stopped : sabir::Message {
    SABIR_CPP_MESSAGE(Stopped, ());
};

class Store : public sabir::Actor {
  public:
    Store() {
        MESSAGE_HANDLER(Set, on_set);
        MESSAGE_HANDLER(Get, on_get);
        MESSAGE_HANDLER(Delete, on_delete);
        MESSAGE_HANDLER(Dump, on_dump);
        MESSAGE_HANDLER(Stop, on_stop_order);
    }

  private:
    void on_set(const Set *msg) {
        pairs_[msg->key] = msg->value;
    }
    void on_get(const Get *msg) {
        Value answer;
        const auto found = pairs_.find(msg->key);
        if (found != pairs_.end()) answer.value = found->second;
        reply(std::move(answer));
    }
    void on_delete(const Delete *msg) {
        pairs_.erase(msg->key);
    }
    void on_dump(const Dump *) {
        Pairs answer;
        answer.pairs = pairs_;
        reply(std::move(answer));
    }
    void on_stop_order(const Stop *) {
        stop(); /* when this handler has returned */
        reply(new Stopped);
    }
    std::map<std::string, std::string> pairs_;
};

int main() {
    sabir::Manager manager;
    const sabir::Ref store = manager.manage("store", std::make_unique<Store>());
    manager.start();

    store.send(Set("a", "1"));
    store.send(Set("b", "2"));
    std::cout << store.ask<Value>(Get("a"), 10s).value.value_or("none") << "\n";
    store.send(Delete("a"));
    std::cout << store.ask<Value>(Get("a"), 10s).value.value_or("none") << "\n";
    for (const auto &[key, value] : store.ask<Pairs>(Dump(), 10s).pairs) std::cout << key << "=" << value << "\n";
    (void)store.ask<Stopped>(Stop(), 10s);
    std::cout << "stopped" << std::endl;
}
