// Which parts of the isolation work on this machine: tried once, at the start.

#include <cerrno>
#include <csignal>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "script/isolation.h"
#include "script/process.h"

namespace sluice::script {
namespace {

constexpr int kTrialMs = 5000;

std::vector<std::string> trial_of(const Isolation& isolation, const std::string& hosts_folder) {
    std::vector<std::string> arguments{hosts_folder + "/sluice-launch"};
    // Without a network: the sandbox's, which asks for one part more.
    const std::vector<std::string> options = launch_options(isolation, hosts_folder, false, {});
    arguments.insert(arguments.end(), options.begin(), options.end());
    arguments.insert(arguments.end(),
                     {"--", isolation.hosts_inside(hosts_folder) + "/sluice-launch", "--nothing"});
    return arguments;
}

// What follows for scripts from a part that is missing.
std::string consequence(const Isolation& isolation, bool is_root) {
    if (isolation.has_namespaces) {
        return "scripts of the open engines run as root, though without its capabilities";
    }
    return isolation.account ? "scripts of the open engines see the machine's processes and "
                               "whatever files '" +
                                   isolation.account->name + "' may read"
           : is_root ? "scripts of the open engines may do whatever root may"
                     : "scripts of the open engines may do whatever the server may";
}

// The account to switch to, or why not.
std::optional<Account> account_for(const IsolationWish& wish,
                                   const std::string& hosts_folder,
                                   std::string& why) {
    std::optional<Account> account = find_account(wish.user);
    if (!account || account->user == 0) {
        why = !account ? "there is no user '" + wish.user + "'" : "script-user must not be root";
        return std::nullopt;
    }
    if (const auto unreadable = first_unreadable(*account, hosts_folder)) {
        why = "'" + wish.user + "' cannot read '" + *unreadable + "'";
        return std::nullopt;
    }
    return account;
}

}  // namespace

Isolation choose_isolation(const IsolationWish& wish,
                           const std::string& hosts_folder,
                           bool is_root,
                           const Trial& trial) {
    if (wish.mode == IsolationMode::Off) {
        return {};
    }
    std::string why;
    const std::optional<Account> account =
        is_root ? account_for(wish, hosts_folder, why) : std::nullopt;
    std::vector<Isolation> choices;
    for (const bool has_namespaces : {true, false}) {
        if (account) {
            choices.push_back({account, has_namespaces, wish.hidden, wish.writable, "", false});
        }
    }
    choices.push_back({std::nullopt, true, wish.hidden, wish.writable, "", false});
    choices.push_back({});
    const bool can_be_full = account || !is_root;
    for (std::size_t i = 0; i < choices.size(); ++i) {
        Isolation& choice = choices[i];
        const bool has_any = choice.account || choice.has_namespaces;
        const std::string refusal = has_any ? trial(trial_of(choice, hosts_folder)) : "";
        if (!refusal.empty()) {
            why = why.empty() ? refusal : why;  // what the strongest lacks is what to mend
            continue;
        }
        if (i > 0 || !can_be_full) {
            choice.missing = why + ": " + consequence(choice, is_root);
            choice.is_refused = wish.mode == IsolationMode::Required;
        }
        return choice;
    }
    return {};
}

std::string try_launch(const std::vector<std::string>& arguments) {
    auto process = start_process(arguments, {});
    if (!process) {
        return process.error().detail();
    }
    close(process->socket);
    pollfd ended{process->pidfd, POLLIN, 0};
    int count = 0;
    do {
        count = poll(&ended, 1, kTrialMs);
    } while (count < 0 && errno == EINTR);
    if (count == 0) {
        kill(process->pid, SIGKILL);
    }
    int status = 0;
    waitpid(process->pid, &status, 0);
    char words[512];
    const ssize_t size = read(process->output, words, sizeof words);
    close(process->output);
    close(process->pidfd);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        return "";
    }
    const std::string said(words, size > 0 ? static_cast<std::size_t>(size) : 0);
    return said.empty() ? "sluice-launch did not come to its end" : said.substr(0, said.find('\n'));
}

}  // namespace sluice::script
