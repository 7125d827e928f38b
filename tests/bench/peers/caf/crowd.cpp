/*
 * CAF in the shapes of fan_in.c, ring.c, big.c and fork_join.c, with two workers.
 */
#include <atomic>
#include <vector>

#include "caf_rig.hpp"

namespace {

constexpr int turn = 64;
Latch over;

/* ---- Fan-in --------------------------------------------------------------------------------------------------------------- */

struct SinkState {
    std::vector<int64_t> next;
    int64_t missing = 0;
};

caf::behavior fan_sink(caf::stateful_actor<SinkState> *self, int64_t senders, int64_t each) {
    self->state.next.resize(static_cast<size_t>(senders));
    self->state.missing = senders * each;
    return {[=](note_atom, int64_t from, int64_t number) {
        need(number == self->state.next[static_cast<size_t>(from)]++, "fan-in: lost or overtaken");
        if (--self->state.missing == 0) over.set();
    }};
}

struct NextState {
    int64_t next = 0;
};

caf::behavior fan_sender(caf::stateful_actor<NextState> *self, caf::actor to, int64_t index, int64_t each) {
    return {[=](go_atom) {
        for (int i = 0; i < turn && self->state.next < each; i++)
            self->send(to, note_atom::value, index, self->state.next++);
        if (self->state.next < each) self->send(self, go_atom::value);
    }};
}

void fan_in(int64_t senders, int64_t total) {
    with_system(2, [=](caf::actor_system &system) {
        int64_t each = total / senders;
        auto to = system.spawn(fan_sink, senders, each);
        std::vector<caf::actor> actors;
        for (int64_t i = 0; i < senders; i++) actors.push_back(system.spawn(fan_sender, to, i, each));
        double begin_s = now_s();
        for (auto &actor : actors) caf::anon_send(actor, go_atom::value);
        over.wait();
        print(static_cast<double>(senders * each) / (now_s() - begin_s) / 1e6);
    });
}

/* ---- Ring ------------------------------------------------------------------------------------------------------------------ */

struct MemberState {
    caf::actor next;
};

caf::behavior member(caf::stateful_actor<MemberState> *self, int64_t hops) {
    return {[=](caf::actor next) { self->state.next = next; },
            [=](note_atom, int64_t, int64_t number) {
                if (number == hops)
                    over.set();
                else
                    self->send(self->state.next, note_atom::value, int64_t{0}, number + 1);
            }};
}

void ring(int64_t count, int64_t hops) {
    with_system(2, [=](caf::actor_system &system) {
        std::vector<caf::actor> members;
        for (int64_t i = 0; i < count; i++) members.push_back(system.spawn(member, hops));
        for (size_t i = 0; i < members.size(); i++) caf::anon_send(members[i], members[(i + 1) % members.size()]);
        double begin_s = now_s();
        caf::anon_send(members[0], note_atom::value, int64_t{0}, int64_t{1});
        over.wait();
        print((now_s() - begin_s) * 1e9 / static_cast<double>(hops));
    });
}

/* ---- Big ------------------------------------------------------------------------------------------------------------------- */

std::vector<caf::actor> players;
std::atomic<int64_t> busy;

struct PlayerState {
    Random random{0};
    int64_t next = 0;
    int64_t pongs = 0;
};

caf::behavior player(caf::stateful_actor<PlayerState> *self, int64_t index, int64_t pings) {
    self->state.random.state = 0x9e3779b97f4a7c15u * static_cast<uint64_t>(index + 1);
    return {[=](note_atom, int64_t from, int64_t number) {
                self->state.pongs++;
                return caf::make_message(pong_atom::value, from, number);
            },
            [=](pong_atom, int64_t, int64_t number) {
                auto &state = self->state;
                need(number == state.next, "big: a pong of another ping came");
                if (++state.next <= pings)
                    self->send(players[state.random.draw() % players.size()], note_atom::value, index, state.next);
                else if (busy.fetch_sub(1) == 1)
                    over.set();
            }};
}

void big(int64_t count, int64_t pings) {
    with_system(2, [=](caf::actor_system &system) {
        busy = count;
        for (int64_t i = 0; i < count; i++) players.push_back(system.spawn(player, i, pings));
        double begin_s = now_s();
        for (auto &actor : players) caf::anon_send(actor, pong_atom::value, int64_t{-1}, int64_t{0});
        over.wait();
        print(2.0 * static_cast<double>(count * pings) / (now_s() - begin_s) / 1e6);
    });
}

/* ---- Fork and join ----------------------------------------------------------------------------------------------------------- */

caf::behavior worker(caf::stateful_actor<NextState> *self, int64_t share) {
    return {[=](note_atom, int64_t, int64_t number) {
        need(number == self->state.next++, "fork-join: lost or overtaken");
        if (self->state.next == share && busy.fetch_sub(1) == 1) over.set();
    }};
}

void fork_join(int64_t count, int64_t share) {
    with_system(2, [=](caf::actor_system &system) {
        std::vector<caf::actor> workers;
        busy = count;
        for (int64_t i = 0; i < count; i++) workers.push_back(system.spawn(worker, share));
        double begin_s = now_s();
        for (int64_t number = 0; number < share; number++)
            for (auto &actor : workers) caf::anon_send(actor, note_atom::value, int64_t{0}, number);
        over.wait();
        print(static_cast<double>(count * share) / (now_s() - begin_s) / 1e6);
    });
}

} // namespace

bool run_crowd(const std::string &what, int argc, char **argv) {
    if (what != "fan-in" && what != "ring" && what != "big" && what != "fork-join") return false;
    int64_t count = number(argc, argv, 2), much = number(argc, argv, 3);
    if (what == "fan-in") fan_in(count, much);
    if (what == "ring") ring(count, much);
    if (what == "big") big(count, much);
    if (what == "fork-join") fork_join(count, much);
    return true;
}
