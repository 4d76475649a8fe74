#pragma once
/// Reads XML as the JSON that it means. Bodies of requests, so all of it is hostile.
/// Source: docs/reference/formats.md "XML in"; why expat: docs/adr/0013-expat-for-xml.md.

#include <string>
#include <string_view>

#include "core/result.h"

namespace sluice {

/// Records are three elements deep.
inline constexpr std::size_t kMaxXmlDepth = 64;
/// Of one body: 100,000 records of 50 fields.
inline constexpr std::size_t kMaxXmlElements = 5'000'000;
/// Different names within one element: no table has more columns.
inline constexpr std::size_t kMaxXmlNames = 2'000;

/// Shape:  elements in an element are an object, those of one name a list; text is a string,
///         nothing is null. The root is dropped, but for one of the name `resource`, and what is
///         `resource` in the root is a list of records, also when it is one or empty:
///         `<a><resource><id>1</id></resource></a>` is `{"resource":[{"id":"1"}]}`.
/// Errors: BadRequest with the line, also for any document type declaration, so that there are no
///         entities but the five of XML itself, and nothing is fetched.
Result<std::string> json_of_xml(std::string_view text);

/// Whether it begins as a document or an element does.
bool looks_like_xml(std::string_view text);

}  // namespace sluice
