#include "services/system/record_filter.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "core/fields.h"

namespace sluice::services::system {

struct RecordFilter::Node {
    enum class Kind { And, Or, Not, Equal, Less, LessOrEqual, Like, In, IsNull };
    Kind kind = Kind::And;
    std::vector<std::shared_ptr<const Node>> parts;
    std::string field;
    std::vector<std::string> values;
};

namespace {

using Node = RecordFilter::Node;
using NodeRef = std::shared_ptr<const Node>;
using Kind = Node::Kind;

// Deeper nesting is an attack on the stack, not a question.
constexpr int kMaxDepth = 64;

struct Token {
    std::string text;
    bool is_quoted = false;
};

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_symbol(char c) {
    return std::string_view("()=<>!,&|").find(c) != std::string_view::npos;
}

Error unparsable() {
    return {ErrorKind::BadRequest, "Invalid or unparsable filter request."};
}

/// Reads a quoted text; the quote doubled stands for itself.
Result<Token> read_quoted(std::string_view& text) {
    const char quote = text.front();
    Token token{"", true};
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] != quote) {
            token.text.push_back(text[i]);
        } else if (i + 1 < text.size() && text[i + 1] == quote) {
            token.text.push_back(text[i++]);
        } else {
            text.remove_prefix(i + 1);
            return token;
        }
    }
    return fail(unparsable());
}

Token read_symbol(std::string_view& text) {
    static constexpr std::string_view kPairs[] = {"==", "!=", "<>", ">=", "<=", "&&", "||"};
    const bool is_pair = std::ranges::find(kPairs, text.substr(0, 2)) != std::end(kPairs);
    Token token{std::string(text.substr(0, is_pair ? 2 : 1)), false};
    text.remove_prefix(token.text.size());
    return token;
}

Result<std::vector<Token>> tokens_of(std::string_view text) {
    std::vector<Token> tokens;
    while (!(text = trimmed(text)).empty()) {
        if (text.front() == '\'' || text.front() == '"') {
            SLUICE_TRY(tokens.emplace_back(), read_quoted(text));
        } else if (is_symbol(text.front())) {
            tokens.push_back(read_symbol(text));
        } else {
            const auto end = std::ranges::find_if(
                text, [](char c) { return is_blank(c) || is_symbol(c) || c == '\'' || c == '"'; });
            tokens.push_back({std::string(text.begin(), end), false});
            text.remove_prefix(tokens.back().text.size());
        }
    }
    return tokens;
}

class Parser {
public:
    Parser(std::vector<Token> tokens, std::span<const std::string_view> fields)
        : tokens_(std::move(tokens)), fields_(fields) {}

    Result<NodeRef> parse() {
        SLUICE_TRY(NodeRef root, parse_or(0));
        if (at_ != tokens_.size()) {
            return fail(unparsable());
        }
        return root;
    }

private:
    bool is_at(std::string_view word, std::size_t ahead = 0) const {
        return at_ + ahead < tokens_.size() && !tokens_[at_ + ahead].is_quoted &&
               equals_ignoring_case(tokens_[at_ + ahead].text, word);
    }
    bool take(std::string_view word) {
        const bool found = is_at(word);
        at_ += found ? 1 : 0;
        return found;
    }
    bool take_any(std::initializer_list<std::string_view> words) {
        return std::ranges::any_of(words, [this](std::string_view word) { return take(word); });
    }
    bool take_both(std::string_view first, std::string_view second) {
        const bool found = is_at(first) && is_at(second, 1);
        at_ += found ? 2 : 0;
        return found;
    }

    static NodeRef joined(Kind kind, std::vector<NodeRef> parts) {
        if (parts.size() == 1 && kind != Kind::Not) {
            return parts.front();
        }
        auto node = std::make_shared<Node>();
        node->kind = kind;
        node->parts = std::move(parts);
        return node;
    }

    Result<NodeRef> parse_or(int depth) {
        std::vector<NodeRef> parts;
        do {
            SLUICE_TRY(parts.emplace_back(), parse_and(depth));
        } while (take_any({"OR", "||"}));
        return joined(Kind::Or, std::move(parts));
    }

    Result<NodeRef> parse_and(int depth) {
        std::vector<NodeRef> parts;
        do {
            SLUICE_TRY(parts.emplace_back(), parse_one(depth));
        } while (take_any({"AND", "&&"}));
        return joined(Kind::And, std::move(parts));
    }

    Result<NodeRef> parse_one(int depth) {
        if (depth >= kMaxDepth) {
            return fail(unparsable());
        }
        if (take("NOT")) {
            SLUICE_TRY(NodeRef part, parse_one(depth + 1));
            return joined(Kind::Not, {std::move(part)});
        }
        if (take("(")) {
            SLUICE_TRY(NodeRef part, parse_or(depth + 1));
            return take(")") ? Result<NodeRef>(std::move(part)) : fail(unparsable());
        }
        return parse_comparison();
    }

    Result<NodeRef> parse_comparison() {
        if (at_ >= tokens_.size()) {
            return fail(unparsable());
        }
        auto node = std::make_shared<Node>();
        node->field = lower_case(tokens_[at_++].text);
        if (std::ranges::find(fields_, node->field) == fields_.end()) {
            return fail(ErrorKind::BadRequest,
                        "Invalid or unparsable field in filter request: '" + node->field + "'");
        }
        bool is_negated = take("NOT");
        SLUICE_CHECK(parse_operator(*node, is_negated));
        return is_negated ? joined(Kind::Not, {std::move(node)}) : NodeRef(std::move(node));
    }

    Status parse_operator(Node& node, bool& is_negated) {
        if (take("IS")) {
            is_negated = take("NOT") != is_negated;
            node.kind = Kind::IsNull;
            return take("NULL") ? Status() : fail(unparsable());
        }
        if (take("IN")) {
            node.kind = Kind::In;
            return parse_list(node);
        }
        std::string_view before;
        std::string_view after;
        if (take_any({"=", "==", "EQ"})) {
            node.kind = Kind::Equal;
        } else if (take_any({"!=", "<>", "NE"})) {
            node.kind = Kind::Equal;
            is_negated = !is_negated;
        } else if (take_any({"<", "LT"})) {
            node.kind = Kind::Less;
        } else if (take_any({"<=", "LTE"})) {
            node.kind = Kind::LessOrEqual;
        } else if (take_any({">", "GT"})) {
            node.kind = Kind::LessOrEqual;
            is_negated = !is_negated;
        } else if (take_any({">=", "GTE"})) {
            node.kind = Kind::Less;
            is_negated = !is_negated;
        } else if (take("LIKE")) {
            node.kind = Kind::Like;
        } else if (take("CONTAINS")) {
            node.kind = Kind::Like;
            before = after = "%";
        } else if (take_both("STARTS", "WITH")) {
            node.kind = Kind::Like;
            after = "%";
        } else if (take_both("ENDS", "WITH")) {
            node.kind = Kind::Like;
            before = "%";
        } else {
            return fail(unparsable());
        }
        SLUICE_TRY(const std::string value, parse_value());
        node.values.push_back(std::string(before) + value + std::string(after));
        return {};
    }

    /// A quoted text, or the words up to the next logical word.
    Result<std::string> parse_value() {
        if (at_ < tokens_.size() && tokens_[at_].is_quoted) {
            return tokens_[at_++].text;
        }
        std::string value;
        while (at_ < tokens_.size() && !tokens_[at_].is_quoted && !is_at("AND") && !is_at("OR") &&
               !is_symbol(tokens_[at_].text.front())) {
            value.append(value.empty() ? "" : " ").append(tokens_[at_++].text);
        }
        return value.empty() ? Result<std::string>(fail(unparsable())) : value;
    }

    Status parse_list(Node& node) {
        if (!take("(")) {
            return fail(ErrorKind::BadRequest,
                        "Filter value lists must be wrapped in parentheses.");
        }
        do {
            SLUICE_TRY(node.values.emplace_back(), parse_value());
        } while (take(","));
        return take(")") ? Status() : fail(unparsable());
    }

    std::vector<Token> tokens_;
    std::span<const std::string_view> fields_;
    std::size_t at_ = 0;
};

std::optional<double> number_of(std::string_view text) {
    double number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    return code == std::errc() && end == text.data() + text.size() ? std::optional(number)
                                                                   : std::nullopt;
}

std::string text_of(const json::value& value) {
    return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

/// Negative, zero, positive as `value` stands to `other`; as numbers where both are.
int compared(const json::value& value, const std::string& other) {
    if (value.is_bool()) {
        return static_cast<int>(value.get_bool()) - static_cast<int>(is_truthy(other));
    }
    const std::string text = text_of(value);
    const auto a = number_of(text);
    const auto b = number_of(other);
    if (a && b) {
        return *a < *b ? -1 : (*a > *b ? 1 : 0);
    }
    return text.compare(other);
}

/// `%` any characters, `_` one; in any case of letters. Linear but for the last `%`.
bool is_like(std::string_view text, std::string_view pattern) {
    std::size_t t = 0;
    std::size_t p = 0;
    std::size_t star = std::string_view::npos;
    std::size_t resume = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '%') {
            star = p++;
            resume = t;
        } else if (p < pattern.size() && (pattern[p] == '_' || pattern[p] == text[t])) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('%', p) == std::string_view::npos;
}

bool fits(const Node& node, const json::object& record);

bool fits_field(const Node& node, const json::value& value) {
    switch (node.kind) {
        case Kind::Equal:
            return compared(value, node.values.front()) == 0;
        case Kind::Less:
            return compared(value, node.values.front()) < 0;
        case Kind::LessOrEqual:
            return compared(value, node.values.front()) <= 0;
        case Kind::Like:
            return is_like(lower_case(text_of(value)), lower_case(node.values.front()));
        case Kind::In:
            return std::ranges::any_of(
                node.values, [&](const std::string& other) { return compared(value, other) == 0; });
        default:
            return false;
    }
}

bool fits(const Node& node, const json::object& record) {
    const auto fits_part = [&](const NodeRef& part) { return fits(*part, record); };
    switch (node.kind) {
        case Kind::And:
            return std::ranges::all_of(node.parts, fits_part);
        case Kind::Or:
            return std::ranges::any_of(node.parts, fits_part);
        case Kind::Not:
            return !fits_part(node.parts.front());
        default:
            break;
    }
    const json::value* value = record.if_contains(node.field);
    const bool is_null = value == nullptr || value->is_null();
    if (node.kind == Kind::IsNull) {
        return is_null;
    }
    return !is_null && fits_field(node, *value);
}

}  // namespace

Result<RecordFilter> RecordFilter::parse(std::string_view text,
                                         std::span<const std::string_view> fields) {
    SLUICE_TRY(std::vector<Token> tokens, tokens_of(text));
    SLUICE_TRY(NodeRef root, Parser(std::move(tokens), fields).parse());
    return RecordFilter(std::move(root));
}

bool RecordFilter::matches(const json::object& record) const {
    return fits(*root_, record);
}

}  // namespace sluice::services::system
