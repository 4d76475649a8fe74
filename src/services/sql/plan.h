#pragma once
/// Query + Table -> what is to be done, every name looked up and every value of its column's type.
/// Pure: nothing here talks to a database.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/call.h"
#include "services/sql/filter.h"
#include "services/sql/query.h"
#include "services/sql/rows_writer.h"
#include "services/sql/schema.h"

namespace sluice::services::sql {

struct Link;

/// A condition on rows. An empty And holds for every row, an empty Or for none.
struct Condition {
    enum class Form {
        Compare,
        And,
        Or,
        Nor,
        Xor,
        Not,
        Linked,  ///< of its part, on the rows of another table that `link` leads to: one meets it
    };
    Form form = Form::And;
    std::vector<Condition> parts;
    const Column* column = nullptr;
    Comparator comparator = Comparator::Equal;
    bool is_negated = false;
    /// The column itself is compared, not what a function makes of it for filters: identifiers.
    bool is_plain = false;
    std::vector<Value> values;
    std::shared_ptr<const Link> link;

    bool is_always() const { return form == Form::And && parts.empty(); }
};

/// The way from the rows of one table to those of another, of which only the permitted ones count.
struct Link {
    struct Step {
        /// Of the table that the step comes from.
        const Column* from = nullptr;
        TableRef table;
        const Column* to = nullptr;
        Condition permitted;
    };
    /// Two where a third table stands between.
    std::vector<Step> steps;
};

/// A field of another table that a filter names: `contact_info.kind`.
struct LinkedField {
    std::vector<std::shared_ptr<const Link>> links;
    const Column* column = nullptr;
};
/// By the spelling of the filter. Made by related/linked_fields.h.
using LinkedFields = std::map<std::string, LinkedField, std::less<>>;

struct OrderBy {
    const Column* column = nullptr;
    bool descends = false;
    std::optional<bool> nulls_first;
};

/// A function over a group of rows, in place of a column.
struct ResultSource {
    const Column* column = nullptr;
    /// "", "COUNT", "SUM", "AVG", "MIN", "MAX"
    std::string_view function;
    /// The column itself, not what its own function for reads makes of it: what rows are found by.
    bool is_plain = false;
};

struct Select {
    TableRef table;
    /// One per column of `shape`.
    std::vector<ResultSource> sources;
    RowShapeRef shape;
    Condition where;
    std::vector<OrderBy> order;
    std::vector<const Column*> group;
    /// Of the groups: its columns are those of `grouped`.
    Condition having;
    TableRef grouped;
    std::int64_t limit = 0;
    std::int64_t offset = 0;
    /// `limit` is the service's own: the client gave none that counts.
    bool is_capped = false;
};

/// Columns to return when the client names none.
enum class DefaultFields { All, Keys };

/// Errors (all of them): BadRequest naming the field that is unknown or the value that does not
/// fit.
Result<Condition> resolve_filter(const Table& table,
                                 std::string_view filter,
                                 const std::vector<std::pair<std::string, Input>>& params,
                                 const LinkedFields& linked = {});
/// The role's row filters; holds for every row when there are none.
Result<Condition> resolve_grant(const Table& table, const Grant& grant);
Result<std::vector<ResultSource>> resolve_fields(const Table& table,
                                                 const Query& query,
                                                 DefaultFields fallback);
Result<std::vector<OrderBy>> resolve_order(const Table& table, const Query& query);
/// The columns that identify a record: the query's own choice, else the primary key.
Result<std::vector<const Column*>> resolve_keys(const Table& table, const Query& query);
/// Regroups `ids` into one value per key. Shape: a value that cannot be one of its column's type
/// gives an empty optional: no record can have it.
Result<std::vector<std::optional<std::vector<Value>>>> resolve_ids(
    const std::vector<const Column*>& keys, const std::vector<Id>& ids);

/// Errors: BadRequest naming the column that two keys of `record` mean, spelled in two ways.
Status check_names(const Table& table, const Record& record);

/// What `record` gives for a column, under its name or its alias. Null when nothing.
const Input* given_for(const Record& record, const Column& column);

Condition equals_id(const std::vector<const Column*>& keys, const std::vector<Value>& id);
Condition is_one_of(const std::vector<const Column*>& keys,
                    const std::vector<std::vector<Value>>& ids);
Condition both(Condition a, Condition b);

RowShapeRef shape_of(const TableRef& table, const std::vector<ResultSource>& sources);

/// The whole of a list read: fields, filter, grant, order, group, limit.
/// `ceiling` is the service's own cap of rows.
Result<Select> plan_select(const TableRef& table,
                           const Query& query,
                           const Grant& grant,
                           std::int64_t ceiling,
                           const LinkedFields& linked = {});

/// Adds columns after those that the answer shows.
void add_hidden(Select& select, const std::vector<ResultSource>& hidden);

/// Puts a list without an order of its own into that of the primary key: without one a database may
/// give any rows each time, and pages would not fit together.
void order_by_key(Select& select);

}  // namespace sluice::services::sql
