#pragma once
/// The body of a table request in whatever format it came.

#include "core/request.h"
#include "services/sql/records.h"

namespace sluice::services::sql {

/// Shape:  of CSV and XML every value is a text, which the type of its column judges; nothing is
///         null. CSV goes straight into records: what it costs in memory is theirs.
/// Errors: as of read_body; UnsupportedMedia; PayloadTooLarge for CSV of more than 384 MB of
/// records.
Result<Body> read_request_body(const Request& request);

}  // namespace sluice::services::sql
