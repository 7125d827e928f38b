/*
 * What the CAF programs share. Messages are typed by an atom, as CAF 0.17 has it.
 */
#ifndef CAF_RIG_HPP
#define CAF_RIG_HPP

#include <caf/all.hpp>
#include <condition_variable>
#include <mutex>

#include "../cpp/measure.hpp"

using note_atom = caf::atom_constant<caf::atom("note")>;
using pong_atom = caf::atom_constant<caf::atom("pong")>;
using go_atom = caf::atom_constant<caf::atom("go")>;

/* Set once, by a handler; awaited by the main thread. */
class Latch {
  public:
    void set() {
        std::lock_guard<std::mutex> lock(mutex_);
        is_set_ = true;
        changed_.notify_one();
    }
    void wait() {
        std::unique_lock<std::mutex> lock(mutex_);
        changed_.wait(lock, [this] { return is_set_; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool is_set_ = false;
};

struct Config : caf::actor_system_config {
    explicit Config(size_t workers) {
        set("scheduler.max-threads", workers);
    }
};

/* A system that lives until the program ends at once: what lies in mailboxes is nobody's business then. */
template <class Run> void with_system(size_t workers, Run run) {
    Config config(workers);
    caf::actor_system system(config);
    run(system);
    std::fflush(stdout);
    std::_Exit(0);
}

/* The cases of the two files. */
bool run_talk(const std::string &what, int argc, char **argv);
bool run_crowd(const std::string &what, int argc, char **argv);
bool run_life(const std::string &what, int argc, char **argv);

#endif
