#include <gtest/gtest.h>

#include "services/system/testing.h"

namespace sluice::services::system {
namespace {

/// Roles: the second of three cannot be made or found.
class RecordBatch : public ::testing::Test, public services::testing::TestServices {
protected:
    static constexpr const char* kThree = R"({"resource":[{"name":"a"},{},{"name":"c"}]})";
    std::string names() { return get("system/role?fields=name").text(); }
    void make_two() { post("system/role", R"([{"name":"a"},{"name":"b"}])"); }
};

TEST_F(RecordBatch, StopsAtTheFirstFailureAndKeepsWhatWasDone) {
    const auto answer = post("system/role", kThree);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.message(), "Batch Error: Not all requested records could be created.");
    EXPECT_EQ(json::serialize(answer.at("/error/context/error")), "[1]");
    EXPECT_EQ(answer.at("/error/context/resource").get_array().size(), 2U);
    EXPECT_EQ(names(), R"({"resource":[{"name":"a"}]})");
}

TEST_F(RecordBatch, ContinueDoesTheRest) {
    const auto answer = post("system/role?continue=true", kThree);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.at("/error/code"), 1000);
    EXPECT_EQ(json::serialize(answer.at("/error/context/error")), "[1]");
    EXPECT_EQ(answer.at("/error/context/resource/2/id"), 2);
    EXPECT_EQ(names(), R"({"resource":[{"name":"a"},{"name":"c"}]})");
}

TEST_F(RecordBatch, RollbackUndoesAll) {
    const auto answer = post("system/role?rollback=true", kThree);
    EXPECT_EQ(answer.message(),
              "Batch Error: Not all requested records could be created. All changes rolled back.");
    EXPECT_EQ(names(), R"({"resource":[]})");
    EXPECT_TRUE(store->snapshot()->roles_by_id.empty());
}

TEST_F(RecordBatch, ChangesByTheirKeys) {
    make_two();
    EXPECT_EQ(patch("system/role", R"([{"id":1,"name":"x"},{"id":2,"name":"y"}])").text(),
              R"({"resource":[{"id":1},{"id":2}]})");
    EXPECT_EQ(names(), R"({"resource":[{"name":"x"},{"name":"y"}]})");
    EXPECT_EQ(patch("system/role", R"([{"name":"z"}])").status, 400);
}

TEST_F(RecordBatch, ChangesAllIdsAlike) {
    make_two();
    EXPECT_EQ(patch("system/role?ids=1,2", R"([{"description":"same"}])").status, 200);
    EXPECT_EQ(get("system/role?fields=description").text(),
              R"({"resource":[{"description":"same"},{"description":"same"}]})");
    const auto some = patch("system/role?ids=1,99&continue=1", R"([{"description":"new"}])");
    EXPECT_EQ(some.message(), "Batch Error: Not all requested records could be updated.");
    EXPECT_EQ(get("system/role/1").at("/description"), "new");
}

TEST_F(RecordBatch, ChangesWhatAFilterFinds) {
    make_two();
    EXPECT_EQ(patch("system/role?filter=name='b'", R"([{"description":"d"}])").text(),
              R"({"resource":[{"id":2}]})");
    EXPECT_EQ(patch("system/role?filter=name='none'", R"([{"description":"d"}])").text(),
              R"({"resource":[]})");
}

TEST_F(RecordBatch, DeletesByIdsRecordsAndFilter) {
    post("system/role", R"([{"name":"a"},{"name":"b"},{"name":"c"},{"name":"d"}])");
    EXPECT_EQ(remove("system/role?ids=1").text(), R"({"resource":[{"id":1}]})");
    EXPECT_EQ(remove("system/role", R"({"resource":[{"id":2}]})").status, 200);
    EXPECT_EQ(remove("system/role", R"({"ids":[3]})").status, 200);
    EXPECT_EQ(remove("system/role?filter=name='d'&fields=name").text(),
              R"({"resource":[{"name":"d"}]})");
    EXPECT_EQ(remove("system/role").message(), "No filter or records given for delete request.");
    EXPECT_EQ(remove("system/role?force=true").status, 400);
    EXPECT_EQ(names(), R"({"resource":[]})");
}

TEST_F(RecordBatch, MissingOnesDoNotSaveTheOthersFromDeletion) {
    make_two();
    const auto answer = remove("system/role?ids=1,99,2&continue=true");
    EXPECT_EQ(answer.message(), "Batch Error: Not all requested records could be deleted.");
    EXPECT_EQ(names(), R"({"resource":[]})");
}

TEST_F(RecordBatch, TooManyAtOnceAreRefused) {
    std::string many = "[";
    for (int i = 0; i < 1001; ++i) {
        many.append(i == 0 ? "{}" : ",{}");
    }
    EXPECT_EQ(post("system/role", many + "]").status, 400);
}

}  // namespace
}  // namespace sluice::services::system
