#pragma once
/// What the dialects make their alterations of.

#include <string>

#include "services/sql/alter/table_change.h"
#include "services/sql/dialect.h"

namespace sluice::services::sql {

/// "`title` VARCHAR(30) NOT NULL REFERENCES ...", without UNIQUE when it is made an index of its
/// own.
Result<std::string> new_field_sql(const Dialect& dialect, const NewField& field, bool with_unique);

/// The default that the column keeps, as a literal of its own; empty when it has none or one that
/// is no value.
Result<std::optional<std::string>> kept_default(const Dialect& dialect, const Column& column);

/// The default that a change asks for; empty takes it away.
Result<std::optional<std::string>> wanted_default(const Dialect& dialect,
                                                  const FieldChange& change);

}  // namespace sluice::services::sql
