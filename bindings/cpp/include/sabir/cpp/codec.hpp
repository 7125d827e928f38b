/*
 * How a member of a C++ message is laid out in the C struct of its type.
 *
 *     C++                        kind          C
 *     bool ... double            BOOL ...      the same
 *     std::string                STRING        struct sabir_string, pointing to the std::string's own bytes
 *     sabir::Bytes, sabir::Json  BYTES, JSON   likewise
 *     std::vector<T>             LIST(T)       struct sabir_list; numbers are pointed to, everything else is laid out in the arena
 *     std::map<std::string, T>   MAP(T)        struct sabir_map, in the arena
 *     std::optional<T>           OPTIONAL(T)   struct { bool present; T value; }
 *     a message                  STRUCT(name)  its struct
 *
 * So a stored struct borrows from the message and the arena, and is good as long as both.
 */
#ifndef SABIR_CPP_CODEC_HPP
#define SABIR_CPP_CODEC_HPP

#include <sabir/type.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace sabir {

/** A field of bytes: base64 in JSON. */
using Bytes = std::vector<std::uint8_t>;

/** A field of any JSON value, as its text. Without text it is null. */
struct Json {
    std::string text;

    Json() = default;
    explicit Json(std::string text_) : text(std::move(text_)) {
    }

    friend bool operator==(const Json &a, const Json &b) {
        return a.text == b.text;
    }
    friend bool operator!=(const Json &a, const Json &b) {
        return !(a == b);
    }
};

namespace detail {

/* Room for what a stored struct points to. */
class Arena {
  public:
    template <class C> C *make(std::size_t count) {
        static_assert(alignof(C) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__, "operator new aligns for every kind");
        if (count == 0) return nullptr;
        blocks_.emplace_back(new unsigned char[count * sizeof(C)]);
        C *items = reinterpret_cast<C *>(blocks_.back().get());
        for (std::size_t i = 0; i < count; i++) new (&items[i]) C();
        return items;
    }

  private:
    std::deque<std::unique_ptr<unsigned char[]>> blocks_;
};

/*
 * Codec<M>: c_type, how the member lies in C; kind(), its name in the table; store() and load(). is_same: an array of M is an array
 * of c_type. A message's own codec follows its fields.
 */
template <class M, class = void> struct Codec {
    static_assert(!std::is_same_v<M, M>,
                  "a field is bool, int32_t, int64_t, uint64_t, double, std::string, sabir::Bytes, sabir::Json, "
                  "std::vector, std::optional, std::map from std::string, or a message");
};

template <class M> struct Number {
    using c_type = M;
    static constexpr bool is_same = true;
    static void store(const M &member, c_type &to, Arena &) {
        to = member;
    }
    static void load(const c_type &from, M &member) {
        member = from;
    }
};

#define SABIR_CPP_NUMBER(type, word)                                                                                   \
    template <> struct Codec<type, void> : Number<type> {                                                              \
        static std::string kind() {                                                                                    \
            return word;                                                                                               \
        }                                                                                                              \
    }
SABIR_CPP_NUMBER(std::int32_t, "INT32");
SABIR_CPP_NUMBER(std::int64_t, "INT64");
SABIR_CPP_NUMBER(std::uint64_t, "UINT64");
SABIR_CPP_NUMBER(double, "DOUBLE");
#undef SABIR_CPP_NUMBER

/* A bool that another language wrote may hold any byte, so it is read as one. */
template <> struct Codec<bool, void> {
    using c_type = unsigned char;
    static constexpr bool is_same = false;
    static_assert(sizeof(bool) == 1, "bool is one byte in C");
    static std::string kind() {
        return "BOOL";
    }
    static void store(const bool &member, c_type &to, Arena &) {
        to = member ? 1 : 0;
    }
    static void load(const c_type &from, bool &member) {
        member = from != 0;
    }
};

/* Bytes and their number: what STRING, BYTES and JSON have in common. */
template <class C> C borrow(const char *bytes, std::size_t len_bytes) {
    C text;
    text.bytes = len_bytes ? bytes : nullptr;
    text.len_bytes = len_bytes;
    return text;
}

template <> struct Codec<std::string, void> {
    using c_type = sabir_string;
    static constexpr bool is_same = false;
    static std::string kind() {
        return "STRING";
    }
    static void store(const std::string &member, c_type &to, Arena &) {
        to = borrow<c_type>(member.data(), member.size());
    }
    static void load(const c_type &from, std::string &member) {
        if (from.len_bytes)
            member.assign(from.bytes, from.len_bytes);
        else
            member.clear();
    }
};

template <> struct Codec<Json, void> {
    using c_type = sabir_json;
    static constexpr bool is_same = false;
    static std::string kind() {
        return "JSON";
    }
    static void store(const Json &member, c_type &to, Arena &) {
        to = borrow<c_type>(member.text.data(), member.text.size());
    }
    static void load(const c_type &from, Json &member) {
        if (from.len_bytes)
            member.text.assign(from.bytes, from.len_bytes);
        else
            member.text.clear();
    }
};

template <> struct Codec<Bytes, void> {
    using c_type = sabir_bytes;
    static constexpr bool is_same = false;
    static std::string kind() {
        return "BYTES";
    }
    static void store(const Bytes &member, c_type &to, Arena &) {
        to = borrow<c_type>(reinterpret_cast<const char *>(member.data()), member.size());
    }
    static void load(const c_type &from, Bytes &member) {
        member.resize(from.len_bytes);
        if (from.len_bytes) std::memcpy(member.data(), from.bytes, from.len_bytes);
    }
};

template <class M> struct Codec<std::vector<M>, void> {
    using Item = Codec<M>;
    using c_type = sabir_list;
    static constexpr bool is_same = false;
    static std::string kind() {
        return "LIST(" + Item::kind() + ")";
    }
    static void store(const std::vector<M> &member, c_type &to, Arena &arena) {
        to.count = member.size();
        if constexpr (Item::is_same) {
            to.items = member.empty() ? nullptr : member.data();
        } else {
            auto *items = arena.make<typename Item::c_type>(member.size());
            for (std::size_t i = 0; i < member.size(); i++) Item::store(member[i], items[i], arena);
            to.items = items;
        }
    }
    static void load(const c_type &from, std::vector<M> &member) {
        const auto *items = static_cast<const typename Item::c_type *>(from.items);
        member.clear();
        member.reserve(from.count);
        for (std::size_t i = 0; i < from.count; i++) {
            M item{};
            Item::load(items[i], item);
            member.push_back(std::move(item));
        }
    }
};

template <class M, class... More> struct Codec<std::map<std::string, M, More...>, void> {
    using Item = Codec<M>;
    using Map = std::map<std::string, M, More...>;
    using c_type = sabir_map;
    static constexpr bool is_same = false;
    static std::string kind() {
        return "MAP(" + Item::kind() + ")";
    }
    static void store(const Map &member, c_type &to, Arena &arena) {
        auto *keys = arena.make<sabir_string>(member.size());
        auto *values = arena.make<typename Item::c_type>(member.size());
        std::size_t at = 0;
        for (const auto &pair : member) {
            Codec<std::string>::store(pair.first, keys[at], arena);
            Item::store(pair.second, values[at++], arena);
        }
        to.keys = keys;
        to.values = values;
        to.count = member.size();
    }
    static void load(const c_type &from, Map &member) {
        const auto *values = static_cast<const typename Item::c_type *>(from.values);
        member.clear();
        for (std::size_t i = 0; i < from.count; i++) {
            std::string key;
            Codec<std::string>::load(from.keys[i], key);
            Item::load(values[i], member[std::move(key)]);
        }
    }
};

/* As the C macro OPTIONAL lays it out. */
template <class C> struct OptionalInC {
    unsigned char present;
    C value;
};

template <class M> struct Codec<std::optional<M>, void> {
    using Item = Codec<M>;
    using c_type = OptionalInC<typename Item::c_type>;
    static constexpr bool is_same = false;
    static std::string kind() {
        return "OPTIONAL(" + Item::kind() + ")";
    }
    static void store(const std::optional<M> &member, c_type &to, Arena &arena) {
        to.present = member ? 1 : 0;
        if (member) Item::store(*member, to.value, arena);
    }
    static void load(const c_type &from, std::optional<M> &member) {
        member.reset();
        if (from.present) Item::load(from.value, member.emplace());
    }
};

} // namespace detail
} // namespace sabir

#endif
