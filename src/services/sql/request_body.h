#pragma once
/// The body of a table request in whatever format it came.

#include "core/request.h"
#include "services/sql/records.h"

namespace sluice::services::sql {

/// Shape:  of CSV, XML and forms every value is a text, which the type of its column judges;
/// nothing is
///         null. CSV goes straight into records. The request must outlive the body.
/// Errors: as of read_body; UnsupportedMedia.
Result<Body> read_request_body(const Request& request);

}  // namespace sluice::services::sql
