#pragma once
/// SQLite's SQL and its way of describing tables.

#include "services/sql/dialect.h"

namespace sluice::services::sql {

class SqliteDialect : public Dialect {
public:
    /// `returns_rows`: changes hand them back; the ODBC driver knows no RETURNING.
    explicit SqliteDialect(bool returns_rows = true) : returns_rows_(returns_rows) {}

    void quote(std::string& out, std::string_view identifier) const override;
    void placeholder(std::string& out, std::size_t index, Kind kind) const override;
    Habits habits() const override {
        return {.other_dates = OtherDates::Refused,
                .returns_inserted = returns_rows_,
                .returns_updated = returns_rows_,
                .returns_deleted = returns_rows_,
                .last_id = "last_insert_rowid()",
                .locks_rows = false,
                .drops_by_record = true};
    }
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

private:
    bool returns_rows_;
};

/// A declared type ("VARCHAR(80)", "tinyint(1)") -> kind, simple type, length, precision, scale.
void read_sqlite_type(std::string_view declared, Column& column);

}  // namespace sluice::services::sql
