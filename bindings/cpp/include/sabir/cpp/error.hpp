/*
 * Errors of the core as exceptions. sabir::Error knows its code; each code has a class of its own as well, made from the one table of
 * errors, so that a program can catch what it expects:
 *
 *     try { ref.send(Ping(1)); } catch (const sabir::ErrorOf<SABIR_EFULL> &) { ... }
 */
#ifndef SABIR_CPP_ERROR_HPP
#define SABIR_CPP_ERROR_HPP

#include <sabir/error.h>

#include <cstring>
#include <stdexcept>
#include <string>

namespace sabir {

/** Why a call failed. what() has the code's meaning, and what exactly was wrong. */
class Error : public std::runtime_error {
  public:
    Error(int code, const std::string &detail) : std::runtime_error(words(code, detail)), code_(code), detail_(detail) {
    }

    /** SABIR_EFULL, ... */
    int code() const noexcept {
        return code_;
    }

    /** "SABIR_EFULL". */
    const char *name() const noexcept {
        const char *name = sabir_error_name(code_);
        return name ? name : "SABIR_E?";
    }

    /** As reports and the wire have it: "FULL". */
    const char *short_name() const noexcept {
        return name() + std::strlen("SABIR_E");
    }

    /** What exactly was wrong this time; may be empty. */
    const std::string &detail() const noexcept {
        return detail_;
    }

  private:
    static std::string words(int code, const std::string &detail) {
        const char *known = sabir_error_text(code);
        std::string text = known ? known : "error " + std::to_string(code);
        return detail.empty() ? text : text + ": " + detail;
    }

    int code_;
    std::string detail_;
};

/** The error of one code. */
template <int Code> class ErrorOf : public Error {
  public:
    explicit ErrorOf(const std::string &detail) : Error(Code, detail) {
    }
};

namespace detail {

inline std::string error_detail() {
    std::string text(1024, '\0');
    std::size_t len_bytes = sabir_error_detail_copy(&text[0], text.size());
    text.resize(len_bytes < text.size() ? len_bytes : std::strlen(text.c_str()));
    return text;
}

[[noreturn]] inline void fail(int code, const std::string &detail) {
    switch (code) {
#define SABIR_CPP_THROW(value, name, text)                                                                             \
    case value:                                                                                                        \
        throw ErrorOf<value>(detail);
        SABIR_ERRORS(SABIR_CPP_THROW)
#undef SABIR_CPP_THROW
    default:
        throw Error(code, detail);
    }
}

/* What the last failed call of this thread said. */
[[noreturn]] inline void fail(int code) {
    fail(code, error_detail());
}

inline void check(int code) {
    if (code != SABIR_OK) fail(code);
}

} // namespace detail
} // namespace sabir

#endif
