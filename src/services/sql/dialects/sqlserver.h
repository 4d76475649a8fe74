#pragma once
/// T-SQL, and SQL Server's way of describing tables.

#include "services/sql/dialect.h"
#include "services/sql/dialects/sqlserver_routines.h"

namespace sluice::services::sql {

class SqlServerDialect : public Dialect {
public:
    /// `schema` empty: all schemas; tables outside the user's own are named `schema.table`.
    explicit SqlServerDialect(std::string schema)
        : schema_(schema), routines_(*this, std::move(schema)) {}

    void quote(std::string& out, std::string_view identifier) const override;
    void placeholder(std::string& out, std::size_t index, Kind kind) const override;
    Habits habits() const override;
    Result<std::string> type_of(const NewColumn& column) const override;
    Task<Result<Alteration>> alter(Session& session,
                                   const TableChange& change,
                                   Deadline deadline) const override;
    Task<Result<std::vector<TableName>>> list(Session& session, Deadline deadline) const override;
    Task<Result<TableRef>> introspect(Session& session,
                                      std::string name,
                                      Deadline deadline) const override;
    Task<Result<std::vector<Reference>>> references(Session& session,
                                                    Deadline deadline) const override;

    const Routines* routines() const override { return &routines_; }

private:
    std::string schema_;
    SqlServerRoutines routines_;
};

}  // namespace sluice::services::sql
