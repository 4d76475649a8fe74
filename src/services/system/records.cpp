#include "services/system/records.h"

namespace sluice::services::system {

Actor Actor::of(const Principal& principal) {
    Actor actor;
    if (principal.user) {
        actor.user_id = principal.user->id;
    }
    return actor;
}

bool may_also(const Call& call, Verb verb, std::string_view resource) {
    return grant_on(call, resource, verb).verbs.contains(verb);
}

Error needs_right(const Call& call, Verb verb, std::string_view what, std::string_view resource) {
    const bool is_known = call.principal->user.has_value();
    return {is_known ? ErrorKind::Forbidden : ErrorKind::Unauthorized,
            "Access Forbidden. '" + std::string(what) + "' needs the right to " +
                std::string(name_of(verb)) + " on resource '" + std::string(resource) +
                "' of service '" + call.target.service + "'."};
}

Task<std::optional<std::string>> Records::review(const json::object& /*sent*/,
                                                 const json::object& /*saved*/,
                                                 Deadline /*deadline*/) {
    co_return std::nullopt;
}

Task<Draft> Records::prepare(const Call& call, json::object fields) {
    Draft draft;
    draft.fields = std::move(fields);
    const std::string& other = kind().relations_belong_to;
    const Verb verb = call.request.verb;
    if (other.empty() || may_also(call, verb, other)) {
        co_return draft;
    }
    draft.may_assign_roles = false;
    for (const std::string_view relation : kind().relations) {
        const json::value* value = draft.fields.if_contains(relation);
        if (value != nullptr && !value->is_null()) {
            draft.fault = needs_right(call, verb, relation, other);
        }
    }
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
