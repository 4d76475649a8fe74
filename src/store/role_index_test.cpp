#include "store/role_index.h"

#include <gtest/gtest.h>

namespace sluice::store {
namespace {

RoleAccessRow line(std::optional<Id> service, std::string component) {
    RoleAccessRow row;
    row.service_id = service;
    row.component = std::move(component);
    return row;
}

TEST(RoleIndex, ComponentsAreSpelledOneWay) {
    EXPECT_EQ(indexed_component("_Table/Todo/"), "_table/todo");
    EXPECT_EQ(indexed_component("/"), "");
    EXPECT_EQ(indexed_component("*"), "*");
}

TEST(RoleIndex, StarsArePatterns) {
    RoleRow row;
    row.accesses = {line(5, "*"), line(5, "_table/*"), line(5, "_table/todo/"), line(5, "")};
    const Role role(std::move(row));
    const ServiceLines& lines = role.index.by_service.at(5);
    EXPECT_TRUE(lines.patterns.contains(""));
    EXPECT_TRUE(lines.patterns.contains("_table"));
    EXPECT_EQ(lines.patterns.size(), 2U);
    EXPECT_TRUE(lines.exact.contains("_table/todo"));
    EXPECT_TRUE(lines.exact.contains(""));
    EXPECT_TRUE(role.index.every_service.exact.empty());
}

TEST(RoleIndex, LinesWithoutAServiceStandForAll) {
    RoleRow row;
    row.accesses = {line(std::nullopt, "*")};
    const Role role(std::move(row));
    EXPECT_TRUE(role.index.by_service.empty());
    EXPECT_EQ(role.index.every_service.patterns.at("").size(), 1U);
}

}  // namespace
}  // namespace sluice::store
