#pragma once
/// What is kept about the tables of a database besides what the database itself keeps: aliases,
/// labels, validation, virtual fields, relations without a foreign key. Names are the database's
/// own.

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/result.h"
#include "store/role_index.h"
#include "store/rows.h"

namespace sluice::store {

class Tables;

/// Of one table. Threads: any, it never changes.
struct TableExtras {
    std::optional<TableExtraRow> table;
    /// By the field's name.
    TextMap<FieldExtraRow> fields;
    std::vector<VirtualRelationRow> relations;
    /// By the relation's name.
    TextMap<RelationExtraRow> relation_extras;
};

/// Of one service, by table.
using SchemaExtras = TextMap<TableExtras>;
using SchemaExtrasRef = std::shared_ptr<const SchemaExtras>;

/// All that is kept about the tables of a service.
Result<SchemaExtras> read_schema_extras(Tables& tables, Id service);

/// The tables that have an alias, by the alias in lower case. Without those whose name has a slash:
/// no path leads there.
TextMap<std::string> aliases_in(const SchemaExtras& extras);

/// What is kept about a field now; unset for nothing.
Result<std::optional<FieldExtraRow>> find_field_extra(Tables& tables,
                                                      Id service,
                                                      std::string_view table,
                                                      std::string_view field);

/// Each takes the place of what was kept about the same thing; one that says nothing is not kept.
Status save_table_extra(Tables& tables, TableExtraRow row);
Status save_field_extra(Tables& tables, FieldExtraRow row);
Status save_relation_extra(Tables& tables, RelationExtraRow row);
Status save_virtual_relation(Tables& tables, VirtualRelationRow row);

/// Of a relation, by its name, with all that is kept about it. False when there is none.
Result<bool> remove_virtual_relation(Tables& tables,
                                     Id service,
                                     std::string_view table,
                                     std::string_view name);
/// A relation that a foreign key made is gone.
Status forget_relation(Tables& tables, Id service, std::string_view table, std::string_view name);
/// The table is gone, or the field, with what led to it.
Status forget_table(Tables& tables, Id service, std::string_view table);
Status forget_field(Tables& tables, Id service, std::string_view table, std::string_view field);
Status rename_field(
    Tables& tables, Id service, std::string_view table, std::string_view from, std::string_view to);

}  // namespace sluice::store
