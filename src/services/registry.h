#pragma once
/// The configured services of one shard: made from their rows when first called, kept until their
/// row changes.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "services/service.h"
#include "services/service_type.h"
#include "store/snapshot.h"

namespace sluice::services {

/// One type of service that can be configured. One line in app/connectors.cpp each.
struct Connector {
    ServiceType type;
    /// Errors: BadRequest for a configuration that cannot work, naming the field.
    std::function<Result<ServiceRef>(const store::ServiceRow& row)> make;
};

/// Threads: one shard.
class Registry {
public:
    explicit Registry(std::vector<Connector> connectors) : connectors_(std::move(connectors)) {}

    /// Errors: NotFound (no such service), Forbidden (inactive), NotImplemented (its type has no
    ///         connector here), BadRequest (its configuration).
    Result<ServiceRef> find(const store::Snapshot& snapshot, std::string_view name);

    /// Lets go of services that are gone, changed or inactive in `snapshot`, and so of their
    /// connections. Calls that are still running hold on to theirs.
    void follow(const store::Snapshot& snapshot);

    const std::vector<Connector>& connectors() const { return connectors_; }

private:
    struct Entry {
        std::shared_ptr<const store::ServiceRow> row;
        ServiceRef service;
    };
    const Connector* connector_of(std::string_view type) const;

    std::vector<Connector> connectors_;
    store::TextMap<Entry> entries_;
};

}  // namespace sluice::services
