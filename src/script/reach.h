#pragma once
/// What another account of this machine could open, judged by the modes of files and folders.

#include <optional>
#include <string>

#include <sys/types.h>

namespace sluice::script {

struct Account {
    std::string name;
    uid_t user = 0;
    gid_t group = 0;
};

/// The account by its name. Empty: there is none.
std::optional<Account> find_account(const std::string& name);

/// Every folder on the way lets it pass, and the file lets it run.
bool can_run(const Account& account, const std::string& path);

/// The first file or folder in `folder` (or it itself) that the account could not read. Empty: it
/// can read all. What `folder` lies in does not count.
std::optional<std::string> first_unreadable(const Account& account, const std::string& folder);

}  // namespace sluice::script
