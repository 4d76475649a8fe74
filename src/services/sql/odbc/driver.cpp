#include "services/sql/odbc/driver.h"

#include "services/sql/odbc/call.h"
#include "services/sql/odbc/cursor.h"
#include "services/sql/odbc/steps.h"
#include "services/sql/step_writer.h"

namespace sluice::services::sql {
namespace {

constexpr std::string_view kProbe = "SELECT 1";

class OdbcTransaction : public Transaction {
public:
    OdbcTransaction(LongPlace place, std::unique_ptr<LentOdbc> lent)
        : place_(std::move(place)), lent_(std::move(lent)) {}

    ~OdbcTransaction() override {
        if (is_open_) {
            lent_->connection()->close();  // the database rolls back what lost its connection
        }
    }
    OdbcTransaction(const OdbcTransaction&) = delete;
    OdbcTransaction& operator=(const OdbcTransaction&) = delete;

    Task<Status> read(const Statement& statement, RowSink& sink, Deadline deadline) override {
        OdbcSteps steps(lent_->pool(), lent_->connection(), deadline);
        co_return co_await steps.run(statement, sink);
    }

    Task<Result<std::vector<Written>>> write(Writes writes, Deadline deadline) override {
        if (writes.replaces_table) {
            co_return fail(replaces_no_table());
        }
        OdbcSteps steps(lent_->pool(), lent_->connection(), deadline);
        co_return co_await StepWriter(steps, words(), true, deadline).inside(writes);
    }

    Task<Status> mark(Mark what, int number, Deadline deadline) override {
        for (std::string& command : commands_of(words(), what, number)) {
            const Status done =
                co_await lent_->pool().run(lent_->connection(), std::move(command), deadline);
            if (!done) {
                lent_->connection()->close();
                co_return done;
            }
        }
        co_return Status();
    }

    Task<Status> commit(Deadline deadline) override {
        return end(std::string(words().commit), deadline);
    }
    Task<Status> rollback() override {
        return end(std::string(words().rollback), Deadline::after(std::chrono::seconds(5)));
    }

    static Error replaces_no_table() {
        return {ErrorKind::NotImplemented, "This change of a table is not made through ODBC."};
    }

private:
    const TransactionWords& words() const { return lent_->pool().flavor().words; }

    Task<Status> end(std::string how, Deadline deadline) {
        Status status = co_await lent_->pool().run(lent_->connection(), std::move(how), deadline);
        is_open_ = !status.has_value();
        co_return status;
    }

    LongPlace place_;
    std::unique_ptr<LentOdbc> lent_;
    bool is_open_ = true;
};

}  // namespace

Task<Status> OdbcDatabase::read(const Statement& statement, RowSink& sink, Deadline deadline) {
    for (int tries = 0;; ++tries) {
        CO_TRY(auto connection, co_await pool_->lend(deadline));
        const LentOdbc lent(pool_, std::move(connection));
        OdbcSteps steps(*pool_, lent.connection(), deadline);
        Status status = co_await steps.run(statement, sink);
        const bool is_lost = !status && status.error().kind() == ErrorKind::ServiceUnavailable &&
                             lent.connection()->is_broken() && !steps.has_given_rows();
        if (!is_lost || tries > 0) {
            co_return status;
        }
        // The database may have closed what was idle; a read may simply try again.
        sink.reset();
        pool_->drop_idle();
    }
}

Task<Result<std::unique_ptr<LentOdbc>>> OdbcDatabase::lend_alive(std::string begin,
                                                                 Deadline deadline) {
    for (int tries = 0;; ++tries) {
        CO_TRY(auto connection, co_await pool_->lend(deadline));
        auto lent = std::make_unique<LentOdbc>(pool_, std::move(connection));
        const bool is_asked = !begin.empty() || lent->connection()->is_stale();
        if (!is_asked) {
            co_return lent;
        }
        const Status begun = co_await pool_->run(
            lent->connection(), begin.empty() ? std::string(kProbe) : begin, deadline);
        if (begun) {
            co_return lent;
        }
        const bool is_lost = lent->connection()->is_broken() &&
                             begun.error().kind() == ErrorKind::ServiceUnavailable;
        lent->connection()->close();
        if (!is_lost || tries > 0) {
            co_return fail(begun.error());
        }
        pool_->drop_idle();
    }
}

Task<Result<std::vector<Written>>> OdbcDatabase::write(Writes writes, Deadline deadline) {
    if (writes.replaces_table) {
        co_return fail(OdbcTransaction::replaces_no_table());
    }
    const bool is_alone =
        writes.writes.size() == 1 && StepWriter::stands_alone(writes.writes.front());
    const TransactionWords& words = pool_->flavor().words;
    CO_TRY(const auto lent,
           co_await lend_alive(is_alone ? std::string() : std::string(words.begin), deadline));
    OdbcSteps steps(*pool_, lent->connection(), deadline);
    StepWriter writer(steps, words, true, deadline);
    if (is_alone) {
        std::vector<Written> written;
        written.push_back(co_await writer.alone(writes.writes.front()));
        co_return written;
    }
    co_return co_await writer.in_transaction(writes);
}

Task<Status> OdbcDatabase::call(const RoutineCall& call, ResultSink& sink, Deadline deadline) {
    CO_TRY(const auto lent, co_await lend_alive({}, deadline));
    Status status = co_await run_call(*pool_, lent->connection(), call, sink, deadline);
    // No two drivers have one word for making a session as new, and some have none.
    pool_->abandon(*lent->connection());
    co_return status;
}

Task<Result<std::unique_ptr<Transaction>>> OdbcDatabase::begin(Deadline deadline,
                                                               Deadline /*until*/) {
    CO_TRY(auto place, co_await long_uses_.for_transaction(deadline));
    CO_TRY(auto lent, co_await lend_alive(std::string(pool_->flavor().words.begin), deadline));
    co_return std::make_unique<OdbcTransaction>(std::move(place), std::move(lent));
}

Task<Result<CursorRef>> OdbcDatabase::open_cursor(Statement statement, Deadline deadline) {
    if (pool_->cursors() == OdbcCursors::None || !long_uses_.are_possible()) {
        co_return CursorRef();
    }
    CO_TRY(auto place, co_await long_uses_.for_cursor(deadline));
    if (pool_->cursors() == OdbcCursors::Fetched) {
        CO_TRY(auto lent, co_await lend_alive({}, deadline));
        co_return std::make_unique<FetchedCursor>(std::move(place), std::move(lent),
                                                  std::move(statement));
    }
    CO_TRY(auto lent, co_await lend_alive(std::string(pool_->flavor().words.begin), deadline));
    auto cursor = std::make_unique<DeclaredCursor>(std::move(place), std::move(lent));
    CO_CHECK(co_await cursor->declare(std::move(statement), deadline));
    co_return cursor;
}

}  // namespace sluice::services::sql
