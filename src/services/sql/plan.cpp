#include "services/sql/plan.h"

#include <algorithm>
#include <array>

#include "core/fields.h"
#include "core/json.h"
#include "services/sql/convert.h"
#include "services/sql/filter_parser.h"
#include "services/sql/fit.h"
#include "services/sql/functions/column_functions.h"

namespace sluice::services::sql {
namespace {

/// Values of the identifiers of one call: they share one statement, and SQLite binds 32,766 at
/// most.
constexpr std::size_t kMaxIdValues = 10'000;

constexpr std::array<std::string_view, 5> kAggregates{"COUNT", "SUM", "AVG", "MIN", "MAX"};

/// The aggregate that `field` spells: `SUM(price)`. Empty when it is none.
std::optional<ResultSource> aggregate_of(const Table& table, std::string_view field) {
    const std::size_t open = field.find('(');
    if (open == std::string_view::npos || field.back() != ')') {
        return std::nullopt;
    }
    const std::string_view name = trimmed(field.substr(0, open));
    const std::string_view inner = trimmed(field.substr(open + 1, field.size() - open - 2));
    for (const std::string_view known : kAggregates) {
        if (!equals_ignoring_case(known, name)) {
            continue;
        }
        const Column* column = table.find(inner);
        if (column != nullptr || (inner == "*" && known == "COUNT")) {
            return ResultSource{column, known};
        }
    }
    return std::nullopt;
}

/// In the answer: `SUM_price`, `COUNT_ALL`.
std::string name_of(const ResultSource& source) {
    return std::string(source.function) + "_" +
           (source.column == nullptr ? "ALL" : source.column->shown());
}

Kind kind_of(const ResultSource& source) {
    if (source.function == "COUNT") {
        return Kind::Integer;
    }
    const Kind kind = source.column->kind;
    if (source.function == "AVG") {
        return kind == Kind::Integer || kind == Kind::Decimal ? Kind::Decimal : Kind::Real;
    }
    // As exact as the column itself.
    return source.function == "SUM" && kind != Kind::Integer && kind != Kind::Decimal ? Kind::Real
                                                                                      : kind;
}

}  // namespace

Condition both(Condition a, Condition b) {
    if (a.is_always()) {
        return b;
    }
    if (b.is_always()) {
        return a;
    }
    Condition joined;
    joined.parts.push_back(std::move(a));
    joined.parts.push_back(std::move(b));
    return joined;
}

Status check_names(const Table& table, const Record& record) {
    std::vector<bool> is_named(table.columns.size());
    for (const auto& [name, input] : record) {
        if (const Column* column = table.find(name)) {
            const auto index = static_cast<std::size_t>(column - table.columns.data());
            if (is_named[index]) {
                return fail(given_twice(column->name));
            }
            is_named[index] = true;
        }
    }
    return {};
}

const Input* given_for(const Record& record, const Column& column) {
    const Input* found = record.find(column.name);
    return found != nullptr || column.alias.empty() ? found : record.find(column.alias);
}

Condition equals_id(const std::vector<const Column*>& keys, const std::vector<Value>& id) {
    Condition all;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        Condition one;
        one.form = Condition::Form::Compare;
        one.column = keys[i];
        one.is_plain = true;
        one.values.push_back(id[i]);
        all.parts.push_back(std::move(one));
    }
    return all;
}

Condition is_one_of(const std::vector<const Column*>& keys,
                    const std::vector<std::vector<Value>>& ids) {
    Condition any;
    if (keys.size() == 1 && !ids.empty()) {
        any.form = Condition::Form::Compare;
        any.column = keys.front();
        any.is_plain = true;
        any.comparator = Comparator::In;
        for (const auto& id : ids) {
            any.values.push_back(id.front());
        }
        return any;
    }
    any.form = Condition::Form::Or;
    for (const auto& id : ids) {
        any.parts.push_back(equals_id(keys, id));
    }
    return any;
}

Result<std::vector<ResultSource>> resolve_fields(const Table& table,
                                                 const Query& query,
                                                 DefaultFields fallback) {
    std::vector<ResultSource> sources;
    const auto add = [&sources](const Column& column) {
        const bool is_there = std::ranges::any_of(sources, [&column](const ResultSource& source) {
            return source.column == &column && source.function.empty();
        });
        if (!is_there) {
            sources.push_back({&column, {}});
        }
    };
    const bool wants_all = std::ranges::find(query.fields, "*") != query.fields.end();
    if (query.fields.empty() && fallback == DefaultFields::Keys) {
        SLUICE_TRY(const auto keys, resolve_keys(table, query));
        for (const Column* key : keys) {
            add(*key);
        }
        return sources;
    }
    if (wants_all || query.fields.empty()) {
        sources.reserve(table.columns.size());
        for (const Column& column : table.columns) {
            if (is_selectable(column)) {
                sources.push_back({&column, {}});
            }
        }
        return sources;
    }
    for (const std::string& field : query.fields) {
        if (const Column* column = table.find(field)) {
            if (!is_selectable(*column)) {
                return fail(ErrorKind::BadRequest,
                            "Field '" + column->shown() +
                                "' cannot be read: it has no function for SELECT.");
            }
            add(*column);
            continue;
        }
        const auto aggregate = query.group.empty() ? std::nullopt : aggregate_of(table, field);
        if (!aggregate) {
            return fail(ErrorKind::BadRequest, "Invalid field requested: " + field);
        }
        sources.push_back(*aggregate);
    }
    return sources;
}

Result<std::vector<OrderBy>> resolve_order(const Table& table, const Query& query) {
    std::vector<OrderBy> order;
    for (const OrderTerm& term : query.order) {
        const Column* column = table.find(term.field);
        if (column == nullptr) {
            return fail(ErrorKind::BadRequest,
                        "Invalid field '" + term.field + "' in order by clause.");
        }
        order.push_back({column, term.descends, term.nulls_first});
    }
    return order;
}

Result<std::vector<const Column*>> resolve_keys(const Table& table, const Query& query) {
    std::vector<const Column*> keys;
    for (const std::string& field : query.id_fields) {
        const Column* column = table.find(field);
        if (column == nullptr) {
            return fail(ErrorKind::BadRequest, "Invalid field requested: " + field);
        }
        keys.push_back(column);
    }
    if (keys.empty()) {
        for (const std::size_t key : table.keys) {
            keys.push_back(&table.columns[key]);
        }
    }
    return keys;
}

Result<std::vector<std::optional<std::vector<Value>>>> resolve_ids(
    const std::vector<const Column*>& keys, const std::vector<Id>& ids) {
    if (keys.empty()) {
        return fail(ErrorKind::BadRequest,
                    "The table has no primary key; name the identifying field with 'id_field'.");
    }
    const bool is_flat = std::ranges::all_of(ids, [](const Id& id) { return id.size() == 1; });
    std::vector<Id> grouped;
    if (is_flat && keys.size() > 1) {  // a1,b1,a2,b2
        for (const Id& id : ids) {
            if (grouped.empty() || grouped.back().size() == keys.size()) {
                grouped.emplace_back();
            }
            grouped.back().push_back(id.front());
        }
    }
    if (ids.size() > kMaxIdValues || (ids.size() * keys.size() > kMaxIdValues && grouped.empty())) {
        return fail(ErrorKind::BadRequest, "A request may name at most " +
                                               std::to_string(kMaxIdValues / keys.size()) +
                                               " identifiers.");
    }
    std::vector<std::optional<std::vector<Value>>> resolved;
    for (const Id& id : grouped.empty() ? ids : grouped) {
        if (id.size() != keys.size()) {
            return fail(ErrorKind::BadRequest,
                        "Each identifier needs " + std::to_string(keys.size()) + " value(s).");
        }
        std::optional<std::vector<Value>> values(std::in_place);
        for (std::size_t i = 0; i < keys.size() && values; ++i) {
            auto value = to_value(*keys[i], id[i]);
            value = value ? comparable(*keys[i], std::move(*value)) : std::move(value);
            if (!value || is_null(*value)) {
                values.reset();
                break;
            }
            values->push_back(std::move(*value));
        }
        resolved.push_back(std::move(values));
    }
    return resolved;
}

RowShapeRef shape_of(const TableRef& table, const std::vector<ResultSource>& sources) {
    auto shape = std::make_shared<RowShape>();
    shape->table = table;
    shape->columns.reserve(sources.size());
    for (const ResultSource& source : sources) {
        if (source.function.empty()) {
            shape->columns.push_back({source.column->json_key, source.column->kind});
            continue;
        }
        shape->own_keys.push_back("," + json_string(name_of(source)) + ":");
        shape->columns.push_back({shape->own_keys.back(), kind_of(source)});
    }
    return shape;
}

namespace {

/// One database would refuse a field that is neither grouped nor aggregated, another would answer
/// with that of any row.
Status check_groups(const Table& table, const Query& query, const Select& select) {
    if (query.fields.empty()) {
        return fail(ErrorKind::BadRequest,
                    "Parameter 'group' needs 'fields': some of those it names, or aggregates.");
    }
    const auto is_grouped = [&select](const Column* column) {
        return std::ranges::find(select.group, column) != select.group.end();
    };
    const bool has_whole_key =
        !table.keys.empty() && std::ranges::all_of(table.keys, [&](std::size_t key) {
            return is_grouped(&table.columns[key]);
        });
    const auto check = [&](const Column* column) -> Status {
        if (has_whole_key || is_grouped(column)) {
            return {};
        }
        return fail(ErrorKind::BadRequest,
                    "Field '" + column->shown() + "' must be in 'group' or aggregated.");
    };
    for (const ResultSource& source : select.sources) {
        if (source.function.empty()) {
            SLUICE_CHECK(check(source.column));
        }
    }
    for (const OrderBy& term : select.order) {
        SLUICE_CHECK(check(term.column));
    }
    return {};
}

/// What a condition on groups may name, as columns: each grouped field, and each aggregate of
/// `fields`, as `SUM_price` and as `SUM(price)`, by the field's name and by its alias.
Table grouped_table(const Select& select) {
    Table grouped;
    grouped.has_aliases = select.table->has_aliases;
    for (const Column* column : select.group) {
        grouped.columns.push_back(*column);
    }
    for (const ResultSource& source : select.sources) {
        if (source.function.empty()) {
            continue;
        }
        const auto called_with = [&source](const std::string& inner) {
            return std::string(source.function) + "(" + inner + ")";
        };
        Column column;
        column.kind = kind_of(source);
        column.quoted = called_with(source.column == nullptr ? "*" : shown_sql(*source.column));
        column.name = name_of(source);
        if (source.column != nullptr && !source.column->alias.empty()) {
            column.alias = std::string(source.function) + "_" + source.column->name;
        }
        grouped.columns.push_back(column);
        column.name = called_with(source.column == nullptr ? "*" : source.column->name);
        column.alias = source.column == nullptr || source.column->alias.empty()
                           ? ""
                           : called_with(source.column->alias);
        grouped.columns.push_back(std::move(column));
    }
    return grouped;
}

Result<Condition> resolve_having(const Query& query, Select& select) {
    if (select.group.empty()) {
        return fail(ErrorKind::BadRequest, "Parameter 'having' needs 'group'.");
    }
    select.grouped = std::make_shared<const Table>(grouped_table(select));
    auto having = resolve_filter(*select.grouped, query.having, query.params);
    if (!having) {
        return fail(std::move(having).error().with_prefix("Parameter 'having':"));
    }
    return having;
}

}  // namespace

Result<Select> plan_select(const TableRef& table,
                           const Query& query,
                           const Grant& grant,
                           std::int64_t ceiling,
                           const LinkedFields& linked) {
    Select select;
    select.table = table;
    SLUICE_TRY(select.sources, resolve_fields(*table, query, DefaultFields::All));
    select.shape = shape_of(table, select.sources);
    SLUICE_TRY(auto permitted, resolve_grant(*table, grant));
    if (query.filter.empty()) {
        select.where = std::move(permitted);
    } else {
        SLUICE_TRY(auto wanted, resolve_filter(*table, query.filter, query.params, linked));
        select.where = both(std::move(permitted), std::move(wanted));
    }
    SLUICE_TRY(select.order, resolve_order(*table, query));
    for (const std::string& field : query.group) {
        const Column* column = table->find(field);
        if (column == nullptr) {
            return fail(ErrorKind::BadRequest, "Invalid field '" + field + "' in group by clause.");
        }
        select.group.push_back(column);
    }
    if (!select.group.empty()) {
        SLUICE_CHECK(check_groups(*table, query, select));
    }
    if (!trimmed(query.having).empty()) {
        SLUICE_TRY(select.having, resolve_having(query, select));
    }
    select.is_capped = !query.limit || *query.limit < 1 || *query.limit > ceiling;
    select.limit = select.is_capped ? ceiling : *query.limit;
    select.offset = query.offset;
    return select;
}

void add_hidden(Select& select, const std::vector<ResultSource>& hidden) {
    select.sources.insert(select.sources.end(), hidden.begin(), hidden.end());
    select.shape = shape_of(select.table, select.sources);
}

void order_by_key(Select& select) {
    if (!select.order.empty() || !select.group.empty()) {
        return;
    }
    for (const std::size_t key : select.table->keys) {
        select.order.push_back({&select.table->columns[key], false, std::nullopt});
    }
}

}  // namespace sluice::services::sql
