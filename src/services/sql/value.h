#pragma once
/// A value bound to a statement. What a client sends reaches a database in this form only.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace sluice::services::sql {

/// What a column holds, as far as the wire form of its values depends on it.
enum class Kind {
    Integer,
    Real,
    Decimal,  ///< exact; travels as text where the database keeps it exact
    Boolean,
    Text,
    Date,
    Time,
    DateTime,
    Binary,  ///< base64 on the wire
    Json,
    Uuid,
    Any,  ///< the database does not say: each value decides for itself
};

struct Null {
    bool operator==(const Null&) const = default;
};

/// A number as its digits, for what does not fit an integer of 64 bits.
struct Number {
    std::string text;
    bool operator==(const Number&) const = default;
};

struct Bytes {
    std::string bytes;
    bool operator==(const Bytes&) const = default;
};

/// SQL of our own that stands in place of a value: CURRENT_TIMESTAMP. Never bound, never a
/// client's text.
struct Constant {
    std::string_view sql;
    bool operator==(const Constant&) const = default;
};

using Value = std::variant<Null, bool, std::int64_t, Number, std::string, Bytes, Constant>;

inline bool is_null(const Value& value) {
    return std::holds_alternative<Null>(value);
}

}  // namespace sluice::services::sql
