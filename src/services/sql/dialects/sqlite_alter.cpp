#include <algorithm>

#include "core/fields.h"
#include "services/sql/alter/alter_parts.h"
#include "services/sql/alter/ddl_tokens.h"
#include "services/sql/alter/table_text.h"
#include "services/sql/convert.h"
#include "services/sql/dialects/sqlite.h"
#include "services/sql/index_sql.h"

namespace sluice::services::sql {
namespace {

/// What is made for a table besides it, in the order in which it was made.
struct Companion {
    std::string type;
    std::string name;
    std::string table;
    std::string sql;
};

struct Made {
    TableText table;
    std::vector<Companion> companions;
};

constexpr std::string_view kTableSql =
    "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?1";
constexpr std::string_view kCompanionsSql =
    "SELECT type, name, tbl_name, sql FROM sqlite_master "
    "WHERE sql IS NOT NULL AND type IN ('index', 'trigger', 'view') ORDER BY rowid";

Task<Result<Made>> how_made(Session& session, const Table& table, Deadline deadline) {
    RowList found;
    const Statement find{std::string(kTableSql), {Value(table.name)}};
    CO_CHECK(co_await session.read(find, found, deadline));
    if (found.rows().empty()) {
        co_return fail(ErrorKind::Internal, "The database does not show the table.");
    }
    Made made;
    CO_TRY(made.table, read_table_text(text_of(found.rows().front()[0]), Escapes::None));
    RowList others;
    const Statement list{std::string(kCompanionsSql), {}};
    CO_CHECK(co_await session.read(list, others, deadline));
    for (const RowList::Row& row : others.rows()) {
        made.companions.push_back(
            {text_of(row[0]), text_of(row[1]), text_of(row[2]), text_of(row[3])});
    }
    co_return made;
}

bool mentions(const std::vector<DdlToken>& tokens, std::string_view name) {
    return std::ranges::any_of(tokens, [name](const DdlToken& token) {
        if (token.form == DdlToken::Form::Group) {
            const auto inner = ddl_tokens(token.text.substr(1, token.text.size() - 2), false);
            return !inner || mentions(*inner, name);
        }
        const std::string word = name_of(token);
        return token.form != DdlToken::Form::Text &&
               (equals_ignoring_case(word, name) || word.ends_with("." + std::string(name)));
    });
}

bool mentions(const std::string& sql, std::string_view name) {
    const auto tokens = ddl_tokens(sql, false);
    return !tokens || mentions(*tokens, name);
}

/// Null, or a literal, is there at once for all rows; anything else would have to be computed.
bool can_be_added(const NewField& field) {
    const NewColumn& column = field.column;
    const bool has_default = !column.default_json.empty();
    const bool is_expression =
        column.type.starts_with("timestamp_on_") ||
        (has_default && (expression_of(column.default_json).has_value() ||
                         column.default_json.find("CURRENT") != std::string::npos ||
                         lower_case(column.default_json).find("now") != std::string::npos));
    const bool has_value = has_default && column.default_json != "null";
    return !is_expression && (column.allows_null || has_value) &&
           (field.references.empty() || !has_default);
}

/// It takes the types of SQLite alone, which do not tell a date from a text.
bool is_strict(const TableText& table) {
    const auto tail = ddl_tokens(table.tail, false);
    return tail &&
           std::ranges::any_of(*tail, [](const DdlToken& token) { return token.is("STRICT"); });
}

bool is_plain(const ColumnText& column) {
    return std::ranges::none_of(column.clauses, [](const ColumnClause& clause) {
        return clause.keyword == "PRIMARY KEY" || clause.keyword == "UNIQUE" ||
               clause.keyword == "REFERENCES";
    });
}

/// Values of other types, which SQLite would keep as they are in a column that does not take them.
std::string misfits(const NewColumn& wanted, const std::string& column) {
    const std::string is_text = "typeof(" + column + ") IN ('text', 'blob')";
    const auto unless = [&column](const std::string& reader) {
        return column + " IS NOT NULL AND " + reader + "(" + column + ") IS NULL";
    };
    switch (kind_of_type(wanted.type)) {
        case Kind::Integer:
        case Kind::Boolean:
            return is_text + " OR typeof(" + column + ") = 'real'";
        case Kind::Real:
        case Kind::Decimal:
            return is_text;
        case Kind::Text: {
            const std::string length = std::to_string(wanted.length.value_or(255));
            return wanted.type == "text" ? "typeof(" + column + ") = 'blob'"
                                         : "length(" + column + ") > " + length;
        }
        case Kind::Date:
            return unless("date");
        case Kind::Time:
            return unless("time");
        case Kind::DateTime:
            return unless("datetime");
        case Kind::Json:
            return column + " IS NOT NULL AND NOT json_valid(" + column + ")";
        default:
            return "0";
    }
}

/// Puts a new table in the place of the old one, since only its name and columns can be changed in
/// place: with its rows, indexes and triggers, and the number that its key counts from.
class Rebuild {
public:
    Rebuild(const Dialect& dialect, const TableChange& change, Made made)
        : dialect_(dialect), change_(change), made_(std::move(made)) {
        dialect.quote(new_name_, "sluice_new_" + change.table->name);
        dialect.quote(check_name_, "sluice_check_" + change.table->name);
    }

    Result<Alteration> make() {
        for (const Column* column : change_.dropped) {
            SLUICE_CHECK(drop(*column));
        }
        for (const FieldChange& field : change_.changed) {
            SLUICE_CHECK(alter(field));
        }
        const std::string copied = copied_columns();
        for (const NewField& field : change_.added) {
            SLUICE_TRY(auto text, new_field_sql(dialect_, field, true));
            made_.table.columns.push_back({field.column.name, std::move(text), "", {}});
        }
        write(copied);
        return std::move(alteration_);
    }

private:
    tl::unexpected<Error> in_use(const Column& column) const {
        return fail(ErrorKind::Conflict,
                    "Other objects of the database depend on field '" + column.name + "'.");
    }

    Status drop(const Column& column) {
        made_.table.remove_foreign_keys(column.name);
        if (column.is_primary_key || made_.table.constrains(column.name)) {
            return in_use(column);
        }
        std::erase_if(made_.table.columns, [&column](const ColumnText& text) {
            return equals_ignoring_case(text.name, column.name);
        });
        for (const ColumnText& other : made_.table.columns) {
            if (mentions(other.sql(), column.name)) {
                return in_use(column);
            }
        }
        std::erase_if(made_.companions, [&](const Companion& companion) {
            return companion.type == "index" && is_ours(companion) &&
                   mentions(companion.sql, column.name);
        });
        for (const Companion& companion : made_.companions) {
            if (mentions(companion.sql, column.name) &&
                mentions(companion.sql, change_.table->name)) {
                return in_use(column);
            }
        }
        return {};
    }

    Status alter(const FieldChange& field) {
        ColumnText* text = made_.table.find(field.column->name);
        if (text == nullptr) {
            return fail(ErrorKind::Internal, "A field is not in the definition of its table.");
        }
        if (field.has_new_type) {
            SLUICE_TRY(text->type, dialect_.type_of(field.wanted));
            checks_.push_back(misfits(field.wanted, field.column->quoted));
        }
        if (field.drops_reference) {
            text->remove("REFERENCES");
            made_.table.remove_foreign_keys(field.column->name);
        }
        if (field.has_new_nullability) {
            text->set_nullable(field.wanted.allows_null);
        }
        if (field.has_new_default) {
            SLUICE_TRY(const auto wanted, wanted_default(dialect_, field));
            text->set_default(wanted);
        }
        if (!field.references.empty()) {
            made_.table.constraints.push_back("FOREIGN KEY (" + field.column->quoted + ")" +
                                              field.references);
        }
        if (field.becomes_unique || field.becomes_index) {
            indexes_.push_back(index_sql(dialect_, change_.table->name, change_.table->quoted,
                                         field.column->name, field.becomes_unique));
        }
        return {};
    }

    bool is_ours(const Companion& companion) const {
        return equals_ignoring_case(companion.table, change_.table->name);
    }

    /// All that the new table has of the old one, by the definition that it is made from: a column
    /// that came since the table was looked at keeps its values.
    std::string copied_columns() const {
        std::string columns;
        for (const ColumnText& column : made_.table.columns) {
            if (column.find("GENERATED") == nullptr) {
                columns += columns.empty() ? "" : ", ";
                dialect_.quote(columns, column.name);
            }
        }
        return columns;
    }

    void write(const std::string& columns) {
        const std::string& old_name = change_.table->quoted;
        add("CREATE TABLE " + new_name_ + " " + made_.table.body());
        add("INSERT INTO " + new_name_ + " (" + columns + ") SELECT " + columns + " FROM " +
            old_name);
        write_checks();
        if (counts()) {
            const std::string old_text = literal(change_.table->name);
            const std::string new_text = literal("sluice_new_" + change_.table->name);
            add("DELETE FROM sqlite_sequence WHERE name = " + new_text);
            add("INSERT INTO sqlite_sequence (name, seq) SELECT " + new_text +
                ", seq FROM sqlite_sequence WHERE name = " + old_text);
        }
        add("DROP TABLE " + old_name);
        add("ALTER TABLE " + new_name_ + " RENAME TO " + old_name);
        for (const Companion& companion : made_.companions) {
            if (companion.type != "view" && is_ours(companion)) {
                add(companion.sql);
            }
        }
        for (std::string& index : indexes_) {
            add(std::move(index));
        }
        for (const NewField& field : change_.added) {
            if (field.column.is_index && !field.column.is_unique) {
                add(index_sql(dialect_, change_.table->name, change_.table->quoted,
                              field.column.name, false));
            }
        }
        alteration_.replaces_table = true;
    }

    void write_checks() {
        if (checks_.empty()) {
            return;
        }
        add("CREATE TABLE " + check_name_ +
            " (n INTEGER CONSTRAINT `every value fits the new type` CHECK (n = 0))");
        for (const std::string& check : checks_) {
            add("INSERT INTO " + check_name_ + " SELECT COUNT(*) FROM " + new_name_ + " WHERE " +
                check);
        }
        add("DROP TABLE " + check_name_);
    }

    bool counts() const {
        return std::ranges::any_of(made_.table.columns, [](const ColumnText& column) {
            const ColumnClause* key = column.find("PRIMARY KEY");
            return key != nullptr && lower_case(key->text).ends_with("autoincrement");
        });
    }

    static std::string literal(std::string_view text) {
        std::string out;
        for (const char c : text) {
            out.append(c == '\'' ? "''" : std::string_view(&c, 1));
        }
        return "'" + out + "'";
    }

    void add(std::string statement) { alteration_.statements.push_back(std::move(statement)); }

    const Dialect& dialect_;
    const TableChange& change_;
    Made made_;
    std::string new_name_;
    std::string check_name_;
    std::vector<std::string> checks_;
    std::vector<std::string> indexes_;
    Alteration alteration_;
};

bool is_in_place(const TableChange& change, Made& made) {
    const bool keeps_columns = std::ranges::all_of(change.changed, [](const FieldChange& field) {
        return !field.has_new_type && !field.has_new_default && !field.has_new_nullability &&
               field.references.empty() && !field.drops_reference;
    });
    return keeps_columns && std::ranges::all_of(change.added, can_be_added) &&
           std::ranges::all_of(change.dropped, [&made](const Column* column) {
               const ColumnText* text = made.table.find(column->name);
               return text != nullptr && is_plain(*text) && !made.table.constrains(column->name);
           });
}

/// Adding, renaming and dropping, which SQLite does itself, and which it checks views and triggers
/// for.
Result<Alteration> in_place(const Dialect& dialect, const TableChange& change, const Made& made) {
    Alteration alteration;
    auto& statements = alteration.statements;
    const std::string alter = "ALTER TABLE " + change.table->quoted + " ";
    for (const Column* column : change.dropped) {
        for (const Companion& companion : made.companions) {
            if (companion.type == "index" && mentions(companion.sql, column->name) &&
                equals_ignoring_case(companion.table, change.table->name)) {
                std::string drop = "DROP INDEX IF EXISTS ";
                dialect.quote(drop, companion.name);
                statements.push_back(std::move(drop));
            }
        }
        statements.push_back(alter + "DROP COLUMN " + column->quoted);
    }
    for (const FieldChange& field : change.changed) {
        if (field.becomes_unique || field.becomes_index) {
            statements.push_back(index_sql(dialect, change.table->name, change.table->quoted,
                                           field.column->name, field.becomes_unique));
        }
        if (field.is_renamed) {
            std::string rename = alter + "RENAME COLUMN " + field.column->quoted + " TO ";
            dialect.quote(rename, field.wanted.name);
            statements.push_back(std::move(rename));
        }
    }
    for (const NewField& field : change.added) {
        SLUICE_TRY(const auto text, new_field_sql(dialect, field, false));
        statements.push_back(alter + "ADD COLUMN " + text);
        if (field.column.is_index || field.column.is_unique) {
            statements.push_back(index_sql(dialect, change.table->name, change.table->quoted,
                                           field.column.name, field.column.is_unique));
        }
    }
    return alteration;
}

}  // namespace

Task<Result<Alteration>> SqliteDialect::alter(Session& session,
                                              const TableChange& change,
                                              Deadline deadline) const {
    CO_TRY(auto made, co_await how_made(session, *change.table, deadline));
    const bool has_new_type =
        !change.added.empty() || std::ranges::any_of(change.changed, &FieldChange::has_new_type);
    if (has_new_type && is_strict(made.table)) {
        co_return fail(
            ErrorKind::NotImplemented,
            "The table is STRICT: fields of it cannot be made or get another type here.");
    }
    if (is_in_place(change, made)) {
        co_return in_place(*this, change, made);
    }
    const bool is_renamed = std::ranges::any_of(change.changed, &FieldChange::is_renamed);
    if (is_renamed) {
        co_return fail(ErrorKind::BadRequest,
                       "A field is renamed in a request of its own in this database.");
    }
    Rebuild rebuild(*this, change, std::move(made));
    co_return rebuild.make();
}

}  // namespace sluice::services::sql
