// The members of a JSON object, each value as the text that it is: a payload that is only passed on stays what it was.
//
// Not strict: it does not look into the values. Level 1 wants that: equal keys, numbers, surrogates, depth (docs/protocol.md).
#ifndef TEXT_HPP
#define TEXT_HPP

#include <map>
#include <optional>
#include <string_view>

namespace text {

// Keys as they are spelled, and the texts of their values; parts of the text that was read.
using Members = std::map<std::string_view, std::string_view>;

// None if `text` is no object with nothing around it but white space.
Members members(std::string_view text);

// The value of `key` if it is a string without escapes.
std::optional<std::string_view> string(const Members &members, std::string_view key);

} // namespace text

#endif
