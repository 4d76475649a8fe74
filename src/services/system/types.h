#pragma once
/// What the system service is told about the rest of the server.

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/deadline.h"
#include "core/json.h"
#include "core/principal.h"
#include "core/result.h"
#include "core/task.h"
#include "services/service.h"
#include "services/service_type.h"

namespace sluice::services::system {

/// An engine that runs scripts.
struct ScriptType {
    std::string name;
    std::string label;
    std::string description;
    bool is_sandboxed = false;
    bool supports_inline_execution = true;
    /// Why it cannot run here; empty: it can.
    std::string unavailable_because{};
};

/// A service as the listing of events needs it.
struct NamedDescription {
    std::string service;
    Description description;
    /// Known values of the parameters of its paths: table_name -> todo, contact ...
    std::map<std::string, std::vector<std::string>> values;
};
/// Whose rights decide what is listed; without a principal everything is.
struct Viewer {
    PrincipalRef principal;
    Requestor requestor = Requestor::Api;
};

/// Which descriptions, and how much of them.
struct Wanted {
    /// Of the service of that name alone; of all for "".
    std::string service;
    /// Without, no service is asked for anything.
    bool has_values = true;
    /// For the values of all together.
    std::chrono::milliseconds time{3000};
};

using ListDescriptions =
    std::function<Task<std::vector<NamedDescription>>(Wanted wanted, Viewer viewer)>;

/// Why a role's filter cannot be applied to a table; unset when it can, or when that cannot be
/// known before the deadline (a database that is away, a service without tables).
using TryFilter = std::function<Task<std::optional<std::string>>(
    std::string service, std::string table, RowFilter filter, Deadline deadline)>;

/// What is wrong with a script's text, in the engine's words, or why that could not be found out
/// before the deadline; unset for nothing.
using CheckSyntax = std::function<Task<std::optional<std::string>>(
    std::string engine, std::string text, Deadline deadline)>;

/// Errors: BadRequest for anything but "strict" and nothing.
Status check_isolation(std::string_view isolation);

/// Errors: BadRequest naming the member of a script's `limits` that there is none of, or that says
/// nothing: only `api_calls` may be zero.
Status check_limits(const json::value& limits);

/// Engines that are switched off: none, "all", or names.
struct DisabledEngines {
    bool all = false;
    std::vector<std::string> names;

    /// Errors: ServiceUnavailable with the documented text.
    Status check(std::string_view engine) const;
};

}  // namespace sluice::services::system
