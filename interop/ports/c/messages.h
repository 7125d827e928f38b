/*
 * The messages of the conformance suite.
 */
#ifndef PORT_MESSAGES_H
#define PORT_MESSAGES_H

#include <sabir/sabir.h>

SABIR_OPEN_NAMED(Echo, "conf.Echo");
SABIR_OPEN_NAMED(EchoReply, "conf.EchoReply");
SABIR_OPEN_NAMED(Describe, "conf.Describe");
SABIR_OPEN_NAMED(Description, "conf.Description");

#define TYPED_FIELDS(F)                                                                                                \
    F(SABIR_INT64, i)                                                                                                  \
    F(SABIR_DOUBLE, f)                                                                                                 \
    F(SABIR_STRING, s)                                                                                                 \
    F(SABIR_BOOL, b)                                                                                                   \
    F(SABIR_LIST(SABIR_INT64), l)                                                                                      \
    F(SABIR_OPTIONAL(SABIR_STRING), o)
SABIR_MESSAGE_NAMED(Typed, "conf.Typed", TYPED_FIELDS);
SABIR_OPEN_NAMED(TypedReply, "conf.TypedReply");

#define NOTE_FIELDS(F) F(SABIR_STRING, from) F(SABIR_INT64, seq) F(SABIR_OPTIONAL(SABIR_STRING), data)
SABIR_MESSAGE_NAMED(Note, "conf.Note", NOTE_FIELDS);

#define FROM_FIELDS(F) F(SABIR_OPTIONAL(SABIR_STRING), from)
SABIR_MESSAGE_NAMED(Report, "conf.Report", FROM_FIELDS);
SABIR_MESSAGE_NAMED(Collect, "conf.Collect", FROM_FIELDS);
SABIR_SIGNAL_NAMED(Reset, "conf.Reset");
SABIR_OPEN_NAMED(Reported, "conf.Reported");
SABIR_OPEN_NAMED(Collected, "conf.Collected");

/* A STRUCT names its type as C does, so this one, which never travels alone, has no other name. */
#define ADDRESS_FIELDS(F) F(SABIR_STRING, name) F(SABIR_STRING, endpoint) F(SABIR_OPTIONAL(SABIR_STRING), dialect)
SABIR_MESSAGE(Address, ADDRESS_FIELDS);

#define SEND_FIELDS(F)                                                                                                 \
    F(SABIR_STRUCT(Address), to)                                                                                       \
    F(SABIR_STRING, type)                                                                                              \
    F(SABIR_JSON, payload)                                                                                             \
    F(SABIR_OPTIONAL(SABIR_STRING), as)                                                                                \
    F(SABIR_OPTIONAL(SABIR_INT64), repeat)                                                                             \
    F(SABIR_OPTIONAL(SABIR_STRING), special)
SABIR_MESSAGE_NAMED(Send, "conf.Send", SEND_FIELDS);

#define SENT_FIELDS(F) F(SABIR_INT64, ok) F(SABIR_LIST(SABIR_STRING), errors)
SABIR_MESSAGE_NAMED(Sent, "conf.Sent", SENT_FIELDS);

/* Binary data: base64 on the wire, bytes for the program (TYP-2). */
#define BINARY_FIELDS(F) F(SABIR_BYTES, data)
SABIR_MESSAGE_NAMED(Binary, "conf.Binary", BINARY_FIELDS);
#define BINARY_REPLY_FIELDS(F) F(SABIR_STRING, hex) F(SABIR_BYTES, data)
SABIR_MESSAGE_NAMED(BinaryReply, "conf.BinaryReply", BINARY_REPLY_FIELDS);

#define ASK_FIELDS(F) F(SABIR_STRUCT(Address), to) F(SABIR_JSON, payload) F(SABIR_INT64, timeout_ms)
SABIR_MESSAGE_NAMED(Ask, "conf.Ask", ASK_FIELDS);
#define ASKED_FIELDS(F) F(SABIR_STRING, outcome) F(SABIR_OPTIONAL(SABIR_JSON), payload)
SABIR_MESSAGE_NAMED(Asked, "conf.Asked", ASKED_FIELDS);

#define FORWARD_FIELDS(F) F(SABIR_STRUCT(Address), to) F(SABIR_STRING, type) F(SABIR_JSON, payload)
SABIR_MESSAGE_NAMED(Forward, "conf.Forward", FORWARD_FIELDS);

SABIR_SIGNAL_NAMED(Fail, "conf.Fail");
SABIR_SIGNAL_NAMED(GiveUp, "conf.GiveUp");
SABIR_SIGNAL_NAMED(Leave, "conf.Leave");
SABIR_SIGNAL_NAMED(Left, "conf.Left");

#define STRAY_FIELDS(F) F(SABIR_STRUCT(Address), to)
SABIR_MESSAGE_NAMED(Stray, "conf.Stray", STRAY_FIELDS);
#define STRAYED_FIELDS(F) F(SABIR_STRING, named) F(SABIR_STRING, asked) F(SABIR_STRING, nameless)
SABIR_MESSAGE_NAMED(Strayed, "conf.Strayed", STRAYED_FIELDS);

#define SLEEP_FIELDS(F) F(SABIR_INT64, ms)
SABIR_MESSAGE_NAMED(Sleep, "conf.Sleep", SLEEP_FIELDS);
SABIR_SIGNAL_NAMED(Slept, "conf.Slept");

#endif
