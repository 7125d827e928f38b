/*
 * CAF in the shapes of spawn.c, timers.c and idle.c.
 */
#include <algorithm>
#include <atomic>
#include <iostream>
#include <vector>

#include "caf_rig.hpp"

namespace {

Latch over;
std::atomic<int64_t> missing;

caf::behavior newborn(caf::event_based_actor *) {
    return {[](note_atom, int64_t, int64_t) {
        if (missing.fetch_sub(1) == 1) over.set();
    }};
}

void spawn(int64_t count) {
    with_system(2, [=](caf::actor_system &system) {
        std::vector<caf::actor> actors(static_cast<size_t>(count));
        missing = count;
        double begin_s = now_s(), before_bytes = resident_bytes();
        for (int64_t i = 0; i < count; i++) {
            actors[static_cast<size_t>(i)] = system.spawn(newborn);
            caf::anon_send(actors[static_cast<size_t>(i)], note_atom::value, int64_t{0}, i);
        }
        over.wait();
        double seconds = now_s() - begin_s, all = static_cast<double>(count);
        print_two(seconds * 1e9 / all, "bytes", (resident_bytes() - before_bytes) / all);
    });
}

/* ---- Timers: CAF's own clock, by which its receive timeouts and delayed messages go ------------------------------------------ */

caf::behavior clock_arm(caf::event_based_actor *self, int64_t count) {
    return {[=](go_atom) {
        auto &clock = self->clock();
        auto far = clock.now() + std::chrono::hours(1);
        for (uint64_t i = 0; i < 1000; i++) clock.set_multi_timeout(far, self, caf::atom("other"), i);
        double begin_s = now_s();
        for (int64_t i = 0; i < count; i++) {
            clock.set_ordinary_timeout(far, self, caf::atom("bench"), static_cast<uint64_t>(i));
            clock.cancel_ordinary_timeout(self, caf::atom("bench"));
        }
        print((now_s() - begin_s) * 1e9 / static_cast<double>(count));
        over.set();
    }};
}

struct LateState {
    std::vector<double> dues_s;
    std::vector<double> late_us;
};

caf::behavior clock_late(caf::stateful_actor<LateState> *self, int64_t count) {
    return {[=](go_atom) {
                double first_s = now_s() + 0.1;
                for (int64_t i = 0; i < count; i++) {
                    self->state.dues_s.push_back(first_s + static_cast<double>(i) * 1e-4);
                    auto delay =
                        std::chrono::nanoseconds(static_cast<int64_t>((self->state.dues_s.back() - now_s()) * 1e9));
                    self->delayed_send(self, delay, note_atom::value, int64_t{0}, i);
                }
            },
            [=](note_atom, int64_t, int64_t number) {
                auto &state = self->state;
                state.late_us.push_back((now_s() - state.dues_s[static_cast<size_t>(number)]) * 1e6);
                if (static_cast<int64_t>(state.late_us.size()) < count) return;
                std::sort(state.late_us.begin(), state.late_us.end());
                print_two(state.late_us[state.late_us.size() * 99 / 100], "median",
                          state.late_us[state.late_us.size() / 2]);
                over.set();
            }};
}

template <class Behaviour> void timers(Behaviour behaviour, int64_t count) {
    with_system(2, [=](caf::actor_system &system) {
        auto clock = system.spawn<caf::detached>(behaviour, count);
        caf::anon_send(clock, go_atom::value);
        over.wait();
    });
}

void idle(int64_t count) {
    with_system(2, [=](caf::actor_system &system) {
        missing = count;
        std::vector<caf::actor> actors;
        for (int64_t i = 0; i < count; i++) {
            actors.push_back(i % 2 ? system.spawn(newborn) : system.spawn<caf::detached>(newborn));
            caf::anon_send(actors.back(), note_atom::value, int64_t{0}, i);
        }
        over.wait();
        std::puts("READY");
        std::fflush(stdout);
        std::string line;
        while (std::getline(std::cin, line)) continue;
    });
}

} // namespace

bool run_life(const std::string &what, int argc, char **argv) {
    if (what == "spawn")
        spawn(number(argc, argv, 2));
    else if (what == "arm")
        timers(clock_arm, number(argc, argv, 2));
    else if (what == "late")
        timers(clock_late, number(argc, argv, 2));
    else if (what == "idle")
        idle(number(argc, argv, 2));
    else
        return false;
    return true;
}
