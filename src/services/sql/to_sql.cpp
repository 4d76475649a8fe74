#include "services/sql/to_sql.h"

#include <algorithm>

#include "services/sql/sql_writer.h"

namespace sluice::services::sql {
namespace {

void write_groups(SqlWriter& writer, const Select& select) {
    for (std::size_t i = 0; i < select.group.size(); ++i) {
        writer.text(i == 0 ? " GROUP BY " : ", ");
        writer.text(select.group[i]->quoted);
    }
    if (!select.having.is_always()) {
        writer.text(" HAVING ");
        writer.condition(select.having);
    }
}

}  // namespace

namespace {

void write_order(SqlWriter& writer, const std::vector<OrderBy>& order) {
    bool is_first = true;
    for (std::size_t i = 0; i < order.size(); ++i) {
        const OrderBy& term = order[i];
        const bool is_again =
            std::any_of(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(i),
                        [&term](const OrderBy& earlier) { return earlier.column == term.column; });
        if (is_again) {
            continue;  // it decides nothing any more, and SQL Server refuses it
        }
        writer.text(is_first ? " ORDER BY " : ", ");
        is_first = false;
        if (term.nulls_first && !writer.habits().places_nulls) {
            writer.text("CASE WHEN ");
            writer.text(term.column->quoted);
            writer.text(*term.nulls_first ? " IS NULL THEN 0 ELSE 1 END, "
                                          : " IS NULL THEN 1 ELSE 0 END, ");
        }
        writer.text(term.column->quoted);
        writer.text(term.descends ? " DESC" : "");
        if (term.nulls_first && writer.habits().places_nulls) {
            writer.text(*term.nulls_first ? " NULLS FIRST" : " NULLS LAST");
        }
    }
}

}  // namespace

Statement to_sql(const Dialect& dialect, const Select& select, std::int64_t rows) {
    SqlWriter writer(dialect);
    const bool has_top = writer.habits().paging == Paging::Top;
    const bool is_fetched = has_top && select.offset > 0 && rows > 0;  // it fetches one at least
    writer.text("SELECT ");
    if (has_top && !is_fetched) {
        writer.text("TOP (");
        writer.bind(Value(rows), Kind::Integer);
        writer.text(") ");
    }
    writer.sources(select.sources);
    writer.text(" FROM ");
    writer.text(select.table->quoted);
    writer.where(select.where);
    write_groups(writer, select);
    write_order(writer, select.order);
    if (is_fetched) {
        writer.text(select.order.empty() ? " ORDER BY (SELECT NULL) OFFSET " : " OFFSET ");
        writer.bind(Value(select.offset), Kind::Integer);
        writer.text(" ROWS FETCH NEXT ");
        writer.bind(Value(rows), Kind::Integer);
        writer.text(" ROWS ONLY");
    }
    if (has_top) {
        return writer.take();
    }
    writer.text(" LIMIT ");
    writer.bind(Value(rows), Kind::Integer);
    if (select.offset > 0) {
        writer.text(" OFFSET ");
        writer.bind(Value(select.offset), Kind::Integer);
    }
    return writer.take();
}

Statement to_count_sql(const Dialect& dialect, const Select& select) {
    SqlWriter writer(dialect);
    writer.text(select.group.empty() ? "SELECT COUNT(*) FROM "
                                     : "SELECT COUNT(*) FROM (SELECT 1 AS one FROM ");
    writer.text(select.table->quoted);
    writer.where(select.where);
    write_groups(writer, select);
    writer.text(select.group.empty() ? "" : ") AS grouped");
    return writer.take();
}

Statement to_sql(const Dialect& dialect, const Insert& insert) {
    SqlWriter writer(dialect);
    const bool is_switched =
        writer.habits().switches_identity &&
        std::ranges::any_of(insert.assignments, [](const Assignment& assignment) {
            return assignment.column->is_auto_increment;
        });
    const auto switch_identity = [&](std::string_view before, std::string_view how) {
        if (is_switched) {
            writer.text(before);
            writer.text("SET IDENTITY_INSERT ");
            writer.text(insert.table->quoted);
            writer.text(how);
        }
    };
    writer.declare_output(*insert.table, insert.returns, insert.permitted);
    switch_identity("", " ON; ");
    writer.text("INSERT INTO ");
    writer.text(insert.table->quoted);
    for (std::size_t i = 0; i < insert.assignments.size(); ++i) {
        writer.text(i == 0 ? " (" : ", ");
        writer.text(insert.assignments[i].column->quoted);
    }
    writer.text(insert.assignments.empty() ? "" : ")");
    writer.output(*insert.table, insert.returns, insert.permitted, "inserted.");
    writer.text(insert.assignments.empty() ? " DEFAULT VALUES" : " VALUES (");
    for (std::size_t i = 0; i < insert.assignments.size(); ++i) {
        writer.text(i == 0 ? "" : ", ");
        writer.written(insert.assignments[i], &ColumnFunctions::insert);
    }
    writer.text(insert.assignments.empty() ? "" : ")");
    if (writer.habits().returns_inserted) {
        writer.returning(insert.returns, insert.permitted);
    }
    switch_identity("; ", " OFF");
    writer.select_output(*insert.table);
    return writer.take();
}

Statement to_sql(const Dialect& dialect, const Update& update) {
    SqlWriter writer(dialect);
    writer.declare_output(*update.table, update.returns, update.permitted);
    writer.text("UPDATE ");
    writer.text(update.table->quoted);
    writer.assignments(update.assignments);
    writer.output(*update.table, update.returns, update.permitted, "inserted.");
    writer.where(update.where);
    if (writer.habits().returns_updated) {
        writer.returning(update.returns, update.permitted);
    }
    writer.select_output(*update.table);
    return writer.take();
}

Statement to_sql(const Dialect& dialect, const Delete& removal) {
    SqlWriter writer(dialect);
    if (!removal.returns_nothing) {
        writer.declare_output(*removal.table, removal.returns, nullptr);
    }
    writer.text("DELETE FROM ");
    writer.text(removal.table->quoted);
    if (!removal.returns_nothing) {
        writer.output(*removal.table, removal.returns, nullptr, "deleted.");
    }
    writer.where(removal.where);
    if (!removal.returns_nothing && writer.habits().returns_deleted) {
        writer.returning(removal.returns, nullptr);
    }
    if (!removal.returns_nothing) {
        writer.select_output(*removal.table);
    }
    return writer.take();
}

Statement to_sql(const Dialect& dialect, const Look& look) {
    SqlWriter writer(dialect);
    const bool has_top = writer.habits().paging == Paging::Top;
    writer.text(look.is_first_only && has_top ? "SELECT TOP (1) " : "SELECT ");
    writer.results(look.sources, look.permitted);
    writer.text(" FROM ");
    writer.text(look.table->quoted);
    writer.cast_as_kept(look.is_after_write);
    writer.where(look.where);
    writer.text(look.is_first_only && !has_top ? " LIMIT 1" : "");
    writer.text(look.locks && writer.habits().locks_rows ? " FOR UPDATE" : "");
    return writer.take();
}

}  // namespace sluice::services::sql
