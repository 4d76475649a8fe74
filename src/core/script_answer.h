#pragma once
/// What a script set or returned, as a response. Pure.
/// Source: docs/reference/events.md "Responses and returned values".

#include <optional>

#include "core/event.h"
#include "core/request.h"
#include "core/result.h"

namespace sluice {

/// A script set or returned a status that no answer can have: fails its run.
Error no_status_error();

/// Shape:   headers are merged; text without a type is quoted for a client that asked for JSON and
///          sent as it is to any other; a map or list is JSON; null is no content.
/// `had_type`: the response's content type is still meant when the edits name none.
void apply_edits(Response& response, ResponseEdits edits, bool had_type, const Request& request);

/// A JSON map with `content` or `status_code` is a whole response, and so is one under its key
/// `response`. Empty for any other value. A null status sets none, digits in a text are one.
/// Errors: `no_status_error`.
Result<std::optional<ResponseEdits>> response_in(std::string_view json_text);

/// What a script returned: `response_in`, or else plain content with status 200.
/// Errors: `no_status_error`.
Result<ResponseEdits> response_of(Content returned);

/// The answer of a script service: what it returned, or what it put into `event.response`.
/// Errors: what the script raised, or `no_status_error`.
Result<Response> answer_of(Outcome outcome, const Request& request);

}  // namespace sluice
