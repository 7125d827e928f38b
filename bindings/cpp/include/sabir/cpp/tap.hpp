/*
 * A tap shows the messages that pass: who sent what to whom, when, and what came of it. A sender never waits for it.
 *
 *     sabir::Tap tap = manager.tap("*", "pricer*");
 *     while (auto seen = tap.next(1s)) std::cout << seen->from << " -> " << seen->to << " " << seen->outcome << "\n";
 */
#ifndef SABIR_CPP_TAP_HPP
#define SABIR_CPP_TAP_HPP

#include <sabir/cpp/ref.hpp>
#include <sabir/tap.h>

#include <memory>
#include <optional>

namespace sabir {

/** One message that passed. */
struct Tapped {
    std::chrono::system_clock::time_point time;
    std::string from; /* "name", or "name@endpoint" of another process; empty: nobody is named */
    std::string to;
    std::string type;
    std::string outcome; /* "sent", "received", "called", an error ("FULL"), a dead letter's reason ("failed") */
    std::string detail;
    std::string json; /* the payload, cut to 1023 bytes; empty: an object among C++ actors, a dead letter */
    std::size_t json_len_bytes = 0;
};

class Tap {
  public:
    Tap(sabir_manager *manager, const std::string &from, const std::string &to, const std::string &type,
        std::size_t capacity_msgs) {
        sabir_tap *raw = nullptr;
        detail::check(sabir_tap_new(manager, from.c_str(), to.c_str(), type.c_str(), capacity_msgs, &raw));
        raw_.reset(raw);
    }

    /** The next one; none if nothing passes in time, or ever again because the manager is gone. */
    std::optional<Tapped> next(Duration timeout = Duration::zero()) {
        const sabir_tapped *seen = nullptr;
        const int code = sabir_tap_next(raw_.get(), timeout.count(), &seen);
        if (code == SABIR_ETIMEDOUT || code == SABIR_ECLOSED) return std::nullopt;
        detail::check(code);
        using Clock = std::chrono::system_clock;
        const Clock::time_point time(std::chrono::duration_cast<Clock::duration>(Duration(seen->time_ns)));
        return Tapped{time,          seen->from,   seen->to,   seen->type,
                      seen->outcome, seen->detail, seen->json, seen->json_len_bytes};
    }
    /** How many matched and found no room. */
    std::uint64_t missed() const noexcept {
        return sabir_tap_missed(raw_.get());
    }

  private:
    struct Free {
        void operator()(sabir_tap *tap) const noexcept {
            sabir_tap_free(tap);
        }
    };
    std::unique_ptr<sabir_tap, Free> raw_;
};

} // namespace sabir

#endif
