#pragma once
/// The body of a request as JSON, whatever its content type.

#include <optional>
#include <string>

#include "core/request.h"
#include "core/result.h"

namespace sluice {

/// How a body is to be read, by its Content-Type; sniffed when there is none.
enum class PayloadForm { Empty, Json, Form, Text };

/// Errors: BadRequest for a body without a usable type that does not look like JSON either.
Result<PayloadForm> payload_form_of(const Request& request);

/// The decoded body as JSON text when that is not the body itself: form fields as a map of
/// strings, text as a string. Unset for JSON (use the content) and for an empty body.
/// Errors: BadRequest for malformed JSON or an unusable type.
Result<std::optional<std::string>> converted_payload(const Request& request);

/// Decodes `a=1&b=2`. The last of repeated names wins.
/// Errors: BadRequest for a broken percent-encoding.
Result<Parameters> parse_query(std::string_view query);

/// Errors: BadRequest for a broken percent-encoding or an encoded NUL.
Result<std::string> percent_decoded(std::string_view text, bool plus_is_blank);

}  // namespace sluice
