#pragma once
/// A list that is made while it is sent, as CSV.

#include "core/response.h"
#include "core/result.h"

namespace sluice::pipeline {

/// Turns content and rest of `response` from JSON into CSV.
/// Errors: Internal as of CsvWriter.
Status stream_csv(Response& response);

}  // namespace sluice::pipeline
