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

    /**
     * A firing each time the wall clock (UTC) comes to a multiple of `period` since 1970, plus `offset`; never twice for one boundary,
     * whatever is done to that clock. Throws EINVAL (0 < period <= 50 years, 0 <= offset < period), and what once throws.
     */
    static Timer aligned(const Ref &actor, Duration period, Duration offset = Duration(0)) {
        Timer timer;
        detail::check(sabir_timer_aligned(actor.get(), period.count(), offset.count(), &timer.id_));
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
