#pragma once
/// What goes over a PostgreSQL connection in one piece, and what became of it.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/async.h"
#include "core/error.h"
#include "services/sql/statement.h"

namespace sluice::services::sql {

/// Statements sent together and ended by one sync: an error in one skips the rest of them and
/// touches no other exchange. Outside a transaction they are one of their own.
struct Exchange {
    struct Command {
        std::string text;
        std::vector<Value> values;
        /// Null: rows are dropped.
        RowSink* sink = nullptr;
        /// Not worth preparing for the next time.
        bool is_once = false;
        /// That came.
        std::size_t rows = 0;
    };
    explicit Exchange(Executor shard) : done(shard) {}

    std::vector<Command> commands;
    /// It only reads: others may stand before the same sync. One that fails makes those after it
    /// go out again; what they all save is a system call and a round of the server each.
    bool shares_sync = false;
    /// Set once the server has refused a command or the connection is lost; before it is over when
    /// the answer is too large, and is to be stopped.
    std::optional<Error> failure;
    /// The command that failed; those before it have run.
    std::size_t failed_at = 0;
    std::string sqlstate;
    bool has_stale_plan = false;
    bool is_over = false;
    /// The server skipped it for the failure of one before it.
    bool was_skipped = false;
    Deadline::Clock::time_point sent_at;
    /// From its turn on the server to its end.
    std::chrono::microseconds took{0};
    Signal done;

    /// The caller goes away: rows are dropped from now on.
    void abandon() {
        for (Command& command : commands) {
            command.sink = nullptr;
        }
    }
};
using ExchangeRef = std::shared_ptr<Exchange>;

/// Abandons an exchange when its caller goes away, however that happens.
class Abandon {
public:
    explicit Abandon(ExchangeRef exchange) : exchange_(std::move(exchange)) {}
    ~Abandon() { exchange_->abandon(); }
    Abandon(const Abandon&) = delete;
    Abandon& operator=(const Abandon&) = delete;

private:
    ExchangeRef exchange_;
};

}  // namespace sluice::services::sql
