#include "script/host_tenant.h"

namespace sluice::script {
namespace {

template <typename Identity>
bool is_same_row(const std::optional<Identity>& one, const std::optional<Identity>& other) {
    return one.has_value() == other.has_value() && (!one || one->id == other->id);
}

}  // namespace

bool is_same_script(const Script& one, const Script& other) {
    return &one == &other || (one.hash == other.hash && one.name == other.name);
}

bool is_same_caller(const Principal& one, const Principal& other) {
    return &one == &other ||
           (is_same_row(one.user, other.user) && is_same_row(one.app, other.app) &&
            is_same_row(one.role, other.role) && one.is_unrestricted == other.is_unrestricted);
}

bool is_same_tenant(const Tenant& one, const Tenant& other) {
    return is_same_script(*one.script, *other.script) &&
           is_same_caller(*one.principal, *other.principal);
}

}  // namespace sluice::script
