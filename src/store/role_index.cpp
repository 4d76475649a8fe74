#include "store/role_index.h"

#include "core/fields.h"

namespace sluice::store {
namespace {

void add_line(ServiceLines& lines, const RoleAccessRow& access) {
    std::string component = indexed_component(access.component);
    if (component == "*") {
        lines.patterns[""].push_back(&access);
    } else if (component.ends_with("/*")) {
        component.resize(component.size() - 2);
        lines.patterns[component].push_back(&access);
    } else {
        lines.exact[component].push_back(&access);
    }
}

}  // namespace

std::string indexed_component(std::string_view component) {
    while (component.starts_with('/')) {
        component.remove_prefix(1);
    }
    while (component.ends_with('/')) {
        component.remove_suffix(1);
    }
    return lower_case(component);
}

Role::Role(RoleRow role) : row(std::move(role)) {
    for (const RoleAccessRow& access : row.accesses) {
        add_line(access.service_id ? index.by_service[*access.service_id] : index.every_service,
                 access);
    }
}

}  // namespace sluice::store
