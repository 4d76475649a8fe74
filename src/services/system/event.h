#pragma once
/// /system/event: every event that a script can be attached to.
/// Source: docs/reference/events.md. Made from the routes of the services, so that what is listed
///         is what fires.

#include "services/system/resource.h"
#include "services/system/types.h"

namespace sluice::services::system {

class Events : public Resource {
public:
    explicit Events(ListDescriptions descriptions) : descriptions_(std::move(descriptions)) {}

    std::string path() const override { return "event"; }
    std::string label() const override { return "Events"; }
    std::vector<Route> routes() const override;
    /// Options: service, services_only, as_list, scriptable.
    Task<Result<Response>> handle(const Call& call) override;

private:
    ListDescriptions descriptions_;
};

/// `db`, `_table/{table_name}/{id}` -> `db._table.{table_name}.{id}`
std::string event_path(std::string_view service, std::string_view route);

}  // namespace sluice::services::system
