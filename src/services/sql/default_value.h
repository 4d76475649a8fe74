#pragma once
/// The default of a column as clients see it.

#include <string>

#include "services/sql/schema.h"

namespace sluice::services::sql {

/// Shape: JSON of the column's type where the default is a literal, so that what is read can be
/// sent
///        back: `'it''s'` is "it's", of a boolean `'0'` is false. Anything else (`now()`) is the
///        database's own text as a JSON string; null where there is none.
std::string default_json(const Column& column);

}  // namespace sluice::services::sql
