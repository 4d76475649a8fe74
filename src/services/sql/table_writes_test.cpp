/// What clients write, on every database: the same calls, the same answers.

#include "services/sql/table_suite.h"

namespace sluice::services::sql {
namespace {

using ::testing::HasSubstr;

class TableWrites : public TableSuite {};

INSTANTIATE_TEST_SUITE_P(OnEvery,
                         TableWrites,
                         ::testing::Values("sqlite", "postgres", "mysql", "mysql_plain"),
                         [](const auto& each) { return each.param; });

TEST_P(TableWrites, CreatesRecordsAndReturnsTheirKeys) {
    EXPECT_EQ(send(Verb::Post, "_table/todo",
                   R"({"resource":[{"name":"four","done":true},{"name":"five","unknown":1}]})"),
              (Answer{200, R"({"resource":[{"id":4},{"id":5}]})"}));
    EXPECT_EQ(send(Verb::Post, "_table/todo", R"([{"name":"six","price":2.5}])",
                   {{"fields", "name,price"}}),
              (Answer{200, R"({"resource":[{"name":"six","price":2.5}]})"}));
    EXPECT_EQ(get("_table/todo", {{"count_only", "1"}}).body, "6");
}

TEST_P(TableWrites, KeepsEveryKindOfValue) {
    EXPECT_EQ(send(Verb::Post, "_table/todo", R"([{"id":9007199254740993,"name":"big"}])",
                   {{"fields", "id"}})
                  .status,
              GetParam() == "sqlite" ? 200 : 400);  // the column of the other holds 32 bits
    EXPECT_EQ(send(Verb::Post, "_table/todo",
                   R"([{"name":"k\u00e9\n\"q\"","payload":"AAEC/w==","extra":{"a":[1,2.50]},)"
                   R"("due":"2026-02-03 04:05:06"}])",
                   {{"fields", "name,payload,extra,due"}}),
              (Answer{200,
                      "{\"resource\":[{\"name\":\"k\xC3\xA9\\n\\\"q\\\"\",\"payload\":\"AAEC/w==\","
                      "\"extra\":{\"a\":[1,2.50]},\"due\":\"2026-02-03 04:05:06\"}]}"}));
}

TEST_P(TableWrites, RefusesRecordsThatCannotBe) {
    const auto message = [this](std::string body) {
        return send(Verb::Post, "_table/todo", std::move(body)).body;
    };
    EXPECT_THAT(message(R"([{"name":null}])"), HasSubstr("Field 'name' can not be NULL."));
    EXPECT_THAT(message(R"([{"done":true}])"), HasSubstr("Required field 'name' can not be NULL."));
    EXPECT_THAT(message(R"([{"nope":true}])"), HasSubstr("No valid fields were found in record."));
    EXPECT_THAT(message(R"([{"name":"x","id":"abc"}])"),
                HasSubstr("Field 'id' must be a valid integer."));
    EXPECT_THAT(message(R"([{"name":"x","done":"maybe"}])"),
                HasSubstr("Field 'done' must be a valid boolean."));
    EXPECT_THAT(message(R"([{"name":"x","payload":"*"}])"),
                HasSubstr("Field 'payload' must be base64."));
    EXPECT_THAT(message(R"({"name":"bare"})"), HasSubstr("No record(s) detected in request."));
    EXPECT_THAT(message(R"([{"name":"x")"), HasSubstr("Invalid or malformed JSON"));
    EXPECT_THAT(message("[{\"name\":\"\xFF\"}]"), HasSubstr("valid UTF-8"));
    EXPECT_THAT(message(R"([{"name":{"expression":"1; DROP TABLE todo"}}])"),
                HasSubstr("is not permitted."));
    EXPECT_EQ(send(Verb::Post, "_table/todo/7", R"({"name":"x"})").status, 400);
    EXPECT_EQ(get("_table/todo", {{"count_only", "1"}}).body, "3");
}

TEST_P(TableWrites, NamesTheFieldOfAValueThatExists) {
    const Answer answer = send(Verb::Post, "_table/todo", R"([{"name":"one"}])");
    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(answer.body, HasSubstr(R"("code":409)"));
    EXPECT_THAT(answer.body, HasSubstr("exists already"));
    EXPECT_THAT(answer.body, HasSubstr("name"));
    EXPECT_THAT(answer.body, ::testing::Not(HasSubstr("INSERT")));
}

TEST_P(TableWrites, StopsABatchAtItsFirstFailure) {
    const Answer answer =
        send(Verb::Post, "_table/todo", R"([{"name":"a"},{"name":"one"},{"name":"b"}])");
    EXPECT_THAT(answer.body, HasSubstr(R"("context":{"error":[1],"resource":[{"id":)"));
    EXPECT_THAT(answer.body, HasSubstr(R"(},{"code":409)"));
    EXPECT_THAT(answer.body, HasSubstr("could be created.\""));
    EXPECT_EQ(found_by("name in (a,b)").size(), 1U);
    EXPECT_EQ(get("_table/todo", {{"count_only", "1"}}).body, "4");
}

TEST_P(TableWrites, ContinuesABatchWhenAsked) {
    const Answer answer =
        send(Verb::Post, "_table/todo", R"([{"name":"a"},{"name":"one"},{"name":"b"},{"done":1}])",
             {{"continue", "true"}, {"fields", "name"}});
    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(answer.body, HasSubstr(R"("error":[1,3],"resource":[{"name":"a"},{"code":409)"));
    EXPECT_EQ(get("_table/todo", {{"count_only", "1"}}).body, "5");
}

TEST_P(TableWrites, RollsABatchBackWhenAsked) {
    const Answer answer =
        send(Verb::Post, "_table/todo", R"([{"name":"a"},{"name":"one"},{"name":"b"}])",
             {{"rollback", "true"}});
    EXPECT_THAT(answer.body, HasSubstr("could be created. All changes rolled back."));
    EXPECT_THAT(answer.body, HasSubstr(R"("error":[1])"));
    EXPECT_EQ(get("_table/todo", {{"count_only", "1"}}).body, "3");
    EXPECT_EQ(send(Verb::Post, "_table/todo", "[{}]", {{"rollback", "true"}, {"continue", "true"}})
                  .status,
              400);
}

TEST_P(TableWrites, UpdatesOneRecordBareOrWrapped) {
    EXPECT_EQ(send(Verb::Patch, "_table/todo/1", R"({"name":"uno","id":77})"),
              (Answer{200, R"({"id":1})"}));
    EXPECT_EQ(send(Verb::Put, "_table/todo/1", R"({"resource":[{"done":false}]})",
                   {{"fields", "name,done"}}),
              (Answer{200, R"({"name":"uno","done":false})"}));
    EXPECT_EQ(send(Verb::Patch, "_table/todo/99", R"({"name":"x"})").status, 404);
    EXPECT_EQ(send(Verb::Patch, "_table/todo/99", R"({"id":99})").status, 404);
    EXPECT_EQ(send(Verb::Patch, "_table/todo/1", R"({"id":1})"), (Answer{200, R"({"id":1})"}));
}

TEST_P(TableWrites, UpdatesManyByKeysIdsOrFilter) {
    EXPECT_EQ(send(Verb::Patch, "_table/todo",
                   R"({"resource":[{"id":1,"price":10},{"id":2,"price":20}]})"),
              (Answer{200, R"({"resource":[{"id":1},{"id":2}]})"}));
    EXPECT_EQ(send(Verb::Patch, "_table/todo", R"([{"price":5}])",
                   {{"ids", "1,3"}, {"fields", "id,price"}}),
              (Answer{200, R"({"resource":[{"id":1,"price":5.0},{"id":3,"price":5.0}]})"}));
    EXPECT_EQ(send(Verb::Patch, "_table/todo", R"([{"price":20.5}])",
                   {{"filter", "price = 20"}, {"fields", "id,price"}}),
              (Answer{200, R"({"resource":[{"id":2,"price":20.5}]})"}));
    EXPECT_THAT(send(Verb::Patch, "_table/todo", R"([{"price":1}])").body,
                HasSubstr("Identifying field(s) not found in record."));
}

TEST_P(TableWrites, ReportsEveryMissingIdentifierOfAnUpdate) {
    const Answer answer = send(Verb::Patch, "_table/todo", R"([{"price":7}])", {{"ids", "1,99,2"}});
    EXPECT_THAT(answer.body, HasSubstr(R"("error":[1],"resource":[{"id":1},{"code":404)"));
    EXPECT_THAT(answer.body, HasSubstr("could be updated."));
    EXPECT_EQ(found_by("price = 7"), "12");
}

TEST_P(TableWrites, InsertsWhatIsMissingWhenUpsertIsOn) {
    open(R"("allow_upsert":true)");
    EXPECT_EQ(send(Verb::Put, "_table/todo/42", R"({"name":"new"})"),
              (Answer{200, R"({"id":42})"}));
    EXPECT_EQ(get("_table/todo/42", {{"fields", "name"}}).body, R"({"name":"new"})");
}

TEST_P(TableWrites, KeepsAnUpsertOfAKeyAloneToTheRowsOfTheRole) {
    open(R"("allow_upsert":true)");
    const auto put = [this](std::string resource, std::string body) {
        return kit_->ask({.verb = Verb::Put,
                          .resource = std::move(resource),
                          .content = std::move(body),
                          .grant = {VerbSet::all(), {{"todo_id", "=", "1"}}, false}});
    };
    EXPECT_EQ(put("_table/child/5", R"({"id":5})").status, 403);
    EXPECT_EQ(get("_table/child", {{"count_only", "1"}}).body, "0");
    EXPECT_EQ(put("_table/child/5", R"({"todo_id":1})").status, 200);
    EXPECT_EQ(put("_table/child/5", R"({"id":5})"), (Answer{200, R"({"id":5})"}));
    EXPECT_EQ(get("_table/child", {{"count_only", "1"}}).body, "1");
}

TEST_P(TableWrites, DeletesByEveryWay) {
    EXPECT_EQ(send(Verb::Delete, "_table/todo/1", "", {{"fields", "name"}}),
              (Answer{200, R"({"name":"one"})"}));
    EXPECT_EQ(send(Verb::Delete, "_table/todo/1", "").status, 404);
    EXPECT_EQ(send(Verb::Delete, "_table/pair", R"({"resource":[{"a":1,"b":1}]})"),
              (Answer{200, R"({"resource":[{"a":1,"b":1}]})"}));
    EXPECT_EQ(send(Verb::Delete, "_table/todo", "", {{"filter", "id = 2"}}),
              (Answer{200, R"({"resource":[{"id":2}]})"}));
    const Answer missing = send(Verb::Delete, "_table/todo", R"({"ids":[99,3]})");
    EXPECT_THAT(missing.body, HasSubstr(R"("error":[0],"resource":[{"code":404)"));
    EXPECT_THAT(missing.body, HasSubstr("could be deleted."));
    EXPECT_EQ(get("_table/todo", {{"count_only", "1"}}).body, "0");
    EXPECT_THAT(send(Verb::Delete, "_table/pair", "").body,
                HasSubstr("No filter or records given for delete request."));
    EXPECT_EQ(send(Verb::Delete, "_table/pair", "", {{"force", "true"}}),
              (Answer{200, R"({"success":true})"}));
    EXPECT_EQ(get("_table/pair", {{"count_only", "1"}}).body, "0");
}

TEST_P(TableWrites, KeepsToTheRowsOfTheRole) {
    const Grant mine{VerbSet::all(), {{"name", "STARTS WITH", "t"}}, false};
    const auto ask = [&](Verb verb, std::string resource, std::string body = "",
                         Parameters parameters = {}) {
        return kit_->ask({.verb = verb,
                          .resource = std::move(resource),
                          .parameters = std::move(parameters),
                          .content = std::move(body),
                          .grant = mine});
    };
    EXPECT_EQ(ask(Verb::Get, "_table/todo", "", {{"fields", "id"}, {"order", "id"}}).body,
              R"({"resource":[{"id":2},{"id":3}]})");
    EXPECT_EQ(ask(Verb::Get, "_table/todo", "", {{"count_only", "1"}, {"filter", "id = 1"}}).body,
              "0");
    EXPECT_EQ(ask(Verb::Get, "_table/todo/1").status, 404);
    EXPECT_EQ(ask(Verb::Delete, "_table/todo/1").status, 404);
    EXPECT_EQ(ask(Verb::Patch, "_table/todo/1", R"({"name":"tick"})").status, 404);
    EXPECT_EQ(ask(Verb::Patch, "_table/todo/2", R"({"name":"mine no more"})").status, 403);
    EXPECT_EQ(ask(Verb::Patch, "_table/todo/2", R"({"name":"tick"})").status, 200);
    EXPECT_THAT(ask(Verb::Post, "_table/todo", R"([{"name":"other"}])").body,
                HasSubstr(R"("code":403)"));
    EXPECT_EQ(ask(Verb::Post, "_table/todo", R"([{"name":"tock"}])").status, 200);
    EXPECT_EQ(ask(Verb::Delete, "_table/todo", "", {{"force", "1"}}).status, 200);
    EXPECT_EQ(get("_table/todo", {{"fields", "id,name"}}).body,
              R"({"resource":[{"id":1,"name":"one"}]})");
}

TEST_P(TableWrites, RefusesReferencesToNothing) {
    const Answer answer = send(Verb::Post, "_table/child", R"([{"id":1,"todo_id":99}])");
    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(answer.body, HasSubstr("Field 'todo_id' refers to a record that does not exist."));
    EXPECT_THAT(answer.body, ::testing::Not(HasSubstr("99")));
    EXPECT_EQ(send(Verb::Post, "_table/child", R"([{"id":1,"todo_id":1}])").status, 200);
    EXPECT_THAT(send(Verb::Patch, "_table/child/1", R"({"todo_id":98})").body,
                HasSubstr("Field 'todo_id' refers to a record that does not exist."));
}

TEST_P(TableWrites, KeepsRecordsThatOthersReferTo) {
    EXPECT_EQ(send(Verb::Post, "_table/child", R"([{"id":1,"todo_id":1}])").status, 200);
    const Answer one = send(Verb::Delete, "_table/todo/1", "");
    EXPECT_EQ(one.status, 409);
    EXPECT_THAT(one.body, HasSubstr("Other records still refer to it."));
    EXPECT_THAT(one.body, ::testing::Not(HasSubstr("DELETE")));
    EXPECT_THAT(send(Verb::Delete, "_table/todo", "", {{"ids", "2,1"}}).body,
                HasSubstr(R"({"id":2},{"code":409)"));
    EXPECT_EQ(found_by("id > 0"), "13");
}

TEST_P(TableWrites, CreatesAndDropsTables) {
    const std::string body =
        R"({"resource":[{"name":"made","field":[{"name":"id","type":"id"},)"
        R"({"name":"title","type":"string","length":40,"allow_null":false,"default":"it's"},)"
        R"({"name":"n","type":"integer"},{"name":"todo_id","type":"reference","ref_table":"todo","ref_field":"id"}]}]})";
    EXPECT_EQ(send(Verb::Post, "_schema", body),
              (Answer{200, R"({"resource":[{"name":"made"}]})"}));
    EXPECT_EQ(send(Verb::Post, "_schema", body).status, 409);
    EXPECT_EQ(send(Verb::Post, "_table/made", R"([{"n":5,"todo_id":1}])", {{"fields", "*"}}).body,
              R"({"resource":[{"id":1,"title":"it's","n":5,"todo_id":1}]})");
    const Answer described = get("_schema/made");
    EXPECT_THAT(
        described.body,
        HasSubstr(R"("name":"id","label":"Id","description":null,"native":[],"type":"id")"));
    EXPECT_THAT(described.body, HasSubstr(R"("length":40)"));
    EXPECT_EQ(send(Verb::Delete, "_schema/made", "").status, 200);
    EXPECT_EQ(get("_table/made").status, 404);
}

TEST_P(TableWrites, LooksAgainAtATableThatChangedFromOutside) {
    EXPECT_EQ(get("_table/pair/1,1").status, 200);
    kit_->execute("DROP TABLE pair");
    EXPECT_EQ(get("_table/pair"), (Answer{404, get("_table/pair").body}));
    kit_->execute("CREATE TABLE pair (a INTEGER, c INTEGER, PRIMARY KEY (a, c))");
    EXPECT_EQ(send(Verb::Post, "_table/pair", R"({"resource":[{"a":1,"c":2}]})").status, 200);
    kit_->execute("DROP TABLE pair");
    kit_->execute("CREATE TABLE pair (a INTEGER PRIMARY KEY, d INTEGER)");
    EXPECT_EQ(get("_table/pair"), (Answer{200, R"({"resource":[]})"}));
    kit_->execute("DROP TABLE pair");
    kit_->execute("CREATE TABLE pair (a INTEGER PRIMARY KEY, e INTEGER)");
    EXPECT_EQ(
        send(Verb::Post, "_table/pair", R"({"resource":[{"a":1,"d":2,"e":3}]})", {{"fields", "*"}}),
        (Answer{200, R"({"resource":[{"a":1,"e":3}]})"}));
    kit_->execute("DROP TABLE pair");
    EXPECT_EQ(send(Verb::Patch, "_table/pair/1", R"({"e":3})").status, 404);
    EXPECT_EQ(send(Verb::Post, "_table/pair", R"({"resource":[{"a":2}]})").status, 404);
}

TEST_P(TableWrites, CreatesAllTablesOfARequestOrNone) {
    const auto create = [this](std::string tables) {
        return send(Verb::Post, "_schema", R"({"resource":[)" + std::move(tables) + "]}").status;
    };
    const std::string first = R"({"name":"first","field":[{"name":"id","type":"id"}]})";
    const auto refers_to = [](std::string table) {
        return R"({"name":"second","field":[{"name":"f","type":"reference","ref_table":")" + table +
               R"(","ref_field":"id"}]})";
    };
    EXPECT_EQ(create(first + "," + refers_to("nowhere")), 404);
    EXPECT_EQ(get("_table/first").status, 404);
    EXPECT_EQ(create(first + "," + first), 409);
    EXPECT_EQ(get("_table/first").status, 404);
    // Only the database itself finds that a name is its own, or that there are too many digits.
    const std::string late = GetParam() == "sqlite" ? "sqlite_late" : "late";
    const std::string field = GetParam() == "postgres" ? "ctid" : "n";
    EXPECT_GE(create(first + R"(,{"name":")" + late + R"(","field":[{"name":")" + field +
                     R"(","type":"decimal","precision":66}]})"),
              400);
    EXPECT_EQ(get("_table/first").status, 404);
    EXPECT_EQ(get("_table/late").status, 404);
    EXPECT_EQ(create(first + "," + refers_to("first")), 200);
    EXPECT_EQ(get("_table/second").status, 200);
}

TEST_P(TableWrites, RefusesTablesThatCannotBe) {
    EXPECT_EQ(send(Verb::Post, "_schema",
                   R"({"resource":[{"name":"x\"; DROP TABLE todo","field":[{"name":"a"}]}]})")
                  .status,
              400);
    EXPECT_EQ(
        send(Verb::Post, "_schema", R"([{"name":"x","field":[{"name":"a","type":"int; DROP"}]}])")
            .status,
        400);
    EXPECT_EQ(
        send(Verb::Post, "_schema", R"([{"name":"x","field":[{"name":"a"},{"name":"A"}]}])").status,
        400);
    EXPECT_EQ(
        send(Verb::Post, "_schema",
             R"~([{"name":"x","field":[{"name":"a","default":{"expression":"(select 1)"}}]}])~")
            .status,
        400);
    EXPECT_EQ(send(Verb::Post, "_schema", R"([{"name":"x"}])").status, 400);
}

}  // namespace
}  // namespace sluice::services::sql
