#pragma once
/// The request inside what a pre_process script returned. Pure.
/// Source: docs/reference/events.md "Responses and returned values".

#include <string_view>

#include "core/event.h"
#include "core/result.h"

namespace sluice::pipeline {

/// What the map under `request` in the returned map says otherwise than `given`, the request that
/// the script was shown: so that a script may return the event it was given. Nothing for any other
/// value. What is null says nothing.
/// Errors: those of decoding the given body, where a returned payload is held against it.
Result<RequestEdits> returned_request(std::string_view json_text, const Request& given);

}  // namespace sluice::pipeline
