#include "services/system/resource.h"

namespace sluice::services::system {

Response succeeded() {
    return Response::json(R"({"success":true})");
}

Error unsupported(const Call& call) {
    std::string verb(lower_name_of(call.request.verb));
    verb[0] = static_cast<char>(verb[0] - ('a' - 'A'));
    return {ErrorKind::BadRequest, "*" + verb + "* requests for resource '" + call.target.resource +
                                       "' are not currently supported by the '" +
                                       call.target.service + "' service."};
}

}  // namespace sluice::services::system
