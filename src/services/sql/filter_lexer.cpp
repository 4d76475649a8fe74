#include "services/sql/filter_lexer.h"

#include <algorithm>
#include <array>

#include "core/fields.h"

namespace sluice::services::sql {
namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Part of a word: letters, digits, `_`, `$`, `.`, `-`, and every byte outside ASCII.
bool is_word_char(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z') || byte == '_' || byte == '$' || byte == '.' || byte == '-';
}

bool is_aggregate(std::string_view word) {
    constexpr std::array<std::string_view, 5> kAggregates{"COUNT", "SUM", "AVG", "MIN", "MAX"};
    return std::ranges::any_of(kAggregates, [word](std::string_view aggregate) {
        return equals_ignoring_case(aggregate, word);
    });
}

constexpr std::array<std::string_view, 16> kOperatorWords{
    "GTE", "LTE",  "NE",       "EQ", "GT",  "LT",      "NOT", "IN",
    "ALL", "LIKE", "CONTAINS", "IS", "NOR", "BETWEEN", "AND", "OR"};

constexpr std::size_t kShownBytes = 24;

}  // namespace

tl::unexpected<Error> filter_error(std::string_view text,
                                   std::size_t position,
                                   std::string_view expected) {
    std::string found = "the end";
    if (position < text.size()) {
        std::size_t length = std::min(kShownBytes, text.size() - position);
        while (length < text.size() - position &&
               (static_cast<unsigned char>(text[position + length]) & 0xC0U) == 0x80) {
            ++length;  // never half of a character
        }
        found = "'" + std::string(text.substr(position, length)) + "'";
    }
    return fail(ErrorKind::BadRequest, "Invalid or unparsable filter request. At position " +
                                           std::to_string(position + 1) + ": expected " +
                                           std::string(expected) + ", found " + found + ".");
}

void FilterLexer::skip_blank() {
    while (at_ < text_.size() && is_blank(text_[at_])) {
        ++at_;
    }
}

bool FilterLexer::at_end() {
    skip_blank();
    return at_ >= text_.size();
}

bool FilterLexer::take_symbol(std::string_view symbol) {
    skip_blank();
    if (text_.substr(at_, symbol.size()) != symbol) {
        return false;
    }
    at_ += symbol.size();
    return true;
}

bool FilterLexer::is_word_at(std::size_t at, std::string_view word) const {
    const std::size_t end = at + word.size();
    return end <= text_.size() && (at == 0 || !is_word_char(text_[at - 1])) &&
           (end == text_.size() || !is_word_char(text_[end])) &&
           equals_ignoring_case(text_.substr(at, word.size()), word);
}

bool FilterLexer::sees_word(std::string_view word) {
    skip_blank();
    return is_word_at(at_, word);
}

bool FilterLexer::take_words(std::string_view words) {
    const std::size_t start = at_;
    while (!words.empty()) {
        const std::size_t space = std::min(words.find(' '), words.size());
        const std::string_view word = words.substr(0, space);
        if (!sees_word(word)) {
            at_ = start;
            return false;
        }
        at_ += word.size();
        words.remove_prefix(std::min(space + 1, words.size()));
    }
    return true;
}

bool FilterLexer::sees_quote() {
    skip_blank();
    return at_ < text_.size() && (text_[at_] == '\'' || text_[at_] == '"');
}

Result<std::string> FilterLexer::quoted() {
    const std::size_t start = at_;
    const char quote = text_[at_++];
    std::string out;
    while (at_ < text_.size()) {
        const char c = text_[at_++];
        const char next = at_ < text_.size() ? text_[at_] : '\0';
        if (c == '\\' && (next == quote || next == '\\')) {
            out.push_back(next);
            ++at_;
        } else if (c != quote) {
            out.push_back(c);
        } else if (next == quote) {
            out.push_back(quote);
            ++at_;
        } else {
            return out;
        }
    }
    return filter_error(text_, start, std::string("a closing ") + quote + " for this quote");
}

bool FilterLexer::is_operator_at(std::size_t at) const {
    if (std::string_view("<>=!&|()").find(text_[at]) != std::string_view::npos) {
        return true;
    }
    const auto is_here = [&](std::string_view word) { return is_word_at(at, word); };
    if (std::ranges::any_of(kOperatorWords, is_here)) {
        return true;
    }
    FilterLexer ahead(*this);
    ahead.at_ = at;
    return ahead.take_words("STARTS WITH") || ahead.take_words("ENDS WITH");
}

Result<std::string> FilterLexer::field() {
    skip_blank();
    if (at_ >= text_.size()) {
        return filter_error(text_, at_, "a field name");
    }
    const char first = text_[at_];
    if (first == '"') {
        return quoted();
    }
    if (first == '`' || first == '[') {
        const std::size_t end = text_.find(first == '[' ? ']' : '`', at_ + 1);
        if (end == std::string_view::npos) {
            return filter_error(text_, at_, "the end of a quoted field name");
        }
        std::string name(text_.substr(at_ + 1, end - at_ - 1));
        at_ = end + 1;
        return name;
    }
    for (const std::string_view logical : {"AND", "OR", "NOR", "XOR"}) {
        if (is_word_at(at_, logical)) {
            return filter_error(text_, at_, "a field name");
        }
    }
    const std::size_t start = at_;
    while (at_ < text_.size()) {
        const bool starts_word = at_ == start || is_blank(text_[at_ - 1]);
        const char c = text_[at_];
        const bool may_be_operator = !is_word_char(c) || (starts_word && at_ != start);
        if (may_be_operator && !is_blank(c) && is_operator_at(at_)) {
            break;
        }
        if (!is_word_char(c) && !is_blank(c)) {
            break;
        }
        ++at_;
    }
    const std::string_view name = trimmed(text_.substr(start, at_ - start));
    if (name.empty()) {
        return filter_error(text_, start, "a field name");
    }
    if (at_ < text_.size() && text_[at_] == '(' && is_aggregate(name)) {
        return aggregate(name);
    }
    return std::string(name);
}

/// `SUM( price )`, of a group: without the blanks.
Result<std::string> FilterLexer::aggregate(std::string_view function) {
    const std::size_t end = text_.find(')', at_);
    if (end == std::string_view::npos) {
        return filter_error(text_, at_, "the bracket that closes " + std::string(function));
    }
    const std::string_view inner = trimmed(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return std::string(function) + "(" + std::string(inner) + ")";
}

bool FilterLexer::is_logical_at(std::size_t at) const {
    const std::string_view two = text_.substr(at, 2);
    if (two == "&&" || two == "||") {
        return true;
    }
    const bool follows_gap = at > 0 && (is_blank(text_[at - 1]) || text_[at - 1] == ')');
    if (!follows_gap) {
        return false;
    }
    return is_word_at(at, "AND") || is_word_at(at, "OR") || is_word_at(at, "NOR") ||
           is_word_at(at, "XOR");
}

std::string FilterLexer::bare(bool is_in_list) {
    skip_blank();
    const std::size_t start = at_;
    std::size_t open = 0;
    while (at_ < text_.size()) {
        const char c = text_[at_];
        if (c == '(') {
            ++open;
        } else if (c == ')') {
            if (open == 0) {
                break;
            }
            --open;
        } else if (open == 0 && (is_in_list ? c == ',' : is_logical_at(at_))) {
            break;
        }
        ++at_;
    }
    return std::string(trimmed(text_.substr(start, at_ - start)));
}

}  // namespace sluice::services::sql
