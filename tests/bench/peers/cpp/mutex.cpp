/*
 * Actors with a queue under a mutex, in the shapes of ping_pong.c, streaming.c and fast_send.c; and the same calls under nothing but a
 * mutex.
 *
 *     mutex ping ROUNDS | stream MESSAGES | idle|contended|nested CALLS | pair-idle|pair-contended|pair-nested CALLS
 */
#include <semaphore.h>

#include "measure.hpp"
#include "mutex_actor.hpp"

namespace {

sem_t over;

struct Note : MessageOf<1> {
    explicit Note(int64_t its_number) : number(its_number) {
    }
    int64_t number;
};

struct Pong : MutexActor {
    Pong() {
        on(this, &Pong::on_note, 1);
    }
    void on_note(const Note &note) {
        note.sender->send(std::make_unique<Note>(note.number), this);
    }
};

struct Ping : MutexActor {
    explicit Ping(int64_t in_all) : rounds(in_all) {
        on(this, &Ping::on_note, 1);
    }
    void on_note(const Note &note) {
        need(note.number == next, "ping-pong: another number came");
        if (++next < rounds)
            note.sender->send(std::make_unique<Note>(next), this);
        else
            sem_post(&over);
    }
    int64_t next = 0;
    int64_t rounds;
};

void ping_pong(int64_t rounds) {
    Ping ping(rounds);
    Pong pong;
    ping.start();
    pong.start();
    double begin_s = now_s();
    pong.send(std::make_unique<Note>(0), &ping);
    sem_wait(&over);
    print((now_s() - begin_s) * 1e9 / static_cast<double>(rounds));
    ping.stop();
    pong.stop();
}

struct Sink : MutexActor {
    explicit Sink(int64_t in_all) : total(in_all) {
        on(this, &Sink::on_note, 1);
    }
    void on_note(const Note &note) {
        need(note.number == next, "streaming: another number came");
        if (++next == total) sem_post(&over);
    }
    int64_t next = 0;
    int64_t total;
};

void stream(int64_t total) {
    Sink sink(total);
    sink.start();
    double begin_s = now_s();
    for (int64_t i = 0; i < total; i++) sink.send(std::make_unique<Note>(i), nullptr);
    sem_wait(&over);
    print(static_cast<double>(total) / (now_s() - begin_s) / 1e6);
    sink.stop();
}

struct Incrementer : MutexActor {
    Incrementer() {
        on(this, &Incrementer::on_note, 1);
    }
    void on_note(const Note &note) {
        handled++;
        int64_t number = note.number;
        if (next) number = static_cast<const Note &>(*next->fast_send(Note(number))).number;
        reply_now(std::make_unique<Note>(number + 1));
    }
    Incrementer *next = nullptr;
    int64_t handled = 0;
};

void call_all(Incrementer &actor, int64_t calls, int64_t depth) {
    for (int64_t i = 0; i < calls; i++) {
        auto reply = actor.fast_send(Note(i));
        need(static_cast<const Note &>(*reply).number == i + depth, "fast_send: a wrong reply");
    }
}

/* The same with a mutex and nothing else: what an exclusive call costs at least where it may be contended. */
struct Pair {
    std::mutex mutex;
    Pair *next = nullptr;
    int64_t handled = 0;

    __attribute__((noinline)) int64_t increment(int64_t number) {
        std::lock_guard<std::mutex> lock(mutex);
        handled++;
        if (next) number = next->increment(number);
        return number + 1;
    }
};

void call_all(Pair &pair, int64_t calls, int64_t depth) {
    for (int64_t i = 0; i < calls; i++) need(pair.increment(i) == i + depth, "a mutex: a wrong reply");
}

template <class Callee> void fast_send(const std::string &how, int64_t calls) {
    Callee chain[3];
    bool contended = how == "contended";
    int64_t depth = how == "nested" ? 3 : 1, expected = contended ? 2 * calls : calls;
    for (int i = 0; i + 1 < depth; i++) chain[i].next = &chain[i + 1];
    /* The C library takes a mutex more cheaply in a process of one thread, which a program with actors never is. */
    std::thread bystander([] { sem_wait(&over); });
    double begin_s = now_s();
    if (contended) {
        std::thread other([&] { call_all(chain[0], calls, depth); });
        call_all(chain[0], calls, depth);
        other.join();
    } else {
        call_all(chain[0], calls, depth);
    }
    print((now_s() - begin_s) * 1e9 / static_cast<double>(expected));
    for (int i = 0; i < depth; i++) need(chain[i].handled == expected, "fast_send: calls are missing");
    sem_post(&over);
    bystander.join();
}

} // namespace

int main(int argc, char **argv) {
    int64_t count = number(argc, argv, 2);
    std::string what = argv[1];
    sem_init(&over, 0, 0);
    if (what == "ping")
        ping_pong(count);
    else if (what == "stream")
        stream(count);
    else if (what.rfind("pair-", 0) == 0)
        fast_send<Pair>(what.substr(5), count);
    else if (what == "idle" || what == "contended" || what == "nested")
        fast_send<Incrementer>(what, count);
    else
        die("mutex: no case " + what);
    return 0;
}
