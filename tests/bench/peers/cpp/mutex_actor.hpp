/*
 * The stand-in for the C++ libraries of the older family: an actor is a thread with a queue of allocated messages under a mutex and a
 * condition; handlers are found by the message's number; a call from outside takes the actor's mutex and gets an allocated reply.
 */
#ifndef MUTEX_ACTOR_HPP
#define MUTEX_ACTOR_HPP

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <queue>
#include <thread>
#include <unordered_map>

class MutexActor;

struct Message {
    virtual ~Message() = default;
    virtual int id() const = 0;
    MutexActor *sender = nullptr;
};

template <int Id> struct MessageOf : Message {
    int id() const override {
        return Id;
    }
};

class MutexActor {
  public:
    MutexActor() = default;
    MutexActor(const MutexActor &) = delete;
    MutexActor &operator=(const MutexActor &) = delete;
    virtual ~MutexActor() = default;

    void start() {
        thread_ = std::thread([this] { run(); });
    }

    void send(std::unique_ptr<Message> message, MutexActor *sender) {
        message->sender = sender;
        std::lock_guard<std::mutex> lock(mutex_);
        queue_.push(std::move(message));
        filled_.notify_one();
    }

    /* Handles what is queued first. */
    void stop() {
        send(stop_message(), nullptr);
        thread_.join();
    }

    std::unique_ptr<Message> fast_send(const Message &request) {
        std::lock_guard<std::mutex> lock(exclusive_);
        handle(request);
        return std::move(reply_);
    }

  protected:
    template <class Derived, class M> void on(Derived *self, void (Derived::*method)(const M &), int id) {
        handlers_[id] = [self, method](const Message &message) { (self->*method)(static_cast<const M &>(message)); };
    }

    void reply_now(std::unique_ptr<Message> message) {
        reply_ = std::move(message);
    }

  private:
    static constexpr int stop_id = -1;
    struct Stop : MessageOf<stop_id> {};

    static std::unique_ptr<Message> stop_message() {
        return std::make_unique<Stop>();
    }

    void handle(const Message &message) {
        auto handler = handlers_.find(message.id());
        if (handler != handlers_.end()) handler->second(message);
    }

    std::unique_ptr<Message> take() {
        std::unique_lock<std::mutex> lock(mutex_);
        filled_.wait(lock, [this] { return !queue_.empty(); });
        auto message = std::move(queue_.front());
        queue_.pop();
        return message;
    }

    void run() {
        for (;;) {
            auto message = take();
            if (message->id() == stop_id) return;
            std::lock_guard<std::mutex> lock(exclusive_);
            handle(*message);
        }
    }

    std::thread thread_;
    std::mutex mutex_;
    std::condition_variable filled_;
    std::queue<std::unique_ptr<Message>> queue_;
    std::mutex exclusive_; /* a call from outside against the own thread */
    std::unordered_map<int, std::function<void(const Message &)>> handlers_;
    std::unique_ptr<Message> reply_;
};

#endif
