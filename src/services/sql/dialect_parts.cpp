#include "services/sql/dialect_parts.h"

#include <algorithm>
#include <array>
#include <variant>

namespace sluice::services::sql {
namespace {

/// All databases say it alike, or each has its word.
using Word = std::variant<std::string_view, std::string_view TypeWords::*>;

struct Rule {
    std::string_view type;
    Word word;
};

const std::array kRules{
    Rule{"id", &TypeWords::id},
    Rule{"pk", &TypeWords::id},
    Rule{"reference", "INTEGER"},
    Rule{"integer", "INTEGER"},
    Rule{"int", "INTEGER"},
    Rule{"user_id", "INTEGER"},
    Rule{"bigint", "BIGINT"},
    Rule{"smallint", "SMALLINT"},
    Rule{"boolean", &TypeWords::boolean},
    Rule{"float", &TypeWords::real},
    Rule{"double", &TypeWords::real_8},
    Rule{"text", &TypeWords::text},
    Rule{"date", "DATE"},
    Rule{"time", "TIME"},
    Rule{"datetime", &TypeWords::datetime},
    Rule{"timestamp", &TypeWords::timestamp},
    Rule{"timestamp_on_create", &TypeWords::timestamp},
    Rule{"timestamp_on_update", &TypeWords::timestamp},
    Rule{"user_id_on_create", "INTEGER"},
    Rule{"user_id_on_update", "INTEGER"},
    Rule{"binary", &TypeWords::binary},
    Rule{"json", &TypeWords::json},
    Rule{"uuid", &TypeWords::uuid},
};

constexpr int kDefaultLength = 255;
constexpr std::string_view kMoneySizes = "19,4";

std::string sized(std::string_view word, std::string_view sizes) {
    std::string type(word);
    type.append("(").append(sizes).append(")");
    return type;
}

}  // namespace

void append_quoted(std::string& out, std::string_view identifier, char mark) {
    out.push_back(mark);
    for (const char c : identifier) {
        if (c == mark) {
            out.push_back(mark);
        }
        out.push_back(c);
    }
    out.push_back(mark);
}

Result<std::string> new_type(const NewColumn& column, const TypeWords& words) {
    if (column.type == "string") {
        return sized(column.is_fixed_length ? words.fixed : words.varying,
                     std::to_string(column.length.value_or(kDefaultLength)));
    }
    if (column.type == "decimal") {
        return sized(words.decimal, column.decimal_sizes());
    }
    if (column.type == "money") {
        return sized(words.decimal, kMoneySizes);
    }
    const auto rule = std::ranges::find(kRules, column.type, &Rule::type);
    if (rule == kRules.end()) {
        return fail(ErrorKind::BadRequest,
                    "Field '" + column.name + "' has the unknown type '" + column.type + "'.");
    }
    const auto* own = std::get_if<std::string_view TypeWords::*>(&rule->word);
    std::string type(own != nullptr ? words.*(*own) : std::get<std::string_view>(rule->word));
    if (column.is_auto_increment && own == nullptr) {
        return words.counts.empty() ? std::string(words.id) : type.append(words.counts);
    }
    return type;
}

std::string_view in_words_of(const Habits& habits, std::string_view sql) {
    return sql == "CURRENT_DATE" ? habits.today : sql == "CURRENT_TIME" ? habits.time_of_day : sql;
}

std::vector<TableName> table_names(const RowList& rows) {
    std::vector<TableName> names;
    for (const RowList::Row& row : rows.rows()) {
        names.push_back({text_of(row[0]), integer_of(row[1]) != 0});
    }
    return names;
}

std::vector<Reference> references_of(const RowList& rows) {
    std::vector<Reference> references;
    references.reserve(rows.rows().size());
    for (const RowList::Row& row : rows.rows()) {
        ForeignKey to{text_of(row[2]), text_of(row[3]), text_of(row[4]), text_of(row[5])};
        references.push_back(
            {text_of(row[0]), text_of(row[1]), std::move(to), integer_of(row[6]) != 0});
    }
    return references;
}

void note_index(Table& table, Column* column, const RowList::Row& facts) {
    if (column == nullptr) {
        return;
    }
    column->is_index = true;
    const bool is_alone = integer_of(facts[3]) == 1 && integer_of(facts[4]) == 0;
    column->is_unique = column->is_unique || (is_alone && integer_of(facts[2]) != 0);
    if (integer_of(facts[1]) != 0) {
        column->is_primary_key = true;
        table.keys.push_back(static_cast<std::size_t>(column - table.columns.data()));
    }
}

void name_the_id(Table& table) {
    if (table.keys.size() == 1 && table.columns[table.keys.front()].is_auto_increment) {
        table.columns[table.keys.front()].type = "id";
    }
}

}  // namespace sluice::services::sql
