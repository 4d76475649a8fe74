#pragma once
/// The definition of a table as its database keeps it, cut into parts, so that one field can be
/// changed and all else stays as whoever made the table wrote it.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace sluice::services::sql {

/// What stands behind the name and the type of a column: NOT NULL, DEFAULT 1, CHECK (...), ...
struct ColumnClause {
    /// In capitals: "NOT NULL", "DEFAULT", "PRIMARY KEY"; an unknown word stands for itself.
    std::string keyword;
    /// All of it, its CONSTRAINT name included.
    std::string text;
};

struct ColumnText {
    /// Decoded, without quotes.
    std::string name;
    std::string quoted;
    /// As it is spelled: "varchar(30)", "int(10) unsigned"; may be empty (SQLite).
    std::string type;
    std::vector<ColumnClause> clauses;

    const ColumnClause* find(std::string_view keyword) const;
    void remove(std::string_view keyword);
    /// Words of what stores texts, which no other type may have behind it (MySQL).
    void remove_text_words();
    void set_nullable(bool allows_null);
    /// `sql`: of the value; empty takes the default away.
    void set_default(const std::optional<std::string>& sql);
    std::string sql() const;
};

struct TableText {
    /// What stands behind the closing bracket: "WITHOUT ROWID", "ENGINE=InnoDB ...".
    std::string tail;
    std::vector<ColumnText> columns;
    /// PRIMARY KEY (...), FOREIGN KEY (...) ... as they stand.
    std::vector<std::string> constraints;

    ColumnText* find(std::string_view name);
    /// Whether a constraint of the table (no clause of a column) names the column.
    bool constrains(std::string_view name) const;
    /// Takes away the foreign keys of this one column.
    void remove_foreign_keys(std::string_view name);
    /// "(...) tail"
    std::string body() const;
};

/// In texts. Backslash: the words are MySQL's.
enum class Escapes { None, Backslash };

/// Errors: NotImplemented for what is no plain CREATE TABLE with columns.
Result<TableText> read_table_text(std::string_view sql, Escapes escapes);

}  // namespace sluice::services::sql
