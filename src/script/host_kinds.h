#pragma once
/// The kinds of script host: one row each. A new language is one row here and a folder in hosts/.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "script/isolation.h"

namespace sluice::script {

/// How the memory limit is put on a host's process.
enum class MemoryLimit {
    DataSize,      ///< RLIMIT_DATA: engines that reserve far more than they use
    AddressSpace,  ///< RLIMIT_AS
};

struct HostKind {
    std::string_view engine;
    std::string_view label;
    std::string_view description;
    bool is_sandboxed;
    /// Environment names that give the interpreter's path, first match wins; then `programs` on
    /// PATH.
    std::vector<std::string_view> path_variables;
    std::vector<std::string_view> programs;
    /// After the program: `{runner}` is the runner file, `{memory_mb}` the limit for scripts.
    std::vector<std::string_view> arguments;
    /// Inside the hosts folder. A kind without programs starts this file itself.
    std::string_view runner;
    MemoryLimit memory_limit;
    /// What the engine itself needs beside the scripts' memory.
    int overhead_mb;
};

const std::vector<HostKind>& host_kinds();

/// How to start a host of a kind on this machine.
struct HostCommand {
    std::vector<std::string> arguments;
};

/// Where the runner files and built hosts lie, and how to read the environment (a parameter, so
/// that tests need not change the process).
struct HostPlaces {
    /// Absolute where `isolation` has namespaces.
    std::string hosts_folder;
    std::function<std::optional<std::string>(std::string_view name)> environment;
    Isolation isolation{};
};

/// Empty when the interpreter or the runner is missing, or isolation that is required; `why` then
/// says which, for the log. An interpreter on PATH that the scripts' account cannot run is passed
/// over.
std::optional<HostCommand> find_command(const HostKind& kind,
                                        const HostPlaces& places,
                                        int memory_mb,
                                        std::string& why);

}  // namespace sluice::script
