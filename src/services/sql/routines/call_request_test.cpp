#include "services/sql/routines/call_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::services::sql {
namespace {

using ::testing::HasSubstr;

Result<CallRequest> read(std::string content,
                         Parameters parameters = {},
                         std::string_view segment = "f",
                         std::string type = "application/json") {
    Request request;
    request.content = std::move(content);
    request.content_type = std::move(type);
    request.parameters = std::move(parameters);
    return read_call_request(request, segment);
}

/// The values: in order, then by name.
std::string values(const Result<CallRequest>& call) {
    if (!call) {
        return call.error().message();
    }
    std::string out;
    for (const Input& value : call->values.in_order) {
        out += "[" + value.text + "]";
    }
    for (const auto& [name, value] : call->values.by_name) {
        out += name + "=" + (value ? value->text : "?") + ";";
    }
    return out;
}

TEST(CallRequest, TakesValuesInEveryForm) {
    EXPECT_EQ(values(read("")), "");
    EXPECT_EQ(values(read("{}")), "");
    EXPECT_EQ(values(read(R"({"params":[1,"two",{"x":3}]})")), "[1][two][{\"x\":3}]");
    EXPECT_EQ(values(read(R"({"params":{"a":1,"b":"x"}})")), "a=1;b=x;");
    EXPECT_EQ(
        values(read(R"({"params":[{"name":"a","value":1},{"name":"o","param_type":"OUT"},2]})")),
        "[2]a=1;o=?;");
    EXPECT_EQ(values(read("", {{"a", "1"}, {"b", "x"}})), "a=1;b=x;");
    EXPECT_EQ(values(read("", {{"b", "x"}}, "f(1)")), "[1]b=x;");
    EXPECT_EQ(values(read(R"({"params":null})")), "");
}

TEST(CallRequest, TakesAnObjectThatDescribesNothingAsAValue) {
    EXPECT_EQ(values(read(R"({"params":[{"name":"a","colour":1}]})")),
              R"([{"name":"a","colour":1}])");
    EXPECT_EQ(values(read(R"({"params":[{"value":1}]})")), R"([{"value":1}])");
}

TEST(CallRequest, PassesOptionsOfAllBy) {
    EXPECT_EQ(
        values(read("", {{"api_key", "k"}, {"a", "1"}, {"file", "x.csv"}, {"accept", "*/*"}})),
        "a=1;");
}

TEST(CallRequest, ReadsOptions) {
    const auto call =
        read(R"({"returns":"Integer","wrapper":"rows","schema":{"price":"float","n":"string"}})");
    ASSERT_TRUE(call);
    EXPECT_EQ(call->options.returns, Kind::Integer);
    EXPECT_EQ(call->options.wrapper, "rows");
    ASSERT_EQ(call->options.schema.size(), 2);
    EXPECT_EQ(call->options.schema[0].second, Kind::Real);
    const auto query = read(R"({"returns":"integer"})",
                            {{"returns", "TABLE"}, {"schema", R"({"a":"json"})"}, {"wrapper", ""}});
    ASSERT_TRUE(query);
    EXPECT_FALSE(query->options.returns);
    EXPECT_FALSE(query->options.wrapper);
    EXPECT_EQ(query->options.schema[0].second, Kind::Json);
}

TEST(CallRequest, ReadsOtherBodies) {
    const auto xml = read("<call><params><a>1</a></params></call>", {}, "f", "application/xml");
    EXPECT_EQ(values(xml), "a=1;");
}

TEST(CallRequest, RefusesWhatItDoesNotKnow) {
    EXPECT_THAT(values(read(R"({"a":1})")), HasSubstr("'a' is none of them"));
    EXPECT_THAT(values(read("[1]")), HasSubstr("is an object"));
    EXPECT_THAT(values(read("5")), HasSubstr("is an object"));
    EXPECT_THAT(values(read("{")), HasSubstr("request body"));
    EXPECT_THAT(values(read(R"({"params":5})")), HasSubstr("a list or a map"));
    EXPECT_THAT(values(read(R"({"params":[1],"params":[2]})")), HasSubstr("given twice"));
    EXPECT_THAT(values(read(R"({"returns":5})")), HasSubstr("Option 'returns' must be a text"));
    EXPECT_THAT(values(read(R"({"schema":"x"})")), HasSubstr("'schema.name'"));
    EXPECT_THAT(values(read(R"({"schema":{"a":"hue"}})")), HasSubstr("'hue'"));
    EXPECT_THAT(values(read("", {{"returns", "hue"}})), HasSubstr("Option 'returns'"));
    EXPECT_THAT(values(read(R"({"params":[1]})", {}, "f(1)")), HasSubstr("not in both"));
    EXPECT_THAT(values(read("", {}, "f(1")), HasSubstr("do not close"));
}

TEST(CallRequest, BoundsTheValues) {
    std::string list = "{\"params\":[0";
    for (std::size_t i = 0; i < 1000; ++i) {
        list += ",0";
    }
    EXPECT_THAT(values(read(list + "]}")), HasSubstr("at most 1000 values"));
}

}  // namespace
}  // namespace sluice::services::sql
