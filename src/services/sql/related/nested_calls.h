#pragma once
/// Writes of records with others inside whose tables have scripts. Those are written by calls to
/// their tables, so that scripts, rights and events are as of any call, in one transaction with the
/// record around them. Source: docs/reference/relations.md "Writing".

#include "services/sql/related/nested_write.h"

namespace sluice::services::sql {

/// All `writes`, which Nesting has made, as their mode says. Each is a unit of its own, within the
/// call's own where it has one.
/// Shape:  as of Session::write.
/// Errors: those of Session; of one record also what a call to a table failed with.
Task<Result<std::vector<Written>>> write_with_calls(Backend& backend,
                                                    const Call& call,
                                                    Writes writes);

}  // namespace sluice::services::sql
