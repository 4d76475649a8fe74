#pragma once
/// Rows that belong to a record and are sent along with it, such as the lines of a role.
/// With the key: changed. Without: created. With the parent's key null: deleted; with another
/// parent's: moved.

#include <functional>

#include "services/system/records.h"
#include "services/system/row_json.h"

namespace sluice::services::system {

template <typename Child>
struct Relation {
    /// The member of the record: "role_service_access_by_role_id".
    std::string_view name;
    store::Table<Child> store::Tables::*table;
    /// The column that holds the parent's key.
    std::string_view parent_column;
    store::Id Child::*parent;
    /// Judges a child as it would be saved.
    std::function<Status(store::Tables& tables, Child& child)> check;
};

template <typename Child>
Result<json::array> read_children(store::Tables& tables,
                                  const Relation<Child>& relation,
                                  store::Id parent) {
    SLUICE_TRY(const std::vector<Child> rows,
               (tables.*relation.table).where(relation.parent_column, parent));
    json::array records;
    for (const Child& row : rows) {
        records.push_back(to_record(row));
    }
    return records;
}

/// A misspelt member must not widen what a line grants.
/// Errors: BadRequest naming a member that children of this kind do not have.
template <typename Child>
Status check_members(const json::object& record, std::string_view relation) {
    const json::object known = to_record(Child{});
    for (const auto& [name, value] : record) {
        if (!known.contains(name)) {
            return fail(ErrorKind::BadRequest, "Field '" + std::string(relation) +
                                                   "': its records have no '" + std::string(name) +
                                                   "'.");
        }
    }
    return {};
}

template <typename Child>
Status save_child(store::Tables& tables,
                  const Relation<Child>& relation,
                  store::Id parent,
                  const json::object& record) {
    store::Table<Child>& table = tables.*relation.table;
    const json::value* key = record.if_contains("id");
    Child child;
    if (key != nullptr && !key->is_null()) {
        SLUICE_TRY(const std::int64_t id, read_integer(*key, "id"));
        SLUICE_TRY(const std::optional<Child> found, table.find(id));
        if (!found || (*found).*relation.parent != parent) {
            return fail(no_such_record(std::to_string(id)));
        }
        const json::value* owner = record.if_contains(relation.parent_column);
        if (owner != nullptr && owner->is_null()) {
            return table.remove(*found);
        }
        child = *found;
        SLUICE_CHECK(apply_record(record, child, {}));
        SLUICE_CHECK(relation.check(tables, child));
        SLUICE_TRY(const bool is_there, table.update(child));
        return is_there ? Status() : fail(no_such_record(std::to_string(id)));
    }
    SLUICE_CHECK(apply_record(record, child, {}));
    child.*relation.parent = parent;
    SLUICE_CHECK(relation.check(tables, child));
    const auto made = table.insert(child);
    return made ? Status() : fail(made.error());
}

/// Saves the children under `relation.name`, when the record has any.
/// Errors: BadRequest naming what is wrong, NotFound for a key that is no child of this parent.
template <typename Child>
Status save_children(store::Tables& tables,
                     const Relation<Child>& relation,
                     store::Id parent,
                     const json::object& record) {
    const json::value* value = record.if_contains(relation.name);
    if (value == nullptr || value->is_null()) {
        return {};
    }
    if (!value->is_array()) {
        return fail(ErrorKind::BadRequest,
                    "Field '" + std::string(relation.name) + "' must be a list of records.");
    }
    for (const json::value& item : value->get_array()) {
        if (!item.is_object()) {
            return fail(ErrorKind::BadRequest,
                        "Field '" + std::string(relation.name) + "' must be a list of records.");
        }
        SLUICE_CHECK(check_members<Child>(item.get_object(), relation.name));
        SLUICE_CHECK(save_child(tables, relation, parent, item.get_object()));
    }
    return {};
}

/// Errors: BadRequest naming `field` when it is set and no row has this id.
template <typename Row>
Status check_reference(store::Table<Row>& table,
                       const std::optional<store::Id>& id,
                       std::string_view field) {
    if (!id) {
        return {};
    }
    SLUICE_TRY(const std::optional<Row> found, table.find(*id));
    if (!found) {
        return fail(ErrorKind::BadRequest,
                    "Field '" + std::string(field) +
                        "' refers to a record that does not exist: " + std::to_string(*id) + ".");
    }
    return {};
}

/// Which role a user has in which app: a relation of users and of roles.
Status check_user_app_role(store::Tables& tables, store::UserAppRoleRow& row);

}  // namespace sluice::services::system
