#include "services/sql/default_value.h"

#include <algorithm>
#include <initializer_list>
#include <optional>

#include "core/fields.h"
#include "core/json.h"
#include "core/json_reader.h"

namespace sluice::services::sql {
namespace {

/// The inside of a literal in single quotes that is all of `text`; empty for anything else.
std::optional<std::string> literal_of(std::string_view text) {
    if (text.size() < 2 || text.front() != '\'' || text.back() != '\'') {
        return std::nullopt;
    }
    std::string inside;
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
        if (text[i] == '\'' && (text[++i] != '\'' || i + 1 == text.size())) {
            return std::nullopt;
        }
        inside.push_back(text[i]);
    }
    return inside;
}

/// Without the type that PostgreSQL writes behind: `'x'::character varying`, `(-1)::numeric`.
std::string_view without_cast(std::string_view text) {
    const std::size_t cast = text.rfind("::");
    constexpr std::string_view kOfTypes =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_ \".[](),";
    if (cast == std::string_view::npos ||
        text.find_first_not_of(kOfTypes, cast + 2) != std::string_view::npos) {
        return text;
    }
    text = text.substr(0, cast);
    if (text.starts_with('(') && text.ends_with(')')) {
        text = text.substr(1, text.size() - 2);
    }
    return text;
}

bool is_any_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(
        words, [word](std::string_view other) { return equals_ignoring_case(word, other); });
}

/// Empty when `text` is no value of the column's kind.
std::string json_of(Kind kind, std::string_view text) {
    switch (kind) {
        case Kind::Boolean:
            return is_any_of(text, {"1", "t", "true"})    ? "true"
                   : is_any_of(text, {"0", "f", "false"}) ? "false"
                                                          : "";
        case Kind::Integer:
        case Kind::Real:
        case Kind::Decimal:
            return is_json_number(text) ? std::string(text) : "";
        case Kind::Json:
            return is_json(text) ? std::string(text) : "";
        default:
            return json_string(text);
    }
}

}  // namespace

std::string default_json(const Column& column) {
    if (!column.default_text || is_any_of(trimmed(*column.default_text), {"null"})) {
        return "null";
    }
    const std::string_view text = without_cast(trimmed(*column.default_text));
    std::string json;
    if (const auto literal = literal_of(text)) {
        json = json_of(column.kind, *literal);
    } else if (is_json_number(text) || is_any_of(text, {"true", "false"})) {
        json = json_of(column.kind, text);
    }
    return json.empty() ? json_string(*column.default_text) : json;
}

}  // namespace sluice::services::sql
