#pragma once
/// No name stands for two things: aliases beside names of tables, fields and relations.

#include "services/sql/alter/table_change.h"
#include "services/sql/backend.h"

namespace sluice::services::sql {

/// What `changes` would leave, and what it names by an alias that is taken.
/// Errors: Conflict naming the alias and what has it; those of Catalog::find.
Task<Status> check_aliases(Backend& backend,
                           const std::vector<TableChange>& changes,
                           Deadline deadline);

/// The same of tables that are made. `kept`: what is kept about each, by the table's name.
Task<Status> check_new_aliases(Backend& backend,
                               const std::vector<NewTable>& tables,
                               const std::vector<std::pair<std::string, ExtrasChange>>& kept,
                               Deadline deadline);

}  // namespace sluice::services::sql
