#pragma once
/// Procedures and functions of PostgreSQL: those of users, not of the server or its extensions.

#include "services/sql/routines/routine.h"

namespace sluice::services::sql {

class Dialect;

class PostgresRoutines : public Routines {
public:
    /// As of PostgresDialect, which must outlive this.
    PostgresRoutines(const Dialect& dialect, std::string schema)
        : dialect_(dialect), schema_(std::move(schema)) {}

    /// Shape: a function that returns nothing, or has parameters that give, is a procedure as well.
    Task<Result<std::vector<RoutineRef>>> find(Session& session,
                                               RoutineForm form,
                                               std::optional<std::string> name,
                                               Deadline deadline) const override;
    RoutineCall call(const Routine& routine, const Arguments& arguments) const override;

private:
    const Dialect& dialect_;
    std::string schema_;
};

/// `[1,"a",null]` as PostgreSQL writes arrays; empty for what is no list of JSON.
std::optional<std::string> postgres_array(std::string_view json);

}  // namespace sluice::services::sql
