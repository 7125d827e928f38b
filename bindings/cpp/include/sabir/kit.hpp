/*
 * The test kit: actors without threads, time that moves only when it is told to, probes that stand where other actors will stand.
 *
 *     sabir::Kit kit;
 *     auto pricer = kit.manage("pricer", std::make_unique<Pricer>());
 *     sabir::Probe client = kit.probe("client");
 *     kit.start();
 *     pricer.send(Quote("AAPL"), client.ref());
 *     client.expect_none();
 *     kit.advance(1s);
 *     CHECK(client.expect<Price>().value == 101.5);
 *
 * One message is handled at a time, by the thread that steps, in an order that is the same each time. To wait is to step: a probe's wait
 * lets the actors run and then, within its time, time pass. A probe works with a sabir::Manager too, and then really waits.
 */
#ifndef SABIR_KIT_HPP
#define SABIR_KIT_HPP

#include <sabir/kit.h>
#include <sabir/sabir.hpp>

namespace sabir {

/** Something else came than a probe expected, or nothing. */
class Unexpected : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/** An address that keeps whatever is sent to it. Free it before its manager. */
class Probe {
  public:
    /** In any manager, which finds it by its name. Its waits take `timeout` unless they say otherwise. */
    Probe(const ManagerRef &manager, const std::string &name, Duration timeout = std::chrono::seconds(5))
        : timeout_(timeout) {
        sabir_probe *raw = nullptr;
        detail::check(sabir_probe_new(manager.get(), name.c_str(), &raw));
        raw_.reset(raw);
    }

    Ref ref() const {
        return Ref::share(sabir_probe_ref(raw_.get()));
    }
    /** Who sent what expect or fish gave last. */
    const Ref &sender() const noexcept {
        return sender_;
    }
    std::size_t count() const {
        return sabir_probe_count(raw_.get());
    }

    /** The next message, which must be a T. Throws Unexpected. */
    template <class T> T expect() {
        return expect<T>(timeout_);
    }
    template <class T> T expect(Duration timeout) {
        return get<T>(sabir_probe_expect, timeout);
    }
    /** The next message that is a T; those before it are gone. Throws Unexpected. */
    template <class T> T fish() {
        return fish<T>(timeout_);
    }
    template <class T> T fish(Duration timeout) {
        return get<T>(sabir_probe_fish, timeout);
    }
    /** The next messages are of these classes, in this order. Throws Unexpected. */
    template <class... T> void expect_order() {
        const sabir_type *const types[] = {detail::type_of<T>()...};
        judge(sabir_probe_expect_order(raw_.get(), types, sizeof...(T), timeout_.count()));
    }
    /** Nothing comes in that time. Throws Unexpected. */
    void expect_none(Duration timeout = Duration::zero()) {
        judge(sabir_probe_expect_none(raw_.get(), timeout.count()));
    }

  private:
    static void judge(int code) {
        if (code == SABIR_EMISMATCH || code == SABIR_ETIMEDOUT) throw Unexpected(detail::error_detail());
        detail::check(code);
    }
    template <class T, class Call> T get(Call call, Duration timeout) {
        sabir_message *raw = nullptr;
        sabir_ref *sender = nullptr;
        judge(call(raw_.get(), detail::type_of<T>(), timeout.count(), &raw, &sender));
        detail::CoreMessage message(raw);
        sender_ = Ref::share(sender);
        return std::move(*detail::take<T>(std::move(message)));
    }
    struct Free {
        void operator()(sabir_probe *probe) const noexcept {
            sabir_probe_free(probe);
        }
    };
    std::unique_ptr<sabir_probe, Free> raw_;
    Duration timeout_;
    Ref sender_;
};

/** A manager without threads. Use it as any other; it does something only when it is stepped. */
class Kit : public Manager {
  public:
    Kit() : Manager(Config().stepped()) {
    }

    /** Let the actors handle so many messages; how many there were. */
    std::uint64_t step(std::uint64_t max_msgs = 1) {
        std::uint64_t handled = 0;
        detail::check(sabir_kit_step(raw_, max_msgs, &handled));
        return handled;
    }
    /** Step until nobody has anything to do; time stands still. */
    std::uint64_t rest() {
        return step(UINT64_MAX / 2);
    }
    /** Let time pass: the actors come to rest, the next timer that falls due fires, and so on. */
    void advance(Duration duration) {
        detail::check(sabir_kit_advance(raw_, duration.count()));
    }
    /** What has passed, from 0. */
    Duration now() const {
        return Duration(sabir_kit_now_ns(raw_));
    }
    /** A probe whose waits step and let no time pass, unless they say so. */
    Probe probe(const std::string &name) {
        return Probe(*this, name, Duration::zero());
    }
};

} // namespace sabir

#endif
