#include "pipeline/table_alias.h"

namespace sluice::pipeline {

void take_real_name(Target& target, const store::Snapshot& snapshot) {
    if (snapshot.table_aliases.empty() || target.segments.size() < 2 ||
        (target.segments[0] != "_table" && target.segments[0] != "_schema")) {
        return;
    }
    const auto service = snapshot.services_by_name.find(target.service);
    if (service == snapshot.services_by_name.end()) {
        return;
    }
    const auto aliases = snapshot.table_aliases.find(service->second->id);
    if (aliases == snapshot.table_aliases.end()) {
        return;
    }
    std::string& name = target.segments[1];
    const auto found = aliases->second.find(lower_case(name));
    if (found == aliases->second.end()) {
        return;
    }
    const std::size_t start = target.segments[0].size() + 1;
    target.resource.replace(start, name.size(), found->second);
    name = found->second;
}

}  // namespace sluice::pipeline
