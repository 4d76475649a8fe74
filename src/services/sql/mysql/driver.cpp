#include "services/sql/mysql/driver.h"

#include "services/sql/mysql/writes.h"

namespace sluice::services::sql {
namespace {

class MysqlTransaction : public Transaction {
public:
    MysqlTransaction(LongPlace place, std::unique_ptr<LentMysql> lent)
        : place_(std::move(place)), lent_(std::move(lent)) {}

    ~MysqlTransaction() override {
        if (is_open_) {
            lent_->connection()->close();  // the server rolls back what lost its connection
        }
    }
    MysqlTransaction(const MysqlTransaction&) = delete;
    MysqlTransaction& operator=(const MysqlTransaction&) = delete;

    Task<Status> read(const Statement& statement, RowSink& sink, Deadline deadline) override {
        MysqlSteps steps(lent_->pool(), lent_->connection(), deadline);
        Status status = co_await steps.run(statement, sink);
        if (steps.has_lost_transaction()) {
            steps.close();  // what follows would be committed at once
        }
        co_return status;
    }

    Task<Result<std::vector<Written>>> write(Writes writes, Deadline deadline) override {
        MysqlSteps steps(lent_->pool(), lent_->connection(), deadline);
        co_return co_await StepWriter(steps, kMysqlWords, false, deadline).inside(writes);
    }

    Task<Status> mark(Mark what, int number, Deadline deadline) override {
        for (std::string& command : commands_of(kMysqlWords, what, number)) {
            const Status done =
                co_await lent_->pool().run(lent_->connection(), std::move(command), deadline);
            if (!done) {
                lent_->connection()->close();
                co_return done;
            }
        }
        co_return Status();
    }

    Task<Status> commit(Deadline deadline) override { return end("COMMIT", deadline); }
    Task<Status> rollback() override {
        return end("ROLLBACK", Deadline::after(std::chrono::seconds(5)));
    }

private:
    Task<Status> end(std::string how, Deadline deadline) {
        Status status = co_await lent_->pool().run(lent_->connection(), std::move(how), deadline);
        is_open_ = !status.has_value();
        co_return status;
    }

    LongPlace place_;
    std::unique_ptr<LentMysql> lent_;
    bool is_open_ = true;
};

/// One command whose rows are taken off the wire as they are wanted.
class MysqlCursor : public Cursor {
public:
    MysqlCursor(LongPlace place,
                std::shared_ptr<MysqlPool> pool,
                MysqlConnectionRef connection,
                Statement statement)
        : place_(std::move(place)),
          lent_(std::move(pool), std::move(connection)),
          command_(std::make_shared<MysqlCommand>(lent_.pool().shard())) {
        command_->text = std::move(statement.text);
        command_->values = std::move(statement.values);
    }
    ~MysqlCursor() override {
        if (has_begun_ && !command_->is_over) {
            lent_.connection()->close();  // with rows still on the way
            command_->go_on.set();
        }
    }
    MysqlCursor(const MysqlCursor&) = delete;
    MysqlCursor& operator=(const MysqlCursor&) = delete;

    Task<Result<bool>> fetch(RowSink& sink, std::size_t most, Deadline deadline) override {
        command_->sink = &sink;
        command_->rows_at_once = most;
        if (has_begun_) {
            command_->go_on.set();
        } else {
            has_begun_ = true;
            lent_.connection()->send(command_);
        }
        CO_CHECK(co_await lent_.pool().wait(lent_.connection(), command_, deadline));
        co_return !command_->is_over;
    }

private:
    LongPlace place_;
    LentMysql lent_;
    MysqlCommandRef command_;
    bool has_begun_ = false;
};

/// What makes a session as new: also after the deadline of whoever used it.
constexpr auto kRenewalTime = std::chrono::seconds(2);

}  // namespace

Task<Status> MysqlDatabase::read(const Statement& statement, RowSink& sink, Deadline deadline) {
    for (int tries = 0;; ++tries) {
        CO_TRY(auto connection, co_await pool_->lend(deadline));
        const LentMysql lent(pool_, std::move(connection));
        Status status =
            co_await run_statement(*pool_, lent.connection(), statement, sink, deadline);
        const bool is_lost = !status && status.error().kind() == ErrorKind::ServiceUnavailable &&
                             lent.connection()->is_broken();
        if (!is_lost || tries > 0) {
            co_return status;
        }
        // The server may have closed what was idle; a read may simply try again.
        sink.reset();
        pool_->drop_idle();
    }
}

Task<Result<std::vector<Written>>> MysqlDatabase::write(Writes writes, Deadline deadline) {
    CO_TRY(auto connection, co_await pool_->lend(deadline));
    const LentMysql lent(pool_, std::move(connection));
    MysqlSteps steps(*pool_, lent.connection(), deadline);
    StepWriter writer(steps, kMysqlWords, false, deadline);
    if (writes.writes.size() == 1 && StepWriter::stands_alone(writes.writes.front())) {
        std::vector<Written> written;
        written.push_back(co_await writer.alone(writes.writes.front()));
        co_return written;
    }
    CO_CHECK(co_await steps.control(std::string(kMysqlWords.begin), deadline));
    co_return co_await writer.in_transaction(writes);
}

Task<Status> MysqlDatabase::call(const RoutineCall& call, ResultSink& sink, Deadline deadline) {
    CO_TRY(auto connection, co_await pool_->lend(deadline));
    const LentMysql lent(pool_, std::move(connection));
    auto command = std::make_shared<MysqlCommand>(pool_->shard());
    command->text = call.statement.text;
    command->values = call.statement.values;
    command->sink = &sink;
    command->results = &sink;
    command->how = MysqlCommand::How::Call;
    Status status = co_await pool_->run(lent.connection(), std::move(command), deadline);
    if (lent.connection()->is_broken()) {
        co_return status;
    }
    auto renewal = std::make_shared<MysqlCommand>(pool_->shard());
    renewal->how = MysqlCommand::How::Renewal;
    const Status renewed =
        co_await pool_->run(lent.connection(), std::move(renewal), Deadline::after(kRenewalTime));
    if (!renewed) {
        lent.connection()->close();
    }
    co_return status;
}

Task<Result<std::unique_ptr<Transaction>>> MysqlDatabase::begin(Deadline deadline,
                                                                Deadline /*until*/) {
    CO_TRY(auto place, co_await long_uses_.for_transaction(deadline));
    CO_TRY(auto connection, co_await pool_->lend(deadline));
    auto lent = std::make_unique<LentMysql>(pool_, std::move(connection));
    const Status begun = co_await pool_->run(lent->connection(), "START TRANSACTION", deadline);
    if (!begun) {
        lent->connection()->close();
        co_return fail(begun.error());
    }
    co_return std::make_unique<MysqlTransaction>(std::move(place), std::move(lent));
}

Task<Result<CursorRef>> MysqlDatabase::open_cursor(Statement statement, Deadline deadline) {
    if (!long_uses_.are_possible()) {
        co_return CursorRef();
    }
    CO_TRY(auto place, co_await long_uses_.for_cursor(deadline));
    CO_TRY(auto connection, co_await pool_->lend(deadline));
    co_return std::make_unique<MysqlCursor>(std::move(place), pool_, std::move(connection),
                                            std::move(statement));
}

}  // namespace sluice::services::sql
