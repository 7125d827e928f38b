/*
 * Timers of an actor. A firing is a sabir::msg::Timeout with the timer's id. Durations run on the monotonic clock.
 */
#ifndef SABIR_CPP_TIMER_HPP
#define SABIR_CPP_TIMER_HPP

#include <sabir/cpp/ref.hpp>
#include <sabir/timer.h>

namespace sabir {

/** An armed timer. It is only a number: forgetting it does not disarm it. */
class Timer {
  public:
    Timer() noexcept = default;

    /** Send `actor` one Timeout after `delay`. Throws EREMOTE, EUNHANDLED, ECLOSED. */
    static Timer once(const Ref &actor, Duration delay) {
        Timer timer;
        detail::check(sabir_timer_once(actor.get(), delay.count(), &timer.id_));
        return timer;
    }

    /** Send `actor` a Timeout every `period`, first after one period. */
    static Timer periodic(const Ref &actor, Duration period) {
        Timer timer;
        detail::check(sabir_timer_periodic(actor.get(), period.count(), &timer.id_));
        return timer;
    }

    /** What Timeout.timer_id is compared with; 0: no timer. */
    std::uint64_t id() const noexcept {
        return id_;
    }

    /** Disarm it: no firing begins to be handled any more. False if it had fired, or was cancelled, before. */
    bool cancel() const {
        int code = sabir_timer_cancel(id_);
        if (code == SABIR_ENOENT) return false;
        detail::check(code);
        return true;
    }

  private:
    std::uint64_t id_ = 0;
};

} // namespace sabir

#endif
