#include <algorithm>
#include <filesystem>
#include <fstream>

#include <unistd.h>

#include <gtest/gtest.h>

#include "services/sql/connectors.h"

namespace sluice::services::sql {
namespace {

namespace fs = std::filesystem;

class SqliteType : public ::testing::Test {
protected:
    SqliteType()
        : folder_(fs::path(testing::TempDir()) / ("sluice_types_" + std::to_string(getpid()))) {
        fs::remove_all(folder_);
        fs::create_directories(folder_);
        std::ofstream(folder_ / "system.sqlite") << "x";
        std::ofstream(folder_ / "system.sqlite-wal") << "x";
        std::ofstream(folder_ / "other.sqlite") << "x";
        shared_.data_folder = folder_;
        shared_.system_file = folder_ / "system.sqlite";
    }
    ~SqliteType() override { fs::remove_all(folder_); }

    Status check(const std::string& database) {
        return sqlite_type(shared_).check_config({{"database", database}});
    }

    fs::path folder_;
    boost::asio::thread_pool pool_{1};
    Shared shared_{{}, pool_, {}, {}, {}};
};

TEST_F(SqliteType, TheServersOwnDatabaseIsRefusedByWhateverName) {
    fs::create_symlink(folder_ / "system.sqlite", folder_ / "link.sqlite");
    fs::create_hard_link(folder_ / "system.sqlite", folder_ / "twin.sqlite");
    for (const std::string& name :
         {std::string("system.sqlite"), (folder_ / "system.sqlite").string(),
          "../" + folder_.filename().string() + "/system.sqlite", std::string("link.sqlite"),
          std::string("twin.sqlite"), std::string("system.sqlite-wal")}) {
        const Status checked = check(name);
        ASSERT_FALSE(checked) << name;
        EXPECT_EQ(checked.error().kind(), ErrorKind::BadRequest);
        EXPECT_EQ(checked.error().message(),
                  "The configuration field 'database' names the server's own database.");
    }
}

TEST_F(SqliteType, AnyOtherFileIsNot) {
    EXPECT_TRUE(check("other.sqlite"));
    EXPECT_TRUE(check("not_there_yet.sqlite"));
    shared_.system_file.clear();
    EXPECT_TRUE(check("system.sqlite"));
}

TEST_F(SqliteType, ItsFieldsAreNamedOnce) {
    for (const ServiceType& type : {sqlite_type(shared_), pgsql_type()}) {
        std::vector<std::string_view> names;
        for (const json::value& field : type.config_schema) {
            const std::string_view name = field.at("name").get_string();
            EXPECT_EQ(std::ranges::find(names, name), names.end()) << type.name << ' ' << name;
            names.push_back(name);
        }
        EXPECT_NE(std::ranges::find(names, "max_records"), names.end()) << type.name;
    }
}

}  // namespace
}  // namespace sluice::services::sql
