#pragma once
/// The bodies of calls on `_schema`, and the lists that they answer with.

#include <string>
#include <vector>

#include "core/json.h"
#include "core/request.h"
#include "core/response.h"
#include "core/result.h"

namespace sluice::services::sql {

/// The objects of `{"resource":[...]}`, of a bare list, or the one bare object.
/// Errors: BadRequest for anything else, and for none at all.
Result<json::array> read_items(std::string_view body, std::string_view what);

/// The bare object, or the only one under `resource`.
Result<json::object> read_item(std::string_view body, std::string_view what);

/// The names that a call is about: of `ids` or `fields`, else of the body's list, as texts or as
/// objects with a `name`.
/// Errors: BadRequest when there are none.
Result<std::vector<std::string>> read_names(const Request& request, std::string_view what);

/// `{"resource":[...]}` of described items (JSON texts with a `name`): their names, or with
/// `fields` what they ask for; `ids` chooses among them, `as_list` gives bare names.
Result<Response> list_described(const std::vector<std::string>& items,
                                const Parameters& parameters);

/// `{"resource":[{"name":"a"},{"name":"b"}]}`
Response named(const std::vector<std::string>& names);

}  // namespace sluice::services::sql
