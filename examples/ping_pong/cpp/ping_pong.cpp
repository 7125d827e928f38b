/* Ping-pong in one process, then between two nodes over TCP: the actors are the same, only the ref differs. */
#include <iostream>
#include <sabir/sabir.hpp>

constexpr std::int64_t ROUNDS = 1000;

struct Ping : sabir::Message_N<100> {
    std::int64_t count;
    explicit Ping(std::int64_t count_ = 0) : count(count_) {
    }
    SABIR_CPP_MESSAGE(Ping, (count));
};

struct Pong : sabir::Message_N<101> {
    std::int64_t count;
    explicit Pong(std::int64_t count_ = 0) : count(count_) {
    }
    SABIR_CPP_MESSAGE(Pong, (count));
};

class Pong_actor : public sabir::Actor {
  public:
    Pong_actor() {
        MESSAGE_HANDLER(Ping, on_ping);
    }

  private:
    void on_ping(const Ping *msg) {
        reply(new Pong(msg->count));
    }
};

class Ping_actor : public sabir::Actor {
  public:
    /* pong is here or elsewhere: the actor cannot tell. */
    Ping_actor(sabir::Ref pong, std::int64_t &rounds) : pong_(std::move(pong)), rounds_(rounds) {
        MESSAGE_HANDLER(Pong, on_pong);
    }

  protected:
    void on_start() override {
        serve();
    }

  private:
    void serve() {
        pong_.send(std::make_unique<Ping>(rounds_), self_ref());
    }
    void on_pong(const Pong *msg) {
        if (msg->count == rounds_) rounds_++;
        if (rounds_ < ROUNDS)
            serve();
        else
            manager().terminate();
    }
    sabir::Ref pong_;
    std::int64_t &rounds_;
};

/* Until the game is over. */
static std::int64_t play(sabir::Manager &manager, const sabir::Ref &pong) {
    std::int64_t rounds = 0;
    manager.manage("ping", std::make_unique<Ping_actor>(pong, rounds));
    manager.start();
    manager.run();
    manager.stop();
    return rounds;
}

static std::int64_t play_local() {
    sabir::Manager manager;
    return play(manager, manager.manage("pong", std::make_unique<Pong_actor>()));
}

static std::int64_t play_remote() {
    sabir::Config node;
    node.bind("tcp://127.0.0.1:*"); /* a free TCP port */
    sabir::Manager far(node), near(node);
    far.manage("pong", std::make_unique<Pong_actor>());
    far.start();
    return play(near, near.remote("pong", far.endpoint()));
}

int main() {
    std::cout << "local: " << play_local() << " rounds\n";
    std::cout << "remote: " << play_remote() << " rounds" << std::endl;
}
