#pragma once
/// Tables as the database describes them.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/sql/value.h"

namespace sluice::services::sql {

/// What is kept about them besides (extras.h).
struct ColumnExtras;
struct TableLabels;
/// SQL in place of a column (functions/column_functions.h).
struct ColumnFunctions;

struct ForeignKey {
    std::string table;
    std::string column;
    std::string on_update;
    std::string on_delete;
};

/// A column of one table that refers to one of another.
struct Reference {
    std::string table;
    std::string column;
    ForeignKey to;
    /// No two rows refer to the same one.
    bool is_unique = false;
};

/// Digits of a decimal number, at most.
struct DecimalDigits {
    int all = 0;
    int after_point = 0;
};

struct Column {
    std::string name;
    /// What clients see in place of the name, and may say as well; empty for most.
    std::string alias = {};
    /// `name` as it stands in SQL: quoted by the dialect from the introspected name. Of a virtual
    /// field: what gives its value, in brackets.
    std::string quoted;
    /// `,"name":` as it stands in a record.
    std::string json_key;
    Kind kind = Kind::Any;
    /// The simple type of the schema resource: id, string, integer ...
    std::string type;
    /// The type as the database spells it.
    std::string db_type;
    std::optional<int> length;
    std::optional<int> precision;
    std::optional<int> scale;
    /// Of a decimal: what the database compares exactly; empty where that is any number.
    std::optional<DecimalDigits> compares_digits = {};
    /// What an integer column holds.
    std::int64_t least = INT64_MIN;
    std::int64_t greatest = INT64_MAX;
    /// The default as the database spells it.
    std::optional<std::string> default_text;
    bool allows_null = true;
    bool is_primary_key = false;
    bool is_auto_increment = false;
    bool is_unique = false;
    bool is_index = false;
    /// Moments of it are those of the offset they came with (PostgreSQL's TIMESTAMPTZ, MySQL's
    /// TIMESTAMP).
    bool keeps_offset = false;
    /// Of a moment: the database reads more spellings than ISO 8601, and refuses the rest.
    bool reads_other_dates = false;
    /// A text that the database fills up to its length.
    bool is_fixed_length = false;
    /// UUIDs of it are texts: one may stand there in capitals, another in small letters (SQLite).
    bool spells_uuids = false;
    /// Computed by the database: never written.
    bool is_generated = false;
    /// Of a time: how long something takes, which may be negative or more than a day.
    bool is_duration = false;
    /// The SQL type that a value is cast to where the database keeps less of it than was given
    /// (MySQL's DECIMAL and DATETIME); empty where it does not, or the values are cut before.
    std::string kept_as = {};
    std::optional<ForeignKey> foreign_key;
    /// What messages call it: parameters of routines are described as columns, too.
    std::string_view noun = "Field";
    /// Null when there is nothing.
    std::shared_ptr<const ColumnExtras> extras;
    /// Null for most.
    std::shared_ptr<const ColumnFunctions> functions = {};
    /// No column of the database: `quoted` gives its value. It is the only kind of column here
    /// that `_schema` alone makes and drops; it is generated, too.
    bool is_virtual = false;

    /// As records and messages name it.
    const std::string& shown() const { return alias.empty() ? name : alias; }
    /// An insert must give it.
    bool is_required() const {
        return !allows_null && !default_text && !is_auto_increment && !is_generated;
    }
};

/// Shape: `keys` are indexes into `columns`, in the order of the primary key.
struct Table {
    /// With its schema in front where that is not the default one.
    std::string name;
    /// What lists show in place of the name, and paths may say as well; empty for most. Rights and
    /// events know the name alone.
    std::string alias = {};
    std::string quoted;
    bool is_view = false;
    /// A column has one.
    bool has_aliases = false;
    /// Reads show a relation that they were not asked for.
    bool fetches_relations = false;
    /// What changes of it would hand back, triggers may be in the way of (SQL Server).
    bool has_triggers = false;
    std::vector<Column> columns;
    std::vector<std::size_t> keys;
    /// Null when there is nothing.
    std::shared_ptr<const TableLabels> labels;

    /// By exact name first, then ignoring case, then by alias. Null when there is none.
    const Column* find(std::string_view column) const;
    const std::string& shown() const { return alias.empty() ? name : alias; }
};
/// Whether statements made for the one do for the other, as far as the database decides it.
bool is_alike(const Table& a, const Table& b);
using TableRef = std::shared_ptr<const Table>;

struct TableName {
    std::string name;
    bool is_view = false;
};

/// Fills `json_key`, once name and alias are known.
void finish(Column& column);

}  // namespace sluice::services::sql
