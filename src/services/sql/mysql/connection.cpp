#include "services/sql/mysql/connection.h"

#include <algorithm>

#include <mariadb/mysql.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>

#include "services/sql/mysql/error.h"
#include "services/sql/mysql/values.h"

namespace sluice::services::sql {
namespace {

using Wait = boost::asio::posix::descriptor_base;

}  // namespace

MysqlConnection::MysqlConnection(MysqlLink link, Executor shard)
    : handle_(std::move(link.handle)),
      set_up_(std::move(link.set_up)),
      socket_(std::make_unique<WatchedSocket>(shard,
                                              static_cast<int>(mysql_get_socket(handle_.get())))) {}

MysqlConnection::~MysqlConnection() {
    if (is_broken_ && socket_->stream.is_open()) {
        // The library says good-bye before it closes; what is stuck would wait for that.
        ::shutdown(socket_->stream.native_handle(), SHUT_RDWR);
    }
    handle_.reset();
    for (const Prepared statement : statements_) {
        mysql_stmt_close(statement);  // its connection is gone: this only frees
    }
}

unsigned long MysqlConnection::thread_id() const {
    return mysql_thread_id(handle_.get());
}

void MysqlConnection::close() {
    is_broken_ = true;
    boost::system::error_code ignored;
    socket_->stream.cancel(ignored);
}

bool MysqlConnection::is_usable() const {
    if (!is_at_rest()) {
        return false;
    }
    // A server that says something unasked, or nothing for ever, has closed the connection.
    char byte = 0;
    const ssize_t got = ::recv(static_cast<int>(mysql_get_socket(handle_.get())), &byte, 1,
                               MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void MysqlConnection::note(MysqlCommand& command) {
    const MysqlReport report = report_of(handle_.get());
    command.code = report.code;
    command.failure = report.code == 0 ? went_away() : from_mysql(report);
    is_broken_ = is_broken_ || report.code == 0 || is_lost(report.code);
}

void MysqlConnection::note(MysqlCommand& command, Prepared statement) {
    const MysqlReport report = report_of(statement);
    if (report.code == 0) {
        note(command);
        return;
    }
    command.code = report.code;
    command.failure = from_mysql(report);
    is_broken_ = is_broken_ || is_lost(report.code);
}

/// What of `wanted` is there; 0 when the connection was given up.
Task<int> MysqlConnection::ready(int wanted) {
    const bool writes = (wanted & MYSQL_WAIT_WRITE) != 0;
    boost::system::error_code code;
    if (!is_broken_) {
        co_await socket_->stream.async_wait(writes ? Wait::wait_write : Wait::wait_read,
                                            boost::asio::redirect_error(use_task, code));
    }
    if (code) {
        is_broken_ = true;
    }
    co_return is_broken_ ? 0 : (writes ? MYSQL_WAIT_WRITE : MYSQL_WAIT_READ);
}

// One step of the library: begun, and gone on with whenever the socket is ready. It must not be
// left in the middle but by giving the connection up, which `ready` tells with 0.
#define SLUICE_MYSQL_STEP(begin, go_on)                         \
    for (int wanted = (begin); wanted != 0; wanted = (go_on)) { \
        const int events = co_await ready(wanted);              \
        if (events == 0) {                                      \
            command.failure = went_away();                      \
            co_return;                                          \
        }                                                       \
        is_ready = events;                                      \
    }

Task<void> MysqlConnection::run_plain(MysqlCommand& command) {
    int is_ready = 0;
    int failed = 0;
    SLUICE_MYSQL_STEP(
        mysql_real_query_start(&failed, handle_.get(), command.text.data(), command.text.size()),
        mysql_real_query_cont(&failed, handle_.get(), is_ready));
    if (failed != 0) {
        note(command);
        co_return;
    }
    command.touched = mysql_affected_rows(handle_.get());
    if (mysql_field_count(handle_.get()) > 0) {  // nobody asks for rows in this way
        command.failure = Error(ErrorKind::Internal, "The database refused the statement.");
        is_broken_ = true;
    }
}

Task<void> MysqlConnection::drop(Prepared statement) {
    my_bool failed = 0;
    int wanted = mysql_stmt_close_start(&failed, statement);
    while (wanted != 0) {
        const int events = co_await ready(wanted);
        if (events == 0) {
            co_return;  // freed with the connection
        }
        wanted = mysql_stmt_close_cont(&failed, statement, events);
    }
    std::erase(statements_, statement);
}

Task<MysqlConnection::Prepared> MysqlConnection::prepare(MysqlCommand& command) {
    const bool is_kept = is_worth_keeping(command);
    if (const Prepared* known = is_kept ? prepared_.find(command.text) : nullptr) {
        co_return *known;
    }
    if (const auto oldest = is_kept ? prepared_.make_room() : std::nullopt) {
        co_await drop(*oldest);
    }
    const Prepared statement = mysql_stmt_init(handle_.get());
    if (statement == nullptr) {
        note(command);
        co_return nullptr;
    }
    statements_.push_back(statement);
    int failed = 0;
    int wanted =
        mysql_stmt_prepare_start(&failed, statement, command.text.data(), command.text.size());
    while (wanted != 0) {
        const int events = co_await ready(wanted);
        if (events == 0) {
            command.failure = went_away();
            co_return nullptr;
        }
        wanted = mysql_stmt_prepare_cont(&failed, statement, events);
    }
    if (failed != 0) {
        note(command, statement);
        co_await drop(statement);
        co_return nullptr;
    }
    if (is_kept) {
        prepared_.add(command.text, statement);
    }
    co_return statement;
}

bool MysqlConnection::is_worth_keeping(const MysqlCommand& command) {
    return command.how != MysqlCommand::How::Call &&
           PreparedStatements<Prepared>::is_worth_keeping(command.text, command.values.size());
}

Task<void> MysqlConnection::run_prepared(MysqlCommand& command) {
    const Prepared statement = co_await prepare(command);
    if (statement == nullptr) {
        co_return;
    }
    co_await execute(command, statement);
    if (!is_broken_ && !is_worth_keeping(command)) {
        co_await drop(statement);
    }
}

Task<void> MysqlConnection::execute(MysqlCommand& command, Prepared statement) {
    MysqlParameters values(command.values);
    if (mysql_stmt_param_count(statement) != values.size() ||
        (values.size() > 0 && mysql_stmt_bind_param(statement, values.binds()) != 0)) {
        command.failure = Error(ErrorKind::Internal, "The database refused the statement.")
                              .with_detail("values and placeholders do not fit");
        co_return;
    }
    int is_ready = 0;
    int failed = 0;
    SLUICE_MYSQL_STEP(mysql_stmt_execute_start(&failed, statement),
                      mysql_stmt_execute_cont(&failed, statement, is_ready));
    if (failed != 0) {
        note(command, statement);
        co_return;
    }
    if (command.how == MysqlCommand::How::Call) {
        co_await take_results(command, statement);
        co_return;
    }
    command.has_columns = mysql_stmt_field_count(statement) > 0;
    if (!command.has_columns) {
        command.touched = mysql_stmt_affected_rows(statement);
        co_return;
    }
    co_await fetch(command, statement);
    if (is_broken_) {
        co_return;
    }
    my_bool ignored = 0;
    SLUICE_MYSQL_STEP(mysql_stmt_free_result_start(&ignored, statement),
                      mysql_stmt_free_result_cont(&ignored, statement, is_ready));
}

/// All of them, also those that nobody takes: what is left over would be the next one's answer.
Task<void> MysqlConnection::take_results(MysqlCommand& command, Prepared statement) {
    int is_ready = 0;
    int failed = 0;
    while (true) {
        if (mysql_stmt_field_count(statement) > 0) {
            if (command.results != nullptr) {
                command.results->start_result(heads_of(statement));
                if (command.results->is_full()) {
                    cut_short(command);
                    co_return;
                }
            }
            co_await fetch(command, statement);
            if (is_broken_ || command.failure) {
                co_return;
            }
        }
        if (mysql_stmt_more_results(statement) == 0) {
            co_return;
        }
        SLUICE_MYSQL_STEP(mysql_stmt_next_result_start(&failed, statement),
                          mysql_stmt_next_result_cont(&failed, statement, is_ready));
        if (failed != 0) {
            note(command, statement);
            co_return;
        }
    }
}

/// The statements that were prepared are gone with all else. One of those that set the session up
/// may give rows: then it fails, and costs the connection.
Task<void> MysqlConnection::renew(MysqlCommand& command) {
    int is_ready = 0;
    int failed = 0;
    SLUICE_MYSQL_STEP(mysql_reset_connection_start(&failed, handle_.get()),
                      mysql_reset_connection_cont(&failed, handle_.get(), is_ready));
    prepared_.clear();
    for (const Prepared statement : statements_) {
        mysql_stmt_close(statement);  // its connection has forgotten it: this only frees
    }
    statements_.clear();
    if (failed != 0) {
        note(command);
        co_return;
    }
    for (const std::string& text : set_up_) {
        command.text = text;
        co_await run_plain(command);
        if (command.failure) {
            co_return;
        }
    }
}

void MysqlConnection::cut_short(MysqlCommand& command) {
    command.failure = too_large(command.sink->most_bytes());
    command.is_cut_short = true;
    is_broken_ = true;
}

Task<void> MysqlConnection::fetch(MysqlCommand& command, Prepared statement) {
    MysqlRows rows(statement);
    int is_ready = 0;
    bool has_enough = false;
    for (std::size_t count = 0;; ++count) {
        if (has_enough || count == command.rows_at_once) {
            command.done.set();
            co_await command.go_on.wait_until(Deadline());
            count = 0;
        }
        int result = 0;
        SLUICE_MYSQL_STEP(mysql_stmt_fetch_start(&result, statement),
                          mysql_stmt_fetch_cont(&result, statement, is_ready));
        if (result == MYSQL_NO_DATA) {
            co_return;
        }
        if (result == 1 || !rows.hand_over(command.sink)) {
            note(command, statement);
            co_return;
        }
        if (command.sink != nullptr && command.sink->is_full()) {
            cut_short(command);
            co_return;
        }
        has_enough = command.sink != nullptr && command.sink->has_enough();
    }
}

#undef SLUICE_MYSQL_STEP

Task<void> MysqlConnection::run(std::shared_ptr<MysqlConnection> self, MysqlCommandRef command) {
    try {
        switch (command->how) {
            case MysqlCommand::How::Plain:
                co_await self->run_plain(*command);
                break;
            case MysqlCommand::How::Renewal:
                co_await self->renew(*command);
                break;
            default:
                co_await self->run_prepared(*command);
        }
    } catch (const std::exception& thrown) {  // out of memory: the library is in the middle
        command->failure = went_away().with_detail(thrown.what());
        self->is_broken_ = true;
    }
    self->is_busy_ = false;
    command->is_over = true;
    command->done.set();
}

void MysqlConnection::send(MysqlCommandRef command) {
    if (is_broken_ || is_busy_) {
        command->failure = went_away();
        command->is_over = true;
        command->done.set();
        return;
    }
    is_busy_ = true;
    const Executor shard = socket_->shard;
    boost::asio::co_spawn(shard, run(shared_from_this(), std::move(command)),
                          boost::asio::detached);
}

}  // namespace sluice::services::sql
