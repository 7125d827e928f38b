/*
 * The C struct of a message: its fields one after the other, each aligned as in C.
 *
 *     struct Ping { bool urgent; int64_t count; }      offsets 0 8, size 16, alignment 8
 *
 * All of it is known when the program is compiled; the core compares it with the table of whoever else declares the type.
 */
#ifndef SABIR_CPP_LAYOUT_HPP
#define SABIR_CPP_LAYOUT_HPP

#include <sabir/cpp/codec.hpp>
#include <sabir/cpp/error.hpp>

namespace sabir {
namespace detail {

/* What SABIR_CPP_MESSAGE declares in a class: the class itself, so that one that only inherits a declaration is noticed. */
template <class T, class = void> struct is_declared : std::false_type {};
template <class T>
struct is_declared<T, std::void_t<typename T::sabir_declared>> : std::is_same<typename T::sabir_declared, T> {};

template <class Tuple> struct LayoutOf;

template <class... M> struct LayoutOf<std::tuple<const M &...>> {
    static constexpr std::size_t count = sizeof...(M);
    /* One more than there are, so that no array is empty. */
    static constexpr std::array<std::size_t, count + 1> sizes{{sizeof(typename Codec<M>::c_type)..., 0}};
    static constexpr std::array<std::size_t, count + 1> aligns{{alignof(typename Codec<M>::c_type)..., 1}};

    static constexpr std::size_t align() {
        std::size_t most = 1;
        for (std::size_t i = 0; i < count; i++) most = aligns[i] > most ? aligns[i] : most;
        return most;
    }
    static constexpr std::size_t round_up(std::size_t size, std::size_t align) {
        return (size + align - 1) / align * align;
    }
    static constexpr std::size_t offset(std::size_t index) {
        std::size_t end = 0;
        for (std::size_t i = 0; i < index; i++) end = round_up(end, aligns[i]) + sizes[i];
        return round_up(end, aligns[index]);
    }
    /* A struct without fields has one byte. */
    static constexpr std::size_t size() {
        return count == 0 ? 1 : round_up(offset(count), align());
    }
    static std::vector<std::string> kinds() {
        return {Codec<M>::kind()...};
    }
};

template <class T> using Layout = LayoutOf<decltype(std::declval<const T &>().sabir_fields())>;

/* The struct itself. */
template <class T> struct alignas(Layout<T>::align()) StructInC { unsigned char bytes[Layout<T>::size()]; };

template <class T, std::size_t... I>
void store_fields(const T &message, unsigned char *bytes, Arena &arena, std::index_sequence<I...>) {
    [[maybe_unused]] auto fields = message.sabir_fields();
    [[maybe_unused]] auto store = [&](const auto &member, std::size_t offset) {
        using Field = Codec<std::decay_t<decltype(member)>>;
        typename Field::c_type value{};
        Field::store(member, value, arena);
        std::memcpy(bytes + offset, &value, sizeof value);
    };
    (store(std::get<I>(fields), Layout<T>::offset(I)), ...);
}

template <class T, std::size_t... I>
void load_fields(const unsigned char *bytes, T &message, std::index_sequence<I...>) {
    [[maybe_unused]] auto fields = message.sabir_fields();
    [[maybe_unused]] auto load = [&](auto &member, std::size_t offset) {
        using Field = Codec<std::decay_t<decltype(member)>>;
        typename Field::c_type value;
        std::memcpy(&value, bytes + offset, sizeof value);
        Field::load(value, member);
    };
    (load(std::get<I>(fields), Layout<T>::offset(I)), ...);
}

template <class T> void store_struct(const T &message, StructInC<T> &to, Arena &arena) {
    std::memset(to.bytes, 0, sizeof to.bytes);
    store_fields(message, to.bytes, arena, std::make_index_sequence<Layout<T>::count>());
}

template <class T> void load_struct(const void *from, T &message) {
    load_fields(static_cast<const unsigned char *>(from), message, std::make_index_sequence<Layout<T>::count>());
}

/* The core's type of T, registered when it is first asked for, after the types of its own fields. */
template <class T> const sabir_type *type_of() {
    static_assert(is_declared<T>::value, "write SABIR_CPP_MESSAGE(Name, (fields)); in the struct");
    static const sabir_type *const type = T::sabir_register();
    return type;
}

/* A message inside a message. */
template <class T> struct Codec<T, std::enable_if_t<is_declared<T>::value>> {
    using c_type = StructInC<T>;
    static constexpr bool is_same = false;
    static std::string kind() {
        return std::string("STRUCT(") + sabir_type_name(type_of<T>()) + ")";
    }
    static void store(const T &member, c_type &to, Arena &arena) {
        store_struct(member, to, arena);
    }
    static void load(const c_type &from, T &member) {
        load_struct(from.bytes, member);
    }
};

/* "(count, note)" as the macro got it. */
inline std::vector<std::string> split_names(const char *text) {
    std::vector<std::string> names(1);
    for (; *text; text++) {
        if (*text == ',')
            names.emplace_back();
        else if (!std::strchr("() \t\n\\", *text))
            names.back() += *text;
    }
    if (names.back().empty()) names.pop_back();
    return names;
}

template <class T> const sabir_type *register_fields(const char *name, const char *field_names) {
    const std::vector<std::string> names = split_names(field_names), kinds = Layout<T>::kinds();
    std::vector<sabir_field> rows(kinds.size());
    for (std::size_t i = 0; i < rows.size(); i++)
        rows[i] = {names.at(i).c_str(), kinds[i].c_str(), Layout<T>::offset(i), Layout<T>::sizes[i]};
    const sabir_type *type = nullptr;
    check(sabir_type_register(name, rows.data(), rows.size(), Layout<T>::size(), &type));
    return type;
}

inline const sabir_type *register_open(const char *name) {
    const sabir_type *type = nullptr;
    check(sabir_type_register_open(name, &type));
    return type;
}

} // namespace detail
} // namespace sabir

#endif
