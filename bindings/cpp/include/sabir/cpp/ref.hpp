/*
 * A ref is the address of an actor, in this process or in another, in any language. It is counted: copy it freely.
 *
 *     pong.send(std::make_unique<Ping>(1), self_ref());     queued; replies go to self_ref()
 *     pong.send(Ping(1));                                   the same with a copy, and nobody to reply to
 *     auto reply = pong.fast_send<Pong>(Ping(1));           handled now, in this thread
 *     Pong reply = pong.ask<Pong>(Ping(1), 1s);             waits for the answer, wherever the actor is
 */
#ifndef SABIR_CPP_REF_HPP
#define SABIR_CPP_REF_HPP

#include <sabir/cpp/builtin.hpp>
#include <sabir/cpp/carrier.hpp>

#include <chrono>
#include <future>

namespace sabir {

using Duration = std::chrono::nanoseconds;

/** Wait without end. */
inline constexpr Duration forever{-1};

class Ref {
  public:
    /** Nobody. */
    Ref() noexcept : raw_(nullptr) {
    }
    Ref(const Ref &other) noexcept : raw_(other.raw_ ? sabir_ref_retain(other.raw_) : nullptr) {
    }
    Ref(Ref &&other) noexcept : raw_(std::exchange(other.raw_, nullptr)) {
    }
    Ref &operator=(Ref other) noexcept {
        std::swap(raw_, other.raw_);
        return *this;
    }
    ~Ref() {
        sabir_ref_release(raw_);
    }

    /** Take over a ref of the C interface. */
    static Ref adopt(sabir_ref *raw) noexcept {
        Ref ref;
        ref.raw_ = raw;
        return ref;
    }
    /** One more owner of a ref of the C interface. */
    static Ref share(sabir_ref *raw) noexcept {
        return adopt(raw ? sabir_ref_retain(raw) : nullptr);
    }
    sabir_ref *get() const noexcept {
        return raw_;
    }

    explicit operator bool() const noexcept {
        return raw_ != nullptr;
    }
    std::string name() const {
        return raw_ ? sabir_ref_name(raw_) : "";
    }
    /** The endpoint of the actor's node; empty if it has none. */
    std::string endpoint() const {
        const char *endpoint = raw_ ? sabir_ref_endpoint(raw_) : nullptr;
        return endpoint ? endpoint : "";
    }
    friend bool operator==(const Ref &a, const Ref &b) noexcept {
        return a.raw_ == b.raw_ || (a.raw_ && b.raw_ && sabir_ref_equal(a.raw_, b.raw_));
    }
    friend bool operator!=(const Ref &a, const Ref &b) noexcept {
        return !(a == b);
    }

    /**
     * Queue the message and return at once. Replies go to `sender`. If this throws, the message is still in `message`.
     * Throws EFULL, ECLOSED, EUNHANDLED, EVALUE, and for another node EDOWN, ETOOBIG, EREFUSED, EUNBOUND.
     */
    template <class T> void send(std::unique_ptr<T> &&message, const Ref &sender = Ref()) const {
        detail::require_message<T>();
        if (!message) detail::fail(SABIR_EINVAL, "the message is nullptr");
        std::unique_ptr<T> &own = message;
        detail::check(detail::travel(
            own, detail::takes_objects(raw_),
            [&](const sabir_type *type, const void *value) {
                return sabir_ref_send_value(raw_, type, value, sender.raw_);
            },
            [&](sabir_message *carrier) { return sabir_ref_send(raw_, carrier, sender.raw_); }));
    }

    /** As above with `new`: the message is taken in every case. */
    template <class T> void send(T *message, const Ref &sender = Ref()) const {
        send(std::unique_ptr<T>(message), sender);
    }

    /** As above with a value. */
    template <class T>
    std::enable_if_t<std::is_base_of_v<Message, T>> send(T message, const Ref &sender = Ref()) const {
        send(std::make_unique<T>(std::move(message)), sender);
    }

    /** Send a message whose type is known only by name. */
    void send(const JsonMessage &message, const Ref &sender = Ref()) const {
        detail::CoreMessage carrier = detail::from_json(message);
        detail::check(sabir_ref_send(raw_, carrier.get(), sender.raw_));
        (void)carrier.release();
    }

    /**
     * Let an actor of this process handle `request` now, in this thread; queued messages are overtaken. The reply, or nullptr if the
     * handler did not reply. Throws EREMOTE, EREENTRANT, EDEADLOCK, EFAILED, EMISMATCH (another reply), ECLOSED, EUNHANDLED.
     */
    template <class Reply, class T>
    std::unique_ptr<Reply> fast_send(const T &request, const Ref &sender = Ref(), std::uint32_t flags = 0) const {
        return fast_send_for<Reply>(request, forever, sender, flags);
    }

    /**
     * As fast_send, waiting for the actor no longer than `timeout` (0ns: not at all). A handler that has begun is not given up.
     * Throws ETIMEDOUT if the actor was not free in time: the request was not handled, and will not be.
     */
    template <class Reply, class T>
    std::unique_ptr<Reply> fast_send_for(const T &request, Duration timeout, const Ref &sender = Ref(),
                                         std::uint32_t flags = 0) const {
        detail::require_message<T>();
        detail::require_message<Reply>();
        detail::Head head;
        detail::CoreMessage carrier =
            detail::takes_objects(raw_) ? detail::lend(request, head) : detail::to_value(request);
        sabir_message *reply = nullptr;
        detail::check(
            sabir_ref_fast_send_message_timed(raw_, sender.raw_, carrier.get(), flags, timeout.count(), &reply));
        return reply ? detail::take<Reply>(detail::CoreMessage(reply)) : nullptr;
    }

    /** As fast_send, after what was queued at this moment. */
    template <class Reply, class T>
    std::unique_ptr<Reply> fast_send_ordered(const T &request, const Ref &sender = Ref()) const {
        return fast_send<Reply>(request, sender, SABIR_FAST_ORDERED);
    }

    /**
     * Send `request` and wait for the answer. Throws ETIMEDOUT, Rejected, EDOWN, EMISMATCH (another reply), EREENTRANT and EDEADLOCK if
     * waiting would never end, and what send throws.
     */
    template <class Reply, class T> Reply ask(const T &request, Duration timeout) const {
        detail::require_message<Reply>();
        sabir_message *reply = nullptr;
        int code = sabir_ref_ask(raw_, pack(request).release(), timeout.count(), &reply);
        return std::move(*answer<Reply>(code, detail::CoreMessage(reply)));
    }

    /** As ask without waiting: the future has the answer, or throws what ask would throw. */
    template <class Reply, class T> std::future<Reply> ask_async(const T &request, Duration timeout) const {
        detail::require_message<Reply>();
        auto promise = std::make_unique<std::promise<Reply>>();
        std::future<Reply> future = promise->get_future();
        detail::check(
            sabir_ref_ask_async(raw_, pack(request).release(), timeout.count(), answered<Reply>, promise.get()));
        (void)promise.release(); /* `answered` has it, and may have run already */
        return future;
    }

  private:
    /* A copy of the request: as itself if the actor can look into it. */
    template <class T> detail::CoreMessage pack(const T &request) const {
        if constexpr (std::is_same_v<T, JsonMessage>) {
            return detail::from_json(request);
        } else {
            detail::require_message<T>();
            if (!detail::takes_objects(raw_)) return detail::to_value(request);
            auto copy = std::make_unique<T>(request);
            return detail::carry(copy);
        }
    }

    template <class Reply> static std::unique_ptr<Reply> answer(int code, detail::CoreMessage reply) {
        if (code == SABIR_EREJECTED && reply) {
            std::string words = detail::error_detail();
            throw Rejected(words, std::move(*detail::take<msg::Reject>(std::move(reply))));
        }
        detail::check(code);
        if (!reply) detail::fail(SABIR_ENOENT, "an answer without a reply");
        return detail::take<Reply>(std::move(reply));
    }

    template <class Reply> static void answered(void *user_data, int code, sabir_message *message) {
        std::unique_ptr<std::promise<Reply>> promise(static_cast<std::promise<Reply> *>(user_data));
        detail::CoreMessage reply(message);
        try {
            promise->set_value(std::move(*answer<Reply>(code, std::move(reply))));
        } catch (...) {
            promise->set_exception(std::current_exception());
        }
    }

    sabir_ref *raw_;
};

} // namespace sabir

#endif
