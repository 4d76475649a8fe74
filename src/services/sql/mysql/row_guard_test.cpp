#include "services/sql/mysql/row_guard.h"

#include <string>
#include <vector>

#include <mariadb/mysql.h>

#include <gtest/gtest.h>

namespace sluice::services::sql {
namespace {

/// `bytes` are the row behind its first byte.
bool holds(const std::vector<enum_field_types>& types, const std::string& bytes) {
    std::vector<MYSQL_FIELD> fields(types.size());
    for (std::size_t i = 0; i < types.size(); ++i) {
        fields[i].type = types[i];
    }
    std::vector<unsigned char> row{0};
    row.insert(row.end(), bytes.begin(), bytes.end());
    return holds_together(fields, row);
}

std::string bytes(std::initializer_list<int> all) {
    std::string text;
    for (const int byte : all) {
        text.push_back(static_cast<char>(byte));
    }
    return text;
}

TEST(HoldsTogether, CellsOfEveryForm) {
    EXPECT_TRUE(holds({MYSQL_TYPE_TINY}, bytes({0, 7})));
    EXPECT_TRUE(holds({MYSQL_TYPE_LONGLONG}, bytes({0, 1, 2, 3, 4, 5, 6, 7, 8})));
    EXPECT_TRUE(holds({MYSQL_TYPE_LONG, MYSQL_TYPE_STRING}, bytes({0, 1, 2, 3, 4, 1, 'x'})));
    EXPECT_TRUE(holds({MYSQL_TYPE_DATE}, bytes({0, 4, 1, 2, 3, 4})));
    EXPECT_TRUE(holds({MYSQL_TYPE_TIME}, bytes({0, 0})));
    EXPECT_TRUE(holds({MYSQL_TYPE_BLOB}, bytes({0, 252, 3, 0, 'a', 'b', 'c'})));
    EXPECT_TRUE(holds({MYSQL_TYPE_BLOB}, bytes({0, 253, 1, 0, 0, 'a'})));
    EXPECT_TRUE(holds({MYSQL_TYPE_BLOB}, bytes({0, 254, 1, 0, 0, 0, 0, 0, 0, 0, 'a'})));
    EXPECT_TRUE(holds({}, bytes({0})));
}

TEST(HoldsTogether, NullsTakeNoRoom) {
    EXPECT_TRUE(holds({MYSQL_TYPE_LONG}, bytes({4})));
    EXPECT_TRUE(holds(std::vector(7, MYSQL_TYPE_LONG), bytes({0xFC, 1})));
    EXPECT_FALSE(holds(std::vector(7, MYSQL_TYPE_LONG), bytes({0xFC, 0})));
}

TEST(HoldsTogether, NotWhereACellIsLongerThanTheRow) {
    for (const std::string& cells :
         {bytes({}), bytes({2, 'a'}), bytes({251}), bytes({255}), bytes({252, 1}),
          bytes({252, 2, 0, 'a'}), bytes({253, 255, 255, 15, 'a'}),
          bytes({254, 255, 255, 255, 255, 255, 255, 255, 255, 'a'}), bytes({254, 1})}) {
        EXPECT_FALSE(holds({MYSQL_TYPE_STRING}, bytes({0}) + cells)) << cells.size();
    }
    EXPECT_FALSE(holds({MYSQL_TYPE_LONG}, bytes({0, 1, 2, 3})));
    EXPECT_FALSE(holds({MYSQL_TYPE_DATETIME}, bytes({0, 7, 1, 2, 3})));
    EXPECT_FALSE(holds({MYSQL_TYPE_DATETIME}, bytes({0, 1, 1})));
    EXPECT_FALSE(holds({MYSQL_TYPE_DATETIME}, bytes({0, 13}) + std::string(13, 'x')));
    EXPECT_FALSE(holds({MYSQL_TYPE_STRING}, ""));
}

TEST(HoldsTogether, NotWhereATypeIsUnknown) {
    for (int type = 20; type < 245; ++type) {
        EXPECT_FALSE(holds({static_cast<enum_field_types>(type)}, bytes({0, 1, 'x'}))) << type;
    }
}

TEST(GuardRows, KnowsTheLibraryItWasBuiltWith) {
    MYSQL* handle = mysql_init(nullptr);
    const auto* before = handle->methods;
    EXPECT_TRUE(guard_rows(handle));
    EXPECT_NE(handle->methods, before);
    MYSQL* other = mysql_init(nullptr);
    EXPECT_TRUE(guard_rows(other));
    EXPECT_EQ(other->methods, handle->methods);
    mysql_close(handle);
    mysql_close(other);
}

}  // namespace
}  // namespace sluice::services::sql
