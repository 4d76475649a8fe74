#include "services/sql/alter/extras_change.h"

#include <algorithm>

#include "core/fields.h"
#include "services/sql/extras.h"
#include "services/sql/functions/column_functions.h"
#include "services/sql/functions/virtual_field.h"
#include "services/sql/labels.h"
#include "services/sql/new_table_members.h"

namespace sluice::services::sql {
namespace {

constexpr std::size_t kMaxLabel = 255;
constexpr std::size_t kMaxText = 10'000;
constexpr std::size_t kMaxRules = 100'000;

tl::unexpected<Error> refuse(std::string message) {
    return fail(ErrorKind::BadRequest, std::move(message));
}

Status take_alias(std::string& alias,
                  const json::object& said,
                  std::string_view name,
                  const std::string& whose) {
    const json::value* given = said.if_contains("alias");
    if (given == nullptr) {
        return {};
    }
    const bool is_none = given->is_null() || *given == json::value("") ||
                         (given->is_string() && given->get_string() == name);
    if (!is_none && !given->is_string()) {
        return refuse("The 'alias' of " + whose + " must be a text.");
    }
    alias = is_none ? "" : std::string(given->get_string());
    if (!is_none && !check_name(alias, "alias")) {
        return refuse("The 'alias' of " + whose +
                      " must be 1 to 63 bytes of letters, digits, '_', '-', '$' or inner spaces.");
    }
    return {};
}

/// Takes over a text that is said; null and what would be shown anyway are kept as nothing.
Status take_text(std::string& text,
                 const json::object& said,
                 std::string_view member,
                 std::string_view shown_anyway,
                 const std::string& whose) {
    const json::value* given = said.if_contains(member);
    if (given == nullptr) {
        return {};
    }
    const std::size_t most = member == "description" ? kMaxText : kMaxLabel;
    const bool fits = given->is_string() && given->get_string().size() <= most &&
                      given->get_string().find('\0') == std::string_view::npos;
    if (!given->is_null() && !fits) {
        return refuse("The '" + std::string(member) + "' of " + whose +
                      " must be a text of at most " + std::to_string(most) +
                      " bytes, none of them zero.");
    }
    text = given->is_null() ? "" : std::string(given->get_string());
    text = text == shown_anyway ? "" : text;
    return {};
}

bool is_nothing(const json::value& value) {
    return value.is_null() || value == json::value("") ||
           (value.is_array() && value.get_array().empty()) ||
           (value.is_object() && value.get_object().empty());
}

/// A list of picks may come as a text with commas.
json::value as_list(const json::value& given) {
    if (!given.is_string()) {
        return given;
    }
    json::array list;
    std::string_view rest = given.get_string();
    while (!rest.empty()) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        list.emplace_back(trimmed(rest.substr(0, comma)));
        rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return list;
}

Status take_json(std::string& text,
                 const json::object& said,
                 std::string_view member,
                 const std::string& whose) {
    const json::value* given = said.if_contains(member);
    if (given == nullptr) {
        return {};
    }
    const json::value value = member == "picklist" ? as_list(*given) : *given;
    const bool fits =
        is_nothing(value) || (member == "picklist" ? value.is_array() : value.is_object());
    text = is_nothing(value) ? "" : json::serialize(value);
    if (!fits || text.size() > kMaxRules) {
        return refuse("The '" + std::string(member) + "' of " + whose + " must be " +
                      (member == "picklist" ? "a list" : "an object") + " of at most " +
                      std::to_string(kMaxRules) + " bytes.");
    }
    return {};
}

/// Empty, of the table, or of those that are made with it.
bool has_field(std::string_view name, const Table* table, const json::object& said) {
    if (name.empty() || (table != nullptr && table->find(name) != nullptr)) {
        return true;
    }
    const json::value* fields = said.if_contains("field");
    return fields != nullptr && fields->is_array() &&
           std::ranges::any_of(fields->get_array(), [name](const json::value& field) {
               return field.is_object() && text_or(field.get_object(), "name", "") == name;
           });
}

bool is_same(const store::TableExtraRow& a, const store::TableExtraRow& b) {
    return a.alias == b.alias && a.label == b.label && a.plural == b.plural &&
           a.description == b.description && a.name_field == b.name_field;
}

bool is_same(const store::FieldExtraRow& a, const store::FieldExtraRow& b) {
    return a.alias == b.alias && a.label == b.label && a.description == b.description &&
           a.extra_type == b.extra_type && a.picklist == b.picklist &&
           a.validation == b.validation && a.db_function == b.db_function &&
           a.is_virtual == b.is_virtual;
}

store::FieldExtraRow row_of(const Column& column) {
    store::FieldExtraRow row;
    row.is_virtual = column.is_virtual;
    if (!column.extras) {
        return row;
    }
    const ColumnExtras& extras = *column.extras;
    row.alias = extras.alias;
    row.label = extras.label;
    row.description = extras.description;
    row.extra_type = column.is_virtual ? column.type : extras.extra_type;
    row.picklist = extras.picklist;
    row.validation = extras.validation;
    row.db_function = extras.db_function;
    return row;
}

/// What the row says as it was known is not said by the request: it is as it is now.
void leave_unchanged(store::FieldExtraRow& row,
                     const store::FieldExtraRow& known,
                     const store::FieldExtraRow& now) {
    using Row = store::FieldExtraRow;
    for (std::string Row::*member : {&Row::alias, &Row::label, &Row::description, &Row::extra_type,
                                     &Row::picklist, &Row::validation, &Row::db_function}) {
        if (row.*member == known.*member) {
            row.*member = now.*member;
        }
    }
}

Status keep(store::Tables& tables,
            store::Id service,
            const std::string& table,
            ExtrasChange change) {
    if (change.drops_table) {
        return store::forget_table(tables, service, table);
    }
    for (const std::string& field : change.dropped_fields) {
        SLUICE_CHECK(store::forget_field(tables, service, table, field));
    }
    for (const std::string& field : change.new_names) {
        SLUICE_CHECK(store::forget_field(tables, service, table, field));
    }
    for (const auto& [from, to] : change.renamed_fields) {
        SLUICE_CHECK(store::rename_field(tables, service, table, from, to));
    }
    for (const std::string& relation : change.dropped_relations) {
        SLUICE_TRY(const bool was_there,
                   store::remove_virtual_relation(tables, service, table, relation));
        static_cast<void>(was_there);
    }
    if (change.table) {
        change.table->service_id = service;
        change.table->table = table;
        SLUICE_CHECK(store::save_table_extra(tables, std::move(*change.table)));
    }
    for (std::size_t i = 0; i < change.fields.size(); ++i) {
        store::FieldExtraRow& row = change.fields[i];
        row.service_id = service;
        row.table = table;
        if (const auto known = change.known.find(i); known != change.known.end()) {
            SLUICE_TRY(const auto now, store::find_field_extra(tables, service, table, row.field));
            leave_unchanged(row, known->second, now.value_or(store::FieldExtraRow{}));
        }
        SLUICE_CHECK(store::save_field_extra(tables, std::move(row)));
    }
    for (store::VirtualRelationRow& row : change.relations) {
        row.service_id = service;
        row.table = table;
        SLUICE_CHECK(store::save_virtual_relation(tables, std::move(row)));
    }
    for (store::RelationExtraRow& row : change.relation_extras) {
        row.service_id = service;
        row.table = table;
        SLUICE_CHECK(store::save_relation_extra(tables, std::move(row)));
    }
    return {};
}

}  // namespace

Result<std::optional<store::TableExtraRow>> read_table_extras(const std::string& name,
                                                              const Table* table,
                                                              const json::object& said) {
    store::TableExtraRow old;
    if (table != nullptr && table->labels) {
        old.alias = table->labels->alias;
        old.label = table->labels->label;
        old.plural = table->labels->plural;
        old.description = table->labels->description;
        old.name_field = table->labels->name_field;
    }
    store::TableExtraRow row = old;
    const std::string whose = "table '" + name + "'";
    SLUICE_CHECK(take_alias(row.alias, said, name, whose));
    if (!row.alias.empty() && name.find('/') != std::string::npos) {
        return refuse("The " + whose + " cannot have an 'alias': no path leads to it.");
    }
    SLUICE_CHECK(take_text(row.label, said, "label", label_of(name), whose));
    const std::string label = row.label.empty() ? label_of(name) : row.label;
    SLUICE_CHECK(take_text(row.plural, said, "plural", plural_of(label), whose));
    SLUICE_CHECK(take_text(row.description, said, "description", "", whose));
    SLUICE_CHECK(take_text(row.name_field, said, "name_field", "", whose));
    if (row.name_field != old.name_field && !has_field(row.name_field, table, said)) {
        return refuse("The 'name_field' of " + whose + " must be one of its fields.");
    }
    if (const Column* column = table != nullptr ? table->find(row.name_field) : nullptr) {
        row.name_field = column->name;
    }
    return is_same(old, row) ? std::nullopt : std::optional(std::move(row));
}

store::FieldExtraRow known_extras(const Column& column) {
    return row_of(column);
}

Result<std::optional<store::FieldExtraRow>> read_field_extras(const std::string& table,
                                                              const std::string& name,
                                                              const Column* column,
                                                              const json::object& said) {
    const store::FieldExtraRow old = column == nullptr ? store::FieldExtraRow{} : row_of(*column);
    store::FieldExtraRow row = old;
    row.table = table;
    row.field = name;
    const std::string whose = "field '" + name + "'";
    SLUICE_CHECK(take_alias(row.alias, said, name, whose));
    SLUICE_CHECK(take_text(row.label, said, "label", label_of(name), whose));
    SLUICE_CHECK(take_text(row.description, said, "description", "", whose));
    SLUICE_CHECK(take_json(row.picklist, said, "picklist", whose));
    SLUICE_CHECK(take_json(row.validation, said, "validation", whose));
    SLUICE_TRY(const auto rules, read_validation(row.validation, row.picklist, name));
    static_cast<void>(rules);
    if (const json::value* functions = said.if_contains("db_function")) {
        SLUICE_TRY(row.db_function, kept_functions(json::serialize(*functions), name));
    }
    row.is_virtual = old.is_virtual || (column == nullptr && says_virtual(said));
    if (row.is_virtual) {
        SLUICE_TRY(row.extra_type, virtual_type(said, old.extra_type, name));
        return is_same(old, row) ? std::nullopt : std::optional(std::move(row));
    }
    if (const json::value* type = said.if_contains("type"); type != nullptr && type->is_string()) {
        const std::string given = lower_case(std::string_view(type->get_string()));
        row.extra_type = is_extra_type(given) ? given : "";
    } else if (const auto* text = said.if_contains("db_type");
               column != nullptr && text != nullptr && text->is_string() &&
               text->get_string() != column->db_type) {
        row.extra_type.clear();  // what another type holds cannot be filled in like this one
    }
    return is_same(old, row) ? std::nullopt : std::optional(std::move(row));
}

Status check_can_keep(const Backend& backend, const ExtrasChange& change) {
    const bool asks = change.table || !change.fields.empty() || !change.relations.empty() ||
                      !change.relation_extras.empty();
    if (asks && backend.store == nullptr) {
        return fail(ErrorKind::NotImplemented,
                    "Aliases, labels, validation and virtual relations cannot be kept here.");
    }
    return {};
}

Task<Status> keep_extras(Backend& backend,
                         std::vector<std::pair<std::string, ExtrasChange>> changes) {
    std::erase_if(changes, [](const auto& change) { return change.second.is_nothing(); });
    if (changes.empty() || backend.store == nullptr) {
        co_return Status();
    }
    auto work = [service = backend.service_id,
                 changes = std::move(changes)](store::Tables& tables) mutable -> Status {
        for (auto& [table, change] : changes) {
            SLUICE_CHECK(keep(tables, service, table, std::move(change)));
        }
        return {};
    };
    co_return co_await backend.store->write(std::move(work));
}

}  // namespace sluice::services::sql
