#include "script/isolation.h"

#include <algorithm>
#include <filesystem>

namespace sluice::script {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHostsInside = "/tmp/sluice";
// Over the program that is tried, its warnings and a script's temporary files.
constexpr std::string_view kTmpMegabytes = "64";
// The sandbox starts no processes; Node.js has 11 threads before a script makes any.
constexpr std::string_view kSandboxProcesses = "64";
constexpr std::string_view kHostProcesses = "256";
// Without a user namespace the account's processes are counted over all hosts together.
constexpr std::string_view kAccountProcesses = "4096";

bool lies_in(const fs::path& path, const fs::path& folder) {
    const auto [end, unused] =
        std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
    return end == folder.end() || (*end).empty();
}

void add_all(std::vector<std::string>& options,
             std::string_view option,
             const std::vector<std::string>& values) {
    for (const std::string& value : values) {
        options.insert(options.end(), {std::string(option), value});
    }
}

}  // namespace

std::string_view Isolation::name() const {
    return has_namespaces ? (account ? "full" : "namespaces") : (account ? "user" : "none");
}

std::string Isolation::hosts_inside(const std::string& hosts_folder) const {
    return has_namespaces ? std::string(kHostsInside) : hosts_folder;
}

std::vector<std::string> launch_options(const Isolation& isolation,
                                        const std::string& hosts_folder,
                                        bool has_network,
                                        const std::vector<std::string>& kept) {
    std::vector<std::string> options;
    if (isolation.account) {
        options = {"--user", std::to_string(isolation.account->user) + ":" +
                                 std::to_string(isolation.account->group)};
    }
    if (isolation.has_namespaces) {
        options.insert(options.end(), {"--namespaces", has_network ? "open" : "closed", "--hosts",
                                       hosts_folder, "--tmp-mb", std::string(kTmpMegabytes)});
        add_all(options, "--hide", isolation.hidden);
        add_all(options, "--keep", kept);
        add_all(options, "--write", isolation.writable);
    }
    if (isolation.has_namespaces || isolation.account) {
        const std::string_view most = !isolation.has_namespaces ? kAccountProcesses
                                      : has_network             ? kHostProcesses
                                                                : kSandboxProcesses;
        options.insert(options.end(), {"--processes", std::string(most)});
    }
    return options;
}

std::optional<std::string> folder_to_keep(const Isolation& isolation, const std::string& program) {
    if (!isolation.has_namespaces) {
        return std::nullopt;
    }
    std::vector<std::string> covered{"/tmp", "/dev/shm"};
    covered.insert(covered.end(), isolation.hidden.begin(), isolation.hidden.end());
    const fs::path path(program);
    const bool is_covered = std::ranges::any_of(
        covered, [&path](const std::string& folder) { return lies_in(path, folder); });
    if (!is_covered) {
        return std::nullopt;
    }
    const auto shows_nothing = [&covered](const fs::path& folder) {
        return std::ranges::none_of(
            covered, [&folder](const std::string& hidden) { return lies_in(hidden, folder); });
    };
    // /x/venv/bin/python3: the environment is /x/venv.
    const fs::path bin = path.parent_path();
    if (bin.filename() == "bin" && shows_nothing(bin.parent_path())) {
        return bin.parent_path().string();
    }
    return shows_nothing(bin) ? std::optional(bin.string()) : std::nullopt;
}

std::optional<std::string> first_uncovered(const IsolationWish& wish,
                                           const std::string& hosts_folder) {
    std::vector<std::string> shown = wish.writable;
    shown.push_back(hosts_folder);
    for (const std::string& hidden : wish.hidden) {
        if (std::ranges::any_of(
                shown, [&hidden](const std::string& folder) { return lies_in(hidden, folder); })) {
            return hidden;
        }
    }
    return std::nullopt;
}

}  // namespace sluice::script
