#pragma once
/// One statement on its handle: executed, and its results handed over.

#include <optional>

#include "services/sql/odbc/flavor.h"
#include "services/sql/odbc/handles.h"
#include "services/sql/odbc/parameters.h"
#include "services/sql/odbc/rows.h"
#include "services/sql/odbc/work.h"

namespace sluice::services::sql {

/// The driver knows, without asking, that the connection has gone.
bool is_dead(const OdbcHandles& handles);

/// Threads: that of the connection.
class OdbcExecution {
public:
    /// `flavor` must outlive this; the values of `statement` are kept as long as this is.
    OdbcExecution(OdbcStatementRef handle, const OdbcFlavor& flavor, Statement statement)
        : handle_(std::move(handle)),
          flavor_(flavor),
          statement_(std::move(statement)),
          parameters_(statement_.values) {}
    OdbcExecution(const OdbcExecution&) = delete;
    OdbcExecution& operator=(const OdbcExecution&) = delete;

    /// All of it, as `work.how` says. False: it was cut short, and more of it is to come.
    bool run(OdbcWork& work);
    /// Up to `work.most_rows` rows of its first result, from the first one on. It is over when
    /// `work.has_more` is not set.
    void open(OdbcWork& work);
    void fetch(OdbcWork& work);

    const OdbcStatementRef& handle() const { return handle_; }

private:
    /// What touched nothing has no rows either, whatever columns it says that it has.
    enum class Started { Failed, WithoutResult, WithResult };
    enum class After { GoOn, Over, CutShort };

    Started start(OdbcWork& work);
    After take_result(OdbcWork& work);
    After take_rows(OdbcWork& work, short columns);
    After take_row(OdbcWork& work, OdbcRows& rows, bool is_wanted);
    short count_columns() const;
    void note(OdbcWork& work) const;

    OdbcStatementRef handle_;
    const OdbcFlavor& flavor_;
    Statement statement_;
    OdbcParameters parameters_;
    std::optional<OdbcRows> open_rows_;
};

}  // namespace sluice::services::sql
