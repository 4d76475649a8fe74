#include "core/json_members.h"

#include "core/json.h"

namespace sluice {
namespace {

class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    void skip_blank() {
        while (at_ < text_.size() &&
               std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) {
            ++at_;
        }
    }
    bool take(char c) {
        skip_blank();
        if (at_ < text_.size() && text_[at_] == c) {
            ++at_;
            return true;
        }
        return false;
    }
    bool is_at_end() {
        skip_blank();
        return at_ == text_.size();
    }
    // The string that starts here with its quotes; empty when there is none.
    std::string_view string() {
        skip_blank();
        const std::size_t begin = at_;
        if (!take('"')) {
            return {};
        }
        while (at_ < text_.size() && text_[at_] != '"') {
            at_ += text_[at_] == '\\' ? 2 : 1;
        }
        if (at_ >= text_.size()) {
            return {};
        }
        ++at_;
        return text_.substr(begin, at_ - begin);
    }
    // The value that starts here, up to the comma or bracket that ends it.
    std::string_view value() {
        skip_blank();
        const std::size_t begin = at_;
        std::size_t depth = 0;
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '"') {
                if (string().empty()) {
                    return {};
                }
                continue;
            }
            if (c == '{' || c == '[') {
                ++depth;
            } else if (c == '}' || c == ']') {
                if (depth == 0) {
                    break;
                }
                --depth;
            } else if (c == ',' && depth == 0) {
                break;
            }
            ++at_;
        }
        std::size_t end = at_;
        while (end > begin &&
               std::string_view(" \t\r\n").find(text_[end - 1]) != std::string_view::npos) {
            --end;
        }
        return text_.substr(begin, end - begin);
    }

private:
    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

std::optional<std::vector<JsonMember>> json_members(std::string_view object_text) {
    Scanner scanner(object_text);
    std::vector<JsonMember> members;
    if (!scanner.take('{')) {
        return std::nullopt;
    }
    if (scanner.take('}')) {
        return scanner.is_at_end() ? std::optional(std::move(members)) : std::nullopt;
    }
    for (;;) {
        const Result<json::value> name = parse_json(scanner.string());
        if (!name || !name->is_string() || !scanner.take(':')) {
            return std::nullopt;
        }
        const std::string_view value = scanner.value();
        if (value.empty()) {
            return std::nullopt;
        }
        members.emplace_back(std::string(name->get_string()), value);
        if (scanner.take(',')) {
            continue;
        }
        if (scanner.take('}') && scanner.is_at_end()) {
            return members;
        }
        return std::nullopt;
    }
}

std::string_view member_of(const std::vector<JsonMember>& members, std::string_view name) {
    std::string_view found;
    for (const JsonMember& member : members) {
        if (member.first == name) {
            found = member.second;
        }
    }
    return found;
}

}  // namespace sluice
