#pragma once
/// The body of a request as JSON, whatever its content type.

#include <optional>
#include <string>

#include "core/request.h"
#include "core/result.h"

namespace sluice {

/// No form of a browser or client has more fields.
inline constexpr std::size_t kMaxParameters = 10'000;

/// How a body is to be read, by its Content-Type; sniffed when there is none.
enum class PayloadForm { Empty, Json, Form, Text, Csv, Xml };

/// Errors: BadRequest for a body without a usable type that does not look like JSON, XML or CSV
/// either.
Result<PayloadForm> payload_form_of(const Request& request);

/// The decoded body as JSON text when that is not the body itself: form fields as a map of
/// strings, brackets as maps and lists, text as a string, CSV and XML as their readers make it
/// (core/formats). Unset for JSON (use the content) and for an empty body. Errors: BadRequest for
/// what is malformed or of an unusable type; PayloadTooLarge.
Result<std::optional<std::string>> converted_payload(const Request& request);

/// The same for resources whose bodies are records: Empty, Json, Csv, Xml or Form.
/// Errors: UnsupportedMedia naming the Content-Type and what is taken instead; BadRequest for a
///         body without a type that looks like nothing known.
Result<PayloadForm> record_form_of(const Request& request);

/// For resources whose bodies are JSON and nothing else.
/// Errors: UnsupportedMedia naming the Content-Type and what is taken instead. A body that is JSON
///         to the eye passes under any type that is not another form's own.
Status check_json_type(const Request& request);

/// Takes a UTF-8 byte order mark away that stands before JSON: editors and PowerShell write one.
void drop_byte_order_mark(Request& request);

/// As in the query of a URL: what is neither letter, digit nor one of `-._~` becomes `%XX`.
std::string percent_encode(std::string_view text);

/// The pairs of a query or of an `application/x-www-form-urlencoded` body: `a=1&b=2`. Of repeated
/// names the last wins; `a` alone is `a=`; empty pairs are skipped.
/// Errors: BadRequest as of percent_decode, and for more than `max_parameters`.
Result<Parameters> parse_query(std::string_view query, std::size_t max_parameters = kMaxParameters);

/// What a plus sign means: a blank in queries and forms, itself in paths.
enum class Plus { Stays, IsBlank };

/// Into `out`, whose memory is used again. `where` names the text in errors: "query".
/// Errors: BadRequest for a broken percent-encoding, a NUL, bytes that are no UTF-8.
Status percent_decode(std::string_view text, Plus plus, std::string_view where, std::string& out);

}  // namespace sluice
