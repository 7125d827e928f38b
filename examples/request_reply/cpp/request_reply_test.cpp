/* The calculator without a client, and the client without a calculator. The program is tested as it is, but for its main. */
#include "../../kit_test.hpp"

#define main example_main
#include "request_reply.cpp"
#undef main

static void test_calculator() {
    sabir::Kit kit;
    const sabir::Ref calculator = kit.manage("calculator", std::make_unique<Calculator>());
    sabir::Probe client = kit.probe("client");
    kit.start();
    calculator.send(Multiply(-3, 4), client.ref());
    EXPECT(client.expect<Product>().value == -12);
}

static void test_client() {
    sabir::Kit kit;
    sabir::Probe calculator = kit.probe("calculator");
    kit.manage("client", std::make_unique<Client>(calculator.ref()));
    kit.start();
    const Multiply asked = calculator.expect<Multiply>();
    EXPECT(asked.a == 7 && asked.b == 6);
    calculator.expect_none();
}

int main() {
    test_calculator();
    test_client();
}
