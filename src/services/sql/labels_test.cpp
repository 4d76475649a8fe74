#include "services/sql/labels.h"

#include <gtest/gtest.h>

namespace sluice::services::sql {
namespace {

TEST(LabelOf, ReadsLikeATitle) {
    EXPECT_EQ(label_of("first_name"), "First Name");
    EXPECT_EQ(label_of("todo"), "Todo");
}

TEST(PluralOf, FollowsTheRules) {
    struct Row {
        const char* one;
        const char* many;
    };
    const Row rows[] = {{"Contact", "Contacts"},
                        {"Employees", "Employees"},
                        {"City", "Cities"},
                        {"Day", "Days"},
                        {"Address", "Addresses"},
                        {"Status", "Statuses"},
                        {"Box", "Boxes"},
                        {"Church", "Churches"},
                        {"Analysis", "Analyses"},
                        {"Order Item", "Order Items"},
                        {"Contact Person", "Contact People"},
                        {"Data", "Data"},
                        {"People", "People"},
                        {"Child", "Children"},
                        {"", ""},
                        {"Y", "Ys"}};
    for (const Row& row : rows) {
        EXPECT_EQ(plural_of(row.one), row.many);
    }
}

}  // namespace
}  // namespace sluice::services::sql
