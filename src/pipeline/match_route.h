#pragma once
/// From a path inside a service to its route and its event names. Pure.
/// Source: docs/reference/events.md "Names".

#include <optional>
#include <string_view>
#include <vector>

#include "core/call.h"
#include "services/service.h"

namespace sluice::pipeline {

struct RouteMatch {
    const services::Route* route = nullptr;
    /// Generic, then specific; one entry when both are the same.
    std::vector<EventName> events;
};

/// The route that names most of `segments` literally. Empty when none fits.
std::optional<RouteMatch> match_route(const services::Description& description,
                                      std::string_view service,
                                      const std::vector<std::string>& segments,
                                      Verb verb);

}  // namespace sluice::pipeline
