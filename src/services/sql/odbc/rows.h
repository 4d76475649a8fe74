#pragma once
/// The rows of an executed statement, fetched one after the other.

#include <cstdint>
#include <string>
#include <vector>

#include "services/sql/statement.h"

namespace sluice::services::sql {

/// Of SQL Server: times and moments as its own driver numbers them.
inline constexpr int kSsTime = -154;
inline constexpr int kSsMomentWithOffset = -155;

/// How a column's values are fetched.
enum class Fetch { Integer, Real, SingleReal, Text, Bytes, Digits, Moment, Uuid };

/// By ODBC's type of the column. `is_unsigned` matters for integers of 8 bytes: they go as digits.
Fetch fetch_of(int sql_type, bool is_unsigned);

/// "2024-01-02 03:04:05.1200000 +02:00" -> "2024-01-02 03:04:05.12+02:00"; what is written in
/// another way stays. `T` between day and time becomes a blank.
std::string tidy_moment(std::string_view text);

/// One row, with all that it points to.
/// Shape: integers are native; decimals are text, exact; moments are ISO 8601 with a blank,
///        fractions without trailing zeros; UUIDs in small letters; all other text is UTF-8.
class OdbcRows {
public:
    /// `statement` must have columns.
    OdbcRows(void* statement, short columns);

    enum class Next { Row, End, Failed, TooLarge };
    /// Fetches a row; of more than `most_bytes` of it, in pieces, no more is kept.
    Next next(std::size_t most_bytes);
    void hand_over(RowSink& sink) const;

private:
    struct Column {
        Fetch fetch = Fetch::Text;
        bool is_null = true;
        std::int64_t integer = 0;
        double real = 0;
        std::string text;
    };
    bool get(std::size_t index);
    bool get_pieces(std::size_t index);
    void append_piece(Column& column, std::size_t bytes);

    void* statement_;
    std::vector<Column> columns_;
    /// Room for a piece, in the units of wide text.
    std::vector<char16_t> piece_;
    std::u16string wide_;
    std::size_t room_ = 0;
    bool is_too_large_ = false;
};

}  // namespace sluice::services::sql
