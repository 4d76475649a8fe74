#pragma once
/// One connection to MySQL or MariaDB on the shard's own loop: one command at a time, through
/// libmariadb's non-blocking interface. Design: docs/adr/0012-mysql-without-threads.md.

#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/async.h"
#include "core/error.h"
#include "services/sql/mysql/connect.h"
#include "services/sql/prepared_statements.h"
#include "services/sql/statement.h"
#include "services/sql/watched_socket.h"

struct st_mysql_stmt;

namespace sluice::services::sql {

/// What is sent, and what became of it.
struct MysqlCommand {
    enum class How {
        Prepared,
        Plain,    ///< sent as it is: what controls transactions cannot be prepared everywhere
        Call,     ///< prepared for this time only; it may give several results, to `results`
        Renewal,  ///< no text: the session becomes what it was when it was set up
    };

    explicit MysqlCommand(Executor shard) : go_on(shard), done(shard) {}

    std::string text;
    std::vector<Value> values;
    /// Null: rows are dropped. The caller sets it to null when it goes away.
    RowSink* sink = nullptr;
    /// As `sink`; of a call, where it is the same.
    ResultSink* results = nullptr;
    How how = How::Prepared;
    /// A cursor's: so many rows come at a time, or what is enough for the sink. Then `done` is set,
    /// though it is not over, and `go_on` waited for.
    std::size_t rows_at_once = std::numeric_limits<std::size_t>::max();
    Signal go_on;

    std::optional<Error> failure;
    /// The server's or the library's number of the failure.
    unsigned code = 0;
    /// Rows that it changed, or found and would have changed.
    std::uint64_t touched = 0;
    bool has_columns = false;
    /// Its answer is too large: the connection is given up with rows still on the way.
    bool is_cut_short = false;
    bool is_over = false;
    Signal done;
};
using MysqlCommandRef = std::shared_ptr<MysqlCommand>;

/// Threads: one shard.
class MysqlConnection : public std::enable_shared_from_this<MysqlConnection> {
public:
    MysqlConnection(MysqlLink link, Executor shard);
    ~MysqlConnection();
    MysqlConnection(const MysqlConnection&) = delete;
    MysqlConnection& operator=(const MysqlConnection&) = delete;

    /// `command->done` is set when it is over. Nothing else may run meanwhile.
    void send(MysqlCommandRef command);
    bool is_broken() const { return is_broken_; }
    /// Fit for another user.
    bool is_at_rest() const { return !is_broken_ && !is_busy_; }
    /// At rest, and the server has not closed it, as far as a look can tell.
    bool is_usable() const;
    /// How the server knows it.
    unsigned long thread_id() const;
    st_mysql* handle() const { return handle_.get(); }
    void close();

private:
    using Prepared = st_mysql_stmt*;

    static Task<void> run(std::shared_ptr<MysqlConnection> self, MysqlCommandRef command);
    Task<void> run_plain(MysqlCommand& command);
    Task<void> run_prepared(MysqlCommand& command);
    Task<Prepared> prepare(MysqlCommand& command);
    Task<void> execute(MysqlCommand& command, Prepared statement);
    Task<void> take_results(MysqlCommand& command, Prepared statement);
    Task<void> renew(MysqlCommand& command);
    void cut_short(MysqlCommand& command);
    static bool is_worth_keeping(const MysqlCommand& command);
    Task<void> fetch(MysqlCommand& command, Prepared statement);
    Task<int> ready(int wanted);
    Task<void> drop(Prepared statement);
    void note(MysqlCommand& command);
    void note(MysqlCommand& command, Prepared statement);

    /// Statements go before their connection.
    MysqlHandle handle_;
    std::vector<std::string> set_up_;
    std::unique_ptr<WatchedSocket> socket_;
    PreparedStatements<Prepared> prepared_;
    /// All of them, to be freed.
    std::vector<Prepared> statements_;
    bool is_busy_ = false;
    bool is_broken_ = false;
};

}  // namespace sluice::services::sql
