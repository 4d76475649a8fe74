#include "services/sql/alter/alias_check.h"

#include <algorithm>

#include "core/fields.h"

namespace sluice::services::sql {
namespace {

/// A table or a field under both of its names; `alias` is empty where it has none.
struct Named {
    std::string name;
    std::string alias;

    bool answers_to(std::string_view other) const {
        return equals_ignoring_case(name, other) ||
               (!alias.empty() && equals_ignoring_case(alias, other));
    }
};

tl::unexpected<Error> taken(const std::string& alias, const std::string& by) {
    return fail(ErrorKind::Conflict, "The alias '" + alias + "' is taken: " + by + ".");
}

void set_alias(std::vector<Named>& fields, const std::string& name, const std::string& alias) {
    const auto field = std::ranges::find(fields, name, &Named::name);
    if (field == fields.end()) {
        fields.push_back({name, alias});
    } else {
        field->alias = alias;
    }
}

/// The fields that the table has once the change is made.
std::vector<Named> fields_after(const TableChange& change) {
    std::vector<Named> fields;
    for (const Column& column : change.table->columns) {
        const auto& gone = change.extras.dropped_fields;
        if (std::ranges::find(gone, column.name) != gone.end()) {
            continue;
        }
        const auto renamed = std::ranges::find(change.extras.renamed_fields, column.name,
                                               &std::pair<std::string, std::string>::first);
        fields.push_back(
            {renamed == change.extras.renamed_fields.end() ? column.name : renamed->second,
             column.alias});
    }
    for (const NewField& field : change.added) {
        fields.push_back({field.column.name, ""});
    }
    for (const store::FieldExtraRow& row : change.extras.fields) {
        set_alias(fields, row.field, row.alias);
    }
    return fields;
}

Status check_fields(const std::vector<Named>& fields, const std::string& table) {
    for (const Named& field : fields) {
        if (field.alias.empty()) {
            continue;
        }
        for (const Named& other : fields) {
            if (&other != &field && other.answers_to(field.alias)) {
                return taken(field.alias, "table '" + table + "' has the field '" + other.name +
                                              "', which is called so");
            }
        }
    }
    return {};
}

Task<Status> check_relations(Backend& backend, const TableChange& change, Deadline deadline) {
    const bool has_alias = std::ranges::any_of(change.extras.fields,
                                               [](const auto& row) { return !row.alias.empty(); });
    if (!has_alias) {
        co_return Status();
    }
    CO_TRY(const auto relations, co_await backend.catalog.relations(*change.table, deadline));
    for (const store::FieldExtraRow& row : change.extras.fields) {
        for (const Relation& relation : *relations) {
            if (!row.alias.empty() && relation.answers_to(row.alias)) {
                co_return taken(row.alias,
                                "table '" + change.table->name + "' has a relation of that name");
            }
        }
    }
    co_return Status();
}

/// "_table/x", "_table/x/..." of a role's lines, all in lower case.
bool names_table(const store::TextMap<store::AccessLines>& lines, const std::string& alias) {
    return std::ranges::any_of(lines, [&alias](const auto& entry) {
        const std::string& component = entry.first;
        return std::ranges::any_of(std::initializer_list<std::string_view>{"_table/", "_schema/"},
                                   [&](std::string_view start) {
                                       const std::string whole = std::string(start) + alias;
                                       return component == whole ||
                                              component.starts_with(whole + "/");
                                   });
    });
}

/// Lines of roles and scripts name tables by their names alone. One that names an alias would go
/// out of force without a word.
Status check_rights(const Backend& backend, const std::string& alias) {
    if (backend.store == nullptr) {
        return {};
    }
    const auto snapshot = backend.store->snapshot();
    const std::string lower = lower_case(alias);
    for (const auto& [id, role] : snapshot->roles_by_id) {
        const auto lines = role->index.by_service.find(backend.service_id);
        if (lines != role->index.by_service.end() && (names_table(lines->second.exact, lower) ||
                                                      names_table(lines->second.patterns, lower))) {
            return taken(alias, "a line of a role names such a table");
        }
    }
    const auto service = snapshot->services_by_id.find(backend.service_id);
    if (service == snapshot->services_by_id.end()) {
        return {};
    }
    for (const char* resource : {"._table.", "._schema."}) {
        const std::string start = lower_case(service->second->name) + resource + lower + ".";
        const auto is_there = [&start](const auto& entry) {
            return entry.first.starts_with(start);
        };
        if (std::ranges::any_of(snapshot->attachments, is_there)) {
            return taken(alias, "a script is attached to events of such a table");
        }
    }
    return {};
}

Task<Status> check_table(Backend& backend,
                         const std::string& table,
                         const std::string& alias,
                         const std::vector<Named>& together,
                         Deadline deadline) {
    for (const Named& other : together) {
        if (other.name != table && other.answers_to(alias)) {
            co_return taken(alias, "the table '" + other.name + "' is called so");
        }
    }
    const std::string real = backend.catalog.real_name(alias);
    const bool is_elsewhere = real != alias && real != table;
    const auto found = co_await backend.catalog.find(alias, deadline);
    if (!found && found.error().kind() != ErrorKind::NotFound) {
        co_return fail(found.error());
    }
    if (is_elsewhere || (found && (*found)->name != table)) {
        co_return taken(alias, "another table is called so");
    }
    co_return real == table ? Status() : check_rights(backend, alias);
}

}  // namespace

Task<Status> check_aliases(Backend& backend,
                           const std::vector<TableChange>& changes,
                           Deadline deadline) {
    std::vector<Named> together;
    for (const TableChange& change : changes) {
        together.push_back(
            {change.table->name, change.extras.table ? change.extras.table->alias : ""});
    }
    for (std::size_t i = 0; i < changes.size(); ++i) {
        CO_CHECK(check_fields(fields_after(changes[i]), changes[i].table->name));
        CO_CHECK(co_await check_relations(backend, changes[i], deadline));
        if (!together[i].alias.empty()) {
            CO_CHECK(co_await check_table(backend, together[i].name, together[i].alias, together,
                                          deadline));
        }
    }
    co_return Status();
}

Task<Status> check_new_aliases(Backend& backend,
                               const std::vector<NewTable>& tables,
                               const std::vector<std::pair<std::string, ExtrasChange>>& kept,
                               Deadline deadline) {
    std::vector<Named> together;
    for (const NewTable& table : tables) {
        Named named{table.name, ""};
        std::vector<Named> fields;
        for (const NewColumn& column : table.columns) {
            fields.push_back({column.name, ""});
        }
        for (const auto& [name, change] : kept) {
            if (name != table.name || change.drops_table) {
                continue;
            }
            named.alias = change.table ? change.table->alias : "";
            for (const store::FieldExtraRow& row : change.fields) {
                set_alias(fields, row.field, row.alias);
            }
        }
        CO_CHECK(check_fields(fields, table.name));
        together.push_back(std::move(named));
    }
    for (const Named& table : together) {
        if (backend.catalog.real_name(table.name) != table.name) {
            co_return fail(ErrorKind::Conflict, "A table with the alias '" + table.name +
                                                    "' already exist in the database.");
        }
        if (!table.alias.empty()) {
            CO_CHECK(co_await check_table(backend, table.name, table.alias, together, deadline));
        }
    }
    co_return Status();
}

}  // namespace sluice::services::sql
