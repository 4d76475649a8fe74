#pragma once
/// Rows kept apart, each with the values by which it is to be found again.

#include <string>
#include <vector>

#include "services/sql/rows_writer.h"
#include "services/sql/statement.h"

namespace sluice::services::sql {

/// The last columns of `shape` are keys: kept beside the record, not shown in it.
class KeyedRows : public RowSink {
public:
    struct Row {
        /// `{"a":1,"b":2`: open at its end, so that members can be added. Empty without any.
        std::string json;
        /// Each as JSON text.
        std::vector<std::string> keys;

        /// Adds a member whose value is JSON text.
        void add(std::string_view name, std::string_view value);
        std::string closed() const { return json.empty() ? "{}" : json + "}"; }
    };

    /// `shape` must outlive this. Cells after its last column are passed over.
    KeyedRows(const RowShape& shape, std::size_t keys, std::size_t most_bytes)
        : RowSink(most_bytes), shape_(shape), fields_(shape.columns.size() - keys) {}

    void start_row() override;
    void cell(const Cell& cell) override;
    void end_row() override;
    void reset() override;
    bool has_enough() const override { return bytes_ >= enough_; }

    /// So many bytes are enough; the row with which they are reached is still taken.
    void set_enough(std::size_t bytes) { enough_ = bytes; }
    std::vector<Row>& rows() { return rows_; }

private:
    const RowShape& shape_;
    std::size_t fields_;
    std::size_t next_ = 0;
    /// Of the rows that are complete.
    std::size_t bytes_ = 0;
    std::size_t enough_ = kNoLimit;
    std::vector<Row> rows_;
};

/// `{"resource":[{..},{..}]`: the object is left open for what follows.
std::string list_of(const std::vector<KeyedRows::Row>& rows);

}  // namespace sluice::services::sql
