// A port of the Sabir protocol in C++ that reaches level 0: one actor, `echo`, and the Rejects of whatever is not for it.
//
//     tcp -> PULL -> envelope -> echo -> PUSH per peer -> tcp
//
// libzmq carries it; text.cpp finds the members of an envelope. A JSON library can take its place, but none refuses all that level 1
// wants to be refused (docs/protocol.md). Replies go to 127.0.0.1 only, until RTE-4 is there.
#include "text.hpp"

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <sys/signalfd.h>
#include <unistd.h>
#include <zmq.h>

namespace {

constexpr int LIMIT_BYTES = 4 << 20;
constexpr std::size_t PEERS_MAX = 64;
constexpr int CANNOT_START = 10;
const std::string LOOPBACK = "tcp://127.0.0.1:";

struct Socket {
    Socket(void *context, int kind) : handle(zmq_socket(context, kind)) {
        int linger_ms = 0;
        zmq_setsockopt(handle, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
    }
    ~Socket() {
        zmq_close(handle);
    }
    Socket(const Socket &) = delete;
    Socket &operator=(const Socket &) = delete;

    void *handle;
};

class Node {
  public:
    Node() : context_(zmq_ctx_new()), pull_(context_, ZMQ_PULL) {
        std::int64_t limit_bytes = LIMIT_BYTES;
        zmq_setsockopt(pull_.handle, ZMQ_MAXMSGSIZE, &limit_bytes, sizeof limit_bytes);
    }

    bool bind(const std::string &endpoint) {
        char text[256];
        std::size_t len_bytes = sizeof text;
        if (endpoint.rfind(LOOPBACK, 0) != 0 || zmq_bind(pull_.handle, endpoint.c_str()) != 0) return false;
        if (zmq_getsockopt(pull_.handle, ZMQ_LAST_ENDPOINT, text, &len_bytes) != 0) return false;
        bound_ = text;
        return true;
    }

    const std::string &bound() const {
        return bound_;
    }
    void *pull() const {
        return pull_.handle;
    }

    // One ZeroMQ message; of several parts it is no envelope.
    void receive() {
        zmq_msg_t part;
        zmq_msg_init(&part);
        bool is_single = zmq_msg_recv(&part, pull_.handle, 0) >= 0 && !zmq_msg_more(&part);
        if (is_single) take({static_cast<const char *>(zmq_msg_data(&part)), zmq_msg_size(&part)});
        while (!is_single && zmq_msg_more(&part) && zmq_msg_recv(&part, pull_.handle, 0) >= 0) continue;
        zmq_msg_close(&part);
    }

  private:
    void take(std::string_view frame) {
        auto envelope = text::members(frame);
        auto type = text::string(envelope, "type"), target = text::string(envelope, "target");
        auto payload = envelope.find("payload");
        if (!type || !target || payload == envelope.end() || payload->second.front() != '{' || *type == "Reject")
            return;
        if (*target != "echo") {
            reject(envelope, *type, *target, "unknown_target");
        } else if (*type != "conf.Echo") {
            reject(envelope, *type, *target, "unknown_type");
        } else {
            answer(envelope, "conf.EchoReply", R"({"name":"echo","endpoint":")" + bound_ + "\"}", payload->second);
        }
    }

    void reject(const text::Members &cause, std::string_view type, std::string_view target, const std::string &code) {
        std::string payload = R"({"code":")" + code + R"(","reason":"nothing here takes it","message_type":")";
        payload.append(type).append(R"(","target":")").append(target).append(R"(","rejected_by":")").append(bound_);
        answer(cause, "Reject", "null", payload + "\"}");
    }

    // Send what answers `cause` to whoever sent it. `sender` and `payload` are JSON texts.
    void answer(const text::Members &cause, const std::string &type, const std::string &sender,
                std::string_view payload) {
        auto to = cause.count("sender") ? text::members(cause.at("sender")) : text::Members();
        auto name = text::string(to, "name"), endpoint = text::string(to, "endpoint"), id = text::string(cause, "id");
        if (!name || !endpoint || endpoint->rfind(LOOPBACK, 0) != 0) return;
        std::string envelope = R"({"type":")" + type + R"(","target":")";
        envelope.append(*name).append(R"(","sender":)").append(sender).append(R"(,"payload":)").append(payload);
        if (id) envelope.append(R"(,"re":")").append(*id).append("\"");
        envelope += "}";
        if (Socket *way = way_to(std::string(*endpoint)))
            zmq_send(way->handle, envelope.data(), envelope.size(), ZMQ_DONTWAIT);
    }

    // The PUSH socket of a peer, made when it is first needed; none if there are too many or the endpoint is no endpoint.
    Socket *way_to(const std::string &endpoint) {
        auto known = ways_.find(endpoint);
        if (known != ways_.end()) return known->second.get();
        auto way = std::make_unique<Socket>(context_, ZMQ_PUSH);
        if (ways_.size() >= PEERS_MAX || zmq_connect(way->handle, endpoint.c_str()) != 0) return nullptr;
        return (ways_[endpoint] = std::move(way)).get();
    }

    void *context_;
    Socket pull_;
    std::map<std::string, std::unique_ptr<Socket>> ways_;
    std::string bound_;
};

} // namespace

int main() {
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigprocmask(SIG_BLOCK, &stop, nullptr); // before libzmq starts its threads, which inherit it
    Node node;
    const char *told = std::getenv("SABIR_BIND");
    if (!told || !node.bind(told)) {
        std::cerr << "SABIR_BIND=" << (told ? told : "") << " cannot be bound; it is like " << LOOPBACK << "* here\n";
        return CANNOT_START;
    }
    std::cout << "READY {\"endpoint\":\"" << node.bound() << "\",\"bound\":\"" << node.bound()
              << "\",\"port\":\"@NAME@\",\"version\":\"0.1\",\"suite\":1,\"limits\":{\"bytes\":" << LIMIT_BYTES
              << ",\"depth\":64},\"features\":[]}" << std::endl;
    zmq_pollitem_t watched[] = {{node.pull(), 0, ZMQ_POLLIN, 0},
                                {nullptr, STDIN_FILENO, ZMQ_POLLIN, 0},
                                {nullptr, signalfd(-1, &stop, 0), ZMQ_POLLIN, 0}};
    char ignored[256];
    while (zmq_poll(watched, 3, -1) >= 0 && !watched[2].revents) {
        if (watched[1].revents && read(STDIN_FILENO, ignored, sizeof ignored) <= 0) break;
        if (watched[0].revents & ZMQ_POLLIN) node.receive();
    }
    return 0; // what was sent has left, or its peer is not there; a real port gives it a moment
}
