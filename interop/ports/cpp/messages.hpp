/*
 * The messages of the conformance suite.
 */
#ifndef PORT_MESSAGES_HPP
#define PORT_MESSAGES_HPP

#include <sabir/sabir.hpp>

struct Echo : sabir::Message {
    sabir::Json payload;
    SABIR_CPP_OPEN_NAMED(Echo, "conf.Echo", payload);
};

struct EchoReply : sabir::Message {
    sabir::Json payload;
    SABIR_CPP_OPEN_NAMED(EchoReply, "conf.EchoReply", payload);
};

struct Describe : sabir::Message {
    sabir::Json payload;
    SABIR_CPP_OPEN_NAMED(Describe, "conf.Describe", payload);
};

struct Description : sabir::Message {
    sabir::Json payload;
    SABIR_CPP_OPEN_NAMED(Description, "conf.Description", payload);
};

struct Typed : sabir::Message {
    std::int64_t i = 0;
    double f = 0;
    std::string s;
    bool b = false;
    std::vector<std::int64_t> l;
    std::optional<std::string> o;
    SABIR_CPP_MESSAGE_NAMED(Typed, "conf.Typed", (i, f, s, b, l, o));
};

struct TypedReply : sabir::Message {
    sabir::Json payload;
    SABIR_CPP_OPEN_NAMED(TypedReply, "conf.TypedReply", payload);
};

struct Note : sabir::Message {
    std::string from;
    std::int64_t seq = 0;
    std::optional<std::string> data;
    SABIR_CPP_MESSAGE_NAMED(Note, "conf.Note", (from, seq, data));
};

struct Report : sabir::Message {
    std::optional<std::string> from;
    SABIR_CPP_MESSAGE_NAMED(Report, "conf.Report", (from));
};

struct Reported : sabir::Message {
    sabir::Json payload;
    SABIR_CPP_OPEN_NAMED(Reported, "conf.Reported", payload);
};

struct Collect : sabir::Message {
    std::optional<std::string> from;
    SABIR_CPP_MESSAGE_NAMED(Collect, "conf.Collect", (from));
};

struct Collected : sabir::Message {
    sabir::Json payload;
    SABIR_CPP_OPEN_NAMED(Collected, "conf.Collected", payload);
};

struct Reset : sabir::Message {
    SABIR_CPP_MESSAGE_NAMED(Reset, "conf.Reset", ());
};

/* Never travels alone. */
struct Address {
    std::string name;
    std::string endpoint;
    std::optional<std::string> dialect;
    SABIR_CPP_MESSAGE(Address, (name, endpoint, dialect));
};

struct Send : sabir::Message {
    Address to;
    std::string type;
    sabir::Json payload;
    std::optional<std::string> as;
    std::optional<std::int64_t> repeat;
    std::optional<std::string> special;
    SABIR_CPP_MESSAGE_NAMED(Send, "conf.Send", (to, type, payload, as, repeat, special));
};

struct Sent : sabir::Message {
    std::int64_t ok = 0;
    std::vector<std::string> errors;
    SABIR_CPP_MESSAGE_NAMED(Sent, "conf.Sent", (ok, errors));
};

/* Binary data: base64 on the wire, bytes for the program (TYP-2). */
struct Binary : sabir::Message {
    sabir::Bytes data;
    SABIR_CPP_MESSAGE_NAMED(Binary, "conf.Binary", (data));
};

struct BinaryReply : sabir::Message {
    std::string hex;
    sabir::Bytes data;
    SABIR_CPP_MESSAGE_NAMED(BinaryReply, "conf.BinaryReply", (hex, data));
};

struct Ask : sabir::Message {
    Address to;
    sabir::Json payload;
    std::int64_t timeout_ms = 0;
    SABIR_CPP_MESSAGE_NAMED(Ask, "conf.Ask", (to, payload, timeout_ms));
};

struct Asked : sabir::Message {
    std::string outcome;
    std::optional<sabir::Json> payload;
    SABIR_CPP_MESSAGE_NAMED(Asked, "conf.Asked", (outcome, payload));
};

struct Forward : sabir::Message {
    Address to;
    std::string type;
    sabir::Json payload;
    SABIR_CPP_MESSAGE_NAMED(Forward, "conf.Forward", (to, type, payload));
};

struct Fail : sabir::Message {
    SABIR_CPP_MESSAGE_NAMED(Fail, "conf.Fail", ());
};

struct GiveUp : sabir::Message {
    SABIR_CPP_MESSAGE_NAMED(GiveUp, "conf.GiveUp", ());
};

struct Leave : sabir::Message {
    SABIR_CPP_MESSAGE_NAMED(Leave, "conf.Leave", ());
};

struct Left : sabir::Message {
    SABIR_CPP_MESSAGE_NAMED(Left, "conf.Left", ());
};

struct Stray : sabir::Message {
    Address to;
    SABIR_CPP_MESSAGE_NAMED(Stray, "conf.Stray", (to));
};

struct Strayed : sabir::Message {
    std::string named;
    std::string asked;
    std::string nameless;
    SABIR_CPP_MESSAGE_NAMED(Strayed, "conf.Strayed", (named, asked, nameless));
};

struct Sleep : sabir::Message {
    std::int64_t ms = 0;
    SABIR_CPP_MESSAGE_NAMED(Sleep, "conf.Sleep", (ms));
};

struct Slept : sabir::Message {
    SABIR_CPP_MESSAGE_NAMED(Slept, "conf.Slept", ());
};

#endif
