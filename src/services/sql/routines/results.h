#pragma once
/// What a call of a routine gives, straight to JSON.

#include <string>
#include <vector>

#include "services/sql/routines/call_request.h"
#include "services/sql/statement.h"

namespace sluice::services::sql {

/// Results of one call at most.
inline constexpr std::size_t kMaxResults = 1'000;

/// One result. Shape: `rows` are joined by commas, records or bare values.
struct RoutineResult {
    std::string rows;
    std::size_t count = 0;
    /// The first value of the first row.
    std::optional<std::string> first;
};

/// Threads: as of RowSink.
class RoutineResults : public ResultSink {
public:
    enum class Rows {
        Records,
        Values,  ///< the first column alone
    };
    /// `options` must outlive this.
    RoutineResults(Rows form, const CallOptions& options, std::size_t most_bytes)
        : ResultSink(most_bytes), form_(form), options_(options) {}

    void start_result(const std::vector<ResultColumnHead>& columns) override;
    void start_row() override;
    void cell(const Cell& cell) override;
    void end_row() override;
    void reset() override;

    /// It is full for that reason.
    bool has_too_many() const { return has_too_many_; }
    std::vector<RoutineResult> take() { return std::move(results_); }

private:
    struct Column {
        std::string json_key;
        Kind kind = Kind::Any;
        Kind shown = Kind::Any;
    };
    void drop_all();

    Rows form_;
    const CallOptions& options_;
    std::vector<Column> columns_;
    std::vector<RoutineResult> results_;
    /// Of all results but the last.
    std::size_t held_ = 0;
    std::size_t next_ = 0;
    bool has_too_many_ = false;
    std::string scratch_;
};

}  // namespace sluice::services::sql
