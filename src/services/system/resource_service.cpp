#include "services/system/resource_service.h"

#include <algorithm>

#include "services/system/options.h"

namespace sluice::services::system {
namespace {

/// Components that roles may name: "", "*", "service/", "service/*" ...
std::string access_list(const std::vector<ResourceRef>& resources) {
    json::array components{"", "*"};
    for (const ResourceRef& resource : resources) {
        components.push_back(json::value(resource->path() + "/"));
        components.push_back(json::value(resource->path() + "/*"));
    }
    return listing(std::move(components), std::nullopt);
}

}  // namespace

ResourceService::ResourceService(std::vector<ResourceRef> resources)
    : resources_(std::move(resources)) {
    description_.routes.push_back({"", kGet, "Lists the resources."});
    for (const ResourceRef& resource : resources_) {
        std::vector<Route> routes = resource->routes();
        std::ranges::move(routes, std::back_inserter(description_.routes));
    }
}

Resource* ResourceService::find(const std::vector<std::string>& segments) const {
    const auto named = [this](const std::string& path) -> Resource* {
        const auto found = std::ranges::find(resources_, path, &Resource::path);
        return found == resources_.end() ? nullptr : found->get();
    };
    if (segments.size() >= 2) {
        if (Resource* below = named(segments[0] + "/" + segments[1])) {
            return below;
        }
    }
    return named(segments[0]);
}

Result<Response> ResourceService::list(const Call& call) const {
    if (call.request.verb != Verb::Get) {
        return fail(unsupported(call));
    }
    if (call.request.parameters.is_on("as_access_list")) {
        return Response::json(access_list(resources_));
    }
    json::array all;
    for (const ResourceRef& resource : resources_) {
        if (resource->path().find('/') == std::string::npos) {
            all.push_back({{"name", resource->path()}, {"label", resource->label()}});
        }
    }
    return Response::json(named_listing(all, call.request, false));
}

Task<Result<Response>> ResourceService::handle(const Call& call) {
    if (call.target.segments.empty()) {
        co_return list(call);
    }
    Resource* resource = find(call.target.segments);
    if (resource == nullptr) {
        co_return fail(ErrorKind::NotFound, "Resource '" + call.target.resource +
                                                "' not found for service '" + call.target.service +
                                                "'.");
    }
    co_return co_await resource->handle(call);
}

}  // namespace sluice::services::system
