/*
 * What a manager may be told of an actor beside its name: its thread or its group, and its mailbox.
 *
 *     manager.manage("pricer", std::make_unique<Pricer>(), sabir::ThreadConfig().cpus({2}).fifo(50));
 *     manager.manage("order.1", std::make_unique<Order>(), group);
 *     manager.manage("log", std::make_unique<Log>(), sabir::Options().capacity_msgs(100).overload(SABIR_OVERLOAD_DROP_OLDEST));
 */
#ifndef SABIR_CPP_OPTIONS_HPP
#define SABIR_CPP_OPTIONS_HPP

#include <sabir/cpp/error.hpp>
#include <sabir/cpp/ref.hpp>
#include <sabir/group.h>
#include <sabir/supervisor.h>

#include <utility>

namespace sabir {

/** The thread of an actor that has its own. */
class ThreadConfig {
  public:
    /** Pin it to these CPUs, from 0. */
    ThreadConfig &cpus(std::vector<std::uint32_t> numbers) {
        cpus_ = std::move(numbers);
        return *this;
    }
    /** First in, first out, priority 1 to 99. A permission that is missing is logged, unless strict(). */
    ThreadConfig &fifo(std::uint32_t priority) {
        return scheduling(1, priority);
    }
    /** Round robin, priority 1 to 99. */
    ThreadConfig &round_robin(std::uint32_t priority) {
        return scheduling(2, priority);
    }
    /** Its name, cut to 15 bytes; default: the actor's. */
    ThreadConfig &name(std::string text) {
        name_ = std::move(text);
        return *this;
    }
    /** How long it looks for mail before it sleeps; default: adaptive. */
    ThreadConfig &spin(Duration duration) {
        spin_ = duration;
        return *this;
    }
    /** What cannot be had makes the start fail. */
    ThreadConfig &strict(bool is_strict = true) {
        is_strict_ = is_strict;
        return *this;
    }

    void apply(sabir_actor *actor) const {
        if (!cpus_.empty()) detail::check(sabir_actor_set_cpus(actor, cpus_.data(), cpus_.size()));
        if (policy_ != 0) detail::check(sabir_actor_set_scheduling(actor, policy_, priority_));
        if (!name_.empty()) detail::check(sabir_actor_set_thread_name(actor, name_.c_str()));
        if (spin_) detail::check(sabir_actor_set_spin_ns(actor, spin_->count()));
        detail::check(sabir_actor_set_strict(actor, is_strict_));
    }

  private:
    ThreadConfig &scheduling(std::uint32_t policy, std::uint32_t priority) {
        policy_ = policy;
        priority_ = priority;
        return *this;
    }

    std::vector<std::uint32_t> cpus_;
    std::uint32_t policy_ = 0;
    std::uint32_t priority_ = 0;
    std::string name_;
    std::optional<Duration> spin_;
    bool is_strict_ = false;
};

/** Many actors on a few threads; made by ManagerRef::group, and the manager's. */
class Group {
  public:
    explicit Group(sabir_group *raw) noexcept : raw_(raw) {
    }

    std::size_t workers() const noexcept {
        return sabir_group_workers(raw_);
    }
    sabir_group *get() const noexcept {
        return raw_;
    }

  private:
    sabir_group *raw_;
};

/** How often there may be a restart, and how long before each. */
struct Restart {
    std::optional<std::uint32_t> limit =
        3; /* within any window, 0 to 64; none: without a limit. One more is the end. */
    Duration window = std::chrono::seconds(10);
    Duration first_delay = std::chrono::milliseconds(10); /* doubled with each further one, shortened at random */
    Duration max_delay = std::chrono::seconds(1);

    std::uint32_t core_limit() const noexcept {
        return limit.value_or(SABIR_RESTART_UNLIMITED);
    }
};

/** Restarts several actors one by one or all together; made by ManagerRef::supervisor, and the manager's. */
class Supervisor {
  public:
    explicit Supervisor(sabir_supervisor *raw) noexcept : raw_(raw) {
    }

    /** Pass it on to `parent` when it happens too often. Before the start. Throws EINVAL for a circle. */
    void under(const Supervisor &parent) {
        detail::check(sabir_supervisor_set_parent(raw_, parent.raw_));
    }
    sabir_supervisor *get() const noexcept {
        return raw_;
    }

  private:
    sabir_supervisor *raw_;
};

/** All that can be said of an actor. A ThreadConfig or a Group alone will do. */
class Options {
  public:
    Options() = default;
    Options(ThreadConfig config) : thread_(std::move(config)) {
    }
    Options(const Group &group) : group_(group.get()) {
    }

    Options &thread(ThreadConfig config) {
        thread_ = std::move(config);
        return *this;
    }
    Options &group(const Group &group) {
        group_ = group.get();
        return *this;
    }
    /** How many messages its mailbox holds; 0: as many as there is memory for. */
    Options &capacity_msgs(std::size_t count) {
        capacity_msgs_ = count;
        return *this;
    }
    /** What happens when the mailbox is full. */
    Options &overload(sabir_overload what) {
        overload_ = what;
        return *this;
    }
    /** `to` is told with a msg::HighWater when so many are queued: once, and again only after the queue has been seen below that. */
    Options &high_water(std::size_t count, const Ref &to) {
        high_water_msgs_ = count;
        high_water_to_ = to;
        return *this;
    }
    /** When a handler throws: SABIR_FAILURE_RESUME or SABIR_FAILURE_STOP; to be restarted, see ManagerRef::manage_restarting. */
    Options &on_failure(sabir_failure_policy policy) {
        on_failure_ = policy;
        return *this;
    }
    /** How an actor that is restarted is. */
    Options &restart(const Restart &rule) {
        on_failure_ = SABIR_FAILURE_RESTART;
        restart_ = rule;
        return *this;
    }
    /** Who decides that for it and others. */
    Options &supervisor(const Supervisor &supervisor) {
        supervisor_ = supervisor.get();
        return *this;
    }
    /** It cannot be reached from other nodes. */
    Options &local(bool is_local = true) {
        is_local_ = is_local;
        return *this;
    }

    void apply(sabir_actor *actor) const {
        if (thread_) thread_->apply(actor);
        if (group_) detail::check(sabir_actor_set_group(actor, group_));
        if (capacity_msgs_) detail::check(sabir_actor_set_capacity_msgs(actor, *capacity_msgs_));
        if (overload_) detail::check(sabir_actor_set_overload(actor, static_cast<std::uint32_t>(*overload_)));
        if (high_water_to_) detail::check(sabir_actor_set_high_water(actor, high_water_msgs_, high_water_to_.get()));
        if (is_local_) detail::check(sabir_actor_set_local(actor, true));
        if (supervisor_) detail::check(sabir_actor_set_supervisor(actor, supervisor_));
        if (on_failure_) detail::check(sabir_actor_set_on_failure(actor, static_cast<std::uint32_t>(*on_failure_)));
        if (!restart_) return;
        detail::check(sabir_actor_set_restart_limit(actor, restart_->core_limit(), restart_->window.count()));
        detail::check(sabir_actor_set_restart_delay(actor, restart_->first_delay.count(), restart_->max_delay.count()));
    }

  private:
    std::optional<ThreadConfig> thread_;
    sabir_group *group_ = nullptr;
    std::optional<std::size_t> capacity_msgs_;
    std::optional<sabir_overload> overload_;
    std::size_t high_water_msgs_ = 0;
    Ref high_water_to_;
    bool is_local_ = false;
    std::optional<sabir_failure_policy> on_failure_;
    std::optional<Restart> restart_;
    sabir_supervisor *supervisor_ = nullptr;
};

} // namespace sabir

#endif
