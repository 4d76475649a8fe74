#include "services/sql/spec/spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/sql/service_kit.h"
#include "services/sql/spec/schemas.h"

namespace sluice::services::sql {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Spec : public ::testing::Test {
protected:
    json::object document(const Ask& ask) {
        const Answer answer = kit_.ask(ask);
        EXPECT_EQ(answer.status, 200) << answer.body;
        return json::parse(answer.body).as_object();
    }

    ServiceKit kit_{
        "sqlite",
        "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(20) NOT NULL, "
        "price DECIMAL(8,2), made DATE, raw BLOB, size SMALLINT DEFAULT 3 NOT NULL);"
        "CREATE TABLE pair (x INTEGER, y INTEGER, PRIMARY KEY (x, y));"
        "CREATE TABLE nokey (n INTEGER);"
        "CREATE VIEW seen AS SELECT id FROM a;"};
};

TEST_F(Spec, DescribesTheCallsOfEachTable) {
    const json::object spec = document({Verb::Get, "_spec"});
    EXPECT_EQ(spec.at("openapi"), "3.0.0");
    const json::object& paths = spec.at("paths").as_object();
    for (const char* verb : {"get", "post", "put", "patch", "delete"}) {
        EXPECT_TRUE(paths.at("/_table/a").as_object().contains(verb)) << verb;
    }
    EXPECT_FALSE(paths.at("/_table/a/{id}").as_object().contains("post"));
    EXPECT_EQ(paths.at("/_table/seen").as_object().size(), 1);
    EXPECT_TRUE(paths.contains("/_table/pair/{id}"));
    EXPECT_FALSE(paths.contains("/_table/nokey/{id}"));
}

TEST_F(Spec, DescribesFieldsAsTheyAreOnTheWire) {
    const json::object spec = document({Verb::Get, "_spec"});
    const json::object& schemas = spec.at("components").at("schemas").as_object();
    const json::value& fields = schemas.at("a").at("properties");
    EXPECT_EQ(fields.at("id").at("type"), "integer");
    EXPECT_EQ(fields.at("id").at("readOnly"), true);
    EXPECT_EQ(fields.at("name").at("maxLength"), 20);
    EXPECT_FALSE(fields.at("name").as_object().contains("nullable"));
    EXPECT_EQ(fields.at("price").at("oneOf").at(0).at("format"), "decimal");
    EXPECT_EQ(fields.at("price").at("nullable"), true);
    EXPECT_EQ(fields.at("raw").at("format"), "byte");
    const json::value& made = schemas.at("a-new");
    EXPECT_EQ(made.at("required"), (json::array{"name"}));
    EXPECT_FALSE(made.at("properties").as_object().contains("id"));
}

TEST_F(Spec, ShowsWhatTheCallerMayDo) {
    Ask ask{Verb::Get, "_spec"};
    ask.grant.on = [](const Principal&, std::string_view resource, Verb) {
        Grant grant;
        grant.verbs = resource == "_table/a" ? VerbSet::of(Verb::Get) : VerbSet();
        return grant;
    };
    const json::object spec = document(ask);
    EXPECT_EQ(spec.at("paths").as_object().size(), 2);
    EXPECT_EQ(spec.at("paths").at("/_table/a").as_object().size(), 1);
    EXPECT_FALSE(spec.at("components").at("schemas").as_object().contains("pair"));
    ask.parameters = {{"tables", "pair"}};
    EXPECT_EQ(kit_.ask(ask).status, 404);
}

TEST_F(Spec, NarrowsToTables) {
    const json::object spec = document({Verb::Get, "_spec", {{"tables", "PAIR,nokey"}}});
    EXPECT_EQ(spec.at("paths").as_object().size(), 3);
    EXPECT_EQ(kit_.get("_spec", {{"tables", "nothing"}}).status, 404);
    const Answer format = kit_.get("_spec", {{"format", "xml"}});
    EXPECT_EQ(format.status, 400);
    EXPECT_THAT(format.body, HasSubstr("'json' or 'yaml'"));
}

TEST(SpecNames, AreComponentsOfTheirOwn) {
    EXPECT_EQ(component_name("contact_info"), "contact_info");
    EXPECT_EQ(component_name("odd \"name"), "odd-20-22name");
    EXPECT_EQ(component_name("a-b"), "a-2db");
    EXPECT_THAT(component_name("zoë"), Not(HasSubstr("ë")));
}

}  // namespace
}  // namespace sluice::services::sql
