/*
 * The subscribers of an actor: who sent it msg::Subscribe. Those that have stopped are dropped by themselves.
 *
 *     class Ticker : public sabir::Publisher {
 *         void on_tick(const Tick *msg) { publish(Price(msg->symbol, 101.5), msg->symbol); }
 *     };
 */
#ifndef SABIR_CPP_SUBSCRIBERS_HPP
#define SABIR_CPP_SUBSCRIBERS_HPP

#include <sabir/cpp/actor.hpp>
#include <sabir/subscribers.h>

#include <vector>

namespace sabir {

/** Who asked to be told, by topic. Belongs to one actor, whose handlers alone use it. */
class Subscribers {
  public:
    Subscribers() {
        sabir_subscribers *raw = nullptr;
        detail::check(sabir_subscribers_new(&raw));
        raw_.reset(raw);
    }

    /** Subscribe an actor to a topic, or to everything. Twice is once. */
    void add(const Ref &subscriber, const std::optional<std::string> &topic = std::nullopt) {
        detail::check(sabir_subscribers_add(raw_.get(), subscriber.get(), bytes_of(topic), topic ? topic->size() : 0));
    }
    /** Take back one subscription, or all of them; false if there was none. */
    bool remove(const Ref &subscriber, const std::optional<std::string> &topic = std::nullopt) {
        const int code =
            sabir_subscribers_remove(raw_.get(), subscriber.get(), bytes_of(topic), topic ? topic->size() : 0);
        if (code == SABIR_ENOENT) return false;
        detail::check(code);
        return true;
    }
    /** All at that endpoint are gone. */
    void take(const msg::LinkDown &down) {
        sabir_subscribers_link_down(raw_.get(), down.endpoint.data(), down.endpoint.size());
    }
    /** One has ended, here or at another node, or is out of sight. */
    void take(const msg::Down &down) {
        sabir_subscribers_down(raw_.get(), down.name.c_str(), down.endpoint.c_str(), down.reason.c_str());
    }
    /** One at another node is gone, if that is what the Reject says. */
    void take(const msg::Reject &reject) {
        sabir_subscribers_rejected(raw_.get(), reject.code.c_str(), reject.target.c_str(), reject.rejected_by.c_str());
    }
    /** Who is to be told of the topic, each once. */
    std::vector<Ref> listed(const std::optional<std::string> &topic = std::nullopt) const {
        sabir_ref *const *refs = nullptr;
        std::size_t count = 0;
        detail::check(sabir_subscribers_list(raw_.get(), bytes_of(topic), topic ? topic->size() : 0, &refs, &count));
        std::vector<Ref> list;
        for (std::size_t i = 0; i < count; i++) list.push_back(Ref::share(refs[i]));
        return list;
    }
    /**
     * Send each a copy of the message; how many it was sent to. One that cannot be reached now misses it, one that has stopped is
     * dropped. Throws EVALUE, ENOMEM: the message cannot be carried.
     */
    template <class T>
    std::size_t publish(const T &message, const std::optional<std::string> &topic = std::nullopt,
                        const Ref &sender = Ref()) {
        std::size_t reached = 0;
        for (const Ref &ref : listed(topic)) {
            try {
                ref.send(message, sender);
                reached++;
            } catch (const Error &error) {
                if (error.code() == SABIR_EVALUE || error.code() == SABIR_ENOMEM) throw;
                sabir_subscribers_settle(raw_.get(), ref.get(), error.code());
            }
        }
        return reached;
    }
    std::size_t count() const noexcept {
        return sabir_subscribers_count(raw_.get());
    }

  private:
    static const char *bytes_of(const std::optional<std::string> &topic) noexcept {
        return topic ? topic->c_str() : nullptr;
    }
    struct Free {
        void operator()(sabir_subscribers *subscribers) const noexcept {
            sabir_subscribers_free(subscribers);
        }
    };
    std::unique_ptr<sabir_subscribers, Free> raw_;
};

/** An actor with subscribers, which it watches: it handles Subscribe, Unsubscribe, Down, LinkDown and Reject for them. */
class Publisher : public Actor {
  public:
    Publisher() {
        on<msg::Subscribe>([this](const msg::Subscribe *msg) {
            if (!sender()) detail::fail(SABIR_ENOENT, "a Subscribe names no sender: there is nobody to tell");
            subscribers_.add(sender(), msg->topic);
            /* Whom it cannot watch is dropped when a message does not reach it. */
            (void)sabir_ref_watch(sender().get(), self_ref().get());
        });
        on<msg::Unsubscribe>([this](const msg::Unsubscribe *msg) {
            if (sender()) subscribers_.remove(sender(), msg->topic);
        });
        on<msg::Down>([this](const msg::Down *msg) { on_down(msg); });
        on<msg::LinkDown>([this](const msg::LinkDown *msg) { on_link_down(msg); });
        on<msg::Reject>([this](const msg::Reject *msg) { on_reject(msg); });
    }

  protected:
    /** Send `message` to the subscribers, with this actor as the sender; how many it was sent to. */
    template <class T> std::size_t publish(const T &message, const std::optional<std::string> &topic = std::nullopt) {
        return subscribers_.publish(message, topic, self_ref());
    }
    Subscribers &subscribers() noexcept {
        return subscribers_;
    }

    /* What says that somebody has gone. Who has a use of his own for it overrides these and calls subscribers().take(*msg) there. */
    virtual void on_down(const msg::Down *msg) {
        subscribers_.take(*msg);
    }
    virtual void on_link_down(const msg::LinkDown *msg) {
        subscribers_.take(*msg);
    }
    virtual void on_reject(const msg::Reject *msg) {
        subscribers_.take(*msg);
    }

  private:
    Subscribers subscribers_;
};

} // namespace sabir

#endif
