#pragma once
/// The SQL of MySQL and MariaDB, and their way of describing tables.

#include <memory>

#include "services/sql/dialect.h"
#include "services/sql/dialects/mysql_routines.h"
#include "services/sql/mysql/settings.h"

namespace sluice::services::sql {

class MysqlDialect : public Dialect {
public:
    /// `facts` are those of the server that answered last.
    explicit MysqlDialect(std::shared_ptr<const MysqlFacts> facts,
                          MysqlGiving giving = MysqlGiving::Result)
        : facts_(facts), routines_(*this, std::move(facts), giving) {}

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
    std::shared_ptr<const MysqlFacts> facts_;
    MysqlRoutines routines_;
};

}  // namespace sluice::services::sql
