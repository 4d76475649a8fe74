#pragma once
/// Rows straight to JSON text, without a tree in between.
/// Measured: 9.3 us for a page of 20 rows of 8 columns, half of what SQLite's own JSON takes
/// (docs/adr/0010-blocking-drivers.md).

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "services/sql/schema.h"
#include "services/sql/statement.h"

namespace sluice::services::sql {

struct ResultColumn {
    /// `,"name":`; lives in the table or in `RowShape::own_keys`.
    std::string_view json_key;
    Kind kind = Kind::Any;
};

/// The columns of an answer. Holds the table whose text its keys point into.
struct RowShape {
    TableRef table;
    std::vector<ResultColumn> columns;
    std::deque<std::string> own_keys;
};
using RowShapeRef = std::shared_ptr<const RowShape>;

/// Appends one value as JSON.
/// Shape: integers, floats and booleans are native; decimals stay as exact as the database sends
///        them (a string where it keeps them exact); dates are text, bytes base64, JSON stays
///        JSON; bytes that are no UTF-8 become U+FFFD.
void append_cell(std::string& out, Kind kind, const Cell& cell);

/// Appends the key of a record's next member; the first one opens the record.
void append_key(std::string& out, std::string_view json_key, bool is_first);

/// Writes `{..},{..}`: the rows without the brackets around them.
class JsonRows : public RowSink {
public:
    /// `shape` must outlive this. Cells after its last column are taken as permissions.
    explicit JsonRows(const RowShape& shape, std::size_t most_bytes = kNoLimit)
        : RowSink(most_bytes), shape_(shape) {}
    /// Null: no limit.
    JsonRows(const RowShape& shape, std::shared_ptr<ByteBudget> budget)
        : RowSink(budget ? budget->most : kNoLimit), shape_(shape), budget_(std::move(budget)) {}

    void start_row() override;
    void cell(const Cell& cell) override;
    void end_row() override;
    void reset() override;
    bool has_enough() const override { return out_.size() >= enough_; }

    /// So many bytes are enough; the row with which they are reached is still taken.
    void set_enough(std::size_t bytes) { enough_ = bytes; }
    std::size_t count() const { return count_; }
    bool all_permitted() const { return all_permitted_; }
    std::string take() { return std::move(out_); }
    const std::string& text() const { return out_; }
    void reserve(std::size_t bytes) { out_.reserve(bytes); }
    /// What stands before the first row. Once, before any.
    void begin_text(std::string_view text) {
        out_ = text;
        start_ = text.size();
    }
    /// Takes the last row away again.
    void drop_last_row();

private:
    void drop_all();

    const RowShape& shape_;
    std::shared_ptr<ByteBudget> budget_;
    /// Of `budget_`: what is ours, counted row by row, and what others hold.
    std::size_t counted_ = 0;
    std::size_t others_ = 0;
    std::string out_;
    std::size_t start_ = 0;
    std::size_t next_ = 0;
    std::size_t count_ = 0;
    std::size_t last_row_ = 0;
    std::size_t enough_ = kNoLimit;
    bool all_permitted_ = true;
};

}  // namespace sluice::services::sql
