#pragma once
/// The service `system`: everything that is configured, as records.
/// Source: docs/reference/system-api.md. One more resource: docs/howto/add-a-system-resource.md.

#include "access/accounts.h"
#include "core/run_record.h"
#include "services/service.h"
#include "services/system/types.h"

namespace sluice::services::system {

struct SystemParts {
    access::Accounts& accounts;
    std::vector<ServiceType> service_types;
    std::vector<ScriptType> script_types;
    DisabledEngines disabled_engines;
    /// Unset: no events are listed.
    ListDescriptions descriptions;
    /// Unset: scripts are saved unseen.
    CheckSyntax check_syntax;
    std::string version;
    /// Unset: filters of roles are saved untried.
    TryFilter try_filter = {};
    /// Null: runs of scripts are not shown.
    std::shared_ptr<const RunHistory> runs = nullptr;
};

ServiceType system_service_type();

/// Threads: one shard; the accounts may be shared.
ServiceRef make_system_service(SystemParts parts);

}  // namespace sluice::services::system
