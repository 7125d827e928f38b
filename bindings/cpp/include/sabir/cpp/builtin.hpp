/*
 * The messages that come with the library. MESSAGE_HANDLER takes them as any other.
 */
#ifndef SABIR_CPP_BUILTIN_HPP
#define SABIR_CPP_BUILTIN_HPP

#include <sabir/cpp/message.hpp>
#include <sabir/subscribers.h>

namespace sabir {
namespace msg {

/** Before the first message, right after on_start(). */
struct Start : Message {
    SABIR_CPP_BUILTIN(Start, sabir_type_start, ());
};

/** After the last message, right before on_stop(). Sent to an actor of this process it stops that one. */
struct Shutdown : Message {
    SABIR_CPP_BUILTIN(Shutdown, sabir_type_shutdown, ());
};

/** A timer has fired. */
struct Timeout : Message {
    std::uint64_t timer_id = 0;
    std::uint64_t missed = 0; /* firings of a periodic timer that fell due while this one waited */
    SABIR_CPP_BUILTIN(Timeout, sabir_type_timeout, (timer_id, missed));
};

/** The connection to a peer is lost: of `sent` envelopes up to `maybe_lost` did not arrive. */
struct LinkDown : Message {
    std::string endpoint;
    std::uint64_t sent = 0;
    std::uint64_t maybe_lost = 0;
    SABIR_CPP_BUILTIN(LinkDown, sabir_type_linkdown, (endpoint, sent, maybe_lost));
};

/** The mailbox of `actor` fills up; see Options::high_water. An ordinary message. */
struct HighWater : Message {
    std::string actor;
    std::uint64_t queued_msgs = 0; /* when the notice was sent */
    SABIR_CPP_MESSAGE(HighWater, (actor, queued_msgs));
};

/** An actor that this one watches has ended, or is out of sight. */
struct Down : Message {
    std::string name;
    std::string endpoint; /* of its node; empty in a process without one */
    std::string reason;   /* stopped, failed, unknown_target, lost (it may well live), refused, other */
    SABIR_CPP_BUILTIN(Down, sabir_type_down, (name, endpoint, reason));
};

/** What this actor sent could not be handled. */
struct Reject : Message {
    std::string code;
    std::string reason;
    std::string message_type;
    std::string target;
    std::string rejected_by;
    SABIR_CPP_BUILTIN(Reject, sabir_type_reject, (code, reason, message_type, target, rejected_by));
};

/** To oneself, to go on with long work after what is queued. */
struct Continue : Message {
    SABIR_CPP_BUILTIN(Continue, sabir_type_continue, ());
};

/** Tell me of this topic, or of everything; whoever sends it is the subscriber. */
struct Subscribe : Message {
    std::optional<std::string> topic;
    explicit Subscribe(std::optional<std::string> topic_ = std::nullopt) : topic(std::move(topic_)) {
    }
    SABIR_CPP_BUILTIN(Subscribe, sabir_type_subscribe, (topic));
};

/** No more of this topic; without one, of nothing any more. */
struct Unsubscribe : Message {
    std::optional<std::string> topic;
    explicit Unsubscribe(std::optional<std::string> topic_ = std::nullopt) : topic(std::move(topic_)) {
    }
    SABIR_CPP_BUILTIN(Unsubscribe, sabir_type_unsubscribe, (topic));
};

/** Set a named value of an actor, whatever the actor makes of it. */
struct Set : Message {
    std::string name;
    Json value;
    Set() = default;
    Set(std::string name_, Json value_) : name(std::move(name_)), value(std::move(value_)) {
    }
    SABIR_CPP_BUILTIN(Set, sabir_type_set, (name, value));
};

} // namespace msg

/** An ask was answered with a Reject. */
class Rejected : public ErrorOf<SABIR_EREJECTED> {
  public:
    Rejected(const std::string &detail, msg::Reject reject)
        : ErrorOf<SABIR_EREJECTED>(detail), reject_(std::move(reject)) {
    }

    const msg::Reject &reject() const noexcept {
        return reject_;
    }

  private:
    msg::Reject reject_;
};

} // namespace sabir

#endif
