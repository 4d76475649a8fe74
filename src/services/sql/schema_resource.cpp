#include "services/sql/schema_resource.h"

#include <algorithm>

#include "core/fields.h"
#include "core/json.h"
#include "services/sql/alter/alias_check.h"
#include "services/sql/alter/extras_change.h"
#include "services/sql/alter/schema_body.h"
#include "services/sql/create_table.h"
#include "services/sql/describe.h"
#include "services/sql/functions/virtual_field.h"
#include "services/sql/labels.h"
#include "services/sql/new_table_members.h"
#include "services/sql/object_text.h"
#include "services/sql/routines/routine_calls.h"

namespace sluice::services::sql {
namespace {

VerbSet verbs_on(const Call& call, const std::string& resource) {
    return grant_on(call, resource, Verb::Get).verbs;
}

/// `["GET","POST"]`
std::string verb_list(VerbSet verbs) {
    std::vector<std::string> names;
    for (const Verb verb : {Verb::Get, Verb::Post, Verb::Put, Verb::Patch, Verb::Delete}) {
        if (verbs.contains(verb)) {
            names.push_back(json_string(name_of(verb)));
        }
    }
    return list_of(names);
}

/// The name, and of the rest what `fields` asks for. `kept`: what is said of it besides, or null.
std::string summary_json(const TableName& table,
                         const store::TableExtraRow* kept,
                         const std::vector<std::string>& fields,
                         VerbSet verbs,
                         bool lists_verbs) {
    const auto is_wanted = [&fields](std::string_view name) {
        return std::ranges::any_of(fields, [name](const std::string& field) {
            return field == "*" || equals_ignoring_case(field, name);
        });
    };
    const store::TableExtraRow nothing;
    const store::TableExtraRow& said = kept == nullptr ? nothing : *kept;
    const std::string label = said.label.empty() ? label_of(table.name) : said.label;
    ObjectText out;
    out.text("name", said.alias.empty() ? table.name : said.alias);
    if (is_wanted("alias") && (!said.alias.empty() || !is_wanted("*"))) {
        out.text_or_null("alias", said.alias.empty() ? std::nullopt : std::optional(said.alias));
    }
    if (is_wanted("label")) {
        out.text("label", label);
    }
    if (is_wanted("description")) {
        out.text_or_null("description",
                         said.description.empty() ? std::nullopt : std::optional(said.description));
    }
    if (is_wanted("plural")) {
        out.text("plural", said.plural.empty() ? plural_of(label) : said.plural);
    }
    if (is_wanted("is_view")) {
        out.yes_no("is_view", table.is_view);
    }
    if (lists_verbs) {
        out.raw("access", verb_list(verbs));
    } else if (is_wanted("access")) {
        out.raw("access", std::to_string(verbs.bits()));
    }
    return out.take();
}

Task<Result<std::vector<TableName>>> seen_tables(Backend& backend,
                                                 const Call& call,
                                                 std::string resource) {
    CO_TRY(auto names, co_await backend.catalog.list(call.request.origin.deadline));
    std::erase_if(names, [&](const TableName& table) {
        return verbs_on(call, resource + "/" + table.name).bits() == 0;
    });
    co_return names;
}

std::vector<std::string> names_of(const std::vector<TableName>& tables) {
    std::vector<std::string> names;
    for (const TableName& table : tables) {
        names.push_back(table.name);
    }
    return names;
}

}  // namespace

void add_components(std::vector<std::string>& out,
                    const std::string& resource,
                    const std::vector<std::string>& names) {
    out.push_back(json_string(resource + "/"));
    out.push_back(json_string(resource + "/*"));
    for (const std::string& name : names) {
        const std::string component = resource + "/" + name;
        if (resource == "_table") {
            out.push_back(json_string(component + "/"));
            out.push_back(json_string(component + "/*"));
        } else if (out.back() != json_string(component)) {  // overloaded routines share it
            out.push_back(json_string(component));
        }
    }
}

std::string name_and_verbs(std::string_view name, VerbSet verbs) {
    ObjectText out;
    out.text("name", name);
    out.raw("access", verb_list(verbs));
    return out.take();
}

Task<Result<Response>> list_tables(Backend& backend, const Call& call) {
    Parameters parameters = call.request.parameters;
    if (parameters.is_on("refresh")) {
        backend.catalog.forget();
    }
    CO_TRY(const auto tables, co_await seen_tables(backend, call, call.target.resource));
    std::vector<std::string> items;
    if (parameters.is_on("as_access_list")) {
        add_components(items, call.target.resource, names_of(tables));
        co_return Response::json("{\"resource\":" + list_of(items) + "}");
    }
    const bool lists_verbs = parameters.is_on("include_access");
    // Of records these two are not known.
    parameters.remove("include_access");
    parameters.remove("as_access_list");
    CO_TRY(const auto query, parse_query(Verb::Get, parameters, Body{}));
    const bool is_flat = parameters.is_on("as_list");
    for (const TableName& table : tables) {
        const store::TableExtras* extras = backend.catalog.extras_of(table.name);
        const auto* kept = extras != nullptr && extras->table ? &*extras->table : nullptr;
        const std::string shown = kept == nullptr || kept->alias.empty() ? table.name : kept->alias;
        const auto is_it = [&](const Id& id) {
            return id.size() == 1 && (equals_ignoring_case(id.front().text, table.name) ||
                                      equals_ignoring_case(id.front().text, shown));
        };
        if (query.ids_given && std::ranges::none_of(query.ids, is_it)) {
            continue;
        }
        const VerbSet verbs = verbs_on(call, call.target.resource + "/" + table.name);
        items.push_back(is_flat ? json_string(shown)
                                : summary_json(table, kept, query.fields, verbs, lists_verbs));
    }
    co_return Response::json("{\"resource\":" + list_of(items) + "}");
}

Task<Result<Response>> list_resources(Backend& backend, const Call& call) {
    const Parameters& parameters = call.request.parameters;
    std::vector<RoutineForm> forms;
    if (backend.dialect->routines() != nullptr) {
        forms = {RoutineForm::Function, RoutineForm::Procedure};
    }
    std::vector<std::string> items;
    if (parameters.is_on("as_access_list")) {
        items = {json_string(""), json_string("*")};
        for (const RoutineForm form : forms) {
            CO_TRY(const auto routines, co_await seen_routines(backend, call, form));
            std::vector<std::string> names;
            for (const RoutineRef& routine : routines) {
                names.push_back(routine->name);
            }
            add_components(items, std::string(resource_of(form)), names);
        }
        for (const char* resource : {"_schema", "_table"}) {
            CO_TRY(const auto tables, co_await seen_tables(backend, call, resource));
            add_components(items, resource, names_of(tables));
        }
        co_return Response::json("{\"resource\":" + list_of(items) + "}");
    }
    std::vector<std::string> resources{"_schema", "_table"};
    for (const RoutineForm form : forms) {
        resources.emplace_back(resource_of(form));
    }
    std::ranges::sort(resources);
    for (const std::string& resource : resources) {
        if (parameters.is_on("as_list")) {
            items.push_back(json_string(resource));
            continue;
        }
        ObjectText out;
        out.text("name", resource);
        if (parameters.is_on("include_access")) {
            out.raw("access", verb_list(verbs_on(call, resource)));
        }
        items.push_back(out.take());
    }
    co_return Response::json("{\"resource\":" + list_of(items) + "}");
}

namespace {

/// Of databases that cannot take a table back: drops those of `planned` whose statement has run,
/// the last one first. `made` counts the statements that ran.
Task<void> drop_made(Backend& backend,
                     const std::vector<NewTable>& planned,
                     const std::vector<std::size_t>& statement_of,
                     std::size_t made,
                     Deadline deadline) {
    for (std::size_t i = planned.size(); i-- > 0;) {
        if (statement_of[i] >= made) {
            continue;
        }
        Write write;
        write.statement.text = "DROP TABLE ";
        backend.dialect->quote(write.statement.text, planned[i].name);
        write.shape = std::make_shared<RowShape>();
        Writes writes;
        writes.writes.push_back(std::move(write));
        co_await backend.database->write(std::move(writes), deadline);
    }
}

}  // namespace

namespace {

/// What the tables of a body, which are known to be right, say besides how they are made. What was
/// kept about an earlier table of the same name goes.
Result<std::vector<std::pair<std::string, ExtrasChange>>> extras_of(std::string_view body) {
    std::vector<std::pair<std::string, ExtrasChange>> all;
    SLUICE_TRY(const auto items, read_items(body, "table"));
    for (const json::value& item : items) {
        const json::object& said = item.as_object();
        const std::string name(text_or(said, "name", ""));
        ExtrasChange gone;
        gone.drops_table = true;
        all.emplace_back(name, std::move(gone));
        ExtrasChange change;
        SLUICE_TRY(change.table, read_table_extras(name, nullptr, said));
        for (const json::value& field : said.at("field").as_array()) {
            const json::object& members = field.as_object();
            const std::string field_name(text_or(members, "name", ""));
            if (says_virtual(members)) {
                SLUICE_CHECK(check_virtual_members(members, field_name, nullptr));
            }
            SLUICE_TRY(auto row, read_field_extras(name, field_name, nullptr, members));
            if (row) {
                change.fields.push_back(std::move(*row));
            }
        }
        all.emplace_back(name, std::move(change));
    }
    return all;
}

}  // namespace

Task<Result<Response>> create_tables(Backend& backend, const Call& call) {
    const Deadline deadline = call.request.origin.deadline;
    CO_TRY(const auto tables, read_new_tables(call.request.content));
    // All is planned before anything is made, and all of it is made in one transaction.
    std::vector<NewTable> planned;
    std::vector<std::size_t> statement_of;
    std::vector<std::string> names;
    Writes writes;
    writes.mode = BatchMode::Rollback;
    for (const NewTable& table : tables) {
        // First of all: the answer must not tell which tables there are.
        const VerbSet verbs = grant_on(call, "_schema/" + table.name, Verb::Post).verbs;
        if (!verbs.contains(Verb::Post)) {
            co_return fail(ErrorKind::Forbidden,
                           "Access Forbidden. The role does not allow this for component "
                           "'_schema/" +
                               table.name + "'. Nothing was made.");
        }
        const bool is_twice = std::ranges::any_of(planned, [&table](const NewTable& other) {
            return equals_ignoring_case(other.name, table.name);
        });
        const auto taken = co_await backend.catalog.find(table.name, deadline);
        if (taken || is_twice) {
            co_return fail(ErrorKind::Conflict,
                           "A table with name '" + table.name + "' already exist in the database.");
        }
        CO_TRY(auto statements, co_await create_sql(backend, call, table, planned));
        statement_of.push_back(writes.writes.size());
        for (std::string& text : statements) {
            Write write;
            write.statement.text = std::move(text);
            write.shape = std::make_shared<RowShape>();
            writes.writes.push_back(std::move(write));
        }
        names.push_back("{\"name\":" + json_string(table.name) + "}");
        planned.push_back(table);
    }
    CO_TRY(auto kept, extras_of(call.request.content));
    for (const auto& [name, change] : kept) {
        CO_CHECK(check_can_keep(backend, change));
        for (const store::FieldExtraRow& row : change.fields) {
            CO_CHECK(co_await check_functions(backend, call, nullptr, nullptr, row));
        }
    }
    CO_CHECK(co_await check_new_aliases(backend, planned, kept, deadline));
    CO_TRY(const auto written, co_await backend.database->write(std::move(writes), deadline));
    if (!written.back() && !backend.dialect->habits().rolls_tables_back) {
        co_await drop_made(backend, planned, statement_of, written.size() - 1, deadline);
    }
    backend.catalog.forget();
    if (!written.back()) {
        co_return fail(written.back().error());
    }
    for (auto& [name, change] : kept) {
        if (!change.is_nothing() && !change.drops_table) {
            CO_TRY(const auto made, co_await backend.catalog.find(name, deadline));
            name = made->name;  // a server may spell it in its own way
        }
    }
    auto status = co_await keep_extras(backend, std::move(kept));
    if (!status) {
        co_return fail(std::move(status).error().with_prefix(
            "The tables are made, but not what is to be kept about them:"));
    }
    co_return Response::json("{\"resource\":" + list_of(names) + "}");
}

Task<Result<Response>> drop_table(Backend& backend, const Call& call, TableRef table) {
    Write write;
    write.statement.text =
        std::string(table->is_view ? "DROP VIEW " : "DROP TABLE ") + table->quoted;
    write.shape = std::make_shared<RowShape>();
    Writes writes;
    writes.replaces_table = !table->is_view && backend.dialect->habits().drops_by_record;
    writes.writes.push_back(std::move(write));
    const auto written =
        co_await backend.database->write(std::move(writes), call.request.origin.deadline);
    backend.catalog.forget();
    if (!written || !written->back()) {
        co_return fail(written ? written->back().error() : written.error());
    }
    std::vector<std::pair<std::string, ExtrasChange>> gone(1);
    gone.front().first = table->name;
    gone.front().second.drops_table = true;
    CO_CHECK(co_await keep_extras(backend, std::move(gone)));
    co_return Response::json("{\"name\":" + json_string(table->name) + ",\"success\":true}");
}

}  // namespace sluice::services::sql
