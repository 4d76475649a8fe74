#pragma once
/// What differs between databases in the text of SQL and in how they describe themselves.
/// A new one is a file under dialects/ and a line in its driver. docs/howto/add-a-dialect.md

#include <string>
#include <string_view>
#include <vector>

#include "services/sql/fit.h"
#include "services/sql/schema.h"
#include "services/sql/session.h"

namespace sluice::services::sql {

/// A column to create.
struct NewColumn;
struct Alteration;
struct TableChange;
class Routines;

/// Who names an index.
enum class IndexNames {
    Given,        ///< whoever makes it
    Found,        ///< the database, where none is given
    FoundByAlter  ///< the same, but by ALTER TABLE alone
};

/// How the number of rows is bounded.
enum class Paging {
    Limit,  ///< `LIMIT ? OFFSET ?` behind the order
    Top     ///< `TOP (?)` before the fields; `OFFSET ? ROWS FETCH NEXT ? ROWS ONLY` behind an order
};

/// How a change hands its rows back.
enum class Returning {
    AtEnd,  ///< `RETURNING a`
    Output  ///< `OUTPUT inserted.a` before the values or the condition
};

/// What statements have to heed besides words.
struct Habits {
    OtherDates other_dates = OtherDates::Refused;
    /// The placeholder of a moment in UTC, for a column that keeps offsets; empty where the
    /// database reads them itself.
    std::string_view instant = {};
    /// What anything is cast to so that it can be compared with a pattern.
    std::string_view text_type = "TEXT";
    /// Decimals are bound as numbers to be compared exactly: as texts they would become doubles.
    bool binds_decimals = false;
    /// It knows NULLS FIRST and NULLS LAST.
    bool places_nulls = true;
    /// Which changes hand back the rows that they touched; what the others touched is read besides
    /// (reread.h).
    bool returns_inserted = true;
    bool returns_updated = true;
    bool returns_deleted = true;
    IndexNames index_names = IndexNames::Given;
    /// The number that the last insert filled in, where that one does not return it.
    std::string_view last_id = "LAST_INSERT_ID()";
    /// SELECT ... FOR UPDATE is known; else a transaction that writes is alone.
    bool locks_rows = true;
    Paging paging = Paging::Limit;
    Returning returning = Returning::AtEnd;
    /// `(a = 1) <> (b = 2)` is an expression.
    bool compares_truths = true;
    /// `[` is a sign of patterns.
    bool patterns_have_sets = false;
    /// SUM and AVG of integers are integers of the same size.
    bool narrows_sums = false;
    /// A number that fills itself is only written between two switches.
    bool switches_identity = false;
    /// ON DELETE RESTRICT is known.
    bool knows_restrict = true;
    /// Before the quote of a text that may hold any character.
    std::string_view text_mark = {};
    std::string_view today = "CURRENT_DATE";
    std::string_view time_of_day = "CURRENT_TIME";
    /// Dropping a table deletes its records first, and those of others that refer to them.
    bool drops_by_record = false;
    /// A transaction that is rolled back takes the tables with it that it made.
    bool rolls_tables_back = true;
};

class Dialect {
public:
    virtual ~Dialect() = default;

    /// Appends `identifier` as SQL, whatever it holds.
    virtual void quote(std::string& out, std::string_view identifier) const = 0;

    /// Appends the placeholder of value number `index` (from 1) compared with a column of `kind`.
    virtual void placeholder(std::string& out, std::size_t index, Kind kind) const = 0;

    /// May change with the server that answers: asked anew for each statement.
    virtual Habits habits() const = 0;

    /// The type and the clauses after it of a column to create, as SQL.
    /// Errors: BadRequest for a type it does not know.
    virtual Result<std::string> type_of(const NewColumn& column) const = 0;

    /// The statements that change a table. May read how the table was made.
    /// Errors: BadRequest for types and defaults that cannot be, NotImplemented for what this
    ///         database cannot change.
    virtual Task<Result<Alteration>> alter(Session& session,
                                           const TableChange& change,
                                           Deadline deadline) const = 0;

    /// All tables and views, sorted by name.
    virtual Task<Result<std::vector<TableName>>> list(Session& session,
                                                      Deadline deadline) const = 0;

    /// One table by its exact name or, failing that, ignoring case. Null when there is none.
    virtual Task<Result<TableRef>> introspect(Session& session,
                                              std::string name,
                                              Deadline deadline) const = 0;

    /// The foreign keys of one column that there are in the whole database, by table and column.
    /// Shape: tables under the names that `list` gives them.
    virtual Task<Result<std::vector<Reference>>> references(Session& session,
                                                            Deadline deadline) const = 0;

    /// How procedures and functions are found and called; null where there are none.
    virtual const Routines* routines() const { return nullptr; }
};

}  // namespace sluice::services::sql
