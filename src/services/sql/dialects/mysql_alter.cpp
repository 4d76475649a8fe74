#include <algorithm>

#include "services/sql/alter/alter_parts.h"
#include "services/sql/alter/ddl_tokens.h"
#include "services/sql/alter/table_text.h"
#include "services/sql/dialects/mysql.h"

namespace sluice::services::sql {
namespace {

/// The server shows texts with backslashes, and our sessions read them without.
std::string without_backslashes(std::string_view text) {
    std::string out;
    bool is_inside = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        is_inside = c == '\'' ? !is_inside : is_inside;
        if (!is_inside || c != '\\' || i + 1 == text.size()) {
            out.push_back(c);
            continue;
        }
        const char next = text[++i];
        out.push_back(next == 'n' ? '\n' : next == 'r' ? '\r' : next == '0' ? '\0' : next);
        if (next == '\'') {
            out.push_back('\'');
        }
    }
    return out;
}

Status read_texts(ColumnText& column) {
    column.type = without_backslashes(column.type);
    for (ColumnClause& clause : column.clauses) {
        if (clause.keyword == "DEFAULT" || clause.keyword == "COMMENT") {
            clause.text = without_backslashes(clause.text);
        } else if (clause.text.find('\\') != std::string::npos) {
            return fail(ErrorKind::NotImplemented,
                        "The definition of field '" + column.name + "' cannot be changed here.");
        }
    }
    return {};
}

void set_type(ColumnText& text, const FieldChange& change, std::string type) {
    const Kind kind = kind_of_type(change.wanted.type);
    text.type = std::move(type);
    if (change.column->kind == Kind::Json) {
        text.remove("CHECK");  // json_valid, which MariaDB puts there
    }
    if (kind != Kind::Text || change.column->kind != Kind::Text) {
        text.remove_text_words();
    }
    if (kind != Kind::DateTime) {
        text.remove("ON UPDATE");
    }
    text.set_nullable(change.wanted.allows_null);
}

/// What the column shall be, all of it: this database forgets what is not said again.
Result<std::string> changed_sql(const Dialect& dialect,
                                TableText& table,
                                const FieldChange& change) {
    ColumnText* text = table.find(change.column->name);
    if (text == nullptr) {
        return fail(ErrorKind::Internal, "A field is not in the definition of its table.");
    }
    SLUICE_CHECK(read_texts(*text));
    if (change.has_new_type) {
        SLUICE_TRY(auto type, dialect.type_of(change.wanted));
        set_type(*text, change, std::move(type));
    }
    const ColumnClause* preset = text->find("DEFAULT");
    const bool is_null = preset != nullptr && preset->text == "DEFAULT NULL";
    if (change.has_new_nullability) {
        text->set_nullable(change.wanted.allows_null);
    }
    if (is_null && (change.has_new_nullability || change.has_new_type)) {
        text->remove("DEFAULT");
    }
    if (change.has_new_default) {
        SLUICE_TRY(const auto wanted, wanted_default(dialect, change));
        text->set_default(wanted);
    }
    const std::string old_name = text->quoted;
    if (change.is_renamed) {
        text->quoted.clear();
        dialect.quote(text->quoted, change.wanted.name);
    }
    return "CHANGE COLUMN " + old_name + " " + text->sql();
}

std::string constraint_name(const std::string& constraint) {
    const auto tokens = ddl_tokens(constraint, false);
    return tokens && tokens->size() > 1 && tokens->front().is("CONSTRAINT")
               ? std::string((*tokens)[1].text)
               : std::string();
}

/// The foreign keys of the column, which it cannot be dropped with.
std::vector<std::string> foreign_keys_of(const TableText& table, const Column& column) {
    TableText without = table;
    without.remove_foreign_keys(column.name);
    std::vector<std::string> names;
    for (const std::string& constraint : table.constraints) {
        if (std::ranges::find(without.constraints, constraint) == without.constraints.end()) {
            names.push_back(constraint_name(constraint));
        }
    }
    return names;
}

}  // namespace

Task<Result<Alteration>> MysqlDialect::alter(Session& session,
                                             const TableChange& change,
                                             Deadline deadline) const {
    RowList rows;
    const Statement show{"SHOW CREATE TABLE " + change.table->quoted, {}};
    CO_CHECK(co_await session.read(show, rows, deadline));
    if (rows.rows().empty()) {
        co_return fail(ErrorKind::Internal, "The database does not show the table.");
    }
    CO_TRY(auto text, read_table_text(text_of(rows.rows().front()[1]), Escapes::Backslash));
    std::string actions;
    const auto add = [&actions](const std::string& action) {
        actions += (actions.empty() ? "" : ", ") + action;
    };
    for (const Column* column : change.dropped) {
        for (const std::string& name : foreign_keys_of(text, *column)) {
            add("DROP FOREIGN KEY " + name);
        }
        add("DROP COLUMN " + column->quoted);
    }
    for (const FieldChange& field : change.changed) {
        const std::string& column = field.column->quoted;
        if (field.drops_reference) {
            for (const std::string& name : foreign_keys_of(text, *field.column)) {
                add("DROP FOREIGN KEY " + name);
            }
        }
        if (field.has_new_type || field.has_new_nullability || field.has_new_default ||
            field.is_renamed) {
            CO_TRY(const auto changed, changed_sql(*this, text, field));
            add(changed);
        }
        if (field.becomes_unique || field.becomes_index) {
            add(std::string(field.becomes_unique ? "ADD UNIQUE (" : "ADD INDEX (") + column + ")");
        }
        if (!field.references.empty()) {
            add("ADD FOREIGN KEY (" + column + ")" + field.references);
        }
    }
    for (const NewField& field : change.added) {
        const NewField bare{field.column, {}};  // one that stands in a column is ignored
        CO_TRY(const auto column, new_field_sql(*this, bare, true));
        add("ADD COLUMN " + column);
        std::string name;
        quote(name, field.column.name);
        if (field.column.is_index && !field.column.is_unique) {
            add("ADD INDEX (" + name + ")");
        }
        if (!field.references.empty()) {
            add("ADD FOREIGN KEY (" + name + ")" + field.references);
        }
    }
    Alteration alteration;
    // One statement: all of it or nothing, where nothing else can be taken back.
    alteration.statements.push_back("ALTER TABLE " + change.table->quoted + " " + actions);
    co_return alteration;
}

}  // namespace sluice::services::sql
