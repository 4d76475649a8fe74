#include "services/sql/odbc/steps.h"

namespace sluice::services::sql {

Task<Status> OdbcSteps::run(const Statement& statement, RowSink& sink) {
    last_ = std::make_shared<OdbcCommand>(pool_.shard());
    last_->work->statement = statement;
    last_->work->sink = &sink;
    co_return co_await pool_.run(connection_, last_, deadline_);
}

Task<Status> OdbcSteps::control(std::string text, Deadline deadline) {
    co_return co_await pool_.run(connection_, std::move(text), deadline);
}

bool OdbcSteps::broke_nameless_reference() const {
    return has_ended() && last_->work->failure &&
           pool_.flavor().broke_nameless_reference(last_->work->report);
}

bool OdbcSteps::has_lost_transaction() const {
    return has_ended() && last_->work->failure &&
           pool_.flavor().ends_transaction(last_->work->report);
}

}  // namespace sluice::services::sql
