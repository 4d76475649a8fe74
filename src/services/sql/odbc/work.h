#pragma once
/// What is to run on a connection, and what became of it.

#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "core/error.h"
#include "services/sql/odbc/report.h"
#include "services/sql/statement.h"

namespace sluice::services::sql {

/// Threads: written by the connection's thread until it says that it is done; `sink` under the
///          mutex, so that whoever gives up waiting can take it away.
struct OdbcWork {
    enum class How {
        Run,   ///< the rows of the first result, and how many rows all of them changed
        Call,  ///< the rows of every result, with its columns
        Open,  ///< the first rows, at most `most_rows`; the statement stays open
        Fetch  ///< the next rows of what is open; `statement` is empty
    };
    Statement statement;
    How how = How::Run;
    /// Seconds after which the driver shall stop it by itself, where that costs nothing; 0: never.
    unsigned long seconds = 0;
    std::size_t most_rows = 0;
    /// Of a call: the columns of its result where they are known better; empty: as the driver
    /// tells.
    std::vector<ResultColumnHead> columns;

    std::optional<Error> failure;
    OdbcReport report;
    /// Rows that it changed.
    std::uint64_t touched = 0;
    /// Rows that were handed over.
    std::uint64_t rows = 0;
    bool has_rows = false;
    /// What is open has more rows, or may have.
    bool has_more = false;
    /// The connection is of no more use.
    bool is_lost = false;

    std::mutex mutex;
    /// Null: rows are dropped.
    RowSink* sink = nullptr;
    /// Of a call: the same one. Not to be used without `sink`.
    ResultSink* results = nullptr;
};

}  // namespace sluice::services::sql
