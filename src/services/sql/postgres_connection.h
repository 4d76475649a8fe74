#pragma once
/// One connection to PostgreSQL in pipeline mode, on the shard's own loop.
/// Measured: two connections with 16 statements in flight each reach 134 k reads by key a second
/// on two cores, one statement at a time 17-35 k (docs/adr/0010-blocking-drivers.md).

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/async.h"
#include "services/sql/postgres_error.h"
#include "services/sql/statement.h"

struct pg_conn;

namespace sluice::services::sql {

struct PostgresSettings {
    /// libpq's keywords and values; the password is among them.
    std::vector<std::pair<std::string, std::string>> keywords;
    std::string schema;
    std::string timezone;
    std::vector<std::string> statements;
};

/// Statements sent together and ended by one sync: an error in one skips the rest of them and
/// touches no other exchange. Outside a transaction they are one of their own.
struct Exchange {
    struct Command {
        std::string text;
        std::vector<Value> values;
        /// Null: rows are dropped.
        RowSink* sink = nullptr;
    };
    explicit Exchange(Executor shard) : done(shard) {}

    std::vector<Command> commands;
    /// It only reads: others may stand before the same sync. One that fails makes those after it
    /// go out again; what they all save is a system call and a round of the server each.
    bool shares_sync = false;
    /// Set once the server has refused a command or the connection is lost.
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
    void abandon();
};
using ExchangeRef = std::shared_ptr<Exchange>;

/// Threads: one shard. Kept alive by its reading loop until `close`.
class PostgresConnection {
public:
    /// Blocks. Errors: from_failed_connect.
    static Result<pg_conn*> connect(const PostgresSettings& settings, int timeout_seconds);

    /// Takes `handle` over.
    static std::shared_ptr<PostgresConnection> start(pg_conn* handle, Executor shard);
    ~PostgresConnection();
    PostgresConnection(const PostgresConnection&) = delete;
    PostgresConnection& operator=(const PostgresConnection&) = delete;

    /// Sends at once or, what shares its sync, at the end of this turn of the loop;
    /// `exchange->done` is set when it is over.
    void send(ExchangeRef exchange);
    std::size_t in_flight() const { return running_; }
    bool is_broken() const { return is_broken_; }
    /// Not broken, as far as a look can tell: after a pause the socket is asked, too.
    bool is_usable();
    /// Asks the server to stop what this connection runs. Blocks: for a pool.
    struct Cancel;
    std::shared_ptr<Cancel> make_cancel() const;
    static void request(const Cancel& cancel);
    void close();

private:
    struct Socket;
    struct Step {
        std::size_t exchange;
        std::size_t command;
        /// Set when this step prepares the statement of that text.
        std::string prepares;
    };
    /// What ends with one sync.
    struct Flight {
        std::vector<ExchangeRef> exchanges;
        std::vector<Step> steps;
        std::size_t next_step = 0;
    };

    PostgresConnection(pg_conn* handle, Executor shard);
    static Task<void> read_loop(std::shared_ptr<PostgresConnection> self);
    static Task<void> flush_loop(std::shared_ptr<PostgresConnection> self);
    void send_soon();
    void send_waiting();
    void send_flight(std::vector<ExchangeRef> exchanges);
    bool add_command(Flight& flight, Step step);
    bool prepare(Flight& flight, Step step, const std::string& text, std::string& name);
    void flush();
    bool take_results();
    void take(struct pg_result* result);
    void end_flight();
    void finish(Exchange& exchange);
    void fail_all(const Error& error);

    pg_conn* handle_;
    std::unique_ptr<Socket> socket_;
    std::weak_ptr<PostgresConnection> self_;
    std::deque<Flight> in_flight_;
    /// For the end of this turn.
    std::deque<ExchangeRef> waiting_;
    bool sends_soon_ = false;
    /// Exchanges that are not over.
    std::size_t running_ = 0;
    struct Prepared {
        std::string name;
        std::uint64_t last_use = 0;
    };
    std::unordered_map<std::string, Prepared> prepared_;
    std::uint64_t uses_ = 0;
    Deadline::Clock::time_point last_end_;
    bool is_flushing_ = false;
    bool is_broken_ = false;
};

}  // namespace sluice::services::sql
