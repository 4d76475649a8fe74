#include "services/sql/odbc/cursor.h"

namespace sluice::services::sql {

DeclaredCursor::~DeclaredCursor() {
    if (!is_closed_) {
        lent_->connection()->close();  // the database drops what lost its connection
    }
}

Task<Status> DeclaredCursor::declare(Statement statement, Deadline deadline) {
    auto command = std::make_shared<OdbcCommand>(lent_->pool().shard());
    command->work->statement.text = "DECLARE rows NO SCROLL CURSOR FOR " + statement.text;
    command->work->statement.values = std::move(statement.values);
    co_return co_await lent_->pool().run(lent_->connection(), std::move(command), deadline);
}

Task<Result<bool>> DeclaredCursor::fetch(RowSink& sink, std::size_t most, Deadline deadline) {
    auto command = std::make_shared<OdbcCommand>(lent_->pool().shard());
    command->work->statement.text = "FETCH FORWARD " + std::to_string(most) + " FROM rows";
    command->work->sink = &sink;
    CO_CHECK(co_await lent_->pool().run(lent_->connection(), command, deadline));
    if (command->work->rows == most) {
        co_return true;
    }
    std::string end(lent_->pool().flavor().words.rollback);
    const Status ended = co_await lent_->pool().run(lent_->connection(), std::move(end), deadline);
    is_closed_ = ended.has_value();
    co_return false;
}

FetchedCursor::~FetchedCursor() {
    if (is_open_) {
        lent_->pool().abandon(*lent_->connection());
    }
}

Task<Result<bool>> FetchedCursor::fetch(RowSink& sink, std::size_t most, Deadline deadline) {
    auto command = std::make_shared<OdbcCommand>(lent_->pool().shard());
    command->work->how = is_open_ ? OdbcWork::How::Fetch : OdbcWork::How::Open;
    command->work->statement = std::move(statement_);
    command->work->sink = &sink;
    command->work->most_rows = most;
    is_open_ = true;
    CO_CHECK(co_await lent_->pool().run(lent_->connection(), command, deadline));
    is_open_ = command->work->has_more;
    co_return is_open_;
}

}  // namespace sluice::services::sql
