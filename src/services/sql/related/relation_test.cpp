#include "services/sql/related/relation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::services::sql {
namespace {

using ::testing::ElementsAre;

Table table_of(std::string name) {
    Table table;
    table.name = std::move(name);
    return table;
}

Reference refers(std::string table, std::string column, std::string to, bool is_unique = false) {
    return {std::move(table),
            std::move(column),
            {std::move(to), "id", "NO ACTION", "CASCADE"},
            is_unique};
}

/// "form name field>table.field" of each.
std::vector<std::string> told(const Relations& relations) {
    std::vector<std::string> all;
    for (const Relation& relation : relations) {
        all.push_back(std::string(name_of(relation.form)) + " " + relation.name + " " +
                      relation.field + ">" + relation.ref_table + "." + relation.ref_field);
    }
    return all;
}

TEST(Relations, LeadToTheTableReferredTo) {
    EXPECT_THAT(told(relations_of(table_of("info"), {refers("info", "contact_id", "contact")})),
                ElementsAre("belongs_to contact_by_contact_id contact_id>contact.id"));
}

TEST(Relations, LeadBackToTheTableThatRefers) {
    EXPECT_THAT(told(relations_of(table_of("contact"), {refers("info", "contact_id", "contact")})),
                ElementsAre("has_many info_by_contact_id id>info.contact_id"));
}

TEST(Relations, LeadBackToOneRecordWhenTheReferenceIsUnique) {
    EXPECT_THAT(
        told(relations_of(table_of("contact"), {refers("photo", "contact_id", "contact", true)})),
        ElementsAre("has_one photo_by_contact_id id>photo.contact_id"));
}

TEST(Relations, LeadAcrossTheTableThatRefersToBoth) {
    const std::vector<Reference> all{refers("member", "contact_id", "contact"),
                                     refers("member", "group_id", "team")};
    const Relations relations = relations_of(table_of("contact"), all);
    EXPECT_THAT(told(relations), ElementsAre("has_many member_by_contact_id id>member.contact_id",
                                             "many_many team_by_member id>team.id"));
    EXPECT_EQ(relations[1].junction_table, "member");
    EXPECT_EQ(relations[1].junction_field, "contact_id");
    EXPECT_EQ(relations[1].junction_ref_field, "group_id");
}

TEST(Relations, OfATableToItselfHaveTwoNames) {
    EXPECT_THAT(told(relations_of(table_of("staff"), {refers("staff", "boss", "staff")})),
                ElementsAre("belongs_to staff_by_boss boss>staff.id",
                            "has_many staff_by_boss_many id>staff.boss"));
}

TEST(Relations, OfOneNameAreTheFirstOnly) {
    // Two references to the other end: by way of the table there are two ways and one name.
    const std::vector<Reference> all{refers("game", "court", "court"),
                                     refers("game", "home", "team"),
                                     refers("game", "guest", "team")};
    const Relations relations = relations_of(table_of("court"), all);
    ASSERT_EQ(relations.size(), 2U);
    EXPECT_EQ(relations[1].junction_ref_field, "home");
}

TEST(Relations, AreFoundByNameAndByAnUnambiguousTable) {
    const Relations one =
        relations_of(table_of("contact"), {refers("info", "contact_id", "contact")});
    EXPECT_EQ(find_relation(one, "INFO_by_contact_id"), &one[0]);
    EXPECT_EQ(find_relation(one, "info"), &one[0]);
    EXPECT_EQ(find_relation(one, "contact"), nullptr);
    const Relations two = relations_of(
        table_of("team"), {refers("game", "home", "team"), refers("game", "guest", "team")});
    EXPECT_EQ(find_relation(two, "game"), nullptr);
}

TEST(Relations, HaveAnAliasAndHabitsWhereTheyAreKept) {
    Table table = table_of("info");
    table.columns.emplace_back().name = "kind";
    Relations relations = relations_of(
        table, {refers("info", "contact_id", "contact"), refers("info", "group_id", "team")});
    store::TextMap<store::RelationExtraRow> kept;
    kept["contact_by_contact_id"].alias = "owner";
    kept["contact_by_contact_id"].label = "Whose";
    kept["contact_by_contact_id"].always_fetch = true;
    kept["contact_by_contact_id"].flatten = true;
    kept["team_by_group_id"].alias = "KIND";
    add_extras(relations, table, kept);
    EXPECT_EQ(relations[0].shown(), "owner");
    EXPECT_EQ(relations[0].label, "Whose");
    EXPECT_TRUE(relations[0].is_always_fetched);
    EXPECT_TRUE(relations[0].is_flattened);
    EXPECT_EQ(relations[1].shown(), "team_by_group_id") << "the table has such a field";
    EXPECT_EQ(find_relation(relations, "Owner"), &relations[0]);
    EXPECT_EQ(find_relation(relations, "contact_by_contact_id"), &relations[0]);
    EXPECT_FALSE(relations[1].answers_to(""));
}

TEST(Relations, OnlyOneRecordIsFlattened) {
    Table table = table_of("contact");
    Relations relations = relations_of(table, {refers("info", "contact_id", "contact")});
    store::TextMap<store::RelationExtraRow> kept;
    kept["info_by_contact_id"].flatten = true;
    add_extras(relations, table, kept);
    EXPECT_FALSE(relations[0].is_flattened);
}

}  // namespace
}  // namespace sluice::services::sql
