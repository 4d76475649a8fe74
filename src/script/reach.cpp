#include "script/reach.h"

#include <filesystem>
#include <vector>

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sluice::script {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kRead = 4;
constexpr mode_t kPass = 1;

// `wanted` as the lowest three bits of a mode. Access lists are left out: they could only make a
// program be passed over that would have run.
bool allows(const Account& account, const fs::path& path, mode_t wanted) {
    struct stat facts {};
    if (stat(path.c_str(), &facts) != 0) {
        return false;
    }
    const unsigned shift = facts.st_uid == account.user ? 6 : facts.st_gid == account.group ? 3 : 0;
    return ((facts.st_mode >> shift) & wanted) == wanted;
}

bool can_pass_to(const Account& account, const fs::path& path) {
    for (fs::path folder = path.parent_path();; folder = folder.parent_path()) {
        if (!allows(account, folder, kPass)) {
            return false;
        }
        if (folder == folder.parent_path()) {
            return true;
        }
    }
}

}  // namespace

std::optional<Account> find_account(const std::string& name) {
    std::vector<char> space(16 * 1024);
    passwd entry{};
    passwd* found = nullptr;
    if (getpwnam_r(name.c_str(), &entry, space.data(), space.size(), &found) != 0 ||
        found == nullptr) {
        return std::nullopt;
    }
    return Account{name, found->pw_uid, found->pw_gid};
}

bool can_run(const Account& account, const std::string& path) {
    std::error_code code;
    const fs::path given = fs::absolute(path, code);
    const fs::path real = fs::canonical(given, code);
    return !code && fs::is_regular_file(real, code) && can_pass_to(account, given) &&
           can_pass_to(account, real) && allows(account, real, kPass);
}

std::optional<std::string> first_unreadable(const Account& account, const std::string& folder) {
    if (!allows(account, folder, kRead | kPass)) {
        return folder;
    }
    std::error_code code;
    for (fs::recursive_directory_iterator at(folder, code), end; at != end; at.increment(code)) {
        std::error_code ignored;
        const bool is_folder = at->is_directory(ignored);
        const fs::path name = at->path().filename();
        // A build's own, and Python's, which does without what it cannot read.
        if (name == "CMakeFiles" || name == "__pycache__") {
            at.disable_recursion_pending();
        } else if (!allows(account, at->path(), is_folder ? kRead | kPass : kRead)) {
            return at->path().string();
        }
    }
    return code ? std::optional(folder) : std::nullopt;
}

}  // namespace sluice::script
