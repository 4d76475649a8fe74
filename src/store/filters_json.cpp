#include "core/json.h"
#include "store/column.h"

namespace sluice::store {
namespace {

/// Filters are compared as text; a number or a flag is as good as its spelling.
std::string text_of_json(const json::value& value) {
    if (value.is_string()) {
        return std::string(value.get_string());
    }
    return value.is_null() ? std::string() : json::serialize(value);
}

}  // namespace

std::string filters_to_json(const std::vector<RowFilter>& filters) {
    json::array out;
    for (const RowFilter& filter : filters) {
        out.push_back({{"name", filter.field}, {"operator", filter.op}, {"value", filter.value}});
    }
    return json::serialize(out);
}

Result<std::vector<RowFilter>> filters_from_json(std::string_view text) {
    std::vector<RowFilter> filters;
    if (text.empty()) {
        return filters;
    }
    SLUICE_TRY(const json::value parsed, parse_json(text, "filters"));
    if (parsed.is_null()) {
        return filters;
    }
    if (!parsed.is_array()) {
        return fail(ErrorKind::BadRequest, "Field 'filters' must be a list of filters.");
    }
    for (const json::value& item : parsed.get_array()) {
        const json::object* object = item.if_object();
        RowFilter filter;
        if (object != nullptr) {
            filter.field = text_or(*object, "name", "");
            filter.op = text_or(*object, "operator", "=");
            const json::value* value = object->if_contains("value");
            filter.value = value == nullptr ? std::string() : text_of_json(*value);
        }
        if (filter.field.empty()) {
            return fail(ErrorKind::BadRequest, "Every one of 'filters' must have a 'name'.");
        }
        filters.push_back(std::move(filter));
    }
    return filters;
}

}  // namespace sluice::store
