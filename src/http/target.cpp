#include "http/target.h"

#include "core/payload.h"

namespace sluice::http {
namespace {

// The path and query of an absolute-form target, as proxies send it; empty when it is none.
std::string_view after_authority(std::string_view target) {
    const std::size_t scheme = target.find("://");
    if (scheme != 4 && scheme != 5) {
        return {};
    }
    const std::size_t path = target.find_first_of("/?", scheme + 3);
    return path == std::string_view::npos ? std::string_view("/") : target.substr(path);
}

}  // namespace

Status read_target(std::string_view target, std::size_t max_parameters, Request& request) {
    request.uri = target;
    request.parameters = {};
    if (!target.starts_with('/')) {
        target = after_authority(target);
        if (target.empty()) {
            return fail(ErrorKind::BadRequest, "The request target is not a path.");
        }
    }
    const std::size_t query = target.find('?');
    SLUICE_CHECK(percent_decode(target.substr(0, query), Plus::Stays, "path", request.path));
    if (request.path.empty()) {
        request.path = "/";
    }
    if (query == std::string_view::npos) {
        return {};
    }
    SLUICE_TRY(request.parameters, parse_query(target.substr(query + 1), max_parameters));
    return {};
}

}  // namespace sluice::http
