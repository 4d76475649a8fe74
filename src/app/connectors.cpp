#include "app/connectors.h"

#include <algorithm>

#include "app/describe_services.h"
#include "app/status.h"
#include "app/try_filter.h"
#include "script/host_kinds.h"
#include "services/script/script_service.h"
#include "services/sql/connectors.h"
#include "services/system/system_service.h"
#include "services/user/user_service.h"

namespace sluice::app {
namespace {

using services::Connector;
using store::ServiceRow;

std::vector<services::system::ScriptType> script_types(const script::EngineSettings& settings) {
    std::vector<services::system::ScriptType> types;
    for (script::EngineDescription& engine : script::describe_engines(settings)) {
        types.push_back({std::move(engine.name), std::move(engine.label),
                         std::move(engine.description), engine.is_sandboxed, true,
                         engine.is_available ? "" : std::move(engine.why)});
    }
    return types;
}

services::system::DisabledEngines disabled_engines(const Options& options) {
    services::system::DisabledEngines disabled;
    for (const std::string& name : options.disabled_engines) {
        if (name == "all") {
            disabled.all = true;
        } else {
            disabled.names.push_back(name);
        }
    }
    return disabled;
}

services::system::SystemParts system_parts(const ConnectorNeeds& needs,
                                           const std::vector<Connector>& connectors) {
    services::system::SystemParts parts{needs.shared.accounts,
                                        {},
                                        script_types(needs.shared.engines),
                                        disabled_engines(needs.shared.options),
                                        {},
                                        needs.check_syntax,
                                        std::string(kVersion)};
    parts.runs = needs.shared.engines.runs;
    for (const Connector& connector : connectors) {
        parts.service_types.push_back(connector.type);
    }
    parts.descriptions = [&store = needs.shared.store, &registry = needs.registry](
                             services::system::Wanted wanted, services::system::Viewer viewer) {
        return describe_services(store.snapshot(), registry, std::move(wanted), std::move(viewer));
    };
    parts.try_filter = [&store = needs.shared.store, &registry = needs.registry](
                           std::string service, std::string table, RowFilter filter,
                           Deadline deadline) {
        return try_filter(store.snapshot(), registry, std::move(service), std::move(table),
                          std::move(filter), deadline);
    };
    return parts;
}

}  // namespace

std::vector<Connector> make_connectors(const ConnectorNeeds& needs) {
    std::vector<Connector> all;
    const services::sql::OnShard shard{needs.executor, needs.handler};
    Shared& shared = needs.shared;
    all.push_back(
        {services::sql::sqlite_type(shared.databases), [shard, &shared](const ServiceRow& row) {
             return services::sql::make_sqlite(row, shard, shared.databases);
         }});
    all.push_back({services::sql::pgsql_type(), [shard, &shared](const ServiceRow& row) {
                       return services::sql::make_pgsql(row, shard, shared.databases);
                   }});
    all.push_back({services::sql::mysql_type(), [shard, &shared](const ServiceRow& row) {
                       return services::sql::make_mysql(row, shard, shared.databases);
                   }});
    all.push_back({services::sql::sqlsrv_type(), [shard, &shared](const ServiceRow& row) {
                       return services::sql::make_sqlsrv(row, shard, shared.databases);
                   }});
    all.push_back(
        {services::sql::odbc_type(shared.databases), [shard, &shared](const ServiceRow& row) {
             return services::sql::make_odbc(row, shard, shared.databases);
         }});
    // One for each engine; the engines themselves are listed in script/host_kinds.cpp.
    for (const script::HostKind& kind : script::host_kinds()) {
        all.push_back({services::script_service_type(kind.engine, kind.label, kind.description),
                       [&run = needs.run_script](const ServiceRow& row) {
                           return services::make_script_service(row, run);
                       }});
    }
    all.push_back({services::user::user_service_type(), [&shared](const ServiceRow&) {
                       return Result<services::ServiceRef>(
                           services::user::make_user_service(shared.accounts));
                   }});
    // Last: it lists all the others, and itself.
    all.push_back({services::system::system_service_type(), {}});
    all.back().make = [parts = system_parts(needs, all)](const ServiceRow&) {
        return Result<services::ServiceRef>(services::system::make_system_service(parts));
    };
    return all;
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
             {attached.pre_process, attached.post_process, attached.final}) {
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
