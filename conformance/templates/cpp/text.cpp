#include "text.hpp"

#include <algorithm>
#include <stdexcept>

namespace text {
namespace {

constexpr std::string_view BLANKS = " \t\r\n";

class Walk {
  public:
    explicit Walk(std::string_view text) : rest_(text) {
        blanks();
    }

    char peek() const {
        return rest_.empty() ? '\0' : rest_.front();
    }
    bool is_over() const {
        return rest_.empty();
    }

    void take(char wanted) {
        if (peek() != wanted) throw std::invalid_argument("malformed");
        rest_.remove_prefix(1);
        blanks();
    }

    std::string_view string() {
        return cut(end_of_string());
    }

    // One value: up to a comma or a closing bracket that is outside of its own brackets and strings.
    std::string_view value() {
        std::size_t depth = 0, at = 0;
        std::string_view all = rest_;
        while (at < all.size() && (depth > 0 || std::string_view(",}]").find(all[at]) == std::string_view::npos)) {
            if (all[at] == '"') {
                rest_ = all.substr(at);
                at += end_of_string();
                continue;
            }
            depth += all[at] == '{' || all[at] == '[';
            depth -= all[at] == '}' || all[at] == ']';
            at++;
        }
        rest_ = all;
        std::string_view found = cut(at);
        std::size_t last = found.find_last_not_of(BLANKS);
        if (depth != 0 || last == std::string_view::npos) throw std::invalid_argument("malformed");
        return found.substr(0, last + 1);
    }

  private:
    std::size_t end_of_string() const {
        std::size_t at = 1;
        while (peek() == '"' && at < rest_.size() && rest_[at] != '"') at += rest_[at] == '\\' ? 2 : 1;
        if (peek() != '"' || at >= rest_.size()) throw std::invalid_argument("malformed");
        return at + 1;
    }

    std::string_view cut(std::size_t count) {
        std::string_view found = rest_.substr(0, count);
        rest_.remove_prefix(count);
        blanks();
        return found;
    }

    void blanks() {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(BLANKS), rest_.size()));
    }

    std::string_view rest_;
};

} // namespace

Members members(std::string_view text) {
    Members found;
    try {
        Walk walk(text);
        walk.take('{');
        while (walk.peek() != '}') {
            std::string_view key = walk.string();
            walk.take(':');
            found[key.substr(1, key.size() - 2)] = walk.value();
            if (walk.peek() != '}') walk.take(',');
        }
        walk.take('}');
        return walk.is_over() ? found : Members();
    } catch (const std::invalid_argument &) {
        return {};
    }
}

std::optional<std::string_view> string(const Members &members, std::string_view key) {
    auto found = members.find(key);
    if (found == members.end() || found->second.front() != '"' || found->second.find('\\') != std::string_view::npos)
        return {};
    return found->second.substr(1, found->second.size() - 2);
}

} // namespace text
