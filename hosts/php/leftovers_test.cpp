#include "leftovers.h"

#include <unistd.h>

#include <gtest/gtest.h>

namespace sluice::php {
namespace {

using namespace std::chrono_literals;

std::vector<int> open_files(int count) {
    std::vector<int> opened;
    for (int i = 0; i < count; ++i) {
        opened.push_back(dup(0));
    }
    return opened;
}

void close_all(const std::vector<int>& opened) {
    for (const int descriptor : opened) {
        close(descriptor);
    }
}

TEST(Leftovers, AFewOpenFilesAreNoHarm) {
    Leftovers leftovers(0, {});
    const auto opened = open_files(Leftovers::kMostOpen / 2);
    EXPECT_EQ(leftovers.look(1us), "");
    close_all(opened);
}

TEST(Leftovers, ManyOpenFilesAreSeenAfterTheShortestRun) {
    Leftovers leftovers(0, {});
    const auto opened = open_files(Leftovers::kMostOpen + 1);
    EXPECT_EQ(leftovers.look(0us), "left files open");
    close_all(opened);
    EXPECT_EQ(leftovers.look(0us), "");
}

TEST(Leftovers, OpenFilesOfTheStartDoNotCount) {
    const auto opened = open_files(2 * Leftovers::kMostOpen);
    Leftovers leftovers(0, {});
    EXPECT_EQ(leftovers.look(1us), "");
    close_all(opened);
}

// /proc has no room at all: none of no blocks is free, and that is not less than half of none.
TEST(Leftovers, FoldersThatCountNothingOrAreNotThereAreNotFull) {
    Leftovers leftovers(0, {"/proc", "/there/is/no/such/folder"});
    EXPECT_EQ(leftovers.look(1s), "");
}

}  // namespace
}  // namespace sluice::php
