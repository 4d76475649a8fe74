#pragma once
/// Which verb a request means: its own, or the one it carries because its client can only POST.

#include <optional>
#include <string_view>

#include "core/request.h"
#include "core/result.h"

namespace sluice::http {

/// The verb of a request line. Case-sensitive, as HTTP is; empty for an unknown one.
std::optional<Verb> verb_of_method(std::string_view method);

/// Puts the verb that a POST names instead of its own into `request.verb`.
///
/// Shape:   looked for in the headers X-HTTP-Method, X-Method-Override, X-HTTP-Method-Override,
///          then the query's `method`, then the field `_method` of a form; the first one counts.
///          MERGE is PATCH. Parameters and headers stay as they are.
/// Errors:  MethodNotAllowed for a name that is no verb; BadRequest for a broken form.
Status override_method(std::size_t max_parameters, Request& request);

}  // namespace sluice::http
