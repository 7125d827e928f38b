/* Four workers write to one logger: lines of one worker stay in order, and none is lost at the end. */
#include <algorithm>
#include <iostream>
#include <sabir/sabir.hpp>

constexpr int WORKERS = 4, LINES = 5;

struct Work : sabir::Message {
    std::int64_t lines;
    explicit Work(std::int64_t lines_ = 0) : lines(lines_) {
    }
    SABIR_CPP_MESSAGE(Work, (lines));
};

struct Log : sabir::Message {
    std::string text;
    explicit Log(std::string text_ = "") : text(std::move(text_)) {
    }
    SABIR_CPP_MESSAGE(Log, (text));
};

struct Dump : sabir::Message {
    SABIR_CPP_MESSAGE(Dump, ());
};

struct Lines : sabir::Message {
    std::vector<std::string> lines;
    SABIR_CPP_MESSAGE(Lines, (lines));
};

class Logger : public sabir::Actor {
  public:
    Logger() {
        MESSAGE_HANDLER(Log, on_log);
        MESSAGE_HANDLER(Dump, on_dump);
    }

  private:
    void on_log(const Log *msg) {
        written_.lines.push_back(msg->text);
    }
    void on_dump(const Dump *) {
        reply(written_);
    }
    Lines written_;
};

class Worker : public sabir::Actor {
  public:
    Worker(int number, sabir::Ref logger) : number_(number), logger_(std::move(logger)) {
        MESSAGE_HANDLER(Work, on_work);
    }

  private:
    void on_work(const Work *msg) {
        for (std::int64_t line = 1; line <= msg->lines; line++)
            logger_.send(new Log("worker " + std::to_string(number_) + " line " + std::to_string(line)), self_ref());
    }
    int number_;
    sabir::Ref logger_;
};

int main() {
    sabir::Manager manager;
    const sabir::Ref logger = manager.manage("logger", std::make_unique<Logger>());
    std::vector<sabir::Ref> workers;
    for (int i = 1; i <= WORKERS; i++)
        workers.push_back(manager.manage("worker" + std::to_string(i), std::make_unique<Worker>(i, logger)));
    manager.start();
    for (const sabir::Ref &worker : workers) worker.send(Work(LINES));
    for (const sabir::Ref &worker : workers) manager.stop_actor(worker); /* each handles its mail first */

    Lines written = logger.ask<Lines>(Dump(), std::chrono::seconds(10));
    std::sort(written.lines.begin(), written.lines.end());
    for (const std::string &line : written.lines) std::cout << line << "\n";
}
