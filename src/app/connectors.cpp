#include "app/connectors.h"

#include <algorithm>

#include "script/host_kinds.h"
#include "services/script/script_service.h"

namespace sluice::app {

using services::Connector;
using services::ServiceRef;

std::vector<Connector> make_connectors(const ConnectorNeeds& needs) {
    std::vector<Connector> connectors;
    // One line for each engine; the engines themselves are listed in script/host_kinds.cpp.
    for (const script::HostKind& kind : script::host_kinds()) {
        connectors.push_back({kind.engine, kind.label, kind.description, "Script",
                              [run = needs.run_script](const store::ServiceRow& row) {
                                  return services::make_script_service(row, run);
                              }});
    }
    return connectors;
}

std::vector<std::string> engines_in_use(const store::Snapshot& snapshot) {
    std::vector<std::string> engines;
    const auto add = [&engines](const std::string& engine) {
        if (std::ranges::find(engines, engine) == engines.end()) {
            engines.push_back(engine);
        }
    };
    for (const auto& [event, attached] : snapshot.attachments) {
        for (const ScriptRef& script :
             {attached.pre_process, attached.post_process, attached.final, attached.queued}) {
            if (script) {
                add(script->engine);
            }
        }
    }
    for (const auto& [name, row] : snapshot.services_by_name) {
        for (const script::HostKind& kind : script::host_kinds()) {
            if (row->type == kind.engine) {
                add(row->type);
            }
        }
    }
    return engines;
}

}  // namespace sluice::app
