#pragma once
/// How single words of conditions are written. Part of sql_writer.h alone.

#include <algorithm>
#include <string>
#include <string_view>

#include "services/sql/plan.h"

namespace sluice::services::sql {

/// Longer chains of AND and OR are written as a tree: SQLite refuses expressions 1,000 deep.
inline constexpr std::size_t kLongestChain = 100;

inline std::string_view operator_of(Comparator comparator) {
    switch (comparator) {
        case Comparator::NotEqual:
            return " <> ";
        case Comparator::Greater:
            return " > ";
        case Comparator::GreaterOrEqual:
            return " >= ";
        case Comparator::Less:
            return " < ";
        case Comparator::LessOrEqual:
            return " <= ";
        default:
            return " = ";
    }
}

/// A text that may be spelled in two ways is equal to what is one of them.
inline Comparator in_each_spelling(Comparator comparator) {
    const bool is_equality = comparator == Comparator::Equal || comparator == Comparator::NotEqual;
    return is_equality ? Comparator::In : comparator;
}

inline std::string in_capitals(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return text;
}

/// The pattern in which `[` stands for itself.
inline std::string without_sets(std::string_view pattern) {
    std::string out;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '\\' && i + 1 < pattern.size()) {
            out.push_back(pattern[i++]);
        } else if (pattern[i] == '[') {
            out.push_back('\\');
        }
        out.push_back(pattern[i]);
    }
    return out;
}

inline bool is_text(Kind kind) {
    return kind == Kind::Text;
}

}  // namespace sluice::services::sql
