#include "services/sql/alter/schema_body.h"

#include <algorithm>

#include "core/fields.h"
#include "services/sql/object_text.h"
#include "services/sql/records.h"

namespace sluice::services::sql {
namespace {

std::vector<std::string> split(std::string_view list) {
    std::vector<std::string> names;
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        const std::string_view name = trimmed(list.substr(0, comma));
        if (!name.empty()) {
            names.emplace_back(name);
        }
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return names;
}

bool holds(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::any_of(names, [name](const std::string& other) {
        return other == "*" || equals_ignoring_case(other, name);
    });
}

tl::unexpected<Error> none(std::string_view what) {
    return fail(ErrorKind::BadRequest, "No " + std::string(what) + "(s) detected in request.");
}

}  // namespace

Result<json::array> read_items(std::string_view body, std::string_view what) {
    if (trimmed(body).empty()) {
        return none(what);
    }
    SLUICE_TRY(auto parsed, parse_json(body, "request body"));
    json::value* list = &parsed;
    if (parsed.is_object() && parsed.get_object().contains("resource")) {
        list = &parsed.get_object().at("resource");
    }
    if (list->is_object()) {
        json::array one;
        one.push_back(std::move(*list));
        return one;
    }
    if (!list->is_array() || list->get_array().empty()) {
        return none(what);
    }
    return std::move(list->get_array());
}

Result<json::object> read_item(std::string_view body, std::string_view what) {
    SLUICE_TRY(auto items, read_items(body, what));
    if (items.size() != 1 || !items.front().is_object()) {
        return fail(ErrorKind::BadRequest,
                    "The request must hold one " + std::string(what) + ", an object.");
    }
    return std::move(items.front().get_object());
}

Result<std::vector<std::string>> read_names(const Request& request, std::string_view what) {
    const auto check_count = [what](std::size_t count) {
        return count <= kMaxFields
                   ? Status()
                   : Status(fail(ErrorKind::BadRequest, "A request may name at most " +
                                                            std::to_string(kMaxFields) + " " +
                                                            std::string(what) + "s."));
    };
    for (const char* parameter : {"ids", "fields"}) {
        if (const std::string* list = request.parameters.find(parameter)) {
            auto names = split(*list);
            SLUICE_CHECK(check_count(names.size()));
            return names.empty() ? Result<std::vector<std::string>>(none(what)) : std::move(names);
        }
    }
    SLUICE_TRY(const auto items, read_items(request.content, what));
    SLUICE_CHECK(check_count(items.size()));
    std::vector<std::string> names;
    for (const json::value& item : items) {
        const bool is_object = item.is_object();
        std::string name(is_object          ? text_or(item.get_object(), "name", "")
                         : item.is_string() ? std::string_view(item.get_string())
                                            : std::string_view());
        if (name.empty()) {
            return fail(ErrorKind::BadRequest,
                        "Each " + std::string(what) + " must be a name, or an object with one.");
        }
        names.push_back(std::move(name));
    }
    return names;
}

Result<Response> list_described(const std::vector<std::string>& items,
                                const Parameters& parameters) {
    const std::vector<std::string> fields = split(parameters.get_or("fields", ""));
    const bool has_ids = parameters.contains("ids");
    const std::vector<std::string> ids = split(parameters.get_or("ids", ""));
    const bool is_flat = parameters.is_on("as_list");
    std::vector<std::string> shown;
    for (const std::string& text : items) {
        SLUICE_TRY(const auto item, parse_json(text, "description"));
        const std::string name(text_or(item.get_object(), "name", ""));
        if (has_ids && !holds(ids, name)) {
            continue;
        }
        if (is_flat) {
            shown.push_back(json_string(name));
            continue;
        }
        json::object chosen;
        for (const auto& [member, value] : item.get_object()) {
            if (fields.empty() ? member == "name" : holds(fields, member)) {
                chosen[member] = value;
            }
        }
        shown.push_back(json::serialize(chosen));
    }
    return Response::json("{\"resource\":" + list_of(shown) + "}");
}

Response named(const std::vector<std::string>& names) {
    std::vector<std::string> items;
    for (const std::string& name : names) {
        items.push_back("{\"name\":" + json_string(name) + "}");
    }
    return Response::json("{\"resource\":" + list_of(items) + "}");
}

}  // namespace sluice::services::sql
