#include "services/sql/functions/virtual_field.h"

#include <algorithm>
#include <array>

#include "core/fields.h"
#include "services/sql/describe.h"
#include "services/sql/extras.h"
#include "services/sql/functions/column_functions.h"
#include "services/sql/new_table_members.h"

namespace sluice::services::sql {
namespace {

constexpr std::array<std::string_view, 9> kMembers{"alias",    "name",        "label",
                                                   "type",     "description", "native",
                                                   "picklist", "db_function", "is_virtual"};
constexpr std::array<std::string_view, 17> kTypes{
    "string", "text", "integer", "bigint", "smallint", "boolean",   "float", "double", "decimal",
    "money",  "date", "time",    "json",   "datetime", "timestamp", "uuid",  "binary"};

tl::unexpected<Error> refuse(const std::string& field, const std::string& why) {
    return fail(ErrorKind::BadRequest, "The virtual field '" + field + "' " + why + ".");
}

bool is_nothing(const json::value& value) {
    return value.is_null() || value == json::value(false) || value == json::value("") ||
           (value.is_array() && value.get_array().empty()) ||
           (value.is_object() && value.get_object().empty());
}

/// What the functions are for must be of use there.
Status check_uses(const ColumnFunctions& functions,
                  const Column* old,
                  const store::FieldExtraRow& row) {
    const bool writes = !functions.insert.empty() || !functions.update.empty();
    if (row.is_virtual && writes) {
        return refuse(row.field, "is never written: it has no functions for INSERT and UPDATE");
    }
    if (writes && old != nullptr && old->is_primary_key) {
        return fail(ErrorKind::BadRequest,
                    "Field '" + row.field +
                        "' is of the primary key: it has no functions for INSERT and UPDATE.");
    }
    return {};
}

Task<Status> try_out(Backend& backend,
                     const Call& call,
                     const std::string& sql,
                     const std::string& field) {
    const Statement statement{sql, {}};
    RowList rows;
    auto status = co_await backend.database->read(statement, rows, call.request.origin.deadline);
    if (!status && status.error().kind() != ErrorKind::ServiceUnavailable &&
        status.error().kind() != ErrorKind::UpstreamTimeout) {
        co_return fail(Error(ErrorKind::BadRequest,
                             "The database does not take the 'db_function' of field '" + field +
                                 "': a function must be one expression over the fields of the "
                                 "table.")
                           .with_detail(status.error().message() + " " + status.error().detail()));
    }
    co_return status;
}

}  // namespace

Status check_virtual_members(const json::object& said,
                             const std::string& name,
                             const Column* column) {
    SLUICE_CHECK(check_field_members(said, name));
    json::object shown;
    if (column != nullptr) {
        SLUICE_TRY(const auto parsed, parse_json(field_json(*column), "description"));
        shown = parsed.get_object();
    }
    for (const auto& [member, value] : said) {
        const json::value* now = shown.if_contains(member);
        if (member == "is_aggregate" && !is_nothing(value)) {
            return fail(ErrorKind::NotImplemented,
                        "The 'is_aggregate' of field '" + name + "' is not supported yet.");
        }
        if (member == "is_virtual" && is_nothing(value) && !value.is_null()) {
            return refuse(name, "cannot become a field of the database");
        }
        const bool is_own = std::ranges::find(kMembers, std::string_view(member)) != kMembers.end();
        const bool is_same = now != nullptr && *now == value;
        const bool is_free = member == "allow_null" && value == json::value(true);
        if (!is_own && !is_same && !is_free && !is_nothing(value)) {
            return refuse(name, "has no '" + std::string(member) + "'");
        }
    }
    return {};
}

Result<std::string> virtual_type(const json::object& said,
                                 const std::string& now,
                                 const std::string& name) {
    const json::value* given = said.if_contains("type");
    if (given == nullptr || given->is_null()) {
        return now.empty() ? "string" : now;
    }
    std::string type =
        lower_case(given->is_string() ? std::string_view(given->get_string()) : std::string_view());
    type = type == "int" ? "integer" : type;
    if (std::ranges::find(kTypes, std::string_view(type)) == kTypes.end()) {
        return refuse(name, "has the 'type' of a value, such as string, integer or datetime");
    }
    return type;
}

Task<Status> check_functions(Backend& backend,
                             const Call& call,
                             TableRef table,
                             const Column* old,
                             const store::FieldExtraRow& row) {
    const bool has_extras = old != nullptr && old->extras;
    const std::string before = has_extras ? old->extras->db_function : std::string();
    CO_TRY(const auto functions, read_functions(row.db_function, row.field));
    if (row.is_virtual &&
        (!functions || (functions->select.empty() && functions->filter.empty()))) {
        co_return refuse(row.field, "needs a 'db_function' for SELECT or FILTER");
    }
    if (row.db_function == before) {
        co_return Status();
    }
    const bool is_admin =
        call.principal && call.principal->user && call.principal->user->is_sys_admin;
    if (!is_admin) {
        co_return fail(ErrorKind::Forbidden,
                       "Access Forbidden. The 'db_function' of a field is SQL: only an "
                       "administrator may set it.");
    }
    if (!functions) {
        co_return Status();
    }
    if (backend.dialect->habits().returning == Returning::Output) {
        co_return fail(ErrorKind::NotImplemented,
                       "Functions of fields are not supported on this database.");
    }
    CO_CHECK(check_uses(*functions, old, row));
    if (!table || (old == nullptr && !row.is_virtual)) {
        co_return Status();
    }
    if (!functions->select.empty()) {
        CO_CHECK(co_await try_out(
            backend, call,
            "SELECT " + functions->select + " FROM " + table->quoted + " WHERE 1 = 0", row.field));
    }
    if (!functions->filter.empty()) {
        CO_CHECK(co_await try_out(
            backend, call,
            "SELECT 1 FROM " + table->quoted + " WHERE " + functions->filter + " IS NULL AND 1 = 0",
            row.field));
    }
    co_return Status();
}

}  // namespace sluice::services::sql
