#include <gtest/gtest.h>

#include "services/system/testing.h"

namespace sluice::services::system {
namespace {

class ServiceResource : public ::testing::Test, public services::testing::TestServices {
protected:
    std::string create(const std::string& record) {
        const auto made = post("system/service", "{\"resource\":[" + record + "]}");
        EXPECT_EQ(made.status, 201) << made.text();
        return json::serialize(made.at("/resource/0/id"));
    }
    static const json::value& record_error(const services::testing::Answer& answer) {
        return answer.at("/error/context/resource/0/message");
    }
};

TEST_F(ServiceResource, ListShowsEveryFieldOfTheSeeds) {
    const auto all = get("system/service");
    EXPECT_EQ(all.status, 200);
    EXPECT_EQ(all.at("/resource").get_array().size(), 7U);
    EXPECT_EQ(all.at("/resource/4/name"), "db");
    EXPECT_EQ(all.at("/resource/4/config/database"), "db.sqlite");
    EXPECT_EQ(all.at("/resource/0/deletable"), false);
    EXPECT_EQ(all.at("/resource/4/created_date").get_string().size(), 19U);
}

TEST_F(ServiceResource, ListIsShapedByItsOptions) {
    EXPECT_EQ(get("system/service?fields=name&limit=2&offset=1&order=id%20desc").text(),
              R"({"resource":[{"name":"email"},{"name":"db"}]})");
    EXPECT_EQ(get("system/service?as_list=true&filter=name%20like%20'%25s'").text(),
              R"({"resource":[2,3,4]})");
    EXPECT_EQ(get("system/service?fields=id&limit=1&include_count=true").text(),
              R"({"resource":[{"id":1}],"meta":{"count":7}})");
    EXPECT_EQ(get("system/service?count_only=true").text(), "7");
    EXPECT_EQ(get("system/service?ids=5,1&fields=name").text(),
              R"({"resource":[{"name":"db"},{"name":"system"}]})");
    EXPECT_TRUE(get("system/service?fields=id,type&limit=1")
                    .at("/resource/0")
                    .get_object()
                    .contains("config"));
}

TEST_F(ServiceResource, BadOptionsNameWhatIsWrong) {
    EXPECT_EQ(get("system/service?fields=nonsense").message(), "Invalid field requested: nonsense");
    EXPECT_EQ(get("system/service?related=nonsense").status, 400);
    EXPECT_EQ(get("system/service?order=nonsense").status, 400);
    EXPECT_EQ(get("system/service?filter=nonsense").status, 400);
    EXPECT_EQ(get("system/service?limit=many").status, 400);
    EXPECT_EQ(get("system/service?continue=1&rollback=1").status, 400);
}

TEST_F(ServiceResource, ReadsOneByItsId) {
    EXPECT_EQ(get("system/service/5").at("/name"), "db");
    EXPECT_EQ(get("system/service/5?fields=name").text(), R"({"name":"db"})");
    EXPECT_EQ(get("system/service/99").status, 404);
    EXPECT_EQ(get("system/service/99").message(), "Record with identifier '99' not found.");
    EXPECT_EQ(get("system/service/db").status, 404);
    EXPECT_EQ(get("system/service/5%27").status, 404);
}

TEST_F(ServiceResource, MissingOnesAmongSeveralAreToldApart) {
    const auto some = get("system/service?ids=5,99&fields=name");
    EXPECT_EQ(some.status, 400);
    EXPECT_EQ(some.at("/error/code"), 1000);
    EXPECT_EQ(some.message(), "Batch Error: Not all requested records could be retrieved.");
    EXPECT_EQ(some.at("/error/context/error").get_array().at(0), 1);
    EXPECT_EQ(some.at("/error/context/resource/0/name"), "db");
    EXPECT_EQ(some.at("/error/context/resource/1/status_code"), 404);
}

TEST_F(ServiceResource, CreatedOneIsInTheSnapshot) {
    const std::string id =
        create(R"({"name":"Math","label":"Math","type":"nodejs","is_active":true,)"
               R"("config":{"content":"return 1"}})");
    EXPECT_EQ(id, "8");
    const auto row = store->snapshot()->services_by_name.find("math");
    ASSERT_NE(row, store->snapshot()->services_by_name.end());
    EXPECT_EQ(row->second->stamps.created_by_id, 1);
    EXPECT_EQ(get("system/service/8").at("/config/content"), "return 1");
}

TEST_F(ServiceResource, CreateAnswersTheIdOrWhatWasAskedFor) {
    EXPECT_EQ(post("system/service", R"({"resource":[{"name":"a","type":"nodejs"}]})").text(),
              R"({"resource":[{"id":8}]})");
    EXPECT_EQ(post("system/service?fields=name,label", R"([{"name":"b","type":"nodejs"}])").text(),
              R"({"resource":[{"name":"b","label":"b"}]})");
}

TEST_F(ServiceResource, BareObjectOnTheCollectionIsRefused) {
    const auto refused = post("system/service", R"({"name":"a","type":"nodejs"})");
    EXPECT_EQ(refused.status, 400);
    EXPECT_TRUE(refused.message().starts_with("No record(s) detected in request."));
    EXPECT_EQ(post("system/service", "").status, 400);
    EXPECT_EQ(post("system/service", "[1]").status, 400);
    EXPECT_EQ(post("system/service", "{").status, 400);
    EXPECT_EQ(post("system/service/5", R"({"name":"a"})").status, 400);
}

TEST_F(ServiceResource, BadRecordsNameTheField) {
    const std::vector<std::pair<std::string, std::string>> bad{
        {R"({"type":"nodejs"})", "'name'"},
        {R"({"name":"a b","type":"nodejs"})", "'name'"},
        {R"({"name":"a/../b","type":"nodejs"})", "'name'"},
        {R"({"name":7,"type":"nodejs"})", "'name'"},
        {"{\"name\":\"" + std::string(41, 'x') + "\",\"type\":\"nodejs\"}", "'name'"},
        {R"({"name":"a"})", "'type'"},
        {R"({"name":"a","type":"cobol"})", "'type'"},
        {R"({"name":"a","type":"nodejs","is_active":"perhaps"})", "'is_active'"},
        {R"({"name":"a","type":"nodejs","config":"x"})", "'config'"},
        {R"({"name":"db","type":"nodejs"})", "'name'"},
    };
    for (const auto& [record, field] : bad) {
        const auto answer = post("system/service", "[" + record + "]");
        EXPECT_EQ(answer.status, 400) << record;
        EXPECT_EQ(answer.at("/error/code"), 1000);
        EXPECT_NE(std::string(record_error(answer).get_string()).find(field), std::string::npos)
            << answer.text();
    }
    EXPECT_EQ(store->snapshot()->services_by_name.size(), 7U);
}

TEST_F(ServiceResource, FaultyScriptOfAServiceIsSavedWithAWarning) {
    const auto made = post("system/service", R"({"resource":[{"name":"s","type":"nodejs",)"
                                             R"("config":{"content":"{","limits":{}}}]})");
    EXPECT_EQ(made.status, 201) << made.text();
    EXPECT_EQ(made.at("/resource/0/warning"), "nodejs: unexpected '{' in line 1");
    const std::string one = "system/service/" + json::serialize(made.at("/resource/0/id"));
    EXPECT_FALSE(patch(one, R"({"label":"S"})").body.get_object().contains("warning"));
    EXPECT_FALSE(patch(one, R"({"config":{"content":"a"}})").body.get_object().contains("warning"));
    const auto limits = patch(one, R"({"config":{"content":"{","limits":{"wall_ms":5}}})");
    EXPECT_EQ(limits.at("/warning"), "nodejs: unexpected '{' in line 1");
}

TEST_F(ServiceResource, UnknownIsolationOfAScriptIsRefused) {
    const auto refused = post("system/service", R"({"resource":[{"name":"s","type":"nodejs",)"
                                                R"("config":{"isolation":"loose"}}]})");
    EXPECT_EQ(refused.status, 400) << refused.text();
    create(R"({"name":"s","type":"nodejs","config":{"isolation":"strict"}})");
}

TEST_F(ServiceResource, OtherServicesAreNoScripts) {
    const auto made = post("system/service", R"({"resource":[{"name":"d","type":"sqlite",)"
                                             R"("config":{"database":"{"}}]})");
    EXPECT_EQ(made.status, 201) << made.text();
    EXPECT_FALSE(made.at("/resource/0").get_object().contains("warning"));
}

TEST_F(ServiceResource, SecondSingletonIsRefused) {
    EXPECT_EQ(post("system/service", R"([{"name":"s2","type":"system"}])")
                  .at("/error/context/resource/0/status_code"),
              409);
}

TEST_F(ServiceResource, SecretsAreMaskedAndAMaskChangesNothing) {
    const std::string id =
        create(R"({"name":"a","type":"sqlite","config":{"password":"p","dsn":"d","host":"h"}})");
    const auto shown = get("system/service/" + id);
    EXPECT_EQ(json::serialize(shown.at("/config")),
              R"({"password":"**********","dsn":"**********","host":"h"})");
    EXPECT_EQ(patch("system/service/" + id,
                    R"({"config":{"password":"**********","dsn":"new","host":"h"}})")
                  .status,
              200);
    EXPECT_EQ(store->snapshot()->services_by_name.find("a")->second->config,
              R"({"password":"p","dsn":"new","host":"h"})");
}

TEST_F(ServiceResource, AKeptSecretIsNotSentToAnotherHost) {
    const std::string path =
        "system/service/" +
        create(R"({"name":"a","type":"sqlite","config":{"password":"p","host":"h"}})");
    const std::string expected =
        "Field 'config': 'host' changes, so 'password' must be given again.";
    for (const char* config : {R"({"host":"i"})", R"({"host":"i","password":"**********"})"}) {
        const auto refused = patch(path, "{\"config\":" + std::string(config) + "}");
        EXPECT_EQ(refused.status, 400);
        EXPECT_EQ(refused.message(), expected);
    }
    EXPECT_EQ(patch(path, R"({"config":{"host":"i","password":"p"}})").status, 200);
    EXPECT_EQ(patch(path, R"({"config":{"host":"j","password":""}})").status, 200);
    EXPECT_EQ(patch(path, R"({"config":{"host":"k"}})").status, 200) << "there is none any more";
}

TEST_F(ServiceResource, AMaskIsNoSecretToBeginWith) {
    const auto refused =
        post("system/service", R"([{"name":"a","type":"sqlite","config":{"dsn":"**********"}}])");
    EXPECT_EQ(refused.status, 400);
    EXPECT_NE(std::string(record_error(refused).get_string()).find("'dsn' is the mask"),
              std::string::npos);
}

TEST_F(ServiceResource, ChangedConfigKeepsWhatItDoesNotName) {
    const std::string id =
        create(R"({"name":"a","type":"nodejs","config":{"content":"x","isolation":"strict"}})");
    patch("system/service/" + id, R"({"resource":[{"config":{"content":"y"}}]})");
    EXPECT_EQ(store->snapshot()->services_by_name.find("a")->second->config,
              R"({"content":"y","isolation":"strict"})");
}

TEST_F(ServiceResource, TypeStays) {
    EXPECT_EQ(patch("system/service/5", R"({"type":"nodejs"})").status, 400);
    EXPECT_EQ(patch("system/service/5", R"({"type":"sqlite","label":"Mine"})").status, 200);
    EXPECT_EQ(get("system/service/5").at("/label"), "Mine");
}

TEST_F(ServiceResource, FlagsProtectTheServersOwn) {
    EXPECT_EQ(remove("system/service/1").status, 403);
    EXPECT_EQ(patch("system/service/1", R"({"is_active":false})").status, 403);
    EXPECT_EQ(patch("system/service/7", R"({"deletable":true})").status, 200);
    EXPECT_EQ(remove("system/service/7").status, 403) << "the flag itself is not for callers";
    EXPECT_EQ(remove("system/service/5").text(), R"({"id":5})");
    EXPECT_FALSE(store->snapshot()->services_by_name.contains("db"));
}

TEST_F(ServiceResource, SingletonKeepsItsName) {
    EXPECT_EQ(patch("system/service/7", R"({"name":"people"})").status, 403);
    EXPECT_EQ(patch("system/service/7", R"({"name":"user","label":"People"})").status, 200);
}

TEST_F(ServiceResource, RenamedOneIsFoundUnderItsNewNameOnly) {
    EXPECT_EQ(patch("system/service/5", R"({"name":"db2"})").text(), R"({"id":5})");
    EXPECT_TRUE(store->snapshot()->services_by_name.contains("db2"));
    EXPECT_FALSE(store->snapshot()->services_by_name.contains("db"));
}

}  // namespace
}  // namespace sluice::services::system
