#include "services/sql/odbc/call.h"

namespace sluice::services::sql {
namespace {

OdbcCommandRef command_of(OdbcPool& pool, const Statement& statement) {
    auto command = std::make_shared<OdbcCommand>(pool.shard());
    command->work->statement = statement;
    return command;
}

OdbcCommandRef command_of(OdbcPool& pool,
                          const Statement& statement,
                          ResultSink& sink,
                          std::vector<ResultColumnHead> columns) {
    OdbcCommandRef command = command_of(pool, statement);
    command->work->how = OdbcWork::How::Call;
    command->work->sink = &sink;
    command->work->results = &sink;
    command->work->columns = std::move(columns);
    return command;
}

}  // namespace

Task<Status> run_call(OdbcPool& pool,
                      OdbcConnectionRef connection,
                      const RoutineCall& call,
                      ResultSink& sink,
                      Deadline deadline) {
    for (const Statement& before : call.before) {
        CO_CHECK(co_await pool.run(connection, command_of(pool, before), deadline));
    }
    const bool is_last = !call.after.has_value();
    OdbcCommandRef command = command_of(pool, call.statement, sink,
                                        is_last ? call.columns : std::vector<ResultColumnHead>());
    Status status = co_await pool.run(connection, command, deadline);
    if (!status && command->is_over && pool.flavor().is_inside_routine(command->work->report)) {
        status = fail(Error(ErrorKind::Internal, "The database refused the statement.")
                          .with_detail(status.error().detail()));
    }
    if (status && call.after) {
        command = command_of(pool, *call.after, sink, call.columns);
        status = co_await pool.run(connection, command, deadline);
    }
    co_return status;
}

}  // namespace sluice::services::sql
