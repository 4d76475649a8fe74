#include "services/sql/alter/schema_calls.h"

#include <algorithm>

#include "core/fields.h"
#include "services/sql/alter/alter_table.h"
#include "services/sql/alter/extras_change.h"
#include "services/sql/alter/related_calls.h"
#include "services/sql/alter/schema_body.h"
#include "services/sql/alter/seen.h"
#include "services/sql/describe.h"
#include "services/sql/new_table.h"
#include "services/sql/new_table_members.h"

namespace sluice::services::sql {
namespace {

Response one(const std::string& name) {
    return Response::json("{\"name\":" + json_string(name) + "}");
}

/// The fields that a table's description names; none when it does not speak of fields.
Result<json::array> fields_in(const json::object& said, const Table& table) {
    SLUICE_CHECK(check_table_members(said, table.name));
    const json::value* fields = said.if_contains("field");
    if (fields == nullptr) {
        return json::array();
    }
    if (!fields->is_array()) {
        return fail(ErrorKind::BadRequest,
                    "The 'field' of table '" + table.name + "' must be a list of fields.");
    }
    return fields->get_array();
}

Status check_same_name(const json::object& said, const Table& table) {
    const std::string_view name = text_or(said, "name", table.name);
    if (!equals_ignoring_case(name, table.name) && !equals_ignoring_case(name, table.alias)) {
        return fail(ErrorKind::NotImplemented, "The table '" + table.name + "' cannot be renamed.");
    }
    return {};
}

/// A description names the key that is there, if any.
Status check_same_key(const json::object& said, const Table& table) {
    const json::value* given = said.if_contains("primary_key");
    if (given == nullptr || given->is_null()) {
        return {};
    }
    json::array keys;
    for (const std::size_t key : table.keys) {
        keys.emplace_back(table.columns[key].name);
    }
    const bool is_same =
        *given == json::value(keys) || (keys.size() == 1 && *given == keys.front());
    return is_same
               ? Status()
               : Status(fail(ErrorKind::NotImplemented,
                             "The primary key of table '" + table.name + "' cannot be changed."));
}

Task<Result<TableChange>> plan_table(Backend& backend,
                                     const Call& call,
                                     TableRef table,
                                     const json::object& said) {
    const Verb verb = call.request.verb;
    CO_CHECK(check_same_name(said, *table));
    CO_CHECK(check_same_key(said, *table));
    CO_TRY(const auto fields, fields_in(said, *table));
    const FieldRules rules{.drops_rest = verb == Verb::Put && said.contains("field")};
    const bool is_about_fields = !fields.empty() || rules.drops_rest;
    TableChange change;
    change.table = table;
    if (is_about_fields) {
        CO_TRY(change, co_await plan_change(backend, call, table, fields, rules));
    }
    CO_TRY(change.extras.table, read_table_extras(table->name, table.get(), said));
    CO_CHECK(co_await check_related(backend, call, table, said));
    co_return change;
}

std::vector<TableChange> list_of_one(TableChange change) {
    std::vector<TableChange> changes;
    changes.push_back(std::move(change));
    return changes;
}

Task<Result<Response>> list_fields(const Call& call, TableRef table) {
    std::vector<std::string> items;
    for (const Column& column : table->columns) {
        items.push_back(field_json(column));
    }
    co_return list_described(items, call.request.parameters);
}

Task<Status> drop_fields(Backend& backend,
                         const Call& call,
                         TableRef table,
                         const std::vector<std::string>& names) {
    TableChange change;
    change.table = table;
    if (table->is_view) {
        co_return fail(ErrorKind::BadRequest,
                       "'" + table->name + "' is a view: its fields cannot be changed.");
    }
    CO_TRY(const auto columns, columns_to_drop(*table, names));
    drop(change, columns);
    co_return co_await apply_changes(backend, list_of_one(std::move(change)),
                                     call.request.origin.deadline);
}

}  // namespace

Task<Result<Response>> alter_tables(Backend& backend, const Call& call) {
    const Deadline deadline = call.request.origin.deadline;
    CO_TRY(const auto items, read_items(call.request.content, "table"));
    if (items.size() > kMaxTables) {
        co_return fail(ErrorKind::BadRequest,
                       "A request may change at most " + std::to_string(kMaxTables) + " tables.");
    }
    std::vector<TableChange> changes;
    std::vector<std::string> names;
    for (const json::value& item : items) {
        const std::string name(item.is_object() ? text_or(item.get_object(), "name", "") : "");
        if (name.empty()) {
            co_return fail(ErrorKind::BadRequest, "Each table must be an object with 'name'.");
        }
        CO_TRY(auto table,
               co_await backend.catalog.look_again(backend.catalog.real_name(name), deadline));
        const VerbSet verbs = grant_on(call, "_schema/" + table->name, call.request.verb).verbs;
        if (!verbs.contains(call.request.verb)) {
            co_return fail(ErrorKind::Forbidden,
                           "Access Forbidden. The role does not allow this "
                           "for component '_schema/" +
                               table->name + "'. Nothing was changed.");
        }
        const bool is_twice = std::ranges::find(names, table->name) != names.end();
        if (is_twice) {
            co_return fail(ErrorKind::BadRequest,
                           "The table '" + table->name + "' is given twice.");
        }
        table = seen_by(call, std::move(table));
        names.push_back(table->name);
        CO_TRY(auto change,
               co_await plan_table(backend, call, std::move(table), item.get_object()));
        changes.push_back(std::move(change));
    }
    CO_CHECK(co_await apply_changes(backend, changes, deadline));
    co_return named(names);
}

Task<Result<Response>> alter_table(Backend& backend, const Call& call, TableRef table) {
    const Deadline deadline = call.request.origin.deadline;
    CO_TRY(const auto said, read_item(call.request.content, "table"));
    CO_TRY(auto change, co_await plan_table(backend, call, table, said));
    CO_CHECK(co_await apply_changes(backend, list_of_one(std::move(change)), deadline));
    co_return one(table->name);
}

Task<Result<Response>> handle_fields(Backend& backend, const Call& call, TableRef table) {
    const Deadline deadline = call.request.origin.deadline;
    const Verb verb = call.request.verb;
    if (verb == Verb::Get) {
        co_return co_await list_fields(call, table);
    }
    if (verb == Verb::Delete) {
        CO_TRY(const auto names, read_names(call.request, "field"));
        CO_CHECK(co_await drop_fields(backend, call, table, names));
        co_return named(names);
    }
    CO_TRY(const auto items, read_items(call.request.content, "field"));
    const FieldRules rules{.makes_new = verb == Verb::Post, .changes_old = verb != Verb::Post};
    CO_TRY(auto change, co_await plan_change(backend, call, table, items, rules));
    std::vector<std::string> names;
    for (const json::value& item : items) {
        names.emplace_back(text_or(item.get_object(), "name", ""));
    }
    CO_CHECK(co_await apply_changes(backend, list_of_one(std::move(change)), deadline));
    co_return named(names);
}

Task<Result<Response>> handle_field(Backend& backend, const Call& call, TableRef table) {
    const Deadline deadline = call.request.origin.deadline;
    const std::string& name = call.target.segments[3];
    const Column* column = table->find(name);
    if (column == nullptr) {
        co_return fail(ErrorKind::NotFound,
                       "Field '" + name + "' does not exist in table '" + table->name + "'.");
    }
    const Verb verb = call.request.verb;
    if (verb == Verb::Get) {
        co_return Response::json(field_json(*column));
    }
    if (verb == Verb::Delete) {
        CO_CHECK(co_await drop_fields(backend, call, table, {column->name}));
        co_return Response::json("{\"name\":" + json_string(column->name) + ",\"success\":true}");
    }
    CO_TRY(const auto said, read_item(call.request.content, "field"));
    CO_TRY(auto change, co_await plan_field_change(backend, call, table, *column, said));
    const std::string new_name = change.extras.renamed_fields.empty()
                                     ? column->name
                                     : change.extras.renamed_fields.front().second;
    CO_CHECK(co_await apply_changes(backend, list_of_one(std::move(change)), deadline));
    co_return one(new_name);
}

}  // namespace sluice::services::sql
