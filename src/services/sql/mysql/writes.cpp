#include "services/sql/mysql/writes.h"

#include "services/sql/mysql/error.h"

namespace sluice::services::sql {
namespace {

MysqlCommandRef command_of(const Statement& statement, RowSink& sink, Executor shard) {
    auto command = std::make_shared<MysqlCommand>(shard);
    command->text = statement.text;
    command->values = statement.values;
    command->sink = &sink;
    return command;
}

/// What a server says to those who may not look at the table referred to.
constexpr unsigned kNamelessReference = 1216;

}  // namespace

Task<Status> run_statement(MysqlPool& pool,
                           MysqlConnectionRef connection,
                           const Statement& statement,
                           RowSink& sink,
                           Deadline deadline) {
    co_return co_await pool.run(std::move(connection), command_of(statement, sink, pool.shard()),
                                deadline);
}

Task<Status> MysqlSteps::run(const Statement& statement, RowSink& sink) {
    last_ = command_of(statement, sink, pool_.shard());
    co_return co_await pool_.run(connection_, last_, deadline_);
}

Task<Status> MysqlSteps::control(std::string text, Deadline deadline) {
    co_return co_await pool_.run(connection_, std::move(text), deadline);
}

bool MysqlSteps::broke_nameless_reference() const {
    return last_ && last_->code == kNamelessReference;
}

bool MysqlSteps::has_lost_transaction() const {
    return last_ && ends_transaction(last_->code);
}

}  // namespace sluice::services::sql
