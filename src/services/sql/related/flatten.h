#pragma once
/// Related records whose fields stand in the record that they belong to.
/// Source: docs/reference/relations.md.

#include <string>
#include <vector>

#include "services/sql/keyed_rows.h"
#include "services/sql/related/relation.h"

namespace sluice::services::sql {

/// Adds the fields of `records[i]` (a JSON object, or empty where there is none) to `rows[i]`, as
/// `<relation>.<field>`, or as they are where the relation drops its prefix.
/// Shape: each row gets every field that any of the records has, null where its own has none. A
///        name that rows have already stays theirs. False once that takes more than `room` bytes:
///        the rest is then left out.
bool flatten(const Relation& relation,
             const std::vector<std::string>& records,
             std::vector<KeyedRows::Row>& rows,
             std::size_t room);

}  // namespace sluice::services::sql
