/*
 * What the tests have in common: messages, a place to wait for something, and the code of what is thrown.
 */
#ifndef SABIR_TESTS_STAGE_HPP
#define SABIR_TESTS_STAGE_HPP

#include <doctest/doctest.h>
#include <sabir/sabir.h>
#include <sabir/sabir.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>

namespace stage {

using namespace std::chrono_literals;

constexpr sabir::Duration PATIENCE = 20s;

struct Ping : sabir::Message_N<100> {
    std::int64_t count = 0;
    Ping() = default;
    explicit Ping(std::int64_t count_) : count(count_) {
    }
    SABIR_CPP_MESSAGE(Ping, (count));
};

struct Pong : sabir::Message_N<101> {
    std::int64_t count = 0;
    Pong() = default;
    explicit Pong(std::int64_t count_) : count(count_) {
    }
    SABIR_CPP_MESSAGE(Pong, (count));
};

struct Text : sabir::Message {
    std::string text;
    Text() = default;
    explicit Text(std::string text_) : text(std::move(text_)) {
    }
    SABIR_CPP_MESSAGE(Text, (text));
};

struct Poke : sabir::Message {
    SABIR_CPP_MESSAGE(Poke, ());
};

/** A value that another thread will put. */
template <class T> class Box {
  public:
    void put(T value) {
        const std::lock_guard<std::mutex> lock(mutex_);
        values_.push_back(std::move(value));
        changed_.notify_all();
    }
    /** The next one; fails the test if it does not come. */
    T take() {
        std::unique_lock<std::mutex> lock(mutex_);
        REQUIRE(changed_.wait_for(lock, PATIENCE, [this] { return !values_.empty(); }));
        T value = std::move(values_.front());
        values_.pop_front();
        return value;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<T> values_;
};

/** The code of what `body` throws; SABIR_OK if nothing. */
template <class Body> int code_of(Body body) {
    try {
        body();
    } catch (const sabir::Error &error) {
        return error.code();
    }
    return SABIR_OK;
}

/** What `body` throws says; empty if it throws nothing. */
template <class Body> std::string words_of(Body body) {
    try {
        body();
    } catch (const std::exception &error) {
        return error.what();
    }
    return "";
}

/** The core's own lines go nowhere as long as this lives: the tests fail on purpose. */
class Quiet {
  public:
    Quiet() {
        sabir_log_set([](void *, const char *) {}, nullptr);
    }
    ~Quiet() {
        sabir_log_set(nullptr, nullptr);
    }
};

/** Answers Ping with Pong and Text with Text. */
class Echo : public sabir::Actor {
  public:
    Echo() {
        MESSAGE_HANDLER(Ping, on_ping);
        MESSAGE_HANDLER(Text, on_text);
    }

  private:
    void on_ping(const Ping *msg) noexcept {
        reply(new Pong(msg->count));
    }
    void on_text(const Text *msg) {
        reply(std::make_unique<Text>(*msg));
    }
};

} // namespace stage

#endif
