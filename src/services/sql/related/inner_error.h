#pragma once
/// What a call to another table failed with, for the answer of the call around it.

#include <string>

#include "core/error.h"
#include "core/response.h"

namespace sluice::services::sql {

/// Shape: status, code, context and text of the answer's error; `otherwise` where it has no text.
Error error_in(const Response& response, std::string otherwise);

/// The same of a call about one record in a list: of that record, not of the batch.
Error error_of_one(const Response& response, std::string otherwise);

}  // namespace sluice::services::sql
