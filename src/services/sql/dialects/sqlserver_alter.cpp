#include "services/sql/alter/alter_parts.h"
#include "services/sql/dialects/sqlserver.h"
#include "services/sql/index_sql.h"

namespace sluice::services::sql {
namespace {

/// Defaults, keys and checks that hold on to a column: what goes when it goes.
constexpr std::string_view kConstraintsSql =
    "SELECT d.name, 'default' FROM sys.default_constraints d JOIN sys.columns c "
    "ON c.default_object_id = d.object_id WHERE c.object_id = OBJECT_ID(?) AND c.name = ? "
    "UNION ALL SELECT x.name, CASE WHEN (SELECT COUNT(*) FROM sys.foreign_key_columns o "
    "WHERE o.constraint_object_id = x.object_id) = 1 THEN 'reference' ELSE 'long reference' END "
    "FROM sys.foreign_keys x "
    "JOIN sys.foreign_key_columns k ON k.constraint_object_id = x.object_id "
    "JOIN sys.columns c ON c.object_id = k.parent_object_id AND c.column_id = k.parent_column_id "
    "WHERE c.object_id = OBJECT_ID(?) AND c.name = ? "
    "UNION ALL SELECT i.name, CASE WHEN i.is_unique_constraint = 1 THEN 'unique' ELSE 'index' END "
    "FROM sys.indexes i JOIN sys.index_columns k ON k.object_id = i.object_id "
    "AND k.index_id = i.index_id JOIN sys.columns c ON c.object_id = k.object_id "
    "AND c.column_id = k.column_id WHERE i.is_primary_key = 0 AND c.object_id = OBJECT_ID(?) "
    "AND c.name = ?";

std::string literal(std::string_view text) {
    std::string out = "N'";
    for (const char c : text) {
        out.append(c == '\'' ? 2 : 1, c);
    }
    return out + "'";
}

struct Constraint {
    std::string quoted;
    std::string sort;
};

/// The statements that one change of a table is made of.
class Changes {
public:
    Changes(const Dialect& dialect, const Table& table)
        : dialect_(dialect), table_(table), alter_("ALTER TABLE " + table.quoted + " ") {}

    void drop(const Column& column, const std::vector<Constraint>& constraints) {
        for (const Constraint& constraint : constraints) {
            if (constraint.sort == "index") {
                say("DROP INDEX " + constraint.quoted + " ON " + table_.quoted);
            } else {
                say(alter_ + "DROP CONSTRAINT " + constraint.quoted);
            }
        }
        say(alter_ + "DROP COLUMN " + column.quoted);
    }

    Status change(const FieldChange& change, const std::vector<Constraint>& constraints) {
        const Column& column = *change.column;
        SLUICE_TRY(const auto kept, kept_default(dialect_, column));
        const bool alters = change.has_new_type || change.has_new_nullability;
        const bool moves_default = alters && !change.has_new_default && kept;
        if (change.has_new_default || moves_default) {
            drop_all(constraints, "default");  // one of the old type would stand in the way
        }
        if (change.drops_reference) {
            drop_all(constraints, "reference");
        }
        if (alters) {
            SLUICE_TRY(const auto type, change.has_new_type ? dialect_.type_of(change.wanted)
                                                            : Result<std::string>(column.db_type));
            say(alter_ + "ALTER COLUMN " + column.quoted + " " + type +
                (change.wanted.allows_null ? " NULL" : " NOT NULL"));
        }
        std::optional<std::string> preset = moves_default ? kept : std::nullopt;
        if (change.has_new_default) {
            SLUICE_TRY(preset, wanted_default(dialect_, change));
        }
        if (preset) {
            say(alter_ + "ADD DEFAULT " + *preset + " FOR " + column.quoted);
        }
        if (change.becomes_unique) {
            say(alter_ + "ADD UNIQUE (" + column.quoted + ")");
        }
        if (change.becomes_index) {
            say(index_sql(dialect_, table_.name, table_.quoted, column.name, false));
        }
        if (!change.references.empty()) {
            say(alter_ + "ADD FOREIGN KEY (" + column.quoted + ")" + change.references);
        }
        if (change.is_renamed) {
            say("EXEC sp_rename " + literal(table_.quoted + "." + column.quoted) + ", " +
                literal(change.wanted.name) + ", N'COLUMN'");
        }
        return {};
    }

    Status add(const NewField& field) {
        SLUICE_TRY(const auto text, new_field_sql(dialect_, field, true));
        say(alter_ + "ADD " + text);
        if (field.column.is_index && !field.column.is_unique) {
            say(index_sql(dialect_, table_.name, table_.quoted, field.column.name, false));
        }
        return {};
    }

    std::vector<std::string> take() { return std::move(statements_); }

private:
    void say(std::string statement) { statements_.push_back(std::move(statement)); }

    void drop_all(const std::vector<Constraint>& constraints, std::string_view sort) {
        for (const Constraint& constraint : constraints) {
            if (constraint.sort == sort) {
                say(alter_ + "DROP CONSTRAINT " + constraint.quoted);
            }
        }
    }

    const Dialect& dialect_;
    const Table& table_;
    std::string alter_;
    std::vector<std::string> statements_;
};

Task<Result<std::vector<Constraint>>> constraints_of(const Dialect& dialect,
                                                     Session& session,
                                                     const Table& table,
                                                     const Column& column,
                                                     Deadline deadline) {
    const Value of(table.quoted);
    const Value name(column.name);
    RowList rows;
    const Statement find{std::string(kConstraintsSql), {of, name, of, name, of, name}};
    CO_CHECK(co_await session.read(find, rows, deadline));
    std::vector<Constraint> constraints;
    for (const RowList::Row& row : rows.rows()) {
        Constraint constraint{{}, text_of(row[1])};
        dialect.quote(constraint.quoted, text_of(row[0]));
        constraints.push_back(std::move(constraint));
    }
    co_return constraints;
}

}  // namespace

Task<Result<Alteration>> SqlServerDialect::alter(Session& session,
                                                 const TableChange& change,
                                                 Deadline deadline) const {
    Changes changes(*this, *change.table);
    for (const Column* column : change.dropped) {
        CO_TRY(const auto constraints,
               co_await constraints_of(*this, session, *change.table, *column, deadline));
        changes.drop(*column, constraints);
    }
    for (const FieldChange& field : change.changed) {
        CO_TRY(const auto constraints,
               co_await constraints_of(*this, session, *change.table, *field.column, deadline));
        CO_CHECK(changes.change(field, constraints));
    }
    for (const NewField& field : change.added) {
        CO_CHECK(changes.add(field));
    }
    Alteration alteration;
    alteration.statements = changes.take();
    co_return alteration;
}

}  // namespace sluice::services::sql
