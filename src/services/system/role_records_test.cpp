#include <gtest/gtest.h>

#include "services/system/testing.h"

namespace sluice::services::system {
namespace {

constexpr const char* kRelated = "?related=role_service_access_by_role_id";

class RoleResource : public ::testing::Test, public services::testing::TestServices {
protected:
    void make_role() {
        const auto made = post(
            "system/role",
            R"([{"name":"reader","role_service_access_by_role_id":[)"
            R"({"service_id":5,"component":"_table/*","verb_mask":1,"requestor_mask":3,)"
            R"("filters":[{"name":"owner","operator":"=","value":"{user.id}"}],"filter_op":"OR"},)"
            R"({"service_id":null,"component":"*","verb_mask":1,"requestor_mask":1}]}])");
        EXPECT_EQ(made.status, 201) << made.text();
    }
    std::string lines() {
        return json::serialize(
            get(std::string("system/role/1") + kRelated).at("/role_service_access_by_role_id"));
    }
};

TEST_F(RoleResource, LinesComeAndGoWithTheRole) {
    make_role();
    EXPECT_EQ(
        lines(),
        R"([{"id":1,"role_id":1,"service_id":5,"component":"_table/*","verb_mask":1,)"
        R"("requestor_mask":3,"filters":[{"name":"owner","operator":"=","value":"{user.id}"}],)"
        R"("filter_op":"OR"},)"
        R"({"id":2,"role_id":1,"service_id":null,"component":"*","verb_mask":1,)"
        R"("requestor_mask":1,"filters":[],"filter_op":"AND"}])");
    EXPECT_EQ(store->snapshot()->roles_by_id.at(1)->row.accesses.size(), 2U);
    EXPECT_EQ(remove("system/role/1").status, 200);
    EXPECT_TRUE(store->snapshot()->roles_by_id.empty());
}

TEST_F(RoleResource, LineWithItsIdIsChanged) {
    make_role();
    patch("system/role/1", R"({"role_service_access_by_role_id":[{"id":2,"verb_mask":31}]})");
    const auto& accesses = store->snapshot()->roles_by_id.at(1)->row.accesses;
    EXPECT_EQ(accesses.size(), 2U);
    EXPECT_EQ(accesses.at(1).verbs, VerbSet::all());
    EXPECT_EQ(accesses.at(1).component, "*");
}

TEST_F(RoleResource, LineWithoutIdIsCreated) {
    make_role();
    patch("system/role/1",
          R"({"role_service_access_by_role_id":[{"service_id":6,"verb_mask":2}]})");
    const auto& accesses = store->snapshot()->roles_by_id.at(1)->row.accesses;
    ASSERT_EQ(accesses.size(), 3U);
    EXPECT_EQ(accesses.at(2).service_id, 6);
    EXPECT_EQ(accesses.at(2).requestor_mask, 0) << "grants nothing until it says to whom";
}

TEST_F(RoleResource, LineWhoseParentIsNullIsDeleted) {
    make_role();
    patch("system/role/1", R"({"role_service_access_by_role_id":[{"id":1,"role_id":null}]})");
    const auto& accesses = store->snapshot()->roles_by_id.at(1)->row.accesses;
    ASSERT_EQ(accesses.size(), 1U);
    EXPECT_EQ(accesses.at(0).id, 2);
}

TEST_F(RoleResource, LineWithAnotherParentMoves) {
    make_role();
    post("system/role", R"([{"name":"other"}])");
    patch("system/role/1", R"({"role_service_access_by_role_id":[{"id":1,"role_id":2}]})");
    EXPECT_EQ(store->snapshot()->roles_by_id.at(2)->row.accesses.size(), 1U);
    EXPECT_EQ(get(std::string("system/role/1") + kRelated)
                  .at("/role_service_access_by_role_id")
                  .get_array()
                  .size(),
              1U);
}

TEST_F(RoleResource, BadLinesSaveNothing) {
    make_role();
    const std::string before = lines();
    for (const char* line : {R"({"service_id":99,"verb_mask":1})",
                             R"({"service_id":"x","verb_mask":1})",
                             R"({"verb_mask":"x"})",
                             R"({"requestor_mask":9})",
                             R"({"id":77,"verb_mask":1})",
                             R"({"filters":[{"operator":"=","value":1}]})",
                             R"({"filters":[{"name":"a","operator":"; drop","value":1}]})",
                             R"({"filters":[{"name":"a","operator":null,"value":1}]})",
                             R"({"filters":[{"name":"a","op":"<","value":1}]})",
                             R"({"filters":[{"name":"a"}]})",
                             R"({"filters":[{"name":"a","operator":"IN","value":null}]})",
                             R"({"filters":[{"name":"a","operator":"IN","value":[1,2]}]})",
                             R"({"filters":[{"name":"a","value":"{user.emial}"}]})",
                             R"({"filters":7})",
                             R"({"filters":["a"]})",
                             R"({"filter_op":"XOR"})",
                             R"({"filter_op":1})",
                             R"({"verb_mask":32})",
                             R"({"verb_mask":-1})",
                             R"({"verb_mask":4294967297})",
                             R"({"requestor_mask":4294967297})",
                             R"({"requestor_mask":-1})",
                             R"(7)"}) {
        const auto answer =
            patch("system/role/1", R"({"name":"changed","role_service_access_by_role_id":[)" +
                                       std::string(line) + "]}");
        EXPECT_GE(answer.status, 400) << line;
        EXPECT_LT(answer.status, 500) << line;
    }
    EXPECT_EQ(lines(), before);
    EXPECT_EQ(get("system/role/1").at("/name"), "reader");
}

TEST_F(RoleResource, LinesAreReadInEveryFormThatSaysTheSame) {
    make_role();
    for (const char* line :
         {R"({"filter_op":null})", R"({"filter_op":"and"})", R"({"filter_op":""})",
          R"({"filters":null})", R"({"filters":""})", R"({"filters":[]})",
          R"({"filters":[{"name":"a","operator":"is null"}]})",
          R"({"filters":[{"name":"a","operator":"IS NOT NULL","value":null}]})",
          R"({"filters":[{"name":"a","value":""},{"name":"b","operator":"<","value":7.5}]})",
          R"({"filters":[{"name":"a","operator":"IN","value":"{user.id}, {x}"}]})",
          R"({"verb_mask":"31"})", R"({"verb_mask":0,"requestor_mask":null})"}) {
        const auto answer = patch(
            "system/role/1", R"({"role_service_access_by_role_id":[)" + std::string(line) + "]}");
        EXPECT_EQ(answer.status, 200) << line << answer.text();
    }
    EXPECT_NE(lines().find(R"({"name":"b","operator":"<","value":"7.5"})"), std::string::npos)
        << lines();
}

TEST_F(RoleResource, FilterThatCannotBeAppliedIsSavedWithAWarning) {
    make_role();
    const auto line = [](const std::string& component, const std::string& filters) {
        return R"({"role_service_access_by_role_id":[{"service_id":5,"verb_mask":1,"component":")" +
               component + R"(","filters":[)" + filters + "]}]}";
    };
    const std::string wrong = R"({"name":"nope","operator":"=","value":1})";
    for (const char* component : {"_table/*", "_schema/todo", "", "*", "_table/to*"}) {
        const auto answer = patch("system/role/1", line(component, wrong));
        EXPECT_EQ(answer.status, 200);
        EXPECT_FALSE(answer.body.get_object().contains("warning")) << component << answer.text();
    }
    const std::string text =
        "The filter on 'nope' of table 'todo' of service 'db' cannot be applied, and calls that "
        "it is for will fail: db.todo ";
    EXPECT_EQ(patch("system/role/1", line("_table/todo/*", wrong)).at("/warning"),
              json::value(text + "value."));
    const std::string named = R"({"name":"nope","operator":"=","value":"{user.id}"})";
    EXPECT_EQ(post("system/role",
                   R"([{"name":"b",)" + line("_TABLE/todo", named + "," + named).substr(1) + "]")
                  .at("/resource/0/warning"),
              json::value(text + "field. " + text + "field."));
    EXPECT_FALSE(
        patch("system/role/1", R"({"description":"x"})").body.get_object().contains("warning"));
}

TEST_F(RoleResource, LineOfAnotherRoleCannotBeTouched) {
    make_role();
    post("system/role", R"([{"name":"other"}])");
    EXPECT_EQ(
        patch("system/role/2", R"({"role_service_access_by_role_id":[{"id":1,"verb_mask":31}]})")
            .status,
        404);
}

TEST_F(RoleResource, NamesAreUnique) {
    make_role();
    EXPECT_EQ(
        post("system/role", R"([{"name":"reader"}])").at("/error/context/resource/0/status_code"),
        409);
}

TEST_F(RoleResource, UsersAreGivenRolesFromBothSides) {
    make_role();
    const auto user = add_user("u@x.org");
    patch("system/role/1", R"({"user_to_app_to_role_by_role_id":[{"user_id":)" +
                               std::to_string(user.id) + R"(,"app_id":1}]})");
    const auto seen =
        get("system/user/" + std::to_string(user.id) + "?related=user_to_app_to_role_by_user_id");
    EXPECT_EQ(seen.at("/user_to_app_to_role_by_user_id/0/role_id"), 1);
}

}  // namespace
}  // namespace sluice::services::system
