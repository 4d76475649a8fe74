#pragma once
/// What the server asks of a start.

#include <optional>
#include <vector>

#include <sys/resource.h>
#include <sys/types.h>

namespace sluice::launch {

/// Whose process the host becomes.
struct Account {
    uid_t user = 0;
    gid_t group = 0;
};

enum class Network { Shared, None };

/// Texts are the arguments' own.
struct Options {
    std::optional<rlim_t> data_bytes;
    std::optional<rlim_t> space_bytes;
    std::optional<rlim_t> files;
    /// Processes and threads of this host together, where it has a user namespace; else of its
    /// account.
    std::optional<rlim_t> processes;

    std::optional<Account> account;
    /// Empty: the host lives where the server does.
    std::optional<Network> namespaces;
    /// Seen, read-only, at kHostsInside.
    const char* hosts = nullptr;
    /// Folders that stay where they are, read-only, though what they lie in is hidden.
    std::vector<const char*> kept;
    /// Folders that stay writable for whom their modes let write.
    std::vector<const char*> writable;
    /// Folders and files that the host finds empty.
    std::vector<const char*> hidden;
    unsigned long tmp_mb = 64;

    char** program = nullptr;
};

/// Where the hosts folder is for a host with namespaces.
inline constexpr const char* kHostsInside = "/tmp/sluice";

/// Ends the process with kUsage and a line on stderr when the arguments make no sense.
Options read_options(int count, char** arguments);

}  // namespace sluice::launch
