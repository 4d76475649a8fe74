#pragma once
/// One connection to PostgreSQL in pipeline mode, on the shard's own loop.
/// Measured: two connections with 16 statements in flight each reach 134 k reads by key a second
/// on two cores, one statement at a time 17-35 k (docs/adr/0010-blocking-drivers.md).

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "core/task.h"
#include "services/sql/postgres/connect.h"
#include "services/sql/postgres/exchange.h"
#include "services/sql/prepared_statements.h"
#include "services/sql/watched_socket.h"

struct pg_result;

namespace sluice::services::sql {

/// Threads: one shard. Kept alive by its reading loop until `close`.
class PostgresConnection {
public:
    /// Takes over what connect_postgres gave.
    static std::shared_ptr<PostgresConnection> start(pg_conn* handle, Executor shard);
    ~PostgresConnection();
    PostgresConnection(const PostgresConnection&) = delete;
    PostgresConnection& operator=(const PostgresConnection&) = delete;

    /// Sends at once or, what shares its sync, at the end of this turn of the loop;
    /// `exchange->done` is set when it is over.
    void send(ExchangeRef exchange);
    std::size_t in_flight() const { return running_; }
    /// Nothing has come back for `time`, though something runs.
    bool is_held_up(std::chrono::milliseconds time) const;
    /// Whose command the server works on; null when there is none.
    const Exchange* running() const;
    bool is_broken() const { return is_broken_; }
    /// Fit for another user.
    bool is_at_rest() const { return !is_broken_ && running_ == 0; }
    /// Not broken, as far as a look can tell: after a pause the socket is asked, too.
    bool is_usable();
    std::shared_ptr<PostgresCancel> make_cancel() const;
    void close();
    /// The server was told to forget what it had prepared.
    void forget_prepared() { prepared_.clear(); }

private:
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
    // What the server answers: results.cpp.
    bool take_results();
    void take(pg_result* result);
    void end_flight();
    /// Stops what has sent more than its caller may get: libpq would keep all of it until its end.
    void watch_size();
    void finish(Exchange& exchange);
    void fail_all(const Error& error);

    pg_conn* handle_;
    std::unique_ptr<WatchedSocket> socket_;
    std::weak_ptr<PostgresConnection> self_;
    std::deque<Flight> in_flight_;
    /// For the end of this turn.
    std::deque<ExchangeRef> waiting_;
    bool sends_soon_ = false;
    /// Exchanges that are not over.
    std::size_t running_ = 0;
    /// By the name that the server knows each under.
    PreparedStatements<std::string> prepared_;
    std::uint64_t names_ = 0;
    Deadline::Clock::time_point last_end_;
    Deadline::Clock::time_point last_result_;
    /// Since the last result; and what the socket had received at one of them.
    std::size_t unfinished_reads_ = 0;
    std::uint64_t received_before_ = 0;
    bool is_flushing_ = false;
    bool is_broken_ = false;
};

}  // namespace sluice::services::sql
