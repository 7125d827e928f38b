/* The counter alone: no threads. The program is tested as it is, but for its main. */
#include "../../kit_test.hpp"

#define main example_main
#include "counter.cpp"
#undef main

int main() {
    sabir::Kit kit;
    const sabir::Ref counter = kit.manage("counter", std::make_unique<Counter>());
    sabir::Probe client = kit.probe("client");
    kit.start();
    counter.send(Get(), client.ref());
    for (int i = 0; i < 3; i++) counter.send(Increment(), client.ref());
    counter.send(Get(), client.ref());
    EXPECT(client.expect<Value>().value == 0);
    EXPECT(client.expect<Value>().value == 3);
    client.expect_none(); /* an increment is not answered */
}
