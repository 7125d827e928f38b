/* Each of the two without the other. The program is tested as it is, but for its main. */
#include "../../kit_test.hpp"

#define main example_main
#include "ping_pong.cpp"
#undef main

static void test_pong() {
    sabir::Kit kit;
    const sabir::Ref pong = kit.manage("pong", std::make_unique<Pong_actor>());
    sabir::Probe client = kit.probe("client");
    kit.start();
    pong.send(Ping(7), client.ref());
    EXPECT(client.expect<Pong>().count == 7);
}

static void test_ping() {
    std::int64_t rounds = 0;
    sabir::Kit kit;
    sabir::Probe pong = kit.probe("pong");
    const sabir::Ref ping = kit.manage("ping", std::make_unique<Ping_actor>(pong.ref(), rounds));
    kit.start();
    for (std::int64_t round = 0; round < ROUNDS; round++) {
        EXPECT(pong.expect<Ping>().count == round);
        ping.send(Pong(round), pong.ref());
    }
    pong.expect_none();
    EXPECT(rounds == ROUNDS);
}

int main() {
    test_pong();
    test_ping();
}
