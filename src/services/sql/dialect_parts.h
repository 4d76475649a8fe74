#pragma once
/// What dialects are made of: the parts that differ between databases in words only.

#include <string>
#include <string_view>
#include <vector>

#include "services/sql/dialect.h"
#include "services/sql/new_table.h"
#include "services/sql/schema.h"
#include "services/sql/statement.h"

namespace sluice::services::sql {

/// `identifier` between two `mark`s; one inside is doubled.
void append_quoted(std::string& out, std::string_view identifier, char mark);

/// What a database calls the types that clients create columns with.
struct TypeWords {
    /// A number that fills itself and is the key, with all that this takes.
    std::string_view id;
    /// What makes such a number of an integer type when it follows it; empty where only `id` does.
    std::string_view counts;
    std::string_view boolean;
    /// Of 4 bytes, and of 8.
    std::string_view real;
    std::string_view real_8;
    /// Before the digits in brackets.
    std::string_view decimal;
    std::string_view datetime;
    std::string_view timestamp;
    std::string_view binary;
    std::string_view json;
    std::string_view uuid;
    std::string_view text = "TEXT";
    /// Before the length in brackets: of texts that are as long as they are, and of those that are
    /// filled up.
    std::string_view varying = "VARCHAR";
    std::string_view fixed = "CHAR";
};

/// Errors: BadRequest for a type that no client may ask for.
Result<std::string> new_type(const NewColumn& column, const TypeWords& words);

/// `sql` is a word that clients may send in place of a value (convert.h, known_expression).
std::string_view in_words_of(const Habits& habits, std::string_view sql);

/// Rows of a name and whether it is a view's.
std::vector<TableName> table_names(const RowList& rows);

/// Rows of: table, column, the table and column referred to, what happens there on update and on
/// delete, and whether no two rows refer to the same one.
std::vector<Reference> references_of(const RowList& rows);

/// What an index tells of `column`, which may be null: none of the table's.
/// Shape: behind the first cell of `facts`: is it the primary key, is it unique, how many columns
///        has it, does it leave rows out. In the order of the index.
void note_index(Table& table, Column* column, const RowList::Row& facts);
/// After all indexes: a key of one column that fills itself is an `id`.
void name_the_id(Table& table);

}  // namespace sluice::services::sql
