/* The counter of words alone: no files, no threads. The program is tested as it is, but for its main. */
#include "../../kit_test.hpp"

#define main example_main
#include "word_count.cpp"
#undef main

int main() {
    sabir::Kit kit;
    const sabir::Ref counter = kit.manage("counter", std::make_unique<Counter>());
    sabir::Probe client = kit.probe("client");
    kit.start();
    for (const char *text : {"b a\tb\n", "\n", " \xC3\xA4 b\r\n"}) counter.send(Line(text));
    counter.send(Report(), client.ref());
    const std::map<std::string, std::int64_t> wanted = {{"b", 3}, {"a", 1}, {"\xC3\xA4", 1}};
    EXPECT(client.expect<Counts>().counts == wanted);
}
