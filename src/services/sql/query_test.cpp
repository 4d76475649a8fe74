#include "services/sql/query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::services::sql {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Query query_of(Parameters parameters, std::string_view body = "", Verb verb = Verb::Get) {
    const auto read = read_body(body);
    auto query = parse_query(verb, parameters, *read);
    EXPECT_TRUE(query) << query.error().message();
    return query.value_or(Query{});
}

std::string shown(const std::vector<Id>& ids) {
    std::string out;
    for (const Id& id : ids) {
        out += "[";
        for (const Input& part : id) {
            out += part.text + "|";
        }
        out += "]";
    }
    return out;
}

TEST(ParseQuery, ReadsOptionsUnderAllTheirNames) {
    const Query plain = query_of({{"fields", "a, b"},
                                  {"filter", "a = 1"},
                                  {"limit", "5"},
                                  {"offset", "2"},
                                  {"order", "a"},
                                  {"group", "a,b"}});
    const Query other = query_of({{"select", "a,b"},
                                  {"where", "a = 1"},
                                  {"top", "5"},
                                  {"skip", "2"},
                                  {"sort", "a"},
                                  {"group_by", "a,b"}});
    for (const Query& query : {plain, other}) {
        EXPECT_THAT(query.fields, ElementsAre("a", "b"));
        EXPECT_EQ(query.filter, "a = 1");
        EXPECT_EQ(query.limit, 5);
        EXPECT_EQ(query.offset, 2);
        EXPECT_EQ(query.order.size(), 1U);
        EXPECT_THAT(query.group, ElementsAre("a", "b"));
    }
}

TEST(ParseQuery, LetsTheQueryStringWinOverTheBody) {
    constexpr std::string_view kBody =
        R"({"resource":[],"fields":["x","y"],"limit":7,"filter":"b = 2","continue":true,"ids":[1,"b"]})";
    const Query query = query_of({{"filter", "a = 1"}}, kBody, Verb::Post);
    EXPECT_EQ(query.filter, "a = 1");
    EXPECT_THAT(query.fields, ElementsAre("x", "y"));
    EXPECT_EQ(query.limit, 7);
    EXPECT_TRUE(query.continues);
    EXPECT_EQ(shown(query.ids), "[1|][b|]");
}

TEST(ParseQuery, ReadsNoOptionsFromABareRecord) {
    const Query query = query_of({}, R"({"limit":7,"filter":"not one"})", Verb::Patch);
    EXPECT_FALSE(query.limit);
    EXPECT_EQ(query.filter, "");
    EXPECT_EQ(query_of({}, R"({"limit":7})", Verb::Delete).limit, 7);
}

TEST(ParseQuery, ReadsIdentifiersInEveryForm) {
    EXPECT_EQ(shown(parse_ids("1,2")), "[1|][2|]");
    EXPECT_EQ(shown(parse_ids("(1,a),(2,b)")), "[1|a|][2|b|]");
    EXPECT_EQ(shown(parse_ids("'a,b',c")), "[a,b|][c|]");
    EXPECT_EQ(shown(parse_ids("")), "");
    EXPECT_EQ(shown(query_of({}, R"({"ids":"1,2","resource":[]})").ids), "[1|][2|]");
    EXPECT_EQ(shown(query_of({}, R"({"ids":[[1,2],[3,4]],"resource":[]})").ids), "[1|2|][3|4|]");
    EXPECT_TRUE(query_of({{"ids", ""}}).ids_given);
}

TEST(ParseQuery, ReadsOrders) {
    const auto order = *parse_order("a, b desc, c DESC nulls last, d nulls first,e asc");
    ASSERT_EQ(order.size(), 5U);
    EXPECT_EQ(order[0].field, "a");
    EXPECT_FALSE(order[0].descends);
    EXPECT_TRUE(order[1].descends);
    EXPECT_EQ(order[2].field, "c");
    EXPECT_EQ(order[2].nulls_first, false);
    EXPECT_TRUE(order[2].descends);
    EXPECT_EQ(order[3].nulls_first, true);
    EXPECT_EQ(order[4].field, "e");
    EXPECT_FALSE(order[4].nulls_first);
    EXPECT_FALSE(parse_order("a; drop table x"));
}

TEST(ParseQuery, ReadsParameters) {
    const Query json = query_of({{"params", R"({":a":1,"b":"x"})"}});
    ASSERT_EQ(json.params.size(), 2U);
    EXPECT_EQ(json.params[0].first, "a");
    EXPECT_EQ(json.params[1].second.text, "x");
    const Query php = query_of({{"params[:a]", "1"}});
    ASSERT_EQ(php.params.size(), 1U);
    EXPECT_EQ(php.params[0].first, "a");
}

TEST(ParseQuery, RefusesWhatItCannotRead) {
    const auto message = [](Parameters parameters) {
        const auto query = parse_query(Verb::Get, parameters, Body{});
        return query ? std::string("fine") : query.error().message();
    };
    EXPECT_THAT(message({{"limit", "many"}}), HasSubstr("'limit' must be an integer"));
    EXPECT_THAT(message({{"offset", "1.5"}}), HasSubstr("'offset' must be an integer"));
    EXPECT_THAT(message({{"params", "[]"}}), HasSubstr("must be a JSON object"));
    EXPECT_THAT(message({{"continue", "1"}, {"rollback", "1"}}), HasSubstr("at the same time"));
    EXPECT_EQ(message({{"limit", "99999999999999999999"}}), "fine");
    EXPECT_EQ(message({{"limit", ""}}), "fine");
}

}  // namespace
}  // namespace sluice::services::sql
