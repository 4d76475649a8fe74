#pragma once
/// A filter as the client wrote it, parsed; no name is looked up yet.

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace sluice::services::sql {

/// Bounds that keep a hostile filter cheap. 64 and 10,000 leave room for every filter that
/// clients are known to build; SQLite binds at most 32,766 values to one statement.
inline constexpr std::size_t kMaxFilterBytes = std::size_t{256} << 10U;
inline constexpr std::size_t kMaxFilterDepth = 64;
inline constexpr std::size_t kMaxFilterValues = 10'000;

enum class Comparator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    In,
    All,
    Like,
    StartsWith,
    EndsWith,
    Contains,
    Between,
    IsNull,
};

/// One value of a comparison.
struct Operand {
    enum class Form {
        Bare,       ///< as it stood, outside quotes
        Quoted,     ///< the inside of the quotes, opaque
        Parameter,  ///< `:name`, with the colon; looked up in `params`
    };
    Form form = Form::Bare;
    std::string text;
};

struct Comparison {
    std::string field;
    Comparator comparator = Comparator::Equal;
    bool is_negated = false;
    std::vector<Operand> operands;
};

struct Filter {
    enum class Form { Compare, And, Or, Nor, Xor, Not };
    Form form = Form::Compare;
    /// Of And and Or: two or more. Nor, Xor: two. Not: one.
    std::vector<Filter> parts;
    Comparison comparison;
};

}  // namespace sluice::services::sql
