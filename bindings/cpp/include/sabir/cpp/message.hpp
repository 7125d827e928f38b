/*
 * Messages in C++: structs that inherit sabir::Message and say, inside, which of their members travel.
 *
 *     struct Order : sabir::Message {
 *         std::string instrument;
 *         std::optional<double> limit;
 *         SABIR_CPP_MESSAGE(Order, (instrument, limit));
 *     };
 *
 * The name is the type's name for every language; the members' names are the keys in JSON. A message that comes from elsewhere is made
 * with its default constructor, then its members are filled in.
 */
#ifndef SABIR_CPP_MESSAGE_HPP
#define SABIR_CPP_MESSAGE_HPP

#include <sabir/cpp/layout.hpp>
#include <sabir/message.h>

namespace sabir {

class Message;

namespace detail {

struct Operations;

/* What the core carries between C++ actors: where the message is, and what it is. */
struct Head {
    const Operations *operations = nullptr;
    void *message = nullptr;
    bool is_kept = true; /* the core must not delete the message: it is only lent, or not yet given */
};

struct HeadOf;

} // namespace detail

/** What can be sent. A struct that only occurs inside of messages need not inherit it. */
class Message {
  public:
    virtual ~Message() = default;

  protected:
    Message() = default;
    Message(const Message &) noexcept : head_() {
    }
    Message &operator=(const Message &) noexcept {
        return *this; /* how a message travels is its own affair */
    }

  private:
    friend struct detail::HeadOf;
    detail::Head head_;
};

/** A message with the number that the older family knows it by. Sabir goes by names: the number is the program's own. */
template <int Id> class Message_N : public Message {
  public:
    static constexpr int message_id = Id;
};

/** A type that is known by its name. */
class Type {
  public:
    explicit Type(const sabir_type *type) noexcept : type_(type) {
    }

    /** The registered type of that name. Throws ENOENT if there is none. */
    static Type find(const std::string &name) {
        const sabir_type *type = sabir_type_find(name.c_str());
        if (!type) detail::fail(SABIR_ENOENT, "no type is called \"" + name + "\" in this program");
        return Type(type);
    }

    /** The registered type of that name, or a new one whose payload is any JSON object. */
    static Type find_or_open(const std::string &name) {
        const sabir_type *type = sabir_type_find(name.c_str());
        return Type(type ? type : detail::register_open(name.c_str()));
    }

    const char *name() const noexcept {
        return sabir_type_name(type_);
    }
    const sabir_type *get() const noexcept {
        return type_;
    }

  private:
    const sabir_type *type_;
};

/** The type of the message T. */
template <class T> Type type_of() {
    return Type(detail::type_of<T>());
}

/** A message whose type is known only by name, with its payload as JSON text. */
struct JsonMessage {
    Type type;
    Json payload;
};

} // namespace sabir

/* Names the message and its fields, in parentheses, for the world outside of C++: SABIR_CPP_MESSAGE(Point, (x, y)); */
#define SABIR_CPP_MESSAGE(message, fields) SABIR_CPP_MESSAGE_NAMED(message, #message, fields)

/* As SABIR_CPP_MESSAGE, for a name that is no identifier: SABIR_CPP_MESSAGE_NAMED(Note, "conf.Note", (from, seq)); */
#define SABIR_CPP_MESSAGE_NAMED(message, wire_name, fields)                                                            \
    SABIR_CPP_FIELDS(fields)                                                                                           \
    static const ::sabir_type *sabir_register() {                                                                      \
        return ::sabir::detail::register_fields<message>(wire_name, #fields);                                          \
    }                                                                                                                  \
    using sabir_declared = message

/* A message whose payload is any JSON object, kept in the member `json` of type sabir::Json. */
#define SABIR_CPP_OPEN(message, json) SABIR_CPP_OPEN_NAMED(message, #message, json)
#define SABIR_CPP_OPEN_NAMED(message, wire_name, json)                                                                 \
    SABIR_CPP_FIELDS((json))                                                                                           \
    static const ::sabir_type *sabir_register() {                                                                      \
        static_assert(::std::is_same<decltype(json), ::sabir::Json>::value, "the payload is a sabir::Json");           \
        return ::sabir::detail::register_open(wire_name);                                                              \
    }                                                                                                                  \
    using sabir_declared = message

/* A message that comes with the library. */
#define SABIR_CPP_BUILTIN(message, type, fields)                                                                       \
    SABIR_CPP_FIELDS(fields)                                                                                           \
    static const ::sabir_type *sabir_register() {                                                                      \
        return type();                                                                                                 \
    }                                                                                                                  \
    using sabir_declared = message

#define SABIR_CPP_FIELDS(fields)                                                                                       \
    auto sabir_fields() const noexcept {                                                                               \
        return ::std::tie fields;                                                                                      \
    }                                                                                                                  \
    auto sabir_fields() noexcept {                                                                                     \
        return ::std::tie fields;                                                                                      \
    }

#endif
