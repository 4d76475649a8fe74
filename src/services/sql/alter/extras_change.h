#pragma once
/// What a request says about tables and fields that their database does not keep, and keeping it.

#include "core/json.h"
#include "services/sql/alter/table_change.h"
#include "services/sql/backend.h"

namespace sluice::services::sql {

/// What `said` changes of what is kept about a table; empty when nothing. `table` null: it is made.
/// Errors: BadRequest naming the member that is wrong.
Result<std::optional<store::TableExtraRow>> read_table_extras(const std::string& name,
                                                              const Table* table,
                                                              const json::object& said);

/// What is kept about the field, as far as this shard knows.
store::FieldExtraRow known_extras(const Column& column);

/// The same of a field. `type`: the one it gets, empty when it stays.
Result<std::optional<store::FieldExtraRow>> read_field_extras(const std::string& table,
                                                              const std::string& name,
                                                              const Column* column,
                                                              const json::object& said);

/// Whether what `changes` ask for can be kept at all.
/// Errors: NotImplemented.
Status check_can_keep(const Backend& backend, const ExtrasChange& change);

/// Keeps all of it, or nothing. `table`: the name of the table that each is about.
Task<Status> keep_extras(Backend& backend,
                         std::vector<std::pair<std::string, ExtrasChange>> changes);

}  // namespace sluice::services::sql
