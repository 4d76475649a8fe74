#include "script/isolation.h"

#include <algorithm>
#include <filesystem>

#include <unistd.h>

#include <gtest/gtest.h>

namespace sluice::script {
namespace {

using Texts = std::vector<std::string>;

constexpr const char* kHosts = "/no/such/hosts";

bool has_pair(const Texts& options, const std::string& name, const std::string& value) {
    for (std::size_t i = 0; i + 1 < options.size(); i += 2) {
        if (options[i] == name && options[i + 1] == value) {
            return true;
        }
    }
    return false;
}

bool has(const Texts& options, const std::string& name) {
    return std::ranges::find(options, name) != options.end();
}

Isolation full() {
    Isolation isolation;
    isolation.account = Account{"scripts", 1001, 1002};
    isolation.has_namespaces = true;
    isolation.hidden = {"/srv/data", "/etc/sluice.toml"};
    isolation.writable = {"/srv/out"};
    return isolation;
}

TEST(LaunchOptions, FullIsolationNamesEveryPart) {
    const Texts options = launch_options(full(), "/opt/hosts", true, {"/srv/data/venv"});
    EXPECT_TRUE(has_pair(options, "--user", "1001:1002"));
    EXPECT_TRUE(has_pair(options, "--namespaces", "open"));
    EXPECT_TRUE(has_pair(options, "--hosts", "/opt/hosts"));
    EXPECT_TRUE(has_pair(options, "--hide", "/srv/data"));
    EXPECT_TRUE(has_pair(options, "--hide", "/etc/sluice.toml"));
    EXPECT_TRUE(has_pair(options, "--keep", "/srv/data/venv"));
    EXPECT_TRUE(has_pair(options, "--write", "/srv/out"));
    EXPECT_TRUE(has_pair(options, "--processes", "256"));
}

TEST(LaunchOptions, SandboxHasNoNetworkAndFewProcesses) {
    const Texts options = launch_options(full(), "/opt/hosts", false, {});
    EXPECT_TRUE(has_pair(options, "--namespaces", "closed"));
    EXPECT_TRUE(has_pair(options, "--processes", "64"));
}

TEST(LaunchOptions, AccountAloneHidesNothing) {
    Isolation isolation = full();
    isolation.has_namespaces = false;
    const Texts options = launch_options(isolation, "/opt/hosts", true, {});
    EXPECT_TRUE(has(options, "--user"));
    EXPECT_TRUE(has_pair(options, "--processes", "4096"));
    for (const char* option : {"--namespaces", "--hosts", "--hide", "--write"}) {
        EXPECT_FALSE(has(options, option)) << option;
    }
}

TEST(LaunchOptions, NoIsolationAsksForNothing) {
    EXPECT_TRUE(launch_options({}, "/opt/hosts", true, {}).empty());
}

TEST(Isolation, IsCalledByWhatIsInForce) {
    Isolation isolation = full();
    EXPECT_EQ(isolation.name(), "full");
    EXPECT_EQ(isolation.hosts_inside("/opt/hosts"), "/tmp/sluice");
    isolation.account.reset();
    EXPECT_EQ(isolation.name(), "namespaces");
    isolation.has_namespaces = false;
    EXPECT_EQ(isolation.name(), "none");
    EXPECT_EQ(isolation.hosts_inside("/opt/hosts"), "/opt/hosts");
    isolation.account = Account{"scripts", 1001, 1002};
    EXPECT_EQ(isolation.name(), "user");
}

TEST(FolderToKeep, IsTheOneThatHoldsTheBin) {
    const Isolation isolation = full();
    EXPECT_EQ(folder_to_keep(isolation, "/usr/bin/node"), std::nullopt);
    EXPECT_EQ(folder_to_keep(isolation, "/srv/data/venv/bin/python3"), "/srv/data/venv");
    EXPECT_EQ(folder_to_keep(isolation, "/srv/data/node/node"), "/srv/data/node");
    EXPECT_EQ(folder_to_keep(isolation, "/tmp/build/bin/node"), "/tmp/build");
    EXPECT_EQ(folder_to_keep(isolation, "/srv/database/bin/node"), std::nullopt);
}

TEST(FolderToKeep, NeverBringsBackWhatIsHidden) {
    EXPECT_EQ(folder_to_keep(full(), "/srv/data/bin/node"), "/srv/data/bin");
    EXPECT_EQ(folder_to_keep(full(), "/srv/data/node"), std::nullopt);
    EXPECT_EQ(folder_to_keep(full(), "/tmp/node"), std::nullopt);
    Isolation isolation = full();
    isolation.hidden.push_back("/tmp/all/var");
    EXPECT_EQ(folder_to_keep(isolation, "/tmp/all/bin/node"), "/tmp/all/bin");
    EXPECT_EQ(folder_to_keep(Isolation{}, "/tmp/build/bin/node"), std::nullopt);
}

TEST(FirstUncovered, IsWhatAShownFolderWouldBringBack) {
    const IsolationWish plain{IsolationMode::Auto, "nobody", {"/srv/data"}, {"/srv/data/out"}};
    EXPECT_EQ(first_uncovered(plain, "/opt/hosts"), std::nullopt);
    EXPECT_EQ(first_uncovered(plain, "/srv"), "/srv/data");
    const IsolationWish wide{IsolationMode::Auto, "nobody", {"/srv/data"}, {"/srv/"}};
    EXPECT_EQ(first_uncovered(wide, "/opt/hosts"), "/srv/data");
}

/// Says of each trial whether it works, and counts them.
struct Machine {
    bool switches_user = true;
    bool has_namespaces = true;
    int trials = 0;

    Trial trial() {
        return [this](const Texts& arguments) -> std::string {
            ++trials;
            EXPECT_EQ(arguments.front(), std::string(kHosts) + "/sluice-launch");
            EXPECT_EQ(arguments.back(), "--nothing");
            if (has(arguments, "--user") && !switches_user) {
                return "cannot switch to the user";
            }
            if (has(arguments, "--namespaces") && !has_namespaces) {
                return "cannot make namespaces";
            }
            return "";
        };
    }
};

Isolation choose(Machine& machine, IsolationMode mode, bool is_root = false) {
    return choose_isolation({mode, "nobody", {"/srv/data"}, {}}, kHosts, is_root, machine.trial());
}

TEST(ChooseIsolation, ServerThatIsNotRootIsContentWithNamespaces) {
    Machine machine;
    const Isolation chosen = choose(machine, IsolationMode::Required);
    EXPECT_EQ(chosen.name(), "namespaces");
    EXPECT_EQ(chosen.missing, "");
    EXPECT_FALSE(chosen.is_refused);
    EXPECT_EQ(chosen.hidden, Texts{"/srv/data"});
    EXPECT_EQ(machine.trials, 1);
}

TEST(ChooseIsolation, AutoGoesOnWithoutWhatIsRefusedAndSaysSo) {
    Machine machine{true, false, 0};
    const Isolation chosen = choose(machine, IsolationMode::Auto);
    EXPECT_EQ(chosen.name(), "none");
    EXPECT_FALSE(chosen.is_refused);
    EXPECT_EQ(chosen.missing,
              "cannot make namespaces: scripts of the open engines may do whatever the server may");
}

TEST(ChooseIsolation, RequiredRefusesWhatIsNotWhole) {
    Machine machine{true, false, 0};
    const Isolation chosen = choose(machine, IsolationMode::Required);
    EXPECT_TRUE(chosen.is_refused);
    EXPECT_NE(chosen.missing, "");
}

TEST(ChooseIsolation, OffTriesNothing) {
    Machine machine;
    EXPECT_EQ(choose(machine, IsolationMode::Off).name(), "none");
    EXPECT_EQ(machine.trials, 0);
}

TEST(ChooseIsolation, RootWithHostsThatScriptsCannotReadKeepsItsAccount) {
    Machine machine;
    const Isolation chosen = choose(machine, IsolationMode::Auto, true);
    EXPECT_EQ(chosen.name(), "namespaces");
    EXPECT_EQ(chosen.missing.find("'nobody' cannot read '/no/such/hosts'"), 0U) << chosen.missing;
}

TEST(ChooseIsolation, RootIsNoAccountForScripts) {
    Machine machine;
    const Isolation chosen =
        choose_isolation({IsolationMode::Required, "root", {}, {}}, kHosts, true, machine.trial());
    EXPECT_TRUE(chosen.is_refused);
    EXPECT_EQ(chosen.missing.find("script-user must not be root"), 0U) << chosen.missing;
}

TEST(ChooseIsolation, AccountAloneIsMoreThanNamespacesOfRoot) {
    namespace fs = std::filesystem;
    const fs::path hosts =
        fs::path(testing::TempDir()) / ("sluice_isolation_" + std::to_string(getpid()));
    fs::create_directories(hosts);
    fs::permissions(hosts, static_cast<fs::perms>(0755));
    const Trial trial = [](const Texts& arguments) -> std::string {
        const bool is_both = has(arguments, "--user") && has(arguments, "--namespaces");
        return is_both ? "cannot do both" : "";
    };
    const Isolation chosen =
        choose_isolation({IsolationMode::Auto, "nobody", {}, {}}, hosts.string(), true, trial);
    fs::remove_all(hosts);
    EXPECT_EQ(chosen.name(), "user");
    EXPECT_EQ(chosen.missing.find("cannot do both: "), 0U) << chosen.missing;
}

TEST(TryLaunch, SaysWhatTheProgramSaid) {
    EXPECT_EQ(try_launch({"/bin/sh", "-c", "exit 0"}), "");
    EXPECT_EQ(try_launch({"/bin/sh", "-c", "echo no such part; echo more; exit 126"}),
              "no such part");
    EXPECT_NE(try_launch({"/bin/sh", "-c", "exit 3"}), "");
    EXPECT_NE(try_launch({"/no/such/program"}), "");
}

}  // namespace
}  // namespace sluice::script
