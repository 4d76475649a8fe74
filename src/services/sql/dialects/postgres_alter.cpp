#include "services/sql/alter/alter_parts.h"
#include "services/sql/dialects/postgres.h"
#include "services/sql/index_sql.h"

namespace sluice::services::sql {
namespace {

bool is_number(Kind kind) {
    return kind == Kind::Integer || kind == Kind::Real || kind == Kind::Decimal;
}

/// The foreign keys that a column alone makes.
constexpr std::string_view kForeignKeysSql =
    "SELECT c.conname FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_attribute a "
    "ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] "
    "WHERE c.conrelid = to_regclass($1::text)::oid AND c.contype = 'f' "
    "AND cardinality(c.conkey) = 1 AND a.attname = $2::text";

/// How values of the old type become ones of the new. What is cast to a text by name is cut; what
/// becomes one by itself is refused. Only integers and booleans become each other.
std::string using_sql(const Column& column, Kind wanted, const std::string& type) {
    if (wanted == Kind::Text) {
        return {};
    }
    const bool is_truth = (column.kind == Kind::Boolean && is_number(wanted)) ||
                          (wanted == Kind::Boolean && is_number(column.kind));
    return " USING " + column.quoted + (is_truth ? "::integer::" : "::") + type;
}

/// What one field takes, as the actions of one ALTER TABLE.
class Actions {
public:
    explicit Actions(const Dialect& dialect) : dialect_(dialect) {}

    Status add(const FieldChange& change) {
        const Column& column = *change.column;
        SLUICE_TRY(const auto kept, kept_default(dialect_, column));
        const bool moves_default = change.has_new_type && !change.has_new_default && kept;
        if (moves_default || (change.has_new_type && change.has_new_default)) {
            of(column, "DROP DEFAULT");  // a default of the old type would stand in the way
        }
        if (change.has_new_type) {
            SLUICE_TRY(const auto type, dialect_.type_of(change.wanted));
            of(column, "TYPE " + type + using_sql(column, kind_of_type(change.wanted.type), type));
        }
        if (moves_default) {
            of(column, "SET DEFAULT " + *kept);
        }
        if (change.has_new_default) {
            SLUICE_TRY(const auto wanted, wanted_default(dialect_, change));
            of(column, wanted ? "SET DEFAULT " + *wanted : "DROP DEFAULT");
        }
        if (change.has_new_nullability) {
            of(column, change.wanted.allows_null ? "DROP NOT NULL" : "SET NOT NULL");
        }
        if (change.becomes_unique) {
            add("ADD UNIQUE (" + column.quoted + ")");
        }
        if (!change.references.empty()) {
            add("ADD FOREIGN KEY (" + column.quoted + ")" + change.references);
        }
        return {};
    }

    void add(const std::string& action) { sql_ += (sql_.empty() ? "" : ", ") + action; }
    const std::string& sql() const { return sql_; }

private:
    void of(const Column& column, const std::string& action) {
        add("ALTER COLUMN " + column.quoted + " " + action);
    }

    const Dialect& dialect_;
    std::string sql_;
};

}  // namespace

Task<Result<Alteration>> PostgresDialect::alter(Session& session,
                                                const TableChange& change,
                                                Deadline deadline) const {
    Alteration alteration;
    const std::string alter = "ALTER TABLE " + change.table->quoted + " ";
    Actions actions(*this);
    for (const Column* column : change.dropped) {
        actions.add("DROP COLUMN " + column->quoted);
    }
    std::vector<std::string> others;
    for (const FieldChange& field : change.changed) {
        CO_CHECK(actions.add(field));
        if (field.drops_reference) {
            RowList names;
            const Statement find{std::string(kForeignKeysSql),
                                 {Value(change.table->quoted), Value(field.column->name)}};
            CO_CHECK(co_await session.read(find, names, deadline));
            for (const RowList::Row& row : names.rows()) {
                std::string name;
                quote(name, text_of(row[0]));
                actions.add("DROP CONSTRAINT " + name);
            }
        }
        if (field.becomes_index) {
            others.push_back(index_sql(*this, change.table->name, change.table->quoted,
                                       field.column->name, false));
        }
        if (field.is_renamed) {
            std::string rename = alter + "RENAME COLUMN " + field.column->quoted + " TO ";
            quote(rename, field.wanted.name);
            others.push_back(std::move(rename));
        }
    }
    for (const NewField& field : change.added) {
        CO_TRY(const auto text, new_field_sql(*this, field, true));
        actions.add("ADD COLUMN " + text);
        if (field.column.is_index && !field.column.is_unique) {
            others.push_back(index_sql(*this, change.table->name, change.table->quoted,
                                       field.column.name, false));
        }
    }
    if (!actions.sql().empty()) {
        alteration.statements.push_back(alter + actions.sql());
    }
    for (std::string& other : others) {
        alteration.statements.push_back(std::move(other));
    }
    co_return alteration;
}

}  // namespace sluice::services::sql
