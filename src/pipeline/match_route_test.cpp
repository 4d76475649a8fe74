#include "pipeline/match_route.h"

#include <gtest/gtest.h>

namespace sluice::pipeline {
namespace {

const services::Description kDescription{
    {{"", VerbSet::all(), ""},
     {"_table", VerbSet::all(), ""},
     {"_table/{table_name}", VerbSet::all(), ""},
     {"_table/{table_name}/{id}", VerbSet::all(), ""},
     {"admin/session", VerbSet::all(), ""},
     {"admin/{id}", VerbSet::all(), ""},
     {"role/{id}", VerbSet::all(), "", true},
     {"files/{file_path...}", VerbSet::all(), ""},
     {"_func/{function_name}", VerbSet::all(), "", false, true}},
    false};

std::vector<std::pair<std::string, std::string>> events(std::vector<std::string> segments,
                                                        Verb verb = Verb::Get) {
    std::vector<std::pair<std::string, std::string>> names;
    if (const auto match = match_route(kDescription, "db", segments, verb)) {
        for (const EventName& event : match->events) {
            names.emplace_back(event.name, event.resource);
        }
    }
    return names;
}

using Names = std::vector<std::pair<std::string, std::string>>;

TEST(MatchRoute, LiteralPathHasOneName) {
    EXPECT_EQ(events({}), (Names{{"db.get", ""}}));
    EXPECT_EQ(events({"_table"}, Verb::Post), (Names{{"db._table.post", ""}}));
}

TEST(MatchRoute, TableHasAGenericAndASpecificName) {
    EXPECT_EQ(events({"_table", "todo"}),
              (Names{{"db._table.{table_name}.get", "todo"}, {"db._table.todo.get", "todo"}}));
}

TEST(MatchRoute, IdStaysLiteralInBothNames) {
    EXPECT_EQ(events({"_table", "todo", "1"}, Verb::Patch),
              (Names{{"db._table.{table_name}.{id}.patch", "todo/1"},
                     {"db._table.todo.{id}.patch", "1"}}));
    EXPECT_EQ(events({"admin", "5"}), (Names{{"db.admin.{id}.get", "5"}}));
}

TEST(MatchRoute, KeyAlsoFiresItsCollectionWhereTheRouteSaysSo) {
    EXPECT_EQ(events({"role", "5"}), (Names{{"db.role.get", "5"}, {"db.role.{id}.get", "5"}}));
}

TEST(MatchRoute, LiteralBeatsParameter) {
    EXPECT_EQ(events({"admin", "session"}), (Names{{"db.admin.session.get", ""}}));
}

TEST(MatchRoute, RestTakesAllThatFollows) {
    EXPECT_EQ(events({"files", "a", "b.txt"}), (Names{{"db.files.{file_path}.get", "a/b.txt"},
                                                      {"db.files.a/b.txt.get", "a/b.txt"}}));
}

TEST(MatchRoute, ValuesInBracketsAreNoPartOfTheName) {
    const Names area{{"db._func.{function_name}.get", "area"}, {"db._func.area.get", "area"}};
    EXPECT_EQ(events({"_func", "area"}), area);
    EXPECT_EQ(events({"_func", "area(2,'(')"}), area);
    EXPECT_EQ(events({"_table", "area(2)"}), (Names{{"db._table.{table_name}.get", "area(2)"},
                                                    {"db._table.area(2).get", "area(2)"}}));
}

TEST(MatchRoute, UnknownPathMatchesNothing) {
    EXPECT_TRUE(events({"nothing"}).empty());
    EXPECT_TRUE(events({"_table", "todo", "1", "more"}).empty());
    EXPECT_TRUE(events({"files"}).empty());
}

}  // namespace
}  // namespace sluice::pipeline
