#include "script_file.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <sys/stat.h>

#include <gtest/gtest.h>

namespace sluice::php {
namespace {

class ScriptFileTest : public testing::Test {
protected:
    ScriptFileTest() {
        std::string pattern = testing::TempDir() + "script-file-XXXXXX";
        folder_ = mkdtemp(pattern.data());
    }
    ~ScriptFileTest() override { std::filesystem::remove_all(folder_); }

    static std::string text_of(const std::string& path) {
        std::ifstream file(path);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    std::string folder_;
};

TEST_F(ScriptFileTest, HoldsTheTextAndIsUntouched) {
    ScriptFile file(folder_ + "/a", "<?php return 1;");
    ASSERT_TRUE(file.write());
    EXPECT_EQ(file.path(), folder_ + "/a.php");
    EXPECT_EQ(text_of(file.path()), "<?php return 1;");
    EXPECT_TRUE(file.is_untouched());
}

TEST_F(ScriptFileTest, NoticesAnotherTextOfTheSameLengthAndTime) {
    ScriptFile file(folder_ + "/a", "<?php return 1;");
    ASSERT_TRUE(file.write());
    const auto time = std::filesystem::last_write_time(file.path());
    std::filesystem::permissions(file.path(), std::filesystem::perms::owner_all);
    std::ofstream(file.path()) << "<?php return 2;";
    std::filesystem::last_write_time(file.path(), time);
    chmod(file.path().c_str(), 0400);
    EXPECT_FALSE(file.is_untouched());
}

TEST_F(ScriptFileTest, NoticesAFileThatIsGoneOrALink) {
    ScriptFile file(folder_ + "/a", "<?php return 1;");
    ASSERT_TRUE(file.write());
    std::filesystem::rename(file.path(), folder_ + "/b");
    EXPECT_FALSE(file.is_untouched());
    std::filesystem::create_symlink(folder_ + "/b", file.path());
    EXPECT_FALSE(file.is_untouched());
}

TEST_F(ScriptFileTest, IsWrittenAnewUnderAnotherName) {
    ScriptFile file(folder_ + "/a", "<?php return 1;");
    ASSERT_TRUE(file.write());
    std::ofstream(folder_ + "/a-1.php") << "in the way";
    ASSERT_TRUE(file.write());
    EXPECT_EQ(file.path(), folder_ + "/a-2.php");
    EXPECT_EQ(text_of(file.path()), "<?php return 1;");
    EXPECT_TRUE(file.is_untouched());
}

TEST_F(ScriptFileTest, SaysWhenItCannotBeWritten) {
    EXPECT_FALSE(ScriptFile(folder_ + "/none/a", "x").write());
}

}  // namespace
}  // namespace sluice::php
