#pragma once
/// Whether the caller wants what is served: JSON, until there are other formats. Pure.

#include "core/request.h"
#include "core/result.h"

namespace sluice::pipeline {

/// Judges the parameter `accept`, else the header, and the parameter `file`. A list with anything
/// in it but CSV and XML is content with JSON. Errors:  BadRequest with status 406 when only CSV or
/// XML is wanted.
Status check_wanted_type(const Request& request);

}  // namespace sluice::pipeline
