#pragma once
/// What keeps scripts apart from the server and the machine: an account of their own, and
/// namespaces. Source: docs/adr/0011-isolated-hosts.md; the parts themselves are made by
/// hosts/launch.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "script/reach.h"

namespace sluice::script {

enum class IsolationMode {
    Auto,      ///< the strongest that works here
    Required,  ///< without all of it no engine runs
    Off,
};

/// What the configuration asks for. Paths are absolute.
struct IsolationWish {
    IsolationMode mode = IsolationMode::Off;
    std::string user = "nobody";
    /// Files and folders that scripts must not see.
    std::vector<std::string> hidden;
    /// Folders that scripts may write in, as far as modes let them.
    std::vector<std::string> writable;
};

/// What is in force on this machine.
struct Isolation {
    /// Empty: scripts run as the server's own account.
    std::optional<Account> account;
    bool has_namespaces = false;
    std::vector<std::string> hidden;
    std::vector<std::string> writable;
    /// One sentence on what is missing and why, for the log and administrators; empty: nothing.
    std::string missing;
    /// It is required, and something is missing: no engine may run.
    bool is_refused = false;

    /// "full" (account and namespaces), "namespaces", "user" or "none".
    std::string_view name() const;
    /// Where the host finds the hosts folder.
    std::string hosts_inside(const std::string& hosts_folder) const;
};

/// The options of hosts/launch for it. `kept`: folders of interpreters (folder_to_keep).
std::vector<std::string> launch_options(const Isolation& isolation,
                                        const std::string& hosts_folder,
                                        bool has_network,
                                        const std::vector<std::string>& kept);

/// The folder that must be put back into its place for `program` to run, when the isolation hides
/// what it lies in: the one that holds its `bin`, or `bin` alone. Empty: none, or none that would
/// not bring back what is hidden; such a program does not start.
std::optional<std::string> folder_to_keep(const Isolation& isolation, const std::string& program);

/// What is hidden and lies in a folder that scripts are shown, the hosts' or a writable one: it
/// would come back with it. Empty: nothing.
std::optional<std::string> first_uncovered(const IsolationWish& wish,
                                           const std::string& hosts_folder);

/// Runs the command line; empty when it ended well, else what it said.
using Trial = std::function<std::string(const std::vector<std::string>& arguments)>;

/// Tries what works, strongest first, a few milliseconds each. `is_root`: the server may switch
/// users.
Isolation choose_isolation(const IsolationWish& wish,
                           const std::string& hosts_folder,
                           bool is_root,
                           const Trial& trial);

/// A Trial on this machine. Threads: before the shards start.
std::string try_launch(const std::vector<std::string>& arguments);

}  // namespace sluice::script
