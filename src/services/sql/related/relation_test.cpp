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

}  // namespace
}  // namespace sluice::services::sql
