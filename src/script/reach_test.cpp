#include "script/reach.h"

#include <filesystem>
#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace sluice::script {
namespace {

namespace fs = std::filesystem;

/// Belongs to whoever runs the test; the account is somebody else.
class Reach : public testing::Test {
protected:
    void SetUp() override {
        folder_ = fs::path(testing::TempDir()) / ("sluice_reach_" + std::to_string(getpid()));
        fs::remove_all(folder_);
        fs::create_directories(folder_ / "bin");
        chmod(folder_.c_str(), 0755);
        chmod((folder_ / "bin").c_str(), 0755);
    }
    void TearDown() override { fs::remove_all(folder_); }

    std::string add(const std::string& name, mode_t mode) const {
        const fs::path path = folder_ / name;
        std::ofstream(path) << "";
        chmod(path.c_str(), mode);
        return path.string();
    }
    // Modes of what the folder lies in are the machine's.
    bool is_folder_in_reach() const { return can_run(other_, add("probe", 0755)); }

    fs::path folder_;
    Account other_{"other", 4'000'001, 4'000'001};
};

TEST_F(Reach, ProgramNeedsItsOwnModeAndThatOfEveryFolder) {
    if (!is_folder_in_reach()) {
        GTEST_SKIP() << "the temporary folder is closed to others";
    }
    const std::string program = add("bin/node", 0755);
    EXPECT_TRUE(can_run(other_, program));
    EXPECT_FALSE(can_run(other_, add("bin/mine", 0700)));
    chmod((folder_ / "bin").c_str(), 0700);
    EXPECT_FALSE(can_run(other_, program));
}

TEST_F(Reach, LinkLeadsNoFurtherThanItsTarget) {
    fs::create_directories(folder_ / "closed");
    add("closed/node", 0755);
    chmod((folder_ / "closed").c_str(), 0700);
    fs::create_symlink(folder_ / "closed/node", folder_ / "bin/node");
    EXPECT_FALSE(can_run(other_, (folder_ / "bin/node").string()));
}

TEST_F(Reach, OwnerAndGroupHaveTheirOwnModes) {
    if (!is_folder_in_reach()) {
        GTEST_SKIP() << "the temporary folder is closed to others";
    }
    const std::string program = add("bin/node", 0750);
    EXPECT_TRUE(can_run({"owner", getuid(), 4'000'001}, program));
    EXPECT_TRUE(can_run({"group", 4'000'001, getgid()}, program));
    EXPECT_FALSE(can_run(other_, program));
}

TEST_F(Reach, FolderIsReadableWhenAllInItIs) {
    add("bin/main.js", 0644);
    EXPECT_EQ(first_unreadable(other_, folder_.string()), std::nullopt);
    const std::string closed = add("bin/frames.js", 0600);
    EXPECT_EQ(first_unreadable(other_, folder_.string()), closed);
    EXPECT_EQ(first_unreadable(other_, "/no/such/folder"), "/no/such/folder");
}

TEST_F(Reach, WhatNoHostReadsDoesNotCount) {
    for (const char* name : {"__pycache__", "CMakeFiles"}) {
        fs::create_directories(folder_ / name);
        chmod((folder_ / name).c_str(), 0700);
    }
    EXPECT_EQ(first_unreadable(other_, folder_.string()), std::nullopt);
}

TEST(FindAccount, KnowsRootAndNoStranger) {
    const auto root = find_account("root");
    ASSERT_TRUE(root);
    EXPECT_EQ(root->user, 0U);
    EXPECT_EQ(find_account("no such user"), std::nullopt);
}

}  // namespace
}  // namespace sluice::script
