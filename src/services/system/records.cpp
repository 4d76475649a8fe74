#include "services/system/records.h"

namespace sluice::services::system {

Actor Actor::of(const Principal& principal) {
    Actor actor;
    if (principal.user) {
        actor.user_id = principal.user->id;
    }
    return actor;
}

Task<std::optional<std::string>> Records::review(const json::object& /*sent*/,
                                                 const json::object& /*saved*/,
                                                 Deadline /*deadline*/) {
    co_return std::nullopt;
}

Task<Draft> Records::prepare(const Call& /*call*/, json::object fields) {
    Draft draft;
    draft.fields = std::move(fields);
    co_return draft;
}

Status Records::relate(store::Tables& /*tables*/,
                       json::object& /*record*/,
                       std::string_view relation) const {
    return fail(ErrorKind::BadRequest, "Invalid relation requested: " + std::string(relation));
}

Status require_text(const std::string& value, std::string_view field) {
    if (value.empty()) {
        return fail(ErrorKind::BadRequest, "Field '" + std::string(field) + "' is required.");
    }
    return {};
}

Error no_such_record(std::string_view key) {
    return {ErrorKind::NotFound, "Record with identifier '" + std::string(key) + "' not found."};
}

}  // namespace sluice::services::system
