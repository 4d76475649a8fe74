#include "pipeline/table_alias.h"

#include <gtest/gtest.h>

#include "pipeline/resolve.h"

namespace sluice::pipeline {
namespace {

store::Snapshot snapshot() {
    store::Snapshot made;
    auto service = std::make_shared<store::ServiceRow>();
    service->id = 7;
    service->name = "db";
    made.services_by_name["db"] = service;
    made.table_aliases[7]["people"] = "contact";
    return made;
}

Target aimed_at(const std::string& path) {
    Request request;
    request.path = "/api/v2/" + path;
    Target target = *target_of(request);
    take_real_name(target, snapshot());
    return target;
}

TEST(TableAlias, ThePathNamesTheTableItself) {
    const Target target = aimed_at("db/_table/People/7");
    EXPECT_EQ(target.resource, "_table/contact/7");
    EXPECT_EQ(target.segments, (std::vector<std::string>{"_table", "contact", "7"}));
    EXPECT_EQ(aimed_at("DB/_schema//PEOPLE/_field/people").resource,
              "_schema/contact/_field/people");
    EXPECT_EQ(aimed_at("db/_table/people").resource, "_table/contact");
}

TEST(TableAlias, OtherPathsStayAsTheyAre) {
    for (const char* path : {"db/_table/contact", "db/_table", "db/_proc/people", "db/people",
                             "other/_table/people", "db/_table/people2", "db"}) {
        const Target target = aimed_at(path);
        EXPECT_EQ(target.resource.find("contact") != std::string::npos,
                  std::string_view(path) == "db/_table/contact")
            << path;
    }
}

}  // namespace
}  // namespace sluice::pipeline
