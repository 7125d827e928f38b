/* The store alone: no threads. The program is tested as it is, but for its main. */
#include "../../kit_test.hpp"

#define main example_main
#include "key_value.cpp"
#undef main

static bool is_closed(const sabir::Ref &store) {
    try {
        store.send(Dump());
    } catch (const sabir::Error &error) {
        return error.code() == SABIR_ECLOSED;
    }
    return false;
}

int main() {
    sabir::Kit kit;
    const sabir::Ref store = kit.manage("store", std::make_unique<Store>());
    sabir::Probe client = kit.probe("client");
    kit.start();
    store.send(Set("a", "1"));
    store.send(Set("b", "2"));
    store.send(Set("a", "3"));
    store.send(Get("a"), client.ref());
    store.send(Delete("b"), client.ref());
    store.send(Get("b"), client.ref());
    store.send(Delete("c"), client.ref());
    store.send(Dump(), client.ref());
    EXPECT(client.expect<Value>().value == "3");
    EXPECT(!client.expect<Value>().value);
    EXPECT((client.expect<Pairs>().pairs == std::map<std::string, std::string>{{"a", "3"}}));
    store.send(Stop(), client.ref());
    client.expect<Stopped>();
    client.expect_none();
    EXPECT(is_closed(store));
}
