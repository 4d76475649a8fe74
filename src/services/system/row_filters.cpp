#include "services/system/row_filters.h"

#include <fmt/format.h>

#include "access/lookups.h"
#include "services/sql/filter_parser.h"

namespace sluice::services::system {
namespace {

tl::unexpected<Error> wrong(const std::string& what) {
    return fail(ErrorKind::BadRequest, "Field 'filters': " + what);
}

/// Filters are compared as text; a number or a flag is as good as its spelling.
Result<std::string> read_value(const json::value& value, const std::string& field) {
    if (value.is_structured()) {
        return wrong("the value of '" + field + "' must be a text, a number or a flag.");
    }
    if (const double* number = value.if_double()) {
        return fmt::format("{}", *number);  // as people write it; JSON's writer says 7.5E0
    }
    return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

Status check_members(const json::object& filter) {
    for (const auto& [name, value] : filter) {
        if (name != "name" && name != "operator" && name != "value") {
            return wrong("a filter has no '" + std::string(name) + "'.");
        }
    }
    return {};
}

// What cannot be read here would only fail at every use.
Status check_value(const RowFilter& filter) {
    if (const auto unknown = access::find_unknown_lookup(filter.value)) {
        return wrong("there is no lookup '{" + *unknown + "}'.");
    }
    const bool is_readable = filter.value.find('{') != std::string::npos ||
                             sql::parse_role_filter(filter.field, filter.op, filter.value);
    return is_readable ? Status()
                       : wrong("the value of '" + filter.field + "' is no list that can be read.");
}

Result<RowFilter> read_filter(const json::object& object) {
    SLUICE_CHECK(check_members(object));
    RowFilter filter;
    filter.field = text_or(object, "name", "");
    if (filter.field.empty()) {
        return wrong("every filter must have a 'name'.");
    }
    const json::value* operation = object.if_contains("operator");
    const std::string wanted(text_or(object, "operator", operation == nullptr ? "=" : ""));
    const auto known = sql::find_role_operator(wanted);
    if (!known) {
        return wrong("'" + wanted + "' is no operator.");
    }
    filter.op = *known;
    const json::value* value = object.if_contains("value");
    if (value != nullptr && !value->is_null()) {
        SLUICE_TRY(filter.value, read_value(*value, filter.field));
    } else if (!filter.op.ends_with("NULL")) {
        return wrong("'" + filter.op + "' of '" + filter.field + "' needs a 'value'.");
    }
    SLUICE_CHECK(check_value(filter));
    return filter;
}

}  // namespace

Result<std::vector<RowFilter>> read_filters(const json::value& value) {
    std::vector<RowFilter> filters;
    const bool is_empty_text = value.is_string() && value.get_string().empty();
    if (value.is_null() || is_empty_text) {
        return filters;
    }
    if (!value.is_array()) {
        return wrong("it must be a list of filters.");
    }
    for (const json::value& item : value.get_array()) {
        if (!item.is_object()) {
            return wrong("it must be a list of filters.");
        }
        SLUICE_TRY(RowFilter filter, read_filter(item.get_object()));
        filters.push_back(std::move(filter));
    }
    return filters;
}

}  // namespace sluice::services::system
