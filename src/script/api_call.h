#pragma once
/// From a script's `platform.api` call to a request for the pipeline. Pure.

#include "core/call.h"
#include "core/result.h"
#include "script/done_frame.h"

namespace sluice::script {

/// The request has the caller's rights, the requestor Script, one more depth and `deadline`.
/// Shape:   relative paths with or without a leading slash or `/api/v2/`; a query in the path is
///          merged with the parameters, which win.
/// Errors:  BadRequest (verb, path, encoding); NotImplemented for an absolute URL.
Result<Request> request_of(ApiCall call, const Call& caller, Deadline deadline);

}  // namespace sluice::script
