/* The logger without workers, and a worker without a logger. The program is tested as it is, but for its main. */
#include "../../kit_test.hpp"

#define main example_main
#include "logger.cpp"
#undef main

static void test_logger() {
    sabir::Kit kit;
    const sabir::Ref logger = kit.manage("logger", std::make_unique<Logger>());
    sabir::Probe client = kit.probe("client");
    kit.start();
    logger.send(Log("one"));
    logger.send(Log("two"));
    logger.send(Dump(), client.ref());
    EXPECT((client.expect<Lines>().lines == std::vector<std::string>{"one", "two"}));
}

static void test_worker() {
    sabir::Kit kit;
    sabir::Probe logger = kit.probe("logger");
    const sabir::Ref worker = kit.manage("worker", std::make_unique<Worker>(2, logger.ref()));
    kit.start();
    worker.send(Work(2));
    EXPECT(logger.expect<Log>().text == "worker 2 line 1");
    EXPECT(logger.expect<Log>().text == "worker 2 line 2");
    logger.expect_none();
}

int main() {
    test_logger();
    test_worker();
}
