#pragma once
/// Tables, fields and relations as `_schema` shows them. Source: docs/reference/schema-api.md.

#include <string>

#include "core/call.h"
#include "services/sql/related/relation.h"

namespace sluice::services::sql {

std::string field_json(const Column& column);
std::string related_json(const Relation& relation);

/// The description of a table: name, label, primary_key, field, related ...; `verbs` is what the
/// caller may do with it.
std::string describe_json(const Table& table, const Relations& relations, VerbSet verbs);

}  // namespace sluice::services::sql
