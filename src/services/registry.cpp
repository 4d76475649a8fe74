#include "services/registry.h"

#include <algorithm>

namespace sluice::services {
namespace {

// A save that changed only the label need not throw away open connections.
bool makes_the_same_service(const store::ServiceRow& a, const store::ServiceRow& b) {
    return a.id == b.id && a.type == b.type && a.config == b.config && a.name == b.name;
}

// A configuration that is no good was right to refuse when it was saved; whoever calls now is not
// to blame.
Error as_ours(Error error) {
    if (error.kind() != ErrorKind::BadRequest) {
        return error;
    }
    return Error(ErrorKind::Internal, error.message()).with_detail(error.detail());
}

}  // namespace

const Connector* Registry::connector_of(std::string_view type) const {
    const auto found = std::ranges::find(
        connectors_, type,
        [](const Connector& connector) -> std::string_view { return connector.type.name; });
    return found == connectors_.end() ? nullptr : &*found;
}

Result<ServiceRef> Registry::find(const store::Snapshot& snapshot, std::string_view name) {
    const auto row = snapshot.services_by_name.find(name);
    if (row == snapshot.services_by_name.end()) {
        return fail(ErrorKind::NotFound, "Could not find a service for " + std::string(name) + ".");
    }
    if (!row->second->is_active) {
        return fail(ErrorKind::Forbidden, "Service " + std::string(name) + " is deactivated.");
    }
    const auto entry = entries_.find(name);
    if (entry != entries_.end()) {
        if (entry->second.row == row->second) {
            return entry->second.service;
        }
        if (makes_the_same_service(*entry->second.row, *row->second)) {
            entry->second.row = row->second;
            return entry->second.service;
        }
    }
    const Connector* connector = connector_of(row->second->type);
    if (connector == nullptr) {
        return fail(ErrorKind::NotImplemented,
                    "Service '" + std::string(name) + "' is of type '" + row->second->type +
                        "', which this version of the server does not have yet.");
    }
    Result<ServiceRef> made = connector->make(*row->second);
    if (!made) {
        return fail(as_ours(std::move(made).error()));
    }
    ServiceRef service = std::move(*made);
    // Calls that are still running hold on to the service they started with.
    entries_.insert_or_assign(std::string(name), Entry{row->second, service});
    return service;
}

void Registry::follow(const store::Snapshot& snapshot) {
    std::erase_if(entries_, [&snapshot](const auto& entry) {
        const auto row = snapshot.services_by_name.find(entry.first);
        return row == snapshot.services_by_name.end() || !row->second->is_active ||
               !makes_the_same_service(*entry.second.row, *row->second);
    });
}

}  // namespace sluice::services
