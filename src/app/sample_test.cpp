#include "app/sample.h"

#include <filesystem>
#include <string>

#include <unistd.h>

#include <gtest/gtest.h>

namespace sluice::app {
namespace {

namespace fs = std::filesystem;

class SampleTest : public testing::Test {
protected:
    SampleTest()
        : folder_(fs::path(testing::TempDir()) / ("sluice_sample_" + std::to_string(getpid()))) {
        fs::remove_all(folder_);
        fs::create_directories(folder_);
        options_.data_folder = folder_.string();
        options_.sample_folder = SLUICE_SOURCE_DIR "/examples/sample";
        auto opened = store::Store::open("sqlite:" + (folder_ / "system.sqlite").string());
        store_ = std::move(*opened);
    }
    ~SampleTest() override {
        store_.reset();
        fs::remove_all(folder_);
    }

    const store::Attachments* attached() {
        snapshot_ = store_->snapshot();
        return snapshot_->find_attachments("db._table.employees.get");
    }

    fs::path folder_;
    Options options_;
    std::unique_ptr<store::Store> store_;
    store::SnapshotRef snapshot_;
};

TEST_F(SampleTest, BringsADatabaseAndItsScript) {
    ASSERT_TRUE(install_sample(options_, *store_));
    EXPECT_GT(fs::file_size(folder_ / "db.sqlite"), 10'000U);
    ASSERT_NE(attached(), nullptr);
    EXPECT_TRUE(attached()->post_process->allows_modification);
}

TEST_F(SampleTest, IsInstalledOnce) {
    ASSERT_TRUE(install_sample(options_, *store_));
    const auto deleted = store_->write_now([](store::Tables& tables) -> Result<bool> {
        SLUICE_TRY(const auto row,
                   tables.event_scripts.find(std::string("db._table.employees.get.post_process")));
        SLUICE_CHECK(tables.event_scripts.remove(*row));
        return true;
    });
    ASSERT_TRUE(deleted);
    ASSERT_TRUE(install_sample(options_, *store_));
    EXPECT_EQ(attached(), nullptr);
}

TEST_F(SampleTest, MissingFileIsNamed) {
    options_.sample_folder = folder_.string();
    const Status installed = install_sample(options_, *store_);
    ASSERT_FALSE(installed);
    EXPECT_NE(installed.error().message().find("employees.sql"), std::string::npos);
    EXPECT_FALSE(fs::exists(folder_ / "db.sqlite"));
}

}  // namespace
}  // namespace sluice::app
