#include "services/system/type_lists.h"

#include "services/system/options.h"

namespace sluice::services::system {
namespace {

json::object json_of(const ServiceType& type) {
    return {{"name", type.name},
            {"label", type.label},
            {"description", type.description},
            {"group", type.group},
            {"singleton", type.is_singleton},
            {"dependencies_required", nullptr},
            {"subscription_required", nullptr},
            {"service_definition_editable", type.has_editable_definition},
            {"config_schema", type.config_schema}};
}

json::object json_of(const ScriptType& type) {
    return {{"name", type.name},
            {"label", type.label},
            {"description", type.description},
            {"sandboxed", type.is_sandboxed},
            {"supports_inline_execution", type.supports_inline_execution},
            {"available", type.unavailable_because.empty()},
            {"unavailable_because", type.unavailable_because.empty()
                                        ? json::value(nullptr)
                                        : json::value(type.unavailable_because)}};
}

template <typename Type>
json::array all_json(const std::vector<Type>& types) {
    json::array out;
    for (const Type& type : types) {
        out.push_back(json_of(type));
    }
    return out;
}

}  // namespace

std::vector<Route> NamedList::routes() const {
    return {{path_, kGet, "Lists: " + label_ + "."}, {path_ + "/{name}", kGet, "Reads one."}};
}

Task<Result<Response>> NamedList::handle(const Call& call) {
    if (call.request.verb != Verb::Get) {
        co_return fail(unsupported(call));
    }
    if (call.target.segments.size() < 2) {
        const std::string_view group = call.request.parameters.get_or("group", "");
        json::array shown;
        for (const json::value& record : records_) {
            if (group.empty() || text_or(record.get_object(), "group", "") == group) {
                shown.push_back(record);
            }
        }
        co_return Response::json(named_listing(shown, call.request, true));
    }
    const std::string& name = call.target.segments[1];
    for (const json::value& record : records_) {
        if (text_or(record.get_object(), "name", "") == name) {
            co_return Response::json(json::serialize(record));
        }
    }
    co_return fail(no_such_record(name));
}

ResourceRef make_service_type_list(const std::vector<ServiceType>& types) {
    return std::make_unique<NamedList>("service_type", "Service Types", all_json(types));
}

ResourceRef make_script_type_list(const std::vector<ScriptType>& types) {
    return std::make_unique<NamedList>("script_type", "Script Types", all_json(types));
}

}  // namespace sluice::services::system
