/*
 * C++ messages as messages of the core.
 *
 *     sabir_message { object ---> Head { operations, message ---> Ping } }       the head lies in the Message itself
 *
 * A receiver in C++ looks into the sender's own struct; every other one gets the C struct of the fields. The language tag is this
 * program's or library's own: two libraries that both contain these headers never look into each other's objects.
 */
#ifndef SABIR_CPP_CARRIER_HPP
#define SABIR_CPP_CARRIER_HPP

#include <sabir/cpp/message.hpp>
#include <sabir/ref.h>

namespace sabir {
namespace detail {

__attribute__((visibility("hidden"))) inline char language_tag;

inline const void *language() noexcept {
    return &language_tag;
}

inline bool takes_objects(const sabir_ref *ref) {
    return ref && sabir_ref_language(ref) == language();
}

struct MessageFree {
    void operator()(sabir_message *message) const noexcept {
        sabir_message_free(message);
    }
};
/* A message of the core, owned. */
using CoreMessage = std::unique_ptr<sabir_message, MessageFree>;

/* What can be done with a message whose class is not known here. */
struct Operations {
    void (*destroy)(void *message);
    CoreMessage (*to_value)(const void *message);
};

struct HeadOf {
    static Head &of(Message &message) noexcept {
        return message.head_;
    }
};

template <class T> constexpr void require_message() {
    static_assert(is_declared<T>::value, "write SABIR_CPP_MESSAGE(Name, (fields)); in the struct");
    static_assert(std::is_base_of_v<Message, T>, "what is sent inherits sabir::Message");
    static_assert(std::is_default_constructible_v<T>,
                  "a message needs a default constructor: one that comes from elsewhere begins with it");
}

/* The struct of a message, for as long as the message is not changed. */
template <class T> class Stored {
  public:
    explicit Stored(const T &message) {
        store_struct(message, struct_, arena_);
    }
    const void *get() const noexcept {
        return &struct_;
    }

  private:
    StructInC<T> struct_;
    Arena arena_;
};

template <class T> CoreMessage to_value(const T &message) {
    sabir_message *made = nullptr;
    check(sabir_message_new(type_of<T>(), Stored<T>(message).get(), &made));
    return CoreMessage(made);
}

template <class T>
inline constexpr Operations operations_of{
    [](void *message) { delete static_cast<T *>(message); },
    [](const void *message) { return to_value(*static_cast<const T *>(message)); }};

/* The core drops an object. */
inline void drop_object(void *object) {
    Head *head = static_cast<Head *>(object);
    if (!head->is_kept) head->operations->destroy(head->message);
}

/* A core message that carries `message` itself; if it cannot be made, `message` is where it was. */
template <class T> CoreMessage carry(std::unique_ptr<T> &message) {
    Head &head = HeadOf::of(*message);
    head.operations = &operations_of<T>;
    head.message = message.get();
    head.is_kept = true;
    sabir_message *made = nullptr;
    check(sabir_message_new_object(type_of<T>(), language(), &head, drop_object, &made));
    head.is_kept = false;
    (void)message.release();
    return CoreMessage(made);
}

/* What `carry` put into it, out again. */
template <class T> std::unique_ptr<T> uncarry(CoreMessage carrier) {
    void *object = sabir_message_object_take(carrier.get(), language());
    return std::unique_ptr<T>(static_cast<T *>(static_cast<Head *>(object)->message));
}

/* A core message that only points to `message`; both and `head` stay where they are until it is freed. */
template <class T> CoreMessage lend(const T &message, Head &head) {
    head.operations = &operations_of<T>;
    head.message = const_cast<T *>(&message); /* receivers only look at it, see Received */
    sabir_message *made = nullptr;
    check(sabir_message_new_object(type_of<T>(), language(), &head, nullptr, &made));
    return CoreMessage(made);
}

inline Head *object_of(const sabir_message *message) {
    return static_cast<Head *>(sabir_message_object_get(message, language()));
}

template <class T> T *carried(const Head *head) {
    return head && head->operations == &operations_of<T> ? static_cast<T *>(head->message) : nullptr;
}

template <class T> void load_message(sabir_message *message, T &into) {
    const void *value = nullptr;
    check(sabir_message_value_get(message, type_of<T>(), &value));
    load_struct(value, into);
}

/* A message that is not T itself: from its C struct, also if it is another class of the same name. */
template <class T> void convert(sabir_message *message, T &into) {
    const Head *head = object_of(message);
    if (!head) return load_message(message, into);
    load_message(head->operations->to_value(head->message).get(), into);
}

/* A received message as its class: the sender's own, or one made of the C struct. */
template <class T> class Received {
  public:
    explicit Received(sabir_message *message) : message_(carried<T>(object_of(message))) {
        if (!message_) convert(message, made_.emplace());
    }
    const T *get() const noexcept {
        return message_ ? message_ : &*made_;
    }

  private:
    const T *message_;
    std::optional<T> made_;
};

/* The T out of a message that is ours. */
template <class T> std::unique_ptr<T> take(CoreMessage message) {
    const Head *head = object_of(message.get());
    if (carried<T>(head) && !head->is_kept) return uncarry<T>(std::move(message));
    auto made = std::make_unique<T>();
    convert(message.get(), *made);
    return made;
}

/*
 * Bring a message on its way: as itself if objects can go it, else as its struct. put_value(type, struct) and put_message(message) are
 * the way; both return a code, and put_message consumes on SABIR_OK. What could not go is in `message` again.
 */
template <class T, class PutValue, class PutMessage>
int travel(std::unique_ptr<T> &message, bool as_object, PutValue put_value, PutMessage put_message) {
    if (as_object) {
        CoreMessage carrier = carry(message);
        int code = put_message(carrier.get());
        if (code == SABIR_OK) {
            (void)carrier.release();
            return code;
        }
        message = uncarry<T>(std::move(carrier));
        /* Whoever waits at the end may take no objects after all: a C caller of fast_send that named a C++ actor as its sender. */
        if (code != SABIR_EMISMATCH) return code;
    }
    int code = put_value(type_of<T>(), Stored<T>(*message).get());
    if (code == SABIR_OK) message.reset();
    return code;
}

inline CoreMessage from_json(const JsonMessage &message) {
    const std::string &text = message.payload.text;
    sabir_message *made = nullptr;
    check(sabir_message_new_json(message.type.get(), text.data(), text.size(), &made));
    return CoreMessage(made);
}

} // namespace detail
} // namespace sabir

#endif
