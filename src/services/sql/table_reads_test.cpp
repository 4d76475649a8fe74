/// What clients read, on every database: the same calls, the same answers.

#include "services/sql/table_suite.h"

namespace sluice::services::sql {
namespace {

using ::testing::HasSubstr;

class TableReads : public TableSuite {};

INSTANTIATE_TEST_SUITE_P(OnEvery,
                         TableReads,
                         ::testing::Values("sqlite", "postgres", "mysql", "mysql_plain"),
                         [](const auto& each) { return each.param; });

TEST_P(TableReads, ListsItsResources) {
    const std::string routines =
        GetParam() == "sqlite" ? "" : R"({"name":"_func"},{"name":"_proc"},)";
    EXPECT_EQ(get("").body,
              R"({"resource":[)" + routines + R"({"name":"_schema"},{"name":"_table"}]})");
}

TEST_P(TableReads, ListsTablesAndViews) {
    EXPECT_EQ(get("_table", {{"as_list", "true"}}),
              (Answer{200, R"({"resource":["child","finished","odd \"name","pair","todo"]})"}));
}

TEST_P(TableReads, ListsRecordsWithTheTypesOfTheirColumns) {
    EXPECT_EQ(
        get("_table/todo", {{"ids", "1"}}),
        (Answer{200, R"({"resource":[{"id":1,"name":"one","done":true,"price":1.5,"amount":null,)"
                     R"("due":"2026-01-01 10:00:00","payload":null,"extra":null}]})"}));
}

TEST_P(TableReads, ReadsOneRecordBare) {
    EXPECT_EQ(get("_table/todo/2", {{"fields", "id,name"}}),
              (Answer{200, R"({"id":2,"name":"two"})"}));
}

TEST_P(TableReads, SaysWhichRecordIsMissing) {
    for (const std::string id : {"99", "99999999999", "abc", "1 or 1=1"}) {
        const Answer answer = get("_table/todo/" + id);
        EXPECT_EQ(answer.status, 404) << id;
        EXPECT_THAT(answer.body, HasSubstr("Record with identifier '" + id + "' not found."));
    }
}

TEST_P(TableReads, SaysWhichTableIsMissing) {
    const Answer answer = get("_table/nothing");
    EXPECT_EQ(answer.status, 404);
    EXPECT_THAT(answer.body, HasSubstr(R"(Table \"nothing\" does not exist in the database.)"));
}

TEST_P(TableReads, FindsTablesAndFieldsWhateverTheirCase) {
    EXPECT_EQ(get("_table/ToDo/1", {{"fields", "NAME"}}), (Answer{200, R"({"name":"one"})"}));
}

TEST_P(TableReads, RefusesUnknownFields) {
    const Answer answer = get("_table/todo", {{"fields", "id,nope"}});
    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(answer.body, HasSubstr("Invalid field requested: nope"));
}

TEST_P(TableReads, PagesAndCounts) {
    EXPECT_EQ(get("_table/todo", {{"fields", "id"},
                                  {"limit", "1"},
                                  {"offset", "1"},
                                  {"order", "id"},
                                  {"include_count", "true"}}),
              (Answer{200, R"({"resource":[{"id":2}],"meta":{"count":3,"next":2,"previous":0}})"}));
    EXPECT_EQ(get("_table/todo", {{"fields", "id"}, {"limit", "2"}, {"order", "id desc"}}),
              (Answer{200, R"({"resource":[{"id":3},{"id":2}]})"}));
    EXPECT_EQ(get("_table/todo", {{"count_only", "true"}}), (Answer{200, "3"}));
    EXPECT_EQ(get("_table/todo", {{"count_only", "true"}, {"filter", "id > 1"}}),
              (Answer{200, "2"}));
}

TEST_P(TableReads, TellsTheCountWhenItsOwnCapCutsTheList) {
    open(R"("max_records":2)");
    EXPECT_EQ(get("_table/todo", {{"fields", "id"}, {"order", "id"}}),
              (Answer{200, R"({"resource":[{"id":1},{"id":2}],"meta":{"count":3,"next":2}})"}));
    EXPECT_EQ(get("_table/todo", {{"fields", "id"}, {"order", "id"}, {"limit", "50"}}),
              (Answer{200, R"({"resource":[{"id":1},{"id":2}],"meta":{"count":3,"next":2}})"}));
}

TEST_P(TableReads, OrdersNullsWhereTheClientWants) {
    EXPECT_EQ(get("_table/todo", {{"fields", "id"}, {"order", "price desc nulls last"}}),
              (Answer{200, R"({"resource":[{"id":2},{"id":1},{"id":3}]})"}));
    EXPECT_EQ(get("_table/todo", {{"fields", "id"}, {"order", "price nulls first, id"}}),
              (Answer{200, R"({"resource":[{"id":3},{"id":1},{"id":2}]})"}));
}

TEST_P(TableReads, FiltersWithEveryOperator) {
    EXPECT_EQ(found_by("id = 1"), "1");
    EXPECT_EQ(found_by("id != 1"), "23");
    EXPECT_EQ(found_by("(id >= 2) and (id <= 3)"), "23");
    EXPECT_EQ(found_by("id >= 2 and id < 3"), "2");
    EXPECT_EQ(found_by("id = 1 or id = 2 and name = 'nope'"), "1");
    EXPECT_EQ(found_by("(id = 1 or id = 2) and name = 'two'"), "2");
    EXPECT_EQ(found_by("name like 't%'"), "23");
    EXPECT_EQ(found_by("name NOT like 't%'"), "1");
    EXPECT_EQ(found_by("name contains '50%'"), "3");
    EXPECT_EQ(found_by("name contains ', or 5'"), "3");
    EXPECT_EQ(found_by("name starts with 'tw'"), "2");
    EXPECT_EQ(found_by("name ends with more"), "3");
    EXPECT_EQ(found_by("name in ('one', 'three, or 50% more')"), "13");
    EXPECT_EQ(found_by("id not in (1,2)"), "3");
    EXPECT_EQ(found_by("done is null"), "3");
    EXPECT_EQ(found_by("done IS NOT NULL"), "12");
    EXPECT_EQ(found_by("done = true"), "1");
    EXPECT_EQ(found_by("price between 1 and 2"), "1");
    EXPECT_EQ(found_by("NOT (id = 2)"), "13");
    EXPECT_EQ(found_by("(id = 1) nor (id = 2)"), "3");
    EXPECT_EQ(found_by("(id < 3) xor (id > 1)"), "13");
    EXPECT_EQ(found_by("id like '1%'"), "1");
    EXPECT_EQ(found_by("due = '2026-01-01 10:00:00'"), "1");
    EXPECT_EQ(found_by("price = 2.25"), "2");
    EXPECT_EQ(found_by("done = null"), "3");
}

TEST_P(TableReads, TakesParametersOfTheFilter) {
    EXPECT_EQ(get("_table/todo",
                  {{"filter", "name = :who"}, {"params", R"({":who":"two"})"}, {"fields", "id"}}),
              (Answer{200, R"({"resource":[{"id":2}]})"}));
    EXPECT_EQ(get("_table/todo", {{"filter", "name = :who"}}).status, 400);
}

TEST_P(TableReads, SaysWhereAFilterIsWrong) {
    const Answer answer = get("_table/todo", {{"filter", "id = 1 and (name like 'a'"}});
    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(answer.body, HasSubstr("At position 26: expected ')'"));
    EXPECT_THAT(get("_table/todo", {{"filter", "nope = 1"}}).body,
                HasSubstr("Invalid or unparsable field in filter request: 'nope'"));
    EXPECT_THAT(get("_table/todo", {{"filter", "id = one"}}).body,
                HasSubstr("Field 'id' must be a valid integer."));
}

TEST_P(TableReads, ReadsSeveralByTheirIdentifiers) {
    EXPECT_EQ(get("_table/todo", {{"ids", "2,1"}, {"fields", "id"}, {"order", "id"}}),
              (Answer{200, R"({"resource":[{"id":1},{"id":2}]})"}));
    EXPECT_EQ(get("_table/todo", {{"ids", "two"}, {"id_field", "name"}, {"fields", "id"}}),
              (Answer{200, R"({"resource":[{"id":2}]})"}));
    EXPECT_EQ(get("_table/pair", {{"ids", "(1,2),(2,1)"}, {"order", "a"}}),
              (Answer{200, R"({"resource":[{"a":1,"b":2,"note":"y"},{"a":2,"b":1,"note":"z"}]})"}));
    EXPECT_EQ(get("_table/pair/1,2"), (Answer{200, R"({"a":1,"b":2,"note":"y"})"}));
}

TEST_P(TableReads, ListsWhatIsThereBesideWhatIsMissing) {
    EXPECT_EQ(
        get("_table/todo", {{"ids", "1,99"}, {"fields", "id"}}),
        (Answer{400,
                R"({"error":{"code":1000,"context":{"error":[1],"resource":[{"id":1},)"
                R"({"code":404,"context":null,"message":"Record with identifier '99' not found.",)"
                R"("status_code":404}]},"message":"Batch Error: Not all requested records could )"
                R"(be retrieved.","status_code":400}})"}));
}

TEST_P(TableReads, TreatsHostileTextAsText) {
    const std::string hostile = R"(x'); DROP TABLE todo; --)";
    const auto expect_no_harm = [&](const Answer& answer, int status) {
        EXPECT_EQ(answer.status, status) << answer.body;
        EXPECT_EQ(get("_table/pair", {{"count_only", "1"}}).body, "3");
    };
    expect_no_harm(get("_table/" + hostile), 404);
    expect_no_harm(get("_table/todo", {{"fields", hostile}}), 400);
    expect_no_harm(get("_table/todo", {{"fields", "id\" FROM todo; --"}}), 400);
    expect_no_harm(get("_table/todo", {{"order", "id; DROP TABLE todo"}}), 400);
    expect_no_harm(get("_table/todo", {{"order", "(select 1)"}}), 400);
    expect_no_harm(get("_table/todo", {{"group", hostile}}), 400);
    expect_no_harm(get("_table/todo", {{"limit", "1; DROP TABLE todo"}}), 400);
    expect_no_harm(get("_table/todo", {{"offset", "1 UNION SELECT 1"}}), 400);
    expect_no_harm(get("_table/todo", {{"ids", hostile}}), 400);
    expect_no_harm(get("_table/todo", {{"ids", "1"}, {"id_field", hostile}}), 400);
    expect_no_harm(get("_table/todo", {{"filter", "name = '" + hostile + "'"}}), 400);
    expect_no_harm(get("_table/todo", {{"filter", "name = \"" + hostile + "\""}}), 200);
    expect_no_harm(get("_table/todo", {{"filter", "id = (SELECT 1)"}}), 400);
    expect_no_harm(get("_table/todo", {{"filter", "name = (SELECT 1)"}}), 200);
    expect_no_harm(send(Verb::Post, "_table/todo", R"([{"name":"x","id\") VALUES (9); --":1}])"),
                   200);
    expect_no_harm(send(Verb::Post, "_table/todo", R"([{"name":"'; DROP TABLE todo; --"}])"), 200);
    EXPECT_EQ(found_by("name starts with \"';\"").size(), 1U);
}

TEST_P(TableReads, ServesTablesWithAwkwardNames) {
    EXPECT_EQ(
        send(Verb::Post, R"(_table/odd "name)", R"([{"id":1,"we\"ird col":"v","select":"s"}])")
            .status,
        200);
    EXPECT_EQ(get(R"(_table/odd "name)", {{"filter", R"([we"ird col] = v)"}}).body,
              R"({"resource":[{"id":1,"we\"ird col":"v","select":"s"}]})");
}

TEST_P(TableReads, ReadsViews) {
    EXPECT_EQ(get("_table/finished").body, R"({"resource":[{"id":1,"name":"one"}]})");
}

TEST_P(TableReads, GroupsAndAggregates) {
    EXPECT_EQ(
        get("_table/pair", {{"group", "a"}, {"fields", "a,COUNT(*),MAX(b)"}, {"order", "a"}}).body,
        R"({"resource":[{"a":1,"COUNT_ALL":2,"MAX_b":2},{"a":2,"COUNT_ALL":1,"MAX_b":1}]})");
    EXPECT_EQ(get("_table/pair", {{"fields", "COUNT(*)"}}).status, 400);
}

TEST_P(TableReads, TakesOptionsFromTheBodyOfAGet) {
    EXPECT_EQ(kit_->ask({.resource = "_table/todo",
                         .parameters = {{"fields", "id"}},
                         .content = R"({"filter":"id < 3","order":"id desc","fields":"name"})"})
                  .body,
              R"({"resource":[{"id":2},{"id":1}]})");
}

TEST_P(TableReads, DescribesATable) {
    const Answer answer = get("_schema/child");
    EXPECT_EQ(answer.status, 200);
    EXPECT_THAT(answer.body, HasSubstr(R"("primary_key":["id"])"));
    EXPECT_THAT(answer.body, HasSubstr(R"("name":"todo_id","label":"Todo Id")"));
    EXPECT_THAT(answer.body,
                HasSubstr(R"("is_foreign_key":true,"ref_table":"todo","ref_field":"id")"));
    EXPECT_THAT(answer.body, HasSubstr(R"("name":"todo_by_todo_id")"));
}

TEST_P(TableReads, IdentifiersMayBeGivenTwiceAndInTwoSpellings) {
    kit_->execute("CREATE TABLE priced (price DECIMAL(8,2) PRIMARY KEY)");
    kit_->execute("INSERT INTO priced VALUES (1.5), (2.5)");
    EXPECT_EQ(get("_table/priced", {{"ids", "1.50,1.50,2.5"}}).status, 200);
    EXPECT_EQ(get("_table/priced", {{"ids", "2.5,2.5,1.500,1.5"}}).status, 200);
    const Answer missing = get("_table/priced", {{"ids", "1.5,1.5,7"}});
    EXPECT_EQ(missing.status, 400);
    EXPECT_THAT(missing.body, HasSubstr("Record with identifier '7' not found."));
    EXPECT_THAT(missing.body, HasSubstr(R"("error":[2])"));
}

TEST_P(TableReads, ValuesOfIdentifiersAreBounded) {
    std::string ids = "(1,1)";
    for (int i = 0; i < 5000; ++i) {
        ids += ",(1,1)";
    }
    const Answer many = get("_table/pair", {{"ids", ids}});
    EXPECT_EQ(many.status, 400);
    EXPECT_THAT(many.body, HasSubstr("at most 5000 identifiers"));
    EXPECT_EQ(send(Verb::Delete, "_table/pair", "", {{"ids", ids}}).status, 400);
}

}  // namespace
}  // namespace sluice::services::sql
