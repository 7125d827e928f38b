/* Counts the words of files, or of standard input: word_count [FILE...] */
#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iostream>
#include <sabir/sabir.hpp>

struct Line : sabir::Message {
    std::string text;
    explicit Line(std::string text_ = "") : text(std::move(text_)) {
    }
    SABIR_CPP_MESSAGE(Line, (text));
};

struct Report : sabir::Message {
    SABIR_CPP_MESSAGE(Report, ());
};

struct Counts : sabir::Message {
    std::map<std::string, std::int64_t> counts;
    SABIR_CPP_MESSAGE(Counts, (counts));
};

class Counter : public sabir::Actor {
  public:
    Counter() {
        MESSAGE_HANDLER(Line, on_line);
        MESSAGE_HANDLER(Report, on_report);
    }

  private:
    void on_line(const Line *msg) {
        static const char SPACE[] = " \t\n\v\f\r";
        std::size_t end = 0;
        for (std::size_t begin; (begin = msg->text.find_first_not_of(SPACE, end)) != std::string::npos;) {
            end = std::min(msg->text.find_first_of(SPACE, begin), msg->text.size());
            counts_.counts[msg->text.substr(begin, end - begin)]++;
        }
    }
    void on_report(const Report *) {
        reply(counts_);
    }
    Counts counts_;
};

static void send_lines(const sabir::Ref &counter, std::istream &stream) {
    for (std::string line; std::getline(stream, line);) counter.send(Line(std::move(line)));
}

/* False, and said why, if a file cannot be read. */
static bool send_files(const sabir::Ref &counter, const std::vector<std::string> &paths) {
    for (const std::string &path : paths) {
        std::ifstream stream(path);
        if (stream) send_lines(counter, stream);
        if (!stream.is_open() || stream.bad()) {
            std::cerr << "word_count: " << path << ": " << std::strerror(errno) << "\n";
            return false;
        }
    }
    return true;
}

static void print_report(const sabir::Ref &counter) {
    const Counts answer = counter.ask<Counts>(Report(), sabir::forever);
    std::vector<std::pair<std::string, std::int64_t>> words(answer.counts.begin(), answer.counts.end());
    /* They come by their bytes; words of one count stay so. */
    std::stable_sort(words.begin(), words.end(), [](const auto &a, const auto &b) { return a.second > b.second; });
    for (const auto &[word, count] : words) std::cout << count << " " << word << "\n";
}

int main(int argc, char **argv) {
    const std::vector<std::string> paths(argv + 1, argv + argc);
    sabir::Manager manager;
    /* Reading is faster than counting: an unbounded mailbox takes what a bounded one would refuse. */
    const sabir::Ref counter =
        manager.manage("counter", std::make_unique<Counter>(), sabir::Options().capacity_msgs(0));
    manager.start();
    if (paths.empty())
        send_lines(counter, std::cin);
    else if (!send_files(counter, paths))
        return 1;
    print_report(counter);
}
