#pragma once
/// Cells that are shown as another kind than the one they have.

#include <string>

#include "services/sql/statement.h"

namespace sluice::services::sql {

/// `cell` of kind `own` as append_cell shows it under the kind `wanted`, which becomes `own` where
/// the value is none of that kind: nothing is cut and nothing is lost.
/// Shape: points into `cell` or `scratch`.
Cell recast(const Cell& cell, Kind own, Kind& wanted, std::string& scratch);

}  // namespace sluice::services::sql
