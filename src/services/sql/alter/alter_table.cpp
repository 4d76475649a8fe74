#include "services/sql/alter/alter_table.h"

#include <algorithm>
#include <iterator>

#include "core/fields.h"
#include "services/sql/alter/alias_check.h"
#include "services/sql/alter/extras_change.h"
#include "services/sql/alter/field_change.h"
#include "services/sql/alter/seen.h"
#include "services/sql/column_sql.h"
#include "services/sql/functions/virtual_field.h"
#include "services/sql/new_table_members.h"
#include "services/sql/records.h"
#include "services/sql/to_sql.h"

namespace sluice::services::sql {
namespace {

tl::unexpected<Error> refuse(std::string message) {
    return fail(ErrorKind::BadRequest, std::move(message));
}

/// " REFERENCES ..." of a field that shall refer to another; empty for any other.
Task<Result<std::string>> references_of(Backend& backend,
                                        const Call& call,
                                        TableRef table,
                                        NewColumn column) {
    if (column.ref_table.empty()) {
        if (!column.ref_field.empty()) {
            co_return refuse("Field '" + column.name + "' has a 'ref_field' without 'ref_table'.");
        }
        co_return std::string();
    }
    TableRef target = table;
    if (!equals_ignoring_case(column.ref_table, table->name)) {
        CO_TRY(target, co_await find_seen(backend, call, column.ref_table));
    }
    CO_TRY(const Column* field, referred_field(column, *target));
    co_return references_sql(*backend.dialect, column, target->quoted, field->quoted);
}

/// Rows that are there would have no value of it.
bool needs_value(const NewField& field) {
    return !field.column.allows_null && field.column.default_json.empty() &&
           field.column.type != "timestamp_on_create";
}

Task<Status> check_rows(Backend& backend, const TableChange& change, Deadline deadline) {
    const auto needy = std::ranges::find_if(change.added, needs_value);
    if (needy == change.added.end()) {
        co_return Status();
    }
    RowList rows;
    Look look;
    look.table = change.table.get();
    look.sources.push_back({change.table->columns.data(), ""});
    look.is_first_only = true;
    const Statement statement = to_sql(*backend.dialect, look);
    CO_CHECK(co_await backend.database->read(statement, rows, deadline));
    if (!rows.rows().empty()) {
        co_return refuse("Field '" + needy->column.name +
                         "' can not be NULL: the table has records, so that it needs a default.");
    }
    co_return Status();
}

Status check_new(const NewColumn& column) {
    const bool is_key = column.is_primary_key || column.is_auto_increment || column.type == "id" ||
                        column.type == "pk";
    if (is_key) {
        return fail(ErrorKind::NotImplemented,
                    "Field '" + column.name +
                        "' cannot become the primary key of a table that is there already.");
    }
    return {};
}

Result<std::string> name_in(const json::value& field) {
    if (!field.is_object()) {
        return refuse("Each field of a table must be an object.");
    }
    const std::string name(text_or(field.get_object(), "name", ""));
    if (name.empty()) {
        return refuse("Each field of a table must have a 'name'.");
    }
    return name;
}

tl::unexpected<Error> no_field(const std::string& name, const Table& table) {
    return fail(ErrorKind::NotFound,
                "Field '" + name + "' does not exist in table '" + table.name + "'.");
}

/// A field of this name may have gone behind our back: nothing of it is the new one's.
void add_new_name(Backend& backend, TableChange& change, const std::string& name) {
    const store::TableExtras* kept = backend.catalog.extras_of(change.table->name);
    const bool is_known =
        kept != nullptr &&
        (kept->fields.contains(name) || (kept->table && kept->table->name_field == name) ||
         std::ranges::find(kept->relations, name, &store::VirtualRelationRow::field) !=
             kept->relations.end());
    if (is_known) {
        change.extras.new_names.push_back(name);
    }
}

Status check_twice(std::vector<std::string>& seen, const std::string& name) {
    const bool is_there = std::ranges::any_of(
        seen, [&name](const std::string& other) { return equals_ignoring_case(other, name); });
    if (is_there) {
        return refuse("The field '" + name + "' is given twice.");
    }
    seen.push_back(name);
    return {};
}

/// What `said` changes of a field that no column stands behind.
Task<Result<TableChange>> plan_virtual_change(Backend& backend,
                                              const Call& call,
                                              TableRef table,
                                              const Column& column,
                                              const json::object& said) {
    TableChange change;
    change.table = table;
    CO_CHECK(check_virtual_members(said, column.name, &column));
    CO_TRY(auto extras, read_field_extras(table->name, column.name, &column, said));
    if (extras) {
        CO_CHECK(co_await check_functions(backend, call, table, &column, *extras));
        change.extras.known.emplace(change.extras.fields.size(), known_extras(column));
        change.extras.fields.push_back(std::move(*extras));
    }
    const std::string name(text_or(said, "name", column.name));
    const bool is_renamed =
        !equals_ignoring_case(name, column.name) && !equals_ignoring_case(name, column.alias);
    if (!is_renamed) {
        co_return change;
    }
    CO_CHECK(check_name(name, "field"));
    if (table->find(name) != nullptr) {
        co_return fail(ErrorKind::Conflict,
                       "Field '" + name + "' already exists in table '" + table->name + "'.");
    }
    add_new_name(backend, change, name);
    change.extras.renamed_fields.emplace_back(column.name, name);
    for (store::FieldExtraRow& row : change.extras.fields) {
        row.field = name;
    }
    co_return change;
}

}  // namespace

void drop(TableChange& change, const std::vector<const Column*>& columns) {
    for (const Column* column : columns) {
        change.extras.dropped_fields.push_back(column->name);
        if (!column->is_virtual) {
            change.dropped.push_back(column);
        }
    }
}

Task<Result<TableChange>> plan_change(Backend& backend,
                                      const Call& call,
                                      TableRef table,
                                      const json::array& fields,
                                      FieldRules rules) {
    if (table->is_view) {
        co_return refuse("'" + table->name + "' is a view: its fields cannot be changed.");
    }
    if (fields.size() > kMaxFields) {
        co_return refuse("A request may name at most " + std::to_string(kMaxFields) + " fields.");
    }
    TableChange change;
    change.table = table;
    std::vector<std::string> seen;
    const auto add_extras = [&change](std::optional<store::FieldExtraRow> extras) {
        if (extras) {
            change.extras.fields.push_back(std::move(*extras));
        }
    };
    for (const json::value& field : fields) {
        CO_TRY(std::string name, name_in(field));
        const Column* column = table->find(name);
        name = column == nullptr ? std::move(name) : column->name;
        CO_CHECK(check_twice(seen, name));
        if (column == nullptr) {
            if (!rules.makes_new) {
                co_return no_field(name, *table);
            }
            if (says_virtual(field.get_object())) {
                CO_CHECK(check_name(name, "field"));
                CO_CHECK(check_virtual_members(field.get_object(), name, nullptr));
            }
            NewField made;
            const bool is_virtual = says_virtual(field.get_object());
            if (!is_virtual) {
                CO_TRY(made.column, read_new_column(field));
                CO_CHECK(check_new(made.column));
                CO_TRY(made.references, co_await references_of(backend, call, table, made.column));
            }
            CO_TRY(auto extras, read_field_extras(table->name, name, nullptr, field.get_object()));
            if (extras) {
                CO_CHECK(co_await check_functions(backend, call, table, nullptr, *extras));
            }
            add_extras(std::move(extras));
            add_new_name(backend, change, name);
            if (!is_virtual) {
                change.added.push_back(std::move(made));
            }
            continue;
        }
        if (!rules.changes_old) {
            co_return fail(ErrorKind::Conflict,
                           "Field '" + name + "' already exists in table '" + table->name + "'.");
        }
        CO_TRY(auto altered,
               co_await plan_field_change(backend, call, table, *column, field.get_object()));
        std::ranges::move(altered.changed, std::back_inserter(change.changed));
        std::ranges::move(altered.extras.fields, std::back_inserter(change.extras.fields));
    }
    if (rules.drops_rest) {
        std::vector<std::string> rest;
        for (const Column& column : table->columns) {
            const bool is_named = std::ranges::any_of(seen, [&column](const std::string& name) {
                return equals_ignoring_case(name, column.name);
            });
            if (!is_named) {
                rest.push_back(column.name);
            }
        }
        CO_TRY(const auto columns, columns_to_drop(*table, rest));
        drop(change, columns);
    }
    CO_CHECK(co_await check_rows(backend, change, call.request.origin.deadline));
    co_return change;
}

Task<Result<TableChange>> plan_field_change(Backend& backend,
                                            const Call& call,
                                            TableRef table,
                                            const Column& column,
                                            const json::object& said) {
    if (table->is_view) {
        co_return refuse("'" + table->name + "' is a view: its fields cannot be changed.");
    }
    TableChange change;
    change.table = table;
    if (column.is_virtual) {
        co_return co_await plan_virtual_change(backend, call, table, column, said);
    }
    CO_TRY(auto altered, read_field_change(*table, column, said));
    CO_TRY(altered.references, co_await references_of(backend, call, table, altered.wanted));
    CO_TRY(auto extras, read_field_extras(table->name, column.name, &column, said));
    if (extras) {
        CO_CHECK(co_await check_functions(backend, call, table, &column, *extras));
        change.extras.known.emplace(change.extras.fields.size(), known_extras(column));
        change.extras.fields.push_back(std::move(*extras));
    }
    if (altered.is_renamed) {
        add_new_name(backend, change, altered.wanted.name);
        change.extras.renamed_fields.emplace_back(column.name, altered.wanted.name);
        for (store::FieldExtraRow& row : change.extras.fields) {
            row.field = altered.wanted.name;
        }
    }
    if (!altered.is_nothing()) {
        change.changed.push_back(std::move(altered));
    }
    co_return change;
}

Result<std::vector<const Column*>> columns_to_drop(const Table& table,
                                                   const std::vector<std::string>& names) {
    std::vector<const Column*> columns;
    for (const std::string& name : names) {
        const Column* column = table.find(name);
        if (column == nullptr) {
            return no_field(name, table);
        }
        if (column->is_primary_key) {
            return refuse("Field '" + column->name +
                          "' is of the primary key of the table: it cannot be dropped.");
        }
        if (std::ranges::find(columns, column) == columns.end()) {
            columns.push_back(column);
        }
    }
    const auto is_real = [](const Column& column) { return !column.is_virtual; };
    const auto keeps = std::ranges::any_of(table.columns, [&](const Column& column) {
        return is_real(column) && std::ranges::find(columns, &column) == columns.end();
    });
    if (!keeps) {
        return refuse("A table must keep a field.");
    }
    return columns;
}

namespace {

void add(Writes& writes, Alteration alteration) {
    for (std::string& text : alteration.statements) {
        Write write;
        write.statement.text = std::move(text);
        write.shape = std::make_shared<RowShape>();
        writes.writes.push_back(std::move(write));
    }
    writes.replaces_table = writes.replaces_table || alteration.replaces_table;
}

Task<Status> run(Backend& backend, Writes writes, Deadline deadline) {
    auto written = co_await backend.database->write(std::move(writes), deadline);
    backend.catalog.forget();
    if (!written) {
        co_return fail(std::move(written).error());
    }
    if (!written->empty() && !written->back()) {
        co_return fail(written->back().error());
    }
    co_return Status();
}

Task<Status> change_tables(Backend& backend,
                           const std::vector<TableChange>& changes,
                           Deadline deadline) {
    std::vector<Alteration> planned;
    std::vector<std::string> names;
    for (const TableChange& change : changes) {
        if (!change.is_nothing()) {
            CO_TRY(auto alteration,
                   co_await backend.dialect->alter(*backend.database, change, deadline));
            planned.push_back(std::move(alteration));
            names.push_back(change.table->name);
        }
    }
    if (planned.empty()) {
        co_return Status();
    }
    Writes together;
    together.mode = BatchMode::Rollback;
    if (backend.dialect->habits().rolls_tables_back) {
        for (Alteration& alteration : planned) {
            add(together, std::move(alteration));
        }
        co_return co_await run(backend, std::move(together), deadline);
    }
    std::string done;
    for (std::size_t i = 0; i < planned.size(); ++i) {
        Writes alone;
        add(alone, std::move(planned[i]));
        auto status = co_await run(backend, std::move(alone), deadline);
        if (!status && !done.empty()) {
            co_return fail(std::move(status).error().with_prefix("The change of " + done +
                                                                 " is made and stays; that of '" +
                                                                 names[i] + "' failed:"));
        }
        CO_CHECK(std::move(status));
        done += (done.empty() ? "'" : ", '") + names[i] + "'";
    }
    co_return Status();
}

}  // namespace

Task<Status> apply_changes(Backend& backend,
                           const std::vector<TableChange>& changes,
                           Deadline deadline) {
    std::vector<std::pair<std::string, ExtrasChange>> kept;
    for (const TableChange& change : changes) {
        CO_CHECK(check_can_keep(backend, change.extras));
        kept.emplace_back(change.table->name, change.extras);
    }
    CO_CHECK(co_await check_aliases(backend, changes, deadline));
    CO_CHECK(co_await change_tables(backend, changes, deadline));
    auto status = co_await keep_extras(backend, std::move(kept));
    if (!status) {
        co_return fail(std::move(status).error().with_prefix(
            "The tables are changed, but not what is kept about them:"));
    }
    co_return Status();
}

}  // namespace sluice::services::sql
