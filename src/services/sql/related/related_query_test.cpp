#include "services/sql/related/related_query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::services::sql {
namespace {

using ::testing::HasSubstr;

Relation relation_of(std::string name, std::string table) {
    Relation relation;
    relation.form = Relation::Form::HasMany;
    relation.name = std::move(name);
    relation.ref_table = std::move(table);
    return relation;
}

const Relations kRelations{relation_of("info_by_contact_id", "info"),
                           relation_of("info_by_contact_id_many", "other")};

Result<std::vector<RelatedQuery>> asked(const Parameters& parameters) {
    const auto query = parse_query(Verb::Get, parameters, Body{});
    EXPECT_TRUE(query.has_value());
    return resolve_related(kRelations, *query);
}

std::string fault_of(const Parameters& parameters) {
    const auto result = asked(parameters);
    return result ? "" : result.error().message();
}

TEST(RelatedQuery, TakesOptionsWithADotOrAnUnderscore) {
    const auto result = asked({{"related", "info_by_contact_id"},
                               {"info_by_contact_id.fields", "id,value"},
                               {"info_by_contact_id_order", "id desc"},
                               {"INFO_by_contact_id.limit", "2"},
                               {"info_by_contact_id.offset", "1"}});
    ASSERT_TRUE(result) << result.error().message();
    ASSERT_EQ(result->size(), 1U);
    const RelatedQuery& related = result->front();
    EXPECT_EQ(related.relation, &kRelations[0]);
    EXPECT_EQ(related.options, (Parameters{{"fields", "id,value"}, {"order", "id desc"}}));
    EXPECT_EQ(related.limit, 2);
    EXPECT_EQ(related.offset, 1);
}

TEST(RelatedQuery, WhatIsFetchedUnaskedStandsLastAndTakesOptions) {
    const auto query = parse_query(
        Verb::Get, {{"related", "info_by_contact_id_many"}, {"info_by_contact_id.fields", "id"}},
        Body{});
    ASSERT_TRUE(query);
    const auto result = resolve_related(kRelations, *query, {&kRelations[0], &kRelations[1]});
    ASSERT_TRUE(result) << result.error().message();
    ASSERT_EQ(result->size(), 2U);
    EXPECT_EQ((*result)[0].relation, &kRelations[1]);
    EXPECT_EQ((*result)[1].options.get_or("fields", ""), "id");
}

TEST(RelatedQuery, AnAliasNamesOptionsToo) {
    Relations relations{relation_of("info_by_contact_id", "info")};
    relations[0].alias = "facts";
    for (const char* name : {"facts", "info_by_contact_id", "info"}) {
        const auto query =
            parse_query(Verb::Get, {{"related", name}, {"facts.limit", "3"}}, Body{});
        ASSERT_TRUE(query);
        const auto result = resolve_related(relations, *query);
        ASSERT_TRUE(result) << name << result.error().message();
        EXPECT_EQ(result->front().limit, 3) << name;
    }
}

TEST(RelatedQuery, GivesAnOptionToTheLongestNameThatFits) {
    const auto result = asked({{"related", "*"}, {"info_by_contact_id_many.fields", "id"}});
    ASSERT_TRUE(result);
    EXPECT_TRUE((*result)[0].options.empty());
    EXPECT_EQ((*result)[1].options.get_or("fields", ""), "id");
}

TEST(RelatedQuery, PassesWhatIsAskedOfTheRelationsOfTheRelated) {
    const auto result = asked({{"related", "info"},
                               {"info.related", "contact_by_contact_id"},
                               {"info.contact_by_contact_id.fields", "name"}});
    ASSERT_TRUE(result) << result.error().message();
    EXPECT_EQ(result->front().options.get_or("contact_by_contact_id.fields", ""), "name");
}

TEST(RelatedQuery, NamesEachRelationOnce) {
    const auto result = asked({{"related", "info,*,info_by_contact_id"}});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->size(), 2U);
}

TEST(RelatedQuery, SaysWhatItCannotRead) {
    EXPECT_EQ(fault_of({{"related", "nothing"}}), "Invalid relationship 'nothing' requested.");
    EXPECT_EQ(fault_of({{"related", "info"}, {"info.limit", "-1"}}),
              "Parameter 'info.limit' must be an integer that is not negative.");
    EXPECT_THAT(fault_of({{"related", "info"}, {"info.felds", "a"}}),
                HasSubstr("Parameter 'info.felds' is no option of a relation"));
    EXPECT_EQ(fault_of({{"nothing.fields", "a"}}),
              "Parameter 'nothing.fields' belongs to no relation that 'related' asks for.");
}

TEST(RelatedQuery, ReadsAFilterByItselfSoThatItCannotLeaveItsBrackets) {
    EXPECT_THAT(fault_of({{"related", "info"}, {"info.filter", "id = 1) or (id > 0"}}),
                HasSubstr("expected"));
}

TEST(RelatedQuery, LeavesOtherParametersWithDotsAlone) {
    EXPECT_EQ(fault_of({{"app.version", "1.2"}}), "");
}

}  // namespace
}  // namespace sluice::services::sql
