/*
 * Sabir for C++17: actors as classes, messages as structs, over the C core's ABI. Nothing to link but libsabir.
 *
 *     struct Ping : sabir::Message_N<100> {
 *         int64_t count;
 *         explicit Ping(int64_t count_ = 0) : count(count_) {}
 *         SABIR_CPP_MESSAGE(Ping, (count));
 *     };
 *     class Pong_actor : public sabir::Actor {
 *     public:
 *         Pong_actor() { MESSAGE_HANDLER(Ping, on_ping); }
 *         void on_ping(const Ping *msg) { reply(new Pong(msg->count)); }
 *     };
 *
 * Errors are exceptions (sabir::Error). Between C++ actors of one program a message travels by pointer, to all others as the C struct
 * of its fields. docs/guide/cpp.md is the way in.
 */
#ifndef SABIR_SABIR_HPP
#define SABIR_SABIR_HPP

#include <sabir/cpp/actor.hpp>
#include <sabir/cpp/builtin.hpp>
#include <sabir/cpp/config.hpp>
#include <sabir/cpp/error.hpp>
#include <sabir/cpp/json.hpp>
#include <sabir/cpp/manager.hpp>
#include <sabir/cpp/message.hpp>
#include <sabir/cpp/node.hpp>
#include <sabir/cpp/options.hpp>
#include <sabir/cpp/ref.hpp>
#include <sabir/cpp/subscribers.hpp>
#include <sabir/cpp/tap.hpp>
#include <sabir/cpp/timer.hpp>

#endif
