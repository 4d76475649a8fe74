#pragma once
/// Procedures and functions of a SQL Server database.

#include "services/sql/routines/routine.h"

namespace sluice::services::sql {

class Dialect;

class SqlServerRoutines : public Routines {
public:
    /// As of SqlServerDialect, which must outlive this.
    SqlServerRoutines(const Dialect& dialect, std::string schema)
        : dialect_(dialect), schema_(std::move(schema)) {}

    /// Shape: a function that gives a table gives records. Parameters of procedures may be left
    ///        out: the catalogue does not tell which have a default, and the server then says which
    ///        is missing. Those of functions may not.
    Task<Result<std::vector<RoutineRef>>> find(Session& session,
                                               RoutineForm form,
                                               std::optional<std::string> name,
                                               Deadline deadline) const override;
    RoutineCall call(const Routine& routine, const Arguments& arguments) const override;

private:
    const Dialect& dialect_;
    std::string schema_;
};

}  // namespace sluice::services::sql
