/*
 * The messages of the matrix.
 */
#ifndef PORT_PING_MESSAGES_HPP
#define PORT_PING_MESSAGES_HPP

#include <sabir/sabir.hpp>

struct Ping : sabir::Message_N<100> {
    std::int64_t count = 0;
    explicit Ping(std::int64_t count_ = 0) : count(count_) {
    }
    SABIR_CPP_MESSAGE(Ping, (count));
};

struct Pong : sabir::Message_N<101> {
    std::int64_t count = 0;
    explicit Pong(std::int64_t count_ = 0) : count(count_) {
    }
    SABIR_CPP_MESSAGE(Pong, (count));
};

struct PlayPing : sabir::Message {
    std::string name;
    std::string endpoint;
    std::optional<std::string> dialect;
    std::int64_t rounds = 0;
    SABIR_CPP_MESSAGE(PlayPing, (name, endpoint, dialect, rounds));
};

struct Played : sabir::Message {
    std::int64_t rounds = 0;
    std::int64_t errors = 0;
    SABIR_CPP_MESSAGE(Played, (rounds, errors));
};

#endif
