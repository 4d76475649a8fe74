#include "script/host_kinds.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace sluice::script {
namespace {

namespace fs = std::filesystem;

/// A folder with made-up hosts and programs.
struct Machine {
    Machine()
        : folder(fs::path(testing::TempDir()) / ("sluice_host_kinds_" + std::to_string(getpid()))) {
        fs::remove_all(folder);
        add("hosts/node/main.js");
        add("hosts/php/sluice-php");
    }
    ~Machine() { fs::remove_all(folder); }
    void add(const std::string& name) const {
        const fs::path path = folder / name;
        fs::create_directories(path.parent_path());
        std::ofstream(path) << "";
        chmod(path.c_str(), 0755);
    }
    HostPlaces places(std::map<std::string, std::string, std::less<>> variables = {}) const {
        variables.emplace("PATH", (folder / "bin").string());
        return {(folder / "hosts").string(), [variables](std::string_view name) {
                    const auto found = variables.find(name);
                    return found == variables.end() ? std::nullopt : std::optional(found->second);
                }};
    }
    fs::path folder;
};

const HostKind& kind(std::string_view engine) {
    return *std::ranges::find(host_kinds(), engine, &HostKind::engine);
}

TEST(HostKinds, AllEnginesOfTheContractAreThere) {
    for (const char* engine : {"nodejs", "php", "python", "python3", "v8js"}) {
        EXPECT_NE(std::ranges::find(host_kinds(), engine, &HostKind::engine), host_kinds().end());
    }
    EXPECT_TRUE(kind("v8js").is_sandboxed);
    EXPECT_FALSE(kind("nodejs").is_sandboxed);
}

TEST(FindCommand, TakesTheInterpreterFromPath) {
    const Machine machine;
    machine.add("bin/node");
    std::string why;
    const auto command = find_command(kind("nodejs"), machine.places(), 64, why);
    ASSERT_TRUE(command) << why;
    const auto& arguments = command->arguments;
    EXPECT_EQ(arguments.front(), (machine.folder / "hosts/sluice-launch").string());
    EXPECT_NE(std::ranges::find(arguments, (machine.folder / "bin/node").string()),
              arguments.end());
    EXPECT_NE(std::ranges::find(arguments, "--max-old-space-size=64"), arguments.end());
    EXPECT_EQ(arguments.back(), (machine.folder / "hosts/node/main.js").string());
}

TEST(FindCommand, OwnNameBeatsTheIncumbentsBeatsPath) {
    const Machine machine;
    machine.add("bin/node");
    machine.add("own/node");
    machine.add("theirs/node");
    const std::string own = (machine.folder / "own/node").string();
    const std::string theirs = (machine.folder / "theirs/node").string();
    std::string why;
    auto command = find_command(
        kind("nodejs"), machine.places({{"SLUICE_NODEJS_PATH", own}, {"DF_NODEJS_PATH", theirs}}),
        64, why);
    ASSERT_TRUE(command);
    EXPECT_NE(std::ranges::find(command->arguments, own), command->arguments.end());
    command = find_command(kind("nodejs"), machine.places({{"DF_NODEJS_PATH", theirs}}), 64, why);
    ASSERT_TRUE(command);
    EXPECT_NE(std::ranges::find(command->arguments, theirs), command->arguments.end());
}

TEST(FindCommand, SaysWhichInterpreterIsMissing) {
    const Machine machine;
    std::string why;
    EXPECT_FALSE(find_command(kind("nodejs"), machine.places(), 64, why));
    EXPECT_EQ(why, "no node on PATH");
    EXPECT_FALSE(find_command(kind("nodejs"),
                              machine.places({{"SLUICE_NODEJS_PATH", "/no/such/node"}}), 64, why));
    EXPECT_EQ(why, "SLUICE_NODEJS_PATH names '/no/such/node', which cannot be run");
}

TEST(FindCommand, SaysWhenTheHostWasNotBuilt) {
    const Machine machine;
    machine.add("bin/python3");
    std::string why;
    EXPECT_FALSE(find_command(kind("python3"), machine.places(), 64, why));
    EXPECT_NE(why.find("was not built"), std::string::npos);
}

TEST(FindCommand, WithNamespacesTheRunnerIsWhereTheyShowIt) {
    const Machine machine;
    machine.add("bin/node");
    HostPlaces places = machine.places();
    places.isolation.has_namespaces = true;
    std::string why;
    const auto command = find_command(kind("nodejs"), places, 64, why);
    ASSERT_TRUE(command) << why;
    const auto& arguments = command->arguments;
    EXPECT_EQ(arguments.back(), "/tmp/sluice/node/main.js");
    EXPECT_EQ(arguments.front(), (machine.folder / "hosts/sluice-launch").string());
    EXPECT_NE(std::ranges::find(arguments, "open"), arguments.end());
}

TEST(FindCommand, PassesOverWhatTheScriptsAccountCannotRun) {
    const Machine machine;
    machine.add("bin/node");
    chmod((machine.folder / "bin/node").c_str(), 0700);
    HostPlaces places = machine.places();
    places.isolation.account = Account{"other", 4'000'001, 4'000'001};
    std::string why;
    EXPECT_FALSE(find_command(kind("nodejs"), places, 64, why));
    EXPECT_EQ(why, "no node on PATH that can be run by 'other'");
    const std::string given = (machine.folder / "bin/node").string();
    places = machine.places({{"SLUICE_NODEJS_PATH", given}});
    places.isolation.account = Account{"other", 4'000'001, 4'000'001};
    EXPECT_FALSE(find_command(kind("nodejs"), places, 64, why));
    EXPECT_EQ(why, "SLUICE_NODEJS_PATH names '" + given + "', which cannot be run by 'other'");
}

TEST(FindCommand, RefusesWhereRequiredIsolationDoesNotWork) {
    const Machine machine;
    HostPlaces places = machine.places();
    places.isolation.is_refused = true;
    places.isolation.missing = "cannot make namespaces";
    std::string why;
    EXPECT_FALSE(find_command(kind("php"), places, 64, why));
    EXPECT_NE(why.find("cannot make namespaces"), std::string::npos) << why;
}

TEST(FindCommand, HostOfItsOwnNeedsNoInterpreter) {
    const Machine machine;
    std::string why;
    const auto command = find_command(kind("php"), machine.places(), 64, why);
    ASSERT_TRUE(command) << why;
    EXPECT_EQ(command->arguments.back(), (machine.folder / "hosts/php/sluice-php").string());
}

}  // namespace
}  // namespace sluice::script
