/* The till and its owner in the kit's time: what takes a minute there is over at once. The program is tested as it is, but for its main. */
#include "../../kit_test.hpp"

#define main example_main
#include "supervised.cpp"
#undef main

using namespace std::chrono_literals;

static sabir::Ref manage_till(sabir::Kit &kit) {
    sabir::Restart twice;
    twice.limit = 2;
    twice.window = 60s;
    twice.first_delay = 1s;
    twice.max_delay = 60s;
    sabir::Supervisor shop = kit.supervisor("shop", SABIR_STRATEGY_ONE_FOR_ONE, twice);
    return kit.manage_restarting(
        "till", [] { return std::make_unique<Till>(); }, shop);
}

static void test_a_till_comes_back_empty() {
    sabir::Kit kit;
    const sabir::Ref till = manage_till(kit);
    sabir::Probe client = kit.probe("client");
    kit.start();
    for (const int cents : {10, 20, 0, 5}) till.send(Coin(cents));
    till.send(Count(), client.ref());
    client.expect_none(1s - 1ns);
    EXPECT(client.expect<Total>(1ns).cents == 5);
}

static bool is_closed(const sabir::Ref &till) {
    try {
        till.send(Count());
    } catch (const sabir::Error &error) {
        return error.code() == SABIR_ECLOSED;
    }
    return false;
}

static void test_three_faults_within_a_minute_are_the_end() {
    sabir::Kit kit;
    const sabir::Ref till = manage_till(kit);
    kit.manage("owner", std::make_unique<Owner>(till));
    kit.start();
    for (int i = 0; i < 3; i++) { /* one a minute is not too often */
        till.send(Coin(0));
        kit.advance(60s);
    }
    for (int i = 0; i < 3; i++) {
        EXPECT(!is_closed(till));
        till.send(Coin(0));
        kit.advance(5s);
    }
    EXPECT(is_closed(till));
}

int main() {
    sabir_log_set([](void *, const char *) {}, nullptr);
    std::cout.setstate(std::ios::failbit); /* what they print is compared where the program is run as a whole */
    test_a_till_comes_back_empty();
    test_three_faults_within_a_minute_are_the_end();
}
