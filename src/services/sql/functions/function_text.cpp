#include "services/sql/functions/function_text.h"

#include <vector>

#include "core/fields.h"
#include "core/utf8.h"

namespace sluice::services::sql {
namespace {

constexpr std::string_view kValue = "{value}";

/// Walks over the text once; the first fault ends it.
class FunctionCheck {
public:
    FunctionCheck(std::string_view text, bool takes_value)
        : text_(text), takes_value_(takes_value) {}

    /// Empty when there is none.
    std::string fault() {
        if (trimmed(text_).empty() || text_.size() > kMaxFunctionBytes || !is_utf8(text_)) {
            return "must be a text of 1 to " + std::to_string(kMaxFunctionBytes) + " bytes";
        }
        while (at_ < text_.size()) {
            std::string fault = step();
            if (!fault.empty()) {
                return fault;
            }
        }
        return open_.empty() ? "" : "has a bracket that is not closed";
    }

private:
    std::string step() {
        const char c = text_[at_];
        const std::string_view rest = text_.substr(at_);
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && c != '\n' && c != '\t' && c != '\r') || byte == 0x7f) {
            return "must not hold control characters";
        }
        if (c == '\'' || c == '"' || c == '`') {
            return quoted(c);
        }
        if (rest.starts_with("--") || rest.starts_with("/*") || rest.starts_with("*/") ||
            c == '#') {
            return "must not hold comments";
        }
        if (c == ';' || c == '\\' || c == '?' || c == '$' || c == '@') {
            return std::string("must not hold '") + c + "'";
        }
        if (c == ':' && !rest.starts_with("::")) {
            return "must not hold ':' but in '::'";
        }
        if (c == '(' || c == '[') {
            open_.push_back(c);
        } else if (c == ')' || c == ']') {
            if (open_.empty() || open_.back() != (c == ')' ? '(' : '[')) {
                return "has a bracket that is not opened";
            }
            open_.pop_back();
        } else if (c == '{' || c == '}') {
            if (!takes_value_ || !rest.starts_with(kValue)) {
                return takes_value_ ? "may hold no braces but those of {value}"
                                    : "must not hold braces: there is no value to put in";
            }
            at_ += kValue.size();
            return {};
        } else if (open_.empty() && c == ',') {
            return "must be one expression";
        }
        at_ += c == ':' ? 2 : 1;
        return {};
    }

    /// A doubled quote stands for itself.
    std::string quoted(char quote) {
        const std::size_t end = text_.find(quote, at_ + 1);
        if (end == std::string_view::npos) {
            return "has a quote that is not closed";
        }
        const std::string_view inner = text_.substr(at_ + 1, end - at_ - 1);
        // Some servers read a backslash as part of a quote, some drivers a '?' as a place.
        if (inner.find_first_of("\\?{}") != std::string_view::npos) {
            return R"(must not hold any of \ ? { } in quotes)";
        }
        at_ = end + 1;
        return {};
    }

    std::string_view text_;
    bool takes_value_;
    std::size_t at_ = 0;
    std::vector<char> open_;
};

}  // namespace

Status check_function_text(std::string_view text, const std::string& field, bool takes_value) {
    const std::string fault = FunctionCheck(text, takes_value).fault();
    if (fault.empty()) {
        return {};
    }
    return fail(ErrorKind::BadRequest, "A 'function' of field '" + field + "' " + fault + ".");
}

}  // namespace sluice::services::sql
