#pragma once
/// `_schema`: which tables there are and how they are made; creating and dropping them.
/// Source: docs/reference/schema-api.md.

#include "core/call.h"
#include "core/response.h"
#include "services/sql/backend.h"
#include "services/sql/new_table.h"
#include "services/sql/query.h"

namespace sluice::services::sql {

/// `{"resource":[...]}` of the service itself: `_schema`, `_table` and, where there are routines,
/// `_func` and `_proc`, or with `as_access_list` all that roles may name.
Task<Result<Response>> list_resources(Backend& backend, const Call& call);

/// `{"resource":[...]}` of `_table` and `_schema`: the tables that the caller may see, their names
/// or what `fields` asks for.
Task<Result<Response>> list_tables(Backend& backend, const Call& call);

/// Appends what roles may name under `resource`, as JSON texts.
void add_components(std::vector<std::string>& out,
                    const std::string& resource,
                    const std::vector<std::string>& names);

/// `{"name":"x","access":["GET","POST"]}`
std::string name_and_verbs(std::string_view name, VerbSet verbs);

/// Creates the tables of the body, in order; stops at the first that fails.
/// Errors: BadRequest for what is no description of a table, Conflict for a name that is taken.
Task<Result<Response>> create_tables(Backend& backend, const Call& call);

/// Drops the table with its rows.
Task<Result<Response>> drop_table(Backend& backend, const Call& call, TableRef table);

}  // namespace sluice::services::sql
