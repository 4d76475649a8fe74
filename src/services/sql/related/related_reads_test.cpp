/// Related records as clients read and write them, on every database.

#include "services/sql/table_suite.h"

namespace sluice::services::sql {
namespace {

using ::testing::HasSubstr;

class RelatedReads : public TableSuite {
protected:
    void SetUp() override {
        TableSuite::SetUp();
        if (kit_) {
            kit_->execute(
                "INSERT INTO child (id, todo_id) VALUES (1, 1), (2, 1), (3, 3), (4, NULL)");
        }
    }
};

INSTANTIATE_TEST_SUITE_P(OnEvery,
                         RelatedReads,
                         ::testing::Values("sqlite", "postgres", "mysql", "mysql_plain"),
                         [](const auto& each) { return each.param; });

TEST_P(RelatedReads, ShowNullWhereNothingIsReferredTo) {
    EXPECT_EQ(
        get("_table/child", {{"filter", "id>2"},
                             {"fields", "id"},
                             {"related", "todo_by_todo_id"},
                             {"todo_by_todo_id.fields", "name"}}),
        (Answer{200, R"({"resource":[{"id":3,"todo_by_todo_id":{"name":"three, or 50% more"}},)"
                     R"({"id":4,"todo_by_todo_id":null}]})"}));
}

TEST_P(RelatedReads, ShowGroupsOfTheRelated) {
    EXPECT_EQ(get("_table/todo", {{"fields", "id"},
                                  {"related", "child"},
                                  {"child.fields", "COUNT(*)"},
                                  {"child.group", "todo_id"}}),
              (Answer{200, R"({"resource":[{"id":1,"child_by_todo_id":[{"COUNT_ALL":2}]},)"
                           R"({"id":2,"child_by_todo_id":[]},)"
                           R"({"id":3,"child_by_todo_id":[{"COUNT_ALL":1}]}]})"}));
}

TEST_P(RelatedReads, ShowMoreThanOneAnswerHolds) {
    open(R"("max_records":2)");
    kit_->execute("INSERT INTO child (id, todo_id) VALUES (1, 1), (2, 1), (3, 1), (5, 1), (6, 1)");
    EXPECT_EQ(
        get("_table/todo/1", {{"fields", "id"}, {"related", "child"}, {"child.fields", "id"}}),
        (Answer{200,
                R"({"id":1,"child_by_todo_id":[{"id":1},{"id":2},{"id":3},{"id":5},{"id":6}]})"}));
}

TEST_P(RelatedReads, FindKeysThatAreTextWithAnythingInThem) {
    kit_->execute("CREATE TABLE place (code VARCHAR(20) PRIMARY KEY)");
    kit_->execute(
        "CREATE TABLE visit (id INTEGER PRIMARY KEY, place VARCHAR(20) REFERENCES place(code))");
    EXPECT_EQ(send(Verb::Post, "_table/place", R"([{"code":"a'b\\\",)() or"}])").status, 200);
    EXPECT_EQ(send(Verb::Post, "_table/visit", R"([{"id":1,"place":"a'b\\\",)() or"}])").status,
              200);
    EXPECT_EQ(get("_table/visit/1", {{"fields", "id"}, {"related", "place"}}),
              (Answer{200, R"({"id":1,"place_by_place":{"code":"a'b\\\",)() or"}})"}));
}

TEST_P(RelatedReads, StandInTheAnswersOfWrites) {
    const Parameters related{{"related", "todo_by_todo_id"}, {"todo_by_todo_id.fields", "id"}};
    EXPECT_EQ(send(Verb::Post, "_table/child", R"([{"id":8,"todo_id":2}])", related),
              (Answer{200, R"({"resource":[{"id":8,"todo_by_todo_id":{"id":2}}]})"}));
    EXPECT_EQ(send(Verb::Patch, "_table/child/8", R"({"todo_id":1})", related),
              (Answer{200, R"({"id":8,"todo_by_todo_id":{"id":1}})"}));
    EXPECT_EQ(send(Verb::Delete, "_table/child/8", "", related),
              (Answer{200, R"({"id":8,"todo_by_todo_id":{"id":1}})"}));
}

TEST_P(RelatedReads, AreRefusedBeforeAnythingIsWritten) {
    const Answer answer =
        send(Verb::Post, "_table/child", R"([{"id":8,"todo_id":2}])", {{"related", "nothing"}});
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(get("_table/child/8").status, 404);
}

TEST_P(RelatedReads, ShowWhatRefersToTheTableItself) {
    kit_->execute("CREATE TABLE staff (id INTEGER PRIMARY KEY, boss INTEGER REFERENCES staff(id))");
    kit_->execute("INSERT INTO staff VALUES (1, NULL), (2, 1), (3, 1)");
    EXPECT_EQ(
        get("_table/staff/1",
            {{"fields", "id"}, {"related", "*"}, {"staff_by_boss_many.fields", "id"}}),
        (Answer{200, R"({"id":1,"staff_by_boss":null,"staff_by_boss_many":[{"id":2},{"id":3}]})"}));
}

TEST_P(RelatedReads, AreDescribedInTheSchema) {
    EXPECT_THAT(get("_schema/todo").body,
                HasSubstr(R"("name":"child_by_todo_id","label":"Child By Todo Id")"));
}

TEST_P(RelatedReads, AreBoundedThoughEachRowShowsTheSame) {
    open(R"("max_answer_bytes":1000000)");
    const std::string large(50'000, 'x');
    kit_->execute("CREATE TABLE page (id INTEGER PRIMARY KEY, body TEXT)");
    kit_->execute("CREATE TABLE leaf (id INTEGER PRIMARY KEY, page INTEGER REFERENCES page(id))");
    if (GetParam().starts_with("mysql")) {  // which takes no reference from within a column
        kit_->execute("ALTER TABLE leaf ADD FOREIGN KEY (page) REFERENCES page(id)");
    }
    kit_->execute("INSERT INTO page VALUES (1, '" + large + "')");
    std::string rows;
    for (int id = 1; id <= 200; ++id) {
        rows += (id > 1 ? ",(" : "(") + std::to_string(id) + ",1)";
    }
    kit_->execute("INSERT INTO leaf VALUES " + rows);
    EXPECT_EQ(get("_table/leaf", {{"limit", "5"}, {"related", "page_by_page"}}).status, 200);
    const Answer answer = get("_table/leaf", {{"related", "page_by_page"}});
    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(answer.body, HasSubstr("1000000 bytes"));
}

TEST_P(RelatedReads, GoFiveDeep) {
    const auto get_nested = [this](int depth) {
        Parameters parameters{{"fields", "id"}};
        std::string path;
        for (int i = 0; i < depth; ++i) {
            const std::string name = i % 2 == 0 ? "child_by_todo_id" : "todo_by_todo_id";
            parameters.set(path + "related", name);
            path += name + ".";
        }
        return get("_table/todo/1", parameters);
    };
    EXPECT_EQ(get_nested(5).status, 200);
    const Answer deeper = get_nested(6);
    EXPECT_EQ(deeper.status, 400);
    EXPECT_THAT(deeper.body, HasSubstr("5 deep at most"));
}

TEST_P(RelatedReads, KnowTablesThatCameLater) {
    EXPECT_EQ(get("_table/todo/1", {{"fields", "id"}, {"related", "child"}}).status, 200);
    kit_->execute(
        "CREATE TABLE late (id INTEGER PRIMARY KEY, todo_id INTEGER, FOREIGN KEY (todo_id) "
        "REFERENCES todo (id))");
    kit_->execute("INSERT INTO late VALUES (1, 2)");
    EXPECT_EQ(get("_table/late/1", {{"related", "todo"}, {"todo.fields", "name"}}),
              (Answer{200, R"({"id":1,"todo_id":2,"todo_by_todo_id":{"name":"two"}})"}));
    EXPECT_EQ(get("_table/todo/2", {{"fields", "id"}, {"related", "late"}, {"late.fields", "id"}}),
              (Answer{200, R"({"id":2,"late_by_todo_id":[{"id":1}]})"}));
}

class LinkedFilters : public RelatedReads {
protected:
    void SetUp() override {
        RelatedReads::SetUp();
        if (kit_) {
            kit_->execute(
                "CREATE TABLE node (id INTEGER PRIMARY KEY, up INTEGER, name VARCHAR(9))");
            kit_->execute("INSERT INTO node VALUES (1, NULL, 'a'), (2, 1, 'b'), (3, 2, 'c')");
            if (GetParam() == "sqlite") {  // which adds no reference to a table that is there
                kit_->execute("DROP TABLE node");
                kit_->execute(
                    "CREATE TABLE node (id INTEGER PRIMARY KEY, up INTEGER REFERENCES node(id), "
                    "name VARCHAR(9))");
                kit_->execute("INSERT INTO node VALUES (1, NULL, 'a'), (2, 1, 'b'), (3, 2, 'c')");
            } else {
                kit_->execute("ALTER TABLE node ADD FOREIGN KEY (up) REFERENCES node(id)");
            }
        }
    }
    std::string names(const std::string& filter) {
        return get("_table/node", {{"fields", "name"}, {"filter", filter}}).body;
    }
};

INSTANTIATE_TEST_SUITE_P(OnEvery,
                         LinkedFilters,
                         ::testing::Values("sqlite", "postgres", "mysql", "mysql_plain"),
                         [](const auto& each) { return each.param; });

TEST_P(LinkedFilters, ReachTheirOwnTable) {
    EXPECT_EQ(names("node_by_up.name = 'a'"), R"({"resource":[{"name":"b"}]})");
    EXPECT_EQ(names("node_by_up_many.name = 'c'"), R"({"resource":[{"name":"b"}]})");
    EXPECT_EQ(names("node_by_up.node_by_up.name = 'a'"), R"({"resource":[{"name":"c"}]})");
    EXPECT_EQ(names("not (node_by_up.id > 0)"), R"({"resource":[{"name":"a"}]})");
    EXPECT_EQ(names("node_by_up.name is null"), R"({"resource":[]})");
}

TEST_P(LinkedFilters, ChangeRowsByTheirOwnTable) {
    const Parameters by_parent{{"filter", "node_by_up.name = 'b'"}};
    EXPECT_EQ(send(Verb::Patch, "_table/node", R"({"name":"d"})", by_parent),
              (Answer{200, R"({"resource":[{"id":3}]})"}));
    EXPECT_EQ(send(Verb::Delete, "_table/node", "", by_parent),
              (Answer{200, R"({"resource":[{"id":3}]})"}));
    EXPECT_EQ(names("id > 0"), R"({"resource":[{"name":"a"},{"name":"b"}]})");
}

TEST_P(LinkedFilters, GoFiveDeep) {
    const std::string one = "node_by_up.";
    EXPECT_EQ(names(one + one + one + one + one + "id = 1"), R"({"resource":[]})");
    EXPECT_THAT(names(one + one + one + one + one + one + "id = 1"), HasSubstr("more than 5"));
}

}  // namespace
}  // namespace sluice::services::sql
