#pragma once
/// Procedures and functions of a MySQL or MariaDB database.

#include "services/sql/mysql/settings.h"
#include "services/sql/routines/routine.h"

namespace sluice::services::sql {

class Dialect;

/// How parameters hand over what they give.
enum class MysqlGiving {
    Result,    ///< the server's way: the last result
    Variables  ///< of the session, set before and read after, for drivers that keep that result
};

class MysqlRoutines : public Routines {
public:
    /// As of MysqlDialect, which must outlive this.
    MysqlRoutines(const Dialect& dialect,
                  std::shared_ptr<const MysqlFacts> facts,
                  MysqlGiving giving)
        : dialect_(dialect), facts_(std::move(facts)), giving_(giving) {}

    Task<Result<std::vector<RoutineRef>>> find(Session& session,
                                               RoutineForm form,
                                               std::optional<std::string> name,
                                               Deadline deadline) const override;
    RoutineCall call(const Routine& routine, const Arguments& arguments) const override;

private:
    const Dialect& dialect_;
    std::shared_ptr<const MysqlFacts> facts_;
    MysqlGiving giving_;
};

}  // namespace sluice::services::sql
