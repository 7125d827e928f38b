/*
 * An actor: a class with private state, and a handler for each message that it understands. One message at a time, so no lock.
 *
 * An exception that leaves a handler is the actor's failure: what() goes to the log and to whoever asked, the message is a dead letter,
 * and the actor goes on with the next one, unless it is to stop or to be restarted (failure.hpp).
 */
#ifndef SABIR_CPP_ACTOR_HPP
#define SABIR_CPP_ACTOR_HPP

#include <sabir/actor.h>
#include <sabir/cpp/ref.hpp>
#include <sabir/cpp/timer.hpp>
#include <sabir/watch.h>

#include <functional>

namespace sabir {

class ManagerRef;
class Actor;

/** The right to answer a message after its handler has returned, once, from any thread. Giving it up answers with a Reject. */
class ReplyToken {
  public:
    ReplyToken() noexcept = default;
    ReplyToken(sabir_reply_token *raw, bool takes_objects) noexcept : raw_(raw), takes_objects_(takes_objects) {
    }

    explicit operator bool() const noexcept {
        return raw_ != nullptr;
    }

    /** Answer; the token is used up in every case. Throws what Ref::send throws, and ESTATE without a right to answer. */
    template <class T> void reply(const T &message) {
        detail::require_message<T>();
        if (!raw_) detail::fail(SABIR_ESTATE, "the token was used already");
        auto copy = std::make_unique<T>(message);
        detail::CoreMessage carrier = takes_objects_ ? detail::carry(copy) : detail::to_value(message);
        detail::check(sabir_reply_token_send(raw_.release(), carrier.get()));
        (void)carrier.release();
    }

  private:
    struct Free {
        void operator()(sabir_reply_token *token) const noexcept {
            sabir_reply_token_free(token);
        }
    };
    std::unique_ptr<sabir_reply_token, Free> raw_;
    bool takes_objects_ = false;
};

namespace detail {

/* One handler of an actor. */
struct Handler {
    explicit Handler(const sabir_type *type_) : type(type_) {
    }
    virtual ~Handler() = default;
    /* message is nullptr for Start and Shutdown. */
    virtual void call(sabir_message *message) = 0;
    const sabir_type *type;
};

template <class T, class Function> struct HandlerOf : Handler {
    explicit HandlerOf(Function function_) : Handler(type_of<T>()), function(std::move(function_)) {
    }
    void call(sabir_message *message) override {
        if (!message) {
            const T empty{};
            function(&empty);
        } else {
            Received<T> received(message);
            function(received.get());
        }
    }
    Function function;
};

/* How a manager, which is declared later, gets at an actor. */
struct ActorOf;

} // namespace detail

class Actor {
  public:
    Actor() = default;
    Actor(const Actor &) = delete;
    Actor &operator=(const Actor &) = delete;
    virtual ~Actor() = default;

  protected:
    /** On the actor's thread before its first message; an exception makes Manager::start throw EFAILED. */
    virtual void on_start() {
    }
    /** On the actor's thread after its last message. */
    virtual void on_stop() {
    }

    /** Handle messages of T with a member of `self`, as MESSAGE_HANDLER(T, member) does. Call it in the constructor. */
    template <class T, class Self> void on(Self *self, void (Self::*member)(const T *)) {
        on<T>([self, member](const T *message) { (self->*member)(message); });
    }
    /** Handle messages of T with anything that can be called. */
    template <class T, class Function> void on(Function function) {
        detail::require_message<T>();
        handlers_.push_back(std::make_unique<detail::HandlerOf<T, Function>>(std::move(function)));
    }

    /** The actor's own address; in handlers, on_start and on_stop. */
    Ref self_ref() const {
        return Ref::share(sabir_context_self(context()));
    }
    /** Whoever sent the message in hand; an empty ref if it names nobody. */
    Ref sender() const {
        return Ref::share(sabir_context_sender(context()));
    }
    /** The actor's manager. */
    inline ManagerRef manager() const;

    /** Answer the message in hand, by whatever way it came. False if nobody waits for an answer. */
    template <class T> bool reply(std::unique_ptr<T> message) {
        detail::require_message<T>();
        if (!message) detail::fail(SABIR_EINVAL, "the reply is nullptr");
        sabir_context *in_hand = context();
        int code = detail::travel(
            message, asker_takes_objects(),
            [&](const sabir_type *type, const void *value) { return sabir_context_reply_value(in_hand, type, value); },
            [&](sabir_message *carrier) { return sabir_context_reply(in_hand, carrier); });
        return settle(code);
    }
    template <class T> bool reply(T *message) {
        return reply(std::unique_ptr<T>(message));
    }
    template <class T> std::enable_if_t<std::is_base_of_v<Message, T>, bool> reply(T message) {
        return reply(std::make_unique<T>(std::move(message)));
    }
    bool reply(const JsonMessage &message) {
        detail::CoreMessage carrier = detail::from_json(message);
        int code = sabir_context_reply(context(), carrier.get());
        if (code == SABIR_OK) (void)carrier.release();
        return settle(code);
    }
    /** Take the right to answer out of the handler. Throws ENOENT if there is nobody to answer, EUNSUPPORTED in a fast_send. */
    ReplyToken reply_take() {
        bool takes_objects = asker_takes_objects();
        sabir_reply_token *token = nullptr;
        detail::check(sabir_context_reply_take(context(), &token));
        return ReplyToken(token, takes_objects);
    }

    /** The type of the message in hand. */
    Type message_type() const {
        return Type(sabir_message_type(in_hand()));
    }
    /** The payload of the message in hand as JSON, for handlers of many types. */
    Json message_json() const {
        sabir_message *message = in_hand();
        detail::CoreMessage made;
        if (const detail::Head *head = detail::object_of(message)) {
            made = head->operations->to_value(head->message);
            message = made.get();
        }
        const char *json = nullptr;
        std::size_t len_bytes = 0;
        detail::check(sabir_message_json_get(message, &json, &len_bytes));
        return Json(std::string(json, len_bytes));
    }

    /** Send this actor a msg::Timeout after `delay`. */
    Timer once(Duration delay) const {
        return Timer::once(self_ref(), delay);
    }
    /** Send this actor a msg::Timeout every `period`. */
    Timer periodic(Duration period) const {
        return Timer::periodic(self_ref(), period);
    }
    /** Send this actor a msg::Timeout when the wall clock (UTC) comes to a multiple of `period`, plus `offset`. */
    Timer aligned(Duration period, Duration offset = Duration(0)) const {
        return Timer::aligned(self_ref(), period, offset);
    }
    /** Be told once, by a msg::Down, when that actor ends, here or in another process; at once if it has. Throws EUNHANDLED. */
    void watch(const Ref &other) const {
        detail::check(sabir_ref_watch(other.get(), sabir_context_self(context())));
    }
    /** Do not be told; a Down that is under way still comes. Throws ENOENT if it is not watched. */
    void unwatch(const Ref &other) const {
        detail::check(sabir_ref_unwatch(other.get(), sabir_context_self(context())));
    }
    /** Stop when the handler has returned; what is queued becomes dead letters. */
    void stop() {
        sabir_context_stop(context());
    }

  private:
    friend struct detail::ActorOf;

    sabir_context *context() const {
        if (!context_) detail::fail(SABIR_ESTATE, "an actor asks for its context only in its handlers");
        return context_;
    }
    sabir_message *in_hand() const {
        sabir_message *message = sabir_context_message(context());
        if (!message) detail::fail(SABIR_ESTATE, "there is no message in hand in on_start and on_stop");
        return message;
    }
    /* A fast_send from outside of any actor, and an ask, name no actor as their sender: their request tells. */
    bool asker_takes_objects() const {
        const sabir_ref *asker = sabir_context_sender(context());
        if (asker) return detail::takes_objects(asker);
        const sabir_message *message = sabir_context_message(context());
        return message && detail::object_of(message);
    }
    static bool settle(int code) {
        if (code == SABIR_ENOENT) return false;
        detail::check(code);
        return true;
    }

    std::vector<std::unique_ptr<detail::Handler>> handlers_;
    sabir_context *context_ = nullptr;
};

/** Handle messages of the class `message` with this class's member `function`; in the constructor. */
#define MESSAGE_HANDLER(message, function)                                                                             \
    this->template on<message, std::remove_reference_t<decltype(*this)>>(                                              \
        this, &std::remove_reference_t<decltype(*this)>::function)

/** What makes an actor that is restarted: the first one and each fresh one. */
using ActorFactory = std::function<std::unique_ptr<Actor>()>;

namespace detail {

struct ActorOf {
    /* What the core calls `self`: the actor may be replaced by a fresh one. */
    struct Cell {
        std::unique_ptr<Actor> actor;
        ActorFactory make; /* empty: it is never restarted */
    };
    static Actor &actor_in(void *self) {
        return *static_cast<Cell *>(self)->actor;
    }

    /* Run `body` as the core's call into `actor`: no exception goes through. */
    template <class Body> static int contain(Actor &actor, sabir_context *context, Body body) noexcept {
        sabir_context *outer = std::exchange(actor.context_, context);
        int code = SABIR_OK;
        try {
            body();
        } catch (const Error &error) {
            sabir_error_detail_set(error.detail().empty() ? error.what() : error.detail().c_str());
            code = error.code() < 0 ? error.code() : SABIR_EFAILED;
        } catch (const std::exception &error) {
            sabir_error_detail_set(error.what());
            code = SABIR_EFAILED;
        } catch (...) {
            sabir_error_detail_set("something that is no std::exception was thrown");
            code = SABIR_EFAILED;
        }
        actor.context_ = outer;
        return code;
    }

    /* A handler is known by its number, for a fresh actor has its own. */
    static int handle(void *self, sabir_message *message, void *number, sabir_context *context) {
        Actor &actor = actor_in(self);
        Handler &handler = *actor.handlers_[reinterpret_cast<std::uintptr_t>(number)];
        return contain(actor, context, [&] { handler.call(message); });
    }

    static void call_hooks(Actor &actor, const sabir_type *type) {
        for (const auto &handler : actor.handlers_)
            if (handler->type == type) handler->call(nullptr);
    }
    static int on_start(void *self, sabir_context *context) {
        Actor &actor = actor_in(self);
        return contain(actor, context, [&] {
            actor.on_start();
            call_hooks(actor, sabir_type_start());
        });
    }
    static void on_stop(void *self, sabir_context *context) {
        Actor &actor = actor_in(self);
        (void)contain(actor, context, [&] { call_hooks(actor, sabir_type_shutdown()); });
        (void)contain(actor, context, [&] { actor.on_stop(); });
    }
    static void drop(void *self) {
        delete static_cast<Cell *>(self);
    }
    static bool handle_the_same(const Actor &one, const Actor &other) {
        if (one.handlers_.size() != other.handlers_.size()) return false;
        for (std::size_t i = 0; i < one.handlers_.size(); i++)
            if (one.handlers_[i]->type != other.handlers_[i]->type) return false;
        return true;
    }
    static int on_restart(void *self, sabir_context *context) {
        Cell &cell = *static_cast<Cell *>(self);
        std::unique_ptr<Actor> fresh;
        int code = contain(*cell.actor, context, [&] {
            fresh = cell.make();
            if (!fresh) fail(SABIR_EINVAL, "what makes the actor has made none");
            if (!handle_the_same(*cell.actor, *fresh))
                fail(SABIR_EINVAL, "what makes the actor has made one with other handlers");
        });
        if (code == SABIR_OK) cell.actor.swap(fresh);
        return code;
    }

    struct Free {
        void operator()(sabir_actor *actor) const noexcept {
            sabir_actor_free(actor);
        }
    };
    using Core = std::unique_ptr<sabir_actor, Free>;

    /* The actor as the core holds it, with its handlers. */
    static Core give(std::unique_ptr<Actor> actor, ActorFactory make = {}) {
        if (!actor) fail(SABIR_EINVAL, "the actor is nullptr");
        Actor &self = *actor;
        sabir_actor_callbacks callbacks = {sizeof(sabir_actor_callbacks), on_start, on_stop, drop,
                                           make ? on_restart : nullptr};
        sabir_actor *raw = nullptr;
        check(sabir_actor_new(&callbacks, new Cell{std::move(actor), std::move(make)}, &raw));
        Core core(raw);
        check(sabir_actor_set_language(raw, language()));
        for (std::size_t i = 0; i < self.handlers_.size(); i++) {
            const sabir_type *type = self.handlers_[i]->type;
            if (type != sabir_type_start() && type != sabir_type_shutdown())
                check(sabir_actor_on_message(raw, type, handle, reinterpret_cast<void *>(i)));
        }
        return core;
    }

    static ManagerRef manager_of(const Actor &actor);
};

} // namespace detail
} // namespace sabir

#endif
