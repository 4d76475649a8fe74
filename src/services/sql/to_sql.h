#pragma once
/// Plans -> statements. The only file that writes SQL for rows: its words are ours, its names the
/// introspected ones, everything else is bound.

#include "services/sql/dialect.h"
#include "services/sql/plan.h"

namespace sluice::services::sql {

/// One column and what it is set to.
struct Assignment {
    const Column* column = nullptr;
    Value value;
};

struct Insert {
    const Table* table = nullptr;
    std::vector<Assignment> assignments;
    std::vector<ResultSource> returns;
    /// What the new row must satisfy; its truth is returned as one more column.
    const Condition* permitted = nullptr;
};

struct Update {
    const Table* table = nullptr;
    std::vector<Assignment> assignments;
    Condition where;
    std::vector<ResultSource> returns;
    const Condition* permitted = nullptr;
};

struct Delete {
    const Table* table = nullptr;
    Condition where;
    std::vector<ResultSource> returns;
    bool returns_nothing = false;
};

/// A read of rows that a change is about, beside the change itself.
struct Look {
    const Table* table = nullptr;
    Condition where;
    std::vector<ResultSource> sources;
    /// Its truth is returned as one more column.
    const Condition* permitted = nullptr;
    /// One row at most: whether there is any.
    bool is_first_only = false;
    /// Nobody else may change the rows before the transaction ends.
    bool locks = false;
    /// The values of `where` were written just now: the columns hold what was kept of them.
    bool is_after_write = false;
};

/// `rows` replaces the plan's limit.
Statement to_sql(const Dialect& dialect, const Select& select, std::int64_t rows);
/// The number of rows that `select` has without limit and offset.
Statement to_count_sql(const Dialect& dialect, const Select& select);
Statement to_sql(const Dialect& dialect, const Insert& insert);
Statement to_sql(const Dialect& dialect, const Update& update);
Statement to_sql(const Dialect& dialect, const Delete& removal);
Statement to_sql(const Dialect& dialect, const Look& look);

}  // namespace sluice::services::sql
