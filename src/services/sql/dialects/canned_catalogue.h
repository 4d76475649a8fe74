#pragma once
/// A catalogue for tests of what dialects ask and make of the answers.

#include <utility>
#include <vector>

#include "services/sql/session.h"

namespace sluice::services::sql {

/// Gives the same rows to every question, and keeps what it was asked.
class CannedCatalogue : public Session {
public:
    /// A null pointer is NULL.
    using Row = std::vector<const char*>;

    explicit CannedCatalogue(std::vector<Row> rows) : rows_(std::move(rows)) {}

    Task<Status> read(const Statement& statement, RowSink& sink, Deadline) override {
        asked.push_back(statement);
        for (const Row& row : rows_) {
            sink.start_row();
            for (const char* text : row) {
                Cell cell;
                if (text != nullptr) {
                    cell.form = Cell::Form::Text;
                    cell.text = text;
                }
                sink.cell(cell);
            }
            sink.end_row();
        }
        co_return Status();
    }
    Task<Result<std::vector<Written>>> write(Writes, Deadline) override {
        co_return std::vector<Written>();
    }

    std::vector<Statement> asked;

private:
    std::vector<Row> rows_;
};

}  // namespace sluice::services::sql
