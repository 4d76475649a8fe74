#pragma once
/// Procedures and functions of a MySQL or MariaDB database.

#include "services/sql/mysql/settings.h"
#include "services/sql/routines/routine.h"

namespace sluice::services::sql {

class Dialect;

class MysqlRoutines : public Routines {
public:
    /// As of MysqlDialect, which must outlive this.
    MysqlRoutines(const Dialect& dialect, std::shared_ptr<const MysqlFacts> facts)
        : dialect_(dialect), facts_(std::move(facts)) {}

    Task<Result<std::vector<RoutineRef>>> find(Session& session,
                                               RoutineForm form,
                                               std::optional<std::string> name,
                                               Deadline deadline) const override;
    Statement call(const Routine& routine, const Arguments& arguments) const override;

private:
    const Dialect& dialect_;
    std::shared_ptr<const MysqlFacts> facts_;
};

}  // namespace sluice::services::sql
