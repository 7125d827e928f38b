/* The market alone: no threads, and probes in the place of its subscribers. Exits with 1 and says what is wrong. */
#include <iostream>
#include <sabir/kit.hpp>

#include "market.hpp"

static void expect(bool is_so, const char *what) {
    if (is_so) return;
    std::cerr << "not so: " << what << std::endl;
    std::exit(1);
}
#define EXPECT(condition) expect((condition), #condition)

int main() {
    sabir::Kit kit;
    const sabir::Ref market = kit.manage("market", std::make_unique<Market>());
    auto alice = std::make_unique<sabir::Probe>(kit.probe("alice"));
    sabir::Probe bob = kit.probe("bob"), farmer = kit.probe("farmer");
    kit.start();

    market.send(sabir::msg::Subscribe("apples"), alice->ref());
    market.send(sabir::msg::Subscribe(), bob.ref());
    market.send(Quote("apples", 3), farmer.ref());
    market.send(Quote("pears", 5), farmer.ref());
    EXPECT(farmer.expect<Told>().count == 2);
    EXPECT(farmer.expect<Told>().count == 1);
    EXPECT(alice->expect<Price>().price == 3);
    alice->expect_none();
    EXPECT(bob.expect<Price>().fruit == "apples");
    EXPECT(bob.expect<Price>().fruit == "pears");

    alice.reset(); /* she has gone, and nobody says so to the market */
    market.send(Quote("apples", 4), farmer.ref());
    EXPECT(farmer.expect<Told>().count == 1);
    market.send(Quote("pears", 6)); /* who names no sender gets no answer */
    farmer.expect_none();
}
