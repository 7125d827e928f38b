/*
 * A manager owns the actors and threads of one process, and its way to the other nodes.
 *
 *     sabir::Manager manager;
 *     sabir::Ref pong = manager.manage("pong", std::make_unique<Pong_actor>());
 *     manager.start();
 *
 * It may be inherited: class My_manager : public sabir::Manager { My_manager() { manage("pong", new Pong_actor); } };
 */
#ifndef SABIR_CPP_MANAGER_HPP
#define SABIR_CPP_MANAGER_HPP

#include <sabir/cpp/actor.hpp>
#include <sabir/cpp/config.hpp>
#include <sabir/cpp/options.hpp>
#include <sabir/cpp/tap.hpp>
#include <sabir/version.h>

namespace sabir {

/** A message that ended nowhere. */
struct DeadLetter {
    std::string reason; /* "mailbox_full" */
    std::string target;
    std::string type;
    std::string detail;
};

/** A manager that somebody else owns. */
class ManagerRef {
  public:
    explicit ManagerRef(sabir_manager *raw) noexcept : raw_(raw) {
    }
    sabir_manager *get() const noexcept {
        return raw_;
    }

    /** Give an actor a name and a place. Throws EEXIST, ERESERVED, ECLOSED, EINVAL. */
    Ref manage(const std::string &name, std::unique_ptr<Actor> actor, const Options &options = Options()) {
        return take(name, detail::ActorOf::give(std::move(actor)), options);
    }
    /** As above with `new`. */
    Ref manage(const std::string &name, Actor *actor, const Options &options = Options()) {
        return manage(name, std::unique_ptr<Actor>(actor), options);
    }
    /**
     * An actor that is restarted when a handler throws: a fresh one from `make` takes its place and its mailbox, and on_start runs. The
     * timers and watches of the failed one are gone; it is deleted without on_stop. Throws as manage.
     */
    Ref manage_restarting(const std::string &name, ActorFactory make, Options options = Options().restart(Restart())) {
        if (!make) detail::fail(SABIR_EINVAL, "what makes the actor is empty");
        std::unique_ptr<Actor> first = make();
        return take(name, detail::ActorOf::give(std::move(first), std::move(make)), options);
    }
    /** As above, under a supervisor, whose rule is the one that counts. */
    Ref manage_restarting(const std::string &name, ActorFactory make, const Supervisor &supervisor) {
        return manage_restarting(name, std::move(make), Options().supervisor(supervisor));
    }
    /** A supervisor: SABIR_STRATEGY_ONE_FOR_ONE or SABIR_STRATEGY_ALL_FOR_ONE. Before the start. */
    Supervisor supervisor(const std::string &name, sabir_strategy strategy, const Restart &rule = Restart()) {
        sabir_supervisor *made = nullptr;
        detail::check(sabir_supervisor_new(raw_, name.c_str(), static_cast<std::uint32_t>(strategy), &made));
        detail::check(sabir_supervisor_set_restart_limit(made, rule.core_limit(), rule.window.count()));
        detail::check(sabir_supervisor_set_restart_delay(made, rule.first_delay.count(), rule.max_delay.count()));
        return Supervisor(made);
    }
    /** A group of so many workers; 0: one per CPU. */
    Group group(const std::string &name, std::size_t workers = 0) {
        sabir_group *made = nullptr;
        detail::check(sabir_group_new(raw_, name.c_str(), workers, &made));
        return Group(made);
    }
    /** Stop one actor and wait until it has. */
    void stop_actor(const Ref &actor) {
        detail::check(sabir_manager_stop_actor(raw_, actor.get()));
    }

    /** Find an actor: "name" here or in the one peer that has it, "name@node" there. Throws ENOENT. */
    Ref find(const std::string &name) const {
        sabir_ref *ref = nullptr;
        detail::check(sabir_manager_find(raw_, name.c_str(), &ref));
        return Ref::adopt(ref);
    }
    /** The actor of that name at that endpoint. */
    Ref remote(const std::string &name, const std::string &endpoint, sabir_dialect dialect = SABIR_DIALECT_V1) const {
        sabir_ref *ref = nullptr;
        detail::check(
            sabir_manager_remote(raw_, name.c_str(), endpoint.c_str(), static_cast<std::uint32_t>(dialect), &ref));
        return Ref::adopt(ref);
    }
    /** What other nodes connect to; empty if this one does not listen. */
    std::string endpoint() const {
        const char *endpoint = sabir_manager_endpoint(raw_);
        return endpoint ? endpoint : "";
    }
    /** End every wait and run; from anywhere. */
    void terminate() const noexcept {
        sabir_manager_terminate(raw_);
    }
    /** Everything that is counted, as a JSON object: sabir_snapshot_json says of what members. */
    Json snapshot() const {
        sabir_snapshot *raw = nullptr;
        detail::check(sabir_snapshot_new(raw_, &raw));
        const std::unique_ptr<sabir_snapshot, void (*)(sabir_snapshot *)> owner(raw, sabir_snapshot_free);
        return Json(sabir_snapshot_json(raw));
    }
    /** The same for people, in aligned columns: std::cout << manager.snapshot_table(); */
    std::string snapshot_table() const {
        sabir_snapshot *raw = nullptr;
        detail::check(sabir_snapshot_new(raw_, &raw));
        const std::unique_ptr<sabir_snapshot, void (*)(sabir_snapshot *)> owner(raw, sabir_snapshot_free);
        const char *table = nullptr;
        detail::check(sabir_snapshot_table_get(raw, &table));
        return table;
    }
    /** See the messages that pass from now on; each text a pattern in which `*` stands for any characters. */
    Tap tap(const std::string &from = "*", const std::string &to = "*", const std::string &type = "*",
            std::size_t capacity_msgs = 1024) const {
        return Tap(raw_, from, to, type, capacity_msgs);
    }

  protected:
    sabir_manager *raw_;

  private:
    Ref take(const std::string &name, detail::ActorOf::Core core, const Options &options) {
        options.apply(core.get());
        sabir_ref *ref = nullptr;
        detail::check(sabir_manager_manage(raw_, name.c_str(), core.get(), &ref));
        (void)core.release();
        return Ref::adopt(ref);
    }
};

class Manager : public ManagerRef {
  public:
    Manager() : ManagerRef(make(nullptr)) {
    }
    explicit Manager(const Config &config) : ManagerRef(make(config.get())) {
    }
    Manager(const Manager &) = delete;
    Manager &operator=(const Manager &) = delete;
    /** Stops first. */
    ~Manager() {
        sabir_manager_free(raw_);
    }

    /** Start every actor. Throws EFAILED if an on_start throws; all are stopped then. */
    void start() {
        detail::check(sabir_manager_start(raw_));
    }
    /** Wait for terminate, SIGINT or SIGTERM; with SABIR_WAIT_STDIN also for the end of standard input. */
    void run(std::uint32_t flags = 0) {
        detail::check(sabir_manager_run(raw_, flags));
    }
    /** Wait for terminate. False if the time was up before. */
    bool wait(Duration timeout = forever) {
        int code = sabir_manager_wait(raw_, -1, timeout.count(), 0);
        if (code == SABIR_ETIMEDOUT) return false;
        detail::check(code);
        return true;
    }
    /** Stop every actor, the last managed first. */
    void stop() {
        detail::check(sabir_manager_stop(raw_));
    }
    /** Print the READY line of a node. */
    void ready(const std::string &version, const std::string &features = "") {
        detail::check(sabir_manager_ready(raw_, "cpp", version.c_str(), features.empty() ? nullptr : features.c_str()));
    }
    /** Be told of dead letters, one at a time, on any thread; it must not block. What it throws is lost. */
    void on_dead_letter(std::function<void(const DeadLetter &)> handler) {
        using Function = std::function<void(const DeadLetter &)>;
        auto owned = std::make_unique<Function>(std::move(handler));
        detail::check(sabir_manager_on_dead_letter(raw_, dead_letter, owned.release(),
                                                   [](void *function) { delete static_cast<Function *>(function); }));
    }

  private:
    static sabir_manager *make(const sabir_config *config) {
        const std::uint32_t loaded = sabir_version(),
                            needed = SABIR_VERSION_MAJOR * 1000000u + SABIR_VERSION_MINOR * 1000u;
        if (loaded / 1000000 != SABIR_VERSION_MAJOR || loaded < needed)
            detail::fail(SABIR_EVERSION, std::string("libsabir is version ") + sabir_version_text());
        sabir_manager *manager = nullptr;
        detail::check(sabir_manager_new(config, &manager));
        return manager;
    }
    static std::string text_of(const char *text) {
        return text ? text : "";
    }
    static void dead_letter(void *function, std::uint32_t reason, const char *target, const char *type,
                            const char *detail) {
        try {
            const DeadLetter letter{text_of(sabir_dead_reason_name(reason)), text_of(target), text_of(type),
                                    text_of(detail)};
            (*static_cast<std::function<void(const DeadLetter &)> *>(function))(letter);
        } catch (...) { /* nothing may unwind into the core */
        }
    }
};

inline ManagerRef detail::ActorOf::manager_of(const Actor &actor) {
    return ManagerRef(sabir_context_manager(actor.context()));
}

inline ManagerRef Actor::manager() const {
    return detail::ActorOf::manager_of(*this);
}

} // namespace sabir

#endif
