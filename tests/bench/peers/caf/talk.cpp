/*
 * CAF in the shapes of ping_pong.c and streaming.c.
 */
#include "caf_rig.hpp"

namespace {

Latch over;

caf::behavior pong(caf::event_based_actor *) {
    return {[](note_atom, int64_t from, int64_t number) { return caf::make_message(note_atom::value, from, number); }};
}

struct PingState {
    int64_t next = 0;
};

caf::behavior ping(caf::stateful_actor<PingState> *self, caf::actor other, int64_t rounds) {
    return {[=](go_atom) { self->send(other, note_atom::value, int64_t{0}, int64_t{0}); },
            [=](note_atom, int64_t, int64_t number) {
                need(number == self->state.next, "ping-pong: another number came");
                if (++self->state.next < rounds)
                    self->send(other, note_atom::value, int64_t{0}, self->state.next);
                else
                    over.set();
            }};
}

template <caf::spawn_options Options> void ping_pong(size_t workers, int64_t rounds) {
    with_system(workers, [=](caf::actor_system &system) {
        auto pong_actor = system.spawn<Options>(pong);
        auto ping_actor = system.spawn<Options>(ping, pong_actor, rounds);
        double begin_s = now_s();
        caf::anon_send(ping_actor, go_atom::value);
        over.wait();
        print((now_s() - begin_s) * 1e9 / static_cast<double>(rounds));
    });
}

caf::behavior sink(caf::stateful_actor<PingState> *self, int64_t total) {
    return {[=](note_atom, int64_t, int64_t number) {
        need(number == self->state.next, "streaming: another number came");
        if (++self->state.next == total) over.set();
    }};
}

void stream(int64_t total) {
    with_system(1, [=](caf::actor_system &system) {
        auto sink_actor = system.spawn<caf::detached>(sink, total);
        double begin_s = now_s();
        for (int64_t i = 0; i < total; i++) caf::anon_send(sink_actor, note_atom::value, int64_t{0}, i);
        over.wait();
        print(static_cast<double>(total) / (now_s() - begin_s) / 1e6);
    });
}

} // namespace

bool run_talk(const std::string &what, int argc, char **argv) {
    if (what == "ping-detached")
        ping_pong<caf::detached>(1, number(argc, argv, 2));
    else if (what == "ping1" || what == "ping2")
        ping_pong<caf::no_spawn_options>(what == "ping1" ? 1 : 2, number(argc, argv, 2));
    else if (what == "stream")
        stream(number(argc, argv, 2));
    else
        return false;
    return true;
}
