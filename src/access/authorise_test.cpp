#include "access/authorise.h"

#include <gtest/gtest.h>

#include "access/lookups.h"

namespace sluice::access {
namespace {

using store::RoleAccessRow;
using store::RoleRow;

constexpr store::Id kDb = 5;
constexpr int kApi = 1;
constexpr int kScript = 2;

struct Line {
    std::optional<store::Id> service;
    std::string component;
    std::uint32_t verbs;
    int requestor = kApi;
};

store::Role role_of(const std::vector<Line>& lines) {
    RoleRow row;
    row.id = 1;
    for (const Line& line : lines) {
        RoleAccessRow access;
        access.service_id = line.service;
        access.component = line.component;
        access.verbs = VerbSet(line.verbs);
        access.requestor_mask = line.requestor;
        row.accesses.push_back(access);
    }
    return store::Role(std::move(row));
}

std::uint32_t granted(const std::vector<Line>& lines,
                      std::string_view component,
                      Requestor requestor = Requestor::Api) {
    return grant_of(role_of(lines), kDb, component, Verb::Get, requestor).verbs.bits();
}

struct Row {
    const char* fact;
    std::vector<Line> lines;
    const char* asked;
    std::uint32_t verbs;
};

// GET 1, POST 2, PUT 4, PATCH 8, DELETE 16.
const std::vector<Row> kMatrix{
    {"nothing grants nothing", {}, "app", 0},
    {"an exact line grants its component", {{kDb, "app", 1}}, "app", 1},
    {"case does not matter", {{kDb, "App", 1}}, "aPP", 1},
    {"an exact line does not cover what is below", {{kDb, "app", 1}}, "app/1", 0},
    {"nor the service itself", {{kDb, "app", 1}}, "", 0},
    {"what is below a table in _schema is the table",
     {{kDb, "_schema/x", 1}},
     "_schema/x/_field/y",
     1},
    {"so that a wider line does not lead round it",
     {{kDb, "_schema/*", 31}, {kDb, "_schema/x", 1}},
     "_schema/x/_field",
     1},
    {"an empty component is the service's root", {{kDb, "", 1}}, "", 1},
    {"and only that", {{kDb, "", 1}}, "app", 0},
    {"a pattern covers its own component", {{kDb, "app/*", 1}}, "app", 1},
    {"and one below", {{kDb, "app/*", 1}}, "app/1", 1},
    {"and all below", {{kDb, "app/*", 1}}, "app/a/b", 1},
    {"but not its neighbours", {{kDb, "app/*", 1}}, "apple", 0},
    {"nor the root", {{kDb, "app/*", 1}}, "", 0},
    {"a star covers components", {{kDb, "*", 1}}, "app/1", 1},
    {"and the root", {{kDb, "*", 1}}, "", 1},
    {"exact lines are added up", {{kDb, "app", 1}, {kDb, "app", 2}}, "app", 3},
    {"patterns are added up", {{kDb, "*", 1}, {kDb, "_table/*", 2}}, "_table/x", 3},
    {"an exact line replaces them",
     {{kDb, "*", 1}, {kDb, "_table/*", 2}, {kDb, "_table/x", 16}},
     "_table/x",
     16},
    {"also when it grants nothing", {{kDb, "*", 31}, {kDb, "_table/x", 0}}, "_table/x", 0},
    {"an exact root replaces the star", {{kDb, "*", 31}, {kDb, "", 1}}, "", 1},
    {"another service's lines do not count", {{6, "*", 31}}, "app", 0},
    {"a line without service covers every component", {{std::nullopt, "*", 1}}, "app/1", 1},
    {"and every root", {{std::nullopt, "*", 1}}, "", 1},
    {"an empty one covers roots only", {{std::nullopt, "", 1}}, "app", 0},
    {"but those", {{std::nullopt, "", 1}}, "", 1},
    {"no other component without service counts", {{std::nullopt, "app", 1}}, "app", 0},
    {"a service's own lines come first", {{std::nullopt, "*", 31}, {kDb, "app", 1}}, "app", 1},
    {"the others' still hold elsewhere", {{std::nullopt, "*", 31}, {kDb, "app", 1}}, "other", 31},
    {"a slash at the end means nothing", {{kDb, "_table/x/", 1}}, "_table/x", 1},
    {"in the question neither", {{kDb, "_table/x", 1}}, "_table/x/", 1},
    {"arguments of a function do not count", {{kDb, "_func/f", 1}}, "_func/f(1,2)", 1},
    {"a key in parentheses is still a record", {{kDb, "_table/todo", 31}}, "_table/todo/(1,2)", 0},
    {"braces that are asked for are plain characters",
     {{kDb, "_table/x", 1}},
     "_table/{table_name}",
     0},
    {"also where a line has them", {{kDb, "_table/t/{aa}", 1}}, "_table/t/{bb}", 0},
    {"lines for scripts do not help callers", {{kDb, "app", 1, kScript}}, "app", 0},
    {"a line for nobody helps nobody", {{kDb, "app", 31, 0}}, "app", 0},
    {"a line for scripts does not hide a caller's pattern",
     {{kDb, "app", 16, kScript}, {kDb, "*", 1}},
     "app",
     1},
};

TEST(GrantOf, FollowsTheMatrix) {
    for (const Row& row : kMatrix) {
        EXPECT_EQ(granted(row.lines, row.asked), row.verbs) << row.fact;
    }
}

TEST(GrantOf, ScriptsHaveLinesOfTheirOwn) {
    EXPECT_EQ(granted({{kDb, "app", 1, kScript}}, "app", Requestor::Script), 1U);
    EXPECT_EQ(granted({{kDb, "app", 1, kApi | kScript}}, "app", Requestor::Script), 1U);
    EXPECT_EQ(granted({{kDb, "app", 1, kApi}}, "app", Requestor::Script), 0U);
}

RoleRow role_with_filters(bool first_by_or) {
    RoleRow row;
    RoleAccessRow first;
    first.service_id = kDb;
    first.component = "*";
    first.verbs = VerbSet(1);
    first.requestor_mask = kApi;
    first.filters = {{"a", "=", "1"}, {"b", "=", "2"}};
    first.filters_joined_by_or = first_by_or;
    row.accesses.push_back(first);
    return row;
}

TEST(GrantOf, FiltersOfTheGrantingLineApply) {
    const store::Role role(role_with_filters(true));
    const Grant read = grant_of(role, kDb, "x", Verb::Get, Requestor::Api);
    EXPECT_EQ(read.filters.size(), 2U);
    EXPECT_TRUE(read.filters_joined_by_or);
    EXPECT_TRUE(grant_of(role, kDb, "x", Verb::Post, Requestor::Api).filters.empty());
}

TEST(GrantOf, FiltersOfSeveralLinesAllApply) {
    RoleRow row = role_with_filters(true);
    RoleAccessRow second = row.accesses[0];
    second.component = "x/*";
    second.filters = {{"c", "=", "3"}};
    row.accesses.push_back(second);
    const store::Role role(std::move(row));
    const Grant grant = grant_of(role, kDb, "x", Verb::Get, Requestor::Api);
    EXPECT_EQ(grant.filters.size(), 3U);
    EXPECT_FALSE(grant.filters_joined_by_or);
}

RoleAccessRow line_of(std::string component, std::uint32_t verbs, std::string filtered = "") {
    RoleAccessRow line;
    line.service_id = kDb;
    line.component = std::move(component);
    line.verbs = VerbSet(verbs);
    line.requestor_mask = kApi;
    if (!filtered.empty()) {
        line.filters = {{std::move(filtered), "=", "1"}};
    }
    return line;
}

/// The filtered fields, joined: "a b".
std::string filtered(std::vector<RoleAccessRow> lines, std::string_view asked, Verb verb) {
    RoleRow row;
    row.accesses = std::move(lines);
    std::string fields;
    for (const RowFilter& filter :
         grant_of(store::Role(std::move(row)), kDb, asked, verb, Requestor::Api).filters) {
        fields += (fields.empty() ? "" : " ") + filter.field;
    }
    return fields;
}

TEST(GrantOf, AWiderLineDoesNotLeadRoundAFilter) {
    const auto narrow = line_of("_table/x", 1, "a");
    const auto wide = line_of("_table/*", 31);
    EXPECT_EQ(filtered({narrow, wide}, "_table/x", Verb::Get), "a");
    EXPECT_EQ(filtered({narrow, wide}, "_table/x/1", Verb::Get), "a");
    EXPECT_EQ(filtered({narrow, wide}, "_table/X/1/", Verb::Get), "a");
    EXPECT_EQ(filtered({narrow, wide}, "_table/y/1", Verb::Get), "");
    EXPECT_EQ(filtered({narrow, wide}, "_schema/x", Verb::Get), "");
    RoleAccessRow every = line_of("*", 31);
    every.service_id.reset();
    EXPECT_EQ(filtered({narrow, every}, "_table/x/1", Verb::Get), "a");
}

TEST(GrantOf, AVerbThatOnlyAWiderLineGrantsMeetsTheFilterToo) {
    const auto wide = line_of("_table/*", 31);
    EXPECT_EQ(filtered({line_of("_table/x", 1, "a"), wide}, "_table/x/1", Verb::Delete), "a");
    EXPECT_EQ(filtered({line_of("_table/x/*", 1, "a"), wide}, "_table/x/1", Verb::Delete), "a");
    // Another line of the same component says what else may be done, without the filter.
    EXPECT_EQ(filtered({line_of("_table/x/*", 1, "a"), line_of("_table/x/*", 16), wide},
                       "_table/x/1", Verb::Delete),
              "");
}

TEST(GrantOf, ALineThatNamesExactlyWhatIsAskedDecidesAlone) {
    EXPECT_EQ(
        filtered({line_of("_table/*", 31, "a"), line_of("_table/x", 1)}, "_table/x", Verb::Get),
        "");
    EXPECT_EQ(
        filtered({line_of("_table/*", 31, "a"), line_of("_table/x", 1)}, "_table/x/1", Verb::Get),
        "a");
}

TEST(GrantOf, FiltersOfLinesForAnotherRequestorDoNotCount) {
    RoleAccessRow scripts = line_of("_table/x", 1, "a");
    scripts.requestor_mask = kScript;
    EXPECT_EQ(filtered({scripts, line_of("_table/*", 31)}, "_table/x/1", Verb::Get), "");
}

/// What may be done with a routine, as bits.
std::uint32_t routine_verbs(std::vector<RoleAccessRow> lines, std::string_view asked) {
    RoleRow row;
    row.accesses = std::move(lines);
    return grant_of(store::Role(std::move(row)), kDb, asked, Verb::Get, Requestor::Api)
        .verbs.bits();
}

TEST(GrantOf, RoutinesAreNotCalledPastAFilter) {
    EXPECT_EQ(routine_verbs({line_of("*", 31, "a")}, "_proc/give"), 0U);
    EXPECT_EQ(routine_verbs({line_of("_proc/*", 3, "a")}, "_proc/give(1)"), 0U);
    EXPECT_EQ(routine_verbs({line_of("*", 31, "a"), line_of("_func/*", 3)}, "_func/area"), 0U);
    EXPECT_EQ(
        routine_verbs({line_of("_func/area", 1, "a"), line_of("_func/area", 2)}, "_func/area(2,3)"),
        2U);
    EXPECT_EQ(routine_verbs({line_of("*", 31, "a"), line_of("_func/area", 1)}, "_func/area"), 1U);
    EXPECT_EQ(routine_verbs({line_of("_table/*", 31, "a"), line_of("_func/*", 1)}, "_func/area"),
              1U);
    RoleAccessRow every = line_of("*", 31, "a");
    every.service_id.reset();
    EXPECT_EQ(routine_verbs({every}, "_proc/give"), 0U);
}

class Authorise : public ::testing::Test {
protected:
    Authorise() {
        auto service = std::make_shared<store::ServiceRow>();
        service->id = kDb;
        service->name = "db";
        snapshot_.services_by_name["db"] = service;
        target_.service = "db";
        target_.resource = "_table/todo";
    }

    void give_role(RoleRow row) {
        row.id = 1;
        snapshot_.roles_by_id[1] = std::make_shared<const store::Role>(std::move(row));
        principal_.role = RoleIdentity{1, "r"};
    }
    void give_role(const std::vector<Line>& lines) { give_role(role_of(lines).row); }
    void log_in() { principal_.user = UserIdentity{}; }
    void bring_key() { principal_.app = AppIdentity{1, "a"}; }

    Result<Grant> ask(Verb verb = Verb::Get) {
        return authorise(principal_, target_, verb, Requestor::Api, snapshot_);
    }
    int status(Verb verb = Verb::Get) {
        const auto answer = ask(verb);
        return answer ? 200 : answer.error().status();
    }

    store::Snapshot snapshot_;
    Principal principal_;
    Target target_;
};

TEST_F(Authorise, NobodyIs401) {
    EXPECT_EQ(status(), 401);
    EXPECT_TRUE(ask().error().message().starts_with("No session token (JWT) or API Key detected"));
}

TEST_F(Authorise, KeyWithoutRoleIs401) {
    bring_key();
    EXPECT_EQ(status(), 401);
}

TEST_F(Authorise, UserWithoutKeyIs401) {
    log_in();
    EXPECT_EQ(status(), 401);
    EXPECT_TRUE(ask().error().message().starts_with("No API Key provided."));
}

TEST_F(Authorise, UserWithKeyButNoRoleIs403) {
    log_in();
    bring_key();
    EXPECT_EQ(status(), 403);
    EXPECT_TRUE(ask().error().message().starts_with("Role not found."));
}

TEST_F(Authorise, RoleThatForbidsIs401ForNobodyAnd403ForAUser) {
    bring_key();
    give_role({{kDb, "_table/todo", 2}});
    EXPECT_EQ(status(), 401);
    log_in();
    EXPECT_EQ(status(), 403);
    EXPECT_EQ(ask().error().message(),
              "Access Forbidden. Get access to component '_table/todo' of service 'db' is not "
              "allowed by this user's role.");
    EXPECT_EQ(status(Verb::Post), 200);
}

TEST_F(Authorise, FilterThatDoesNotReachARoutineIs403WithTheReason) {
    bring_key();
    RoleRow row = role_of({{kDb, "*", 31}}).row;
    row.accesses.front().filters = {{"owner", "=", "1"}};
    give_role(std::move(row));
    EXPECT_EQ(status(), 200);
    target_.resource = "_proc/give(1,2)";
    EXPECT_EQ(status(Verb::Post), 403);
    EXPECT_NE(ask().error().message().find("for '_proc/give' alone, without filters"),
              std::string::npos)
        << ask().error().message();
}

TEST_F(Authorise, InactiveRoleIs403) {
    RoleRow row = role_of({{kDb, "*", 31}}).row;
    row.is_active = false;
    give_role(std::move(row));
    EXPECT_EQ(status(), 403);
}

TEST_F(Authorise, DeletedRoleGrantsNothing) {
    give_role({{kDb, "*", 31}});
    snapshot_.roles_by_id.clear();
    EXPECT_EQ(status(), 401);
}

TEST_F(Authorise, AdministratorMayDoEverything) {
    principal_.is_unrestricted = true;
    EXPECT_EQ(ask()->verbs, VerbSet::all());
}

TEST_F(Authorise, PublicPathsNeedNothing) {
    target_.service = "user";
    target_.resource = "session";
    EXPECT_EQ(status(Verb::Post), 200);
}

TEST_F(Authorise, FilterValuesNameTheCaller) {
    RoleRow row = role_with_filters(false);
    row.accesses[0].filters = {{"owner", "=", "{user.id}"}};
    give_role(std::move(row));
    log_in();
    principal_.user->id = 42;
    EXPECT_EQ(ask()->filters.at(0).value, "42");
}

TEST(Lookups, ValueStaysOneItemOfAList) {
    Principal principal;
    principal.user = UserIdentity{};
    principal.user->name = "a, b";
    EXPECT_EQ(with_lookups("({user.name}, 1)", principal), "(a, b, 1)");
    EXPECT_EQ(with_lookups("({user.name}, 1)", principal, ValueForm::List), std::nullopt);
    principal.user->name = "a";
    EXPECT_EQ(with_lookups("({user.name}, 1)", principal, ValueForm::List), "(a, 1)");
}

TEST(Lookups, UnknownNamesStay) {
    Principal principal;
    principal.user = UserIdentity{};
    principal.user->email = "{user.id}";
    EXPECT_EQ(with_lookups("a {user.email} b {x} {", principal), "a {user.id} b {x} {");
    EXPECT_EQ(with_lookups("{user.id}", Principal{}), std::nullopt);
    EXPECT_EQ(with_lookups("{user.username}", principal), std::nullopt);
    EXPECT_EQ(with_lookups("plain", principal), "plain");
    EXPECT_EQ(find_unknown_lookup("a {user.emial}"), "user.emial");
    EXPECT_EQ(find_unknown_lookup("{user.id} {session.id}"), "session.id");
    for (const char* text : {"{user.id}", "{session.token}{app.api_key}", "{x} {", "", "{user}"}) {
        EXPECT_EQ(find_unknown_lookup(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace sluice::access
