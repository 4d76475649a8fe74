#include "services/sql/sqlite/cursor.h"

#include "core/blocking.h"

namespace sluice::services::sql {

SqliteCursor::SqliteCursor(Connection connection,
                           Statement statement,
                           GatePlace place,
                           boost::asio::thread_pool& pool,
                           std::function<void(Connection)> give_back)
    : connection_(std::move(connection)),
      statement_(std::move(statement)),
      place_(std::move(place)),
      pool_(pool),
      give_back_(std::move(give_back)) {}

SqliteCursor::~SqliteCursor() {
    connection_->end();
    give_back_(std::move(connection_));
}

Result<bool> SqliteCursor::step(RowSink& sink, std::size_t most, Deadline deadline) {
    if (!has_begun_) {
        SLUICE_CHECK(connection_->begin(statement_, deadline.at()));
        has_begun_ = true;
    }
    return connection_->step(sink, most, deadline.at());
}

Task<Result<bool>> SqliteCursor::fetch(RowSink& sink, std::size_t most, Deadline deadline) {
    const auto work = [this, &sink, most, deadline] { return step(sink, most, deadline); };
    co_return co_await on_pool(pool_, work);
}

}  // namespace sluice::services::sql
