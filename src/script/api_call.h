#pragma once
/// From a script's `platform.api` call to a request for the pipeline, or for another server. Pure.

#include "core/call.h"
#include "core/outbound.h"
#include "core/result.h"
#include "script/done_frame.h"

namespace sluice::script {

/// The request has the caller's rights, the requestor Script, one more depth and `deadline`.
/// Shape:   relative paths with or without a leading slash or `/api/v2/`; a query in the path is
///          merged with the parameters, which win.
/// Errors:  BadRequest (verb, path, encoding).
Result<Request> request_of(ApiCall call, const Call& caller, Deadline deadline);

/// Whether another server is meant: the path is a URL with its scheme.
bool is_absolute(std::string_view path);

/// The request to another server. Nothing of the caller is in it.
/// Shape:   the parameters stand behind the URL's own; a payload that is a map or a list is JSON.
/// Errors:  BadRequest for a verb that is none.
Result<OutboundRequest> outbound_of(ApiCall call, Deadline deadline);

}  // namespace sluice::script
