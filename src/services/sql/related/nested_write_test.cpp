/// Records inside of records as clients write them, on every database.

#include "services/sql/table_suite.h"

namespace sluice::services::sql {
namespace {

using ::testing::HasSubstr;

/// A person has letters, may have one passport, stands in clubs and in a country.
const std::vector<std::string> kTables{
    "CREATE TABLE country (code VARCHAR(2) PRIMARY KEY, name VARCHAR(40) NOT NULL)",
    "CREATE TABLE person (id {serial}, name VARCHAR(40) NOT NULL, country VARCHAR(2), boss "
    "INTEGER, "
    "FOREIGN KEY (boss) REFERENCES person(id), FOREIGN KEY (country) REFERENCES country(code))",
    "CREATE TABLE letter (id {serial}, person_id INTEGER, text VARCHAR(40) NOT NULL, FOREIGN KEY "
    "(person_id) REFERENCES person(id))",
    "CREATE TABLE stamp (id {serial}, letter_id INTEGER NOT NULL, price INTEGER, FOREIGN KEY "
    "(letter_id) REFERENCES letter(id))",
    "CREATE TABLE passport (number INT NOT NULL PRIMARY KEY, person_id INTEGER UNIQUE, issued "
    "VARCHAR(10), FOREIGN KEY (person_id) REFERENCES person(id))",
    "CREATE TABLE club (id {serial}, name VARCHAR(40) NOT NULL)",
    "CREATE TABLE member (person_id INTEGER NOT NULL, club_id INTEGER NOT NULL, PRIMARY KEY "
    "(person_id, club_id), FOREIGN KEY (person_id) REFERENCES person(id), FOREIGN KEY (club_id) "
    "REFERENCES club(id))",
    "INSERT INTO country VALUES ('GB', 'Britain'), ('WS', 'Samoa')",
    "INSERT INTO person (name, country) VALUES ('Ada', 'GB'), ('Bob', NULL)",
    "INSERT INTO letter (person_id, text) VALUES (1, 'one'), (1, 'two'), (2, 'three')",
    "INSERT INTO club (name) VALUES ('chess'), ('tea')",
    "INSERT INTO member VALUES (1, 1)",
};

class NestedWrites : public TableSuite {
protected:
    void SetUp() override {
        TableSuite::SetUp();
        if (!kit_) {
            return;
        }
        const std::string serial = GetParam() == "sqlite" ? "INTEGER PRIMARY KEY"
                                   : GetParam() == "postgres"
                                       ? "SERIAL PRIMARY KEY"
                                       : "INTEGER AUTO_INCREMENT PRIMARY KEY";
        for (std::string text : kTables) {
            if (const auto at = text.find("{serial}"); at != std::string::npos) {
                text.replace(at, 8, serial);
            }
            kit_->execute(text);
        }
    }
    /// The rows of a table, as text.
    std::string all(const std::string& table, const std::string& fields, const std::string& order) {
        return get("_table/" + table, {{"fields", fields}, {"order", order}}).body;
    }
    std::string letters() { return all("letter", "id,person_id,text", "id"); }
    Answer ask(Verb verb, std::string resource, std::string body, Grant grant) {
        Ask ask;
        ask.verb = verb;
        ask.resource = std::move(resource);
        ask.content = std::move(body);
        ask.grant = std::move(grant);
        return kit_->ask(ask);
    }
};

INSTANTIATE_TEST_SUITE_P(OnEvery,
                         NestedWrites,
                         ::testing::Values("sqlite", "postgres", "mysql", "mysql_plain"),
                         [](const auto& each) { return each.param; });

TEST_P(NestedWrites, InsertWhatStandsInsideOfANewRecord) {
    EXPECT_EQ(
        send(
            Verb::Post, "_table/person",
            R"([{"name":"Cleo","letter_by_person_id":[{"text":"x","stamp":[{"price":7}]},{"text":"y"}]}])"),
        (Answer{200, R"({"resource":[{"id":3}]})"}));
    EXPECT_EQ(
        letters(),
        R"({"resource":[{"id":1,"person_id":1,"text":"one"},{"id":2,"person_id":1,"text":"two"},)"
        R"({"id":3,"person_id":2,"text":"three"},{"id":4,"person_id":3,"text":"x"},)"
        R"({"id":5,"person_id":3,"text":"y"}]})");
    EXPECT_EQ(all("stamp", "letter_id,price", "id"), R"({"resource":[{"letter_id":4,"price":7}]})");
}

TEST_P(NestedWrites, ChangeAdoptAndInsertAndLeaveTheRestAlone) {
    EXPECT_EQ(send(Verb::Patch, "_table/person/1",
                   R"({"letter":[{"id":1,"text":"new"},{"id":3},{"id":9,"text":"nine"}]})"),
              (Answer{200, R"({"id":1})"}));
    EXPECT_EQ(
        letters(),
        R"({"resource":[{"id":1,"person_id":1,"text":"new"},{"id":2,"person_id":1,"text":"two"},)"
        R"({"id":3,"person_id":1,"text":"three"},{"id":9,"person_id":1,"text":"nine"}]})");
}

TEST_P(NestedWrites, GiveUpWhatHasNullForItsReference) {
    EXPECT_EQ(
        send(Verb::Put, "_table/person/1",
             R"({"letter":[{"id":1,"person_id":null},{"id":2,"person_id":null,"text":"lost"}]})")
            .status,
        200);
    EXPECT_EQ(
        letters(),
        R"({"resource":[{"id":1,"person_id":null,"text":"one"},{"id":2,"person_id":null,"text":"lost"},)"
        R"({"id":3,"person_id":2,"text":"three"}]})");
    EXPECT_EQ(
        send(Verb::Patch, "_table/person/1", R"({"letter":[{"id":3,"person_id":null}]})"),
        (Answer{400, R"({"error":{"code":400,"context":null,"message":)"
                     R"("letter[0]: Record with identifier '3' not found.","status_code":400}})"}));
}

TEST_P(NestedWrites, DeleteWhatCannotBeGivenUpWhenAllowed) {
    kit_->execute("INSERT INTO stamp (letter_id, price) VALUES (1, 5), (1, 6)");
    const std::string body = R"({"stamp":[{"id":1,"letter_id":null}]})";
    const Answer refused = send(Verb::Patch, "_table/letter/1", body);
    EXPECT_EQ(refused.status, 400);
    EXPECT_THAT(refused.body, HasSubstr("stamp[0]: field 'letter_id' can not be NULL; "
                                        "'allow_related_delete' deletes the record."));
    EXPECT_EQ(send(Verb::Patch, "_table/letter/1", body, {{"allow_related_delete", "true"}}).status,
              200);
    EXPECT_EQ(all("stamp", "price", "id"), R"({"resource":[{"price":6}]})");
}

TEST_P(NestedWrites, WriteWhatARecordRefersToFirst) {
    EXPECT_EQ(
        send(
            Verb::Post, "_table/letter",
            R"([{"text":"x","person":{"name":"Dai","country_by_country":{"code":"FR","name":"France"}}}])",
            {{"fields", "id,person_id"}}),
        (Answer{200, R"({"resource":[{"id":4,"person_id":3}]})"}));
    EXPECT_EQ(
        all("person", "id,country", "id"),
        R"({"resource":[{"id":1,"country":"GB"},{"id":2,"country":null},{"id":3,"country":"FR"}]})");
    // One that is there is changed, or only referred to.
    EXPECT_EQ(send(Verb::Patch, "_table/person/2",
                   R"({"country_by_country":{"code":"FR","name":"La France"}})")
                  .status,
              200);
    EXPECT_EQ(
        send(Verb::Patch, "_table/person/3", R"({"country_by_country":{"code":"WS"}})").status,
        200);
    EXPECT_EQ(send(Verb::Patch, "_table/person/1", R"({"country_by_country":null})").status, 200);
    EXPECT_EQ(
        all("person", "id,country", "id"),
        R"({"resource":[{"id":1,"country":null},{"id":2,"country":"FR"},{"id":3,"country":"WS"}]})");
    EXPECT_EQ(all("country", "name", "code"),
              R"({"resource":[{"name":"La France"},{"name":"Britain"},{"name":"Samoa"}]})");
    EXPECT_THAT(
        send(Verb::Patch, "_table/person/1", R"({"country_by_country":{"code":"XX"}})").body,
        HasSubstr("country_by_country: Record with identifier 'XX' not found."));
}

TEST_P(NestedWrites, ChangeWhatIsOnlyNamedWhereItRefersOn) {
    EXPECT_EQ(send(Verb::Patch, "_table/letter/1",
                   R"({"person":{"id":2,"country_by_country":{"code":"WS"}}})")
                  .status,
              200);
    EXPECT_EQ(send(Verb::Patch, "_table/letter/3",
                   R"({"person":{"id":1,"country_by_country":{"code":"FR","name":"France"}}})")
                  .status,
              200);
    EXPECT_EQ(all("person", "id,country", "id"),
              R"({"resource":[{"id":1,"country":"FR"},{"id":2,"country":"WS"}]})");
}

TEST_P(NestedWrites, ReferToTheirOwnTable) {
    EXPECT_EQ(send(Verb::Post, "_table/person",
                   R"([{"name":"Top","person_by_boss_many":[{"id":1},{"name":"New"}]}])")
                  .body,
              R"({"resource":[{"id":3}]})");
    EXPECT_EQ(
        send(Verb::Patch, "_table/person/3", R"({"person_by_boss":{"name":"Higher"}})").status,
        200);
    EXPECT_EQ(all("person", "id,name,boss", "id"),
              R"({"resource":[{"id":1,"name":"Ada","boss":3},{"id":2,"name":"Bob","boss":null},)"
              R"({"id":3,"name":"Top","boss":5},{"id":4,"name":"New","boss":3},)"
              R"({"id":5,"name":"Higher","boss":null}]})");
}

TEST_P(NestedWrites, KeepOneWhereOnlyOneCanBe) {
    EXPECT_EQ(send(Verb::Patch, "_table/person/1",
                   R"({"passport_by_person_id":{"number":70,"issued":"today"}})")
                  .status,
              200);
    EXPECT_EQ(send(Verb::Patch, "_table/person/1", R"({"passport":{"issued":"later"}})").status,
              200);
    EXPECT_EQ(all("passport", "number,person_id,issued", "number"),
              R"({"resource":[{"number":70,"person_id":1,"issued":"later"}]})");
    EXPECT_EQ(
        send(Verb::Patch, "_table/person/2", R"({"passport":{"issued":"x"}})").body,
        R"({"error":{"code":400,"context":null,"message":"passport: Required field 'number' can )"
        R"(not be NULL.","status_code":400}})");
    EXPECT_EQ(send(Verb::Patch, "_table/person/1", R"({"passport":null})").status, 200);
    EXPECT_EQ(all("passport", "number,person_id", "number"),
              R"({"resource":[{"number":70,"person_id":null}]})");
}

TEST_P(NestedWrites, JoinRecordsByTheTableBetween) {
    EXPECT_EQ(
        send(
            Verb::Patch, "_table/person/1",
            R"({"club_by_member":[{"id":1,"name":"Chess"},{"id":2},{"name":"new"},{"id":9,"name":"nine"}]})")
            .status,
        200);
    EXPECT_EQ(all("member", "person_id,club_id", "club_id"),
              R"({"resource":[{"person_id":1,"club_id":1},{"person_id":1,"club_id":2},)"
              R"({"person_id":1,"club_id":3},{"person_id":1,"club_id":9}]})");
    EXPECT_EQ(send(Verb::Patch, "_table/person/1",
                   R"({"club":[{"id":1,"person.id":null},{"id":2,"person.id":null}]})")
                  .status,
              200);
    EXPECT_EQ(all("member", "club_id", "club_id"), R"({"resource":[{"club_id":3},{"club_id":9}]})");
    EXPECT_EQ(all("club", "name", "id"),
              R"({"resource":[{"name":"Chess"},{"name":"tea"},{"name":"new"},{"name":"nine"}]})");
    EXPECT_THAT(
        send(Verb::Patch, "_table/person/1", R"({"club":[{"id":1,"person.id":null}]})").body,
        HasSubstr("club[0]: Record with identifier '1' not found."));
}

TEST_P(NestedWrites, AreUndoneTogetherAndNameTheirPlace) {
    const std::string body =
        R"([{"name":"A","letter":[{"text":"fine"}]},{"name":"B","letter":[{"text":"x"},{"text":null}]},)"
        R"({"name":"C","letter":[{"text":"also"}]}])";
    const std::string failed =
        R"({"code":400,"context":null,"message":"letter[1]: Field 'text' can not be NULL.","status_code":400})";
    EXPECT_EQ(send(Verb::Post, "_table/person", body, {{"rollback", "true"}}),
              (Answer{400, R"({"error":{"code":1000,"context":{"error":[1],"resource":[{"id":3},)" +
                               failed +
                               R"(]},"message":"Batch Error: Not all requested records could be )"
                               R"(created. All changes rolled back.","status_code":400}})"}));
    EXPECT_EQ(all("person", "name", "id"), R"({"resource":[{"name":"Ada"},{"name":"Bob"}]})");
    EXPECT_EQ(
        send(Verb::Post, "_table/person", body, {{"fields", "name"}}),
        (Answer{400, R"({"error":{"code":1000,"context":{"error":[1],"resource":[{"name":"A"},)" +
                         failed +
                         R"(]},"message":"Batch Error: Not all requested records could be )"
                         R"(created.","status_code":400}})"}));
    EXPECT_EQ(all("person", "name", "id"),
              R"({"resource":[{"name":"Ada"},{"name":"Bob"},{"name":"A"}]})");
    EXPECT_EQ(
        send(Verb::Post, "_table/person", body, {{"fields", "name"}, {"continue", "true"}}).body,
        R"({"error":{"code":1000,"context":{"error":[1],"resource":[{"name":"A"},)" + failed +
            R"(,{"name":"C"}]},"message":"Batch Error: Not all requested records could be )"
            R"(created.","status_code":400}})");
    EXPECT_EQ(
        all("person", "name", "id"),
        R"({"resource":[{"name":"Ada"},{"name":"Bob"},{"name":"A"},{"name":"A"},{"name":"C"}]})");
    EXPECT_EQ(all("letter", "text", "id"),
              R"({"resource":[{"text":"one"},{"text":"two"},{"text":"three"},{"text":"fine"},)"
              R"({"text":"fine"},{"text":"also"}]})");
}

TEST_P(NestedWrites, BelongToEachRecordOfAnUpdateByIdsOrFilter) {
    EXPECT_EQ(send(Verb::Patch, "_table/person", R"({"resource":[{"letter":[{"text":"all"}]}]})",
                   {{"ids", "1,2"}}),
              (Answer{200, R"({"resource":[{"id":1},{"id":2}]})"}));
    EXPECT_EQ(send(Verb::Patch, "_table/person",
                   R"({"resource":[{"name":"N","letter":[{"text":"found"}]}]})",
                   {{"filter", "id > 0"}, {"fields", "name"}}),
              (Answer{200, R"({"resource":[{"name":"N"},{"name":"N"}]})"}));
    EXPECT_EQ(send(Verb::Patch, "_table/person",
                   R"([{"id":2,"letter":[{"text":"own"}]},{"id":1,"name":"M"}])"),
              (Answer{200, R"({"resource":[{"id":2},{"id":1}]})"}));
    EXPECT_EQ(get("_table/letter",
                  {{"fields", "text"}, {"filter", "id>3 and person_id=2"}, {"order", "id"}})
                  .body,
              R"({"resource":[{"text":"all"},{"text":"found"},{"text":"own"}]})");
}

TEST_P(NestedWrites, AreShownWhenAskedFor) {
    EXPECT_EQ(
        send(Verb::Post, "_table/person", R"([{"name":"Z","letter":[{"text":"zz"}]}])",
             {{"fields", "name"}, {"related", "letter"}, {"letter.fields", "text"}}),
        (Answer{200, R"({"resource":[{"name":"Z","letter_by_person_id":[{"text":"zz"}]}]})"}));
}

TEST_P(NestedWrites, RefuseWhatIsNoRecord) {
    const auto refusal = [this](const std::string& member) {
        return send(Verb::Patch, "_table/person/1", "{" + member + "}").body;
    };
    EXPECT_THAT(refusal(R"("letter_by_person_id":"x")"),
                HasSubstr("letter_by_person_id: it must be a list of records."));
    EXPECT_THAT(refusal(R"("country_by_country":[1])"),
                HasSubstr("country_by_country: it must be a record or null."));
    EXPECT_THAT(refusal(R"("letter":[1])"),
                HasSubstr("letter: Record 0 of the request is not an object."));
    EXPECT_THAT(refusal(R"("letter":[],"letter_by_person_id":[])"),
                HasSubstr("Field 'letter_by_person_id' is given twice."));
    EXPECT_THAT(refusal(R"("letter_by_nobody":[{}])"),
                HasSubstr("Table 'person' has no relation 'letter_by_nobody'."));
    EXPECT_THAT(
        refusal(R"("letter":[{"text":"x","person":{"id":2}}])"),
        HasSubstr("letter[0].person: it is the record around it that this one belongs to."));
    EXPECT_EQ(letters().size(), letters().find("three") + 9);
}

TEST_P(NestedWrites, AreBoundedInDepthAndNumber) {
    std::string deep = R"({"name":"x"})";
    for (int i = 0; i < 6; ++i) {
        deep = R"({"name":"x","person_by_boss_many":[)" + deep + "]}";
    }
    EXPECT_THAT(send(Verb::Post, "_table/person", "[" + deep + "]").body,
                HasSubstr("records stand inside of others 5 deep at most."));
    std::string many;
    for (int i = 0; i < 5001; ++i) {
        many += (i == 0 ? "" : ",") + std::string(R"({"text":"x"})");
    }
    const std::string body = R"({"resource":[{"letter":[)" + many + "]}]}";
    EXPECT_THAT(send(Verb::Patch, "_table/person", body, {{"ids", "1,2"}}).body,
                HasSubstr("at most 10000 records inside of others"));
    EXPECT_THAT(send(Verb::Patch, "_table/person", body, {{"filter", "id>0"}}).body,
                HasSubstr("at most 10000 records inside of others"));
    EXPECT_EQ(letters().size(), letters().find("three") + 9);
}

TEST_P(NestedWrites, AreBoundedForAllThatAFilterFinds) {
    kit_->execute("INSERT INTO person (name) SELECT a.name FROM person a, person b, person c");
    kit_->execute("INSERT INTO person (name) SELECT a.name FROM person a, person b");
    const auto refusal = [this](const std::string& member, const std::string& record) {
        std::string many;
        for (int i = 0; i < 200; ++i) {
            many += (i == 0 ? "" : ",") + record;
        }
        const std::string body = R"({"resource":[{")" + member + R"(":[)" + many + "]}]}";
        return send(Verb::Patch, "_table/person", body, {{"filter", "id>0"}}).body;
    };
    const auto is_bound = HasSubstr("a request may write at most 10000 records inside of others.");
    EXPECT_THAT(refusal("letter", R"({"id":1,"person_id":null})"), is_bound);
    EXPECT_THAT(refusal("club", R"({"id":1,"person.id":null})"), is_bound);
    EXPECT_THAT(refusal("club", R"({"id":1})"), is_bound);
    EXPECT_EQ(letters().size(), letters().find("three") + 9);
}

Grant but_on(const std::string& resource, VerbSet verbs, std::vector<RowFilter> filters = {}) {
    Grant grant{VerbSet::all(), {}, false};
    grant.on = [=](const Principal&, std::string_view asked, Verb) {
        return asked == resource ? Grant{verbs, filters, false} : Grant{VerbSet::all(), {}, false};
    };
    return grant;
}

TEST_P(NestedWrites, AskForTheRightBeforeAnythingIsWritten) {
    const VerbSet none;
    const std::string mixed = R"([{"name":"X","letter":[{"text":"x"}]}])";
    const Answer refused = ask(Verb::Post, "_table/person", mixed, but_on("_table/letter", none));
    EXPECT_EQ(refused.status, 403);
    EXPECT_THAT(refused.body, HasSubstr("POST access to component '_table/letter'"));
    EXPECT_EQ(all("person", "id", "id"), R"({"resource":[{"id":1},{"id":2}]})");
    const VerbSet post = VerbSet::of(Verb::Post);
    EXPECT_EQ(ask(Verb::Post, "_table/person", mixed, but_on("_table/letter", post)).status, 200);
    EXPECT_EQ(ask(Verb::Patch, "_table/person/1", R"({"letter":[{"id":1}]})",
                  but_on("_table/letter", post))
                  .status,
              403);
    // With the right to change alone nothing is made.
    EXPECT_EQ(ask(Verb::Patch, "_table/person/1", R"({"letter":[{"id":77,"text":"x"}]})",
                  but_on("_table/letter", VerbSet::of(Verb::Patch)))
                  .status,
              400);
    EXPECT_EQ(ask(Verb::Put, "_table/person/1", R"({"letter":[{"id":1,"text":"x"}]})",
                  but_on("_table/letter", VerbSet::of(Verb::Patch)))
                  .status,
              403);
    EXPECT_EQ(ask(Verb::Patch, "_table/person/1", R"({"club":[{"id":2}]})",
                  but_on("_table/member", VerbSet::of(Verb::Get)))
                  .status,
              403);
}

TEST_P(NestedWrites, HeedTheRowFiltersOfTheOtherTable) {
    const Grant own = but_on("_table/letter", VerbSet::all(), {{"text", "!=", "three", false}});
    const Answer hidden = ask(Verb::Patch, "_table/person/1", R"({"letter":[{"id":3}]})", own);
    const Answer absent = ask(Verb::Patch, "_table/person/1", R"({"letter":[{"id":33}]})", own);
    EXPECT_EQ(hidden.status, 400);
    EXPECT_EQ(hidden.body.find("'3' not found"), absent.body.find("'33' not found"));
    EXPECT_EQ(
        ask(Verb::Patch, "_table/person/1", R"({"letter":[{"id":1,"text":"three"}]})", own).status,
        403);
    EXPECT_EQ(
        ask(Verb::Patch, "_table/person/1", R"({"letter":[{"id":3,"text":"x"}]})", own).status,
        403);
    EXPECT_EQ(ask(Verb::Patch, "_table/person/2", R"({"letter":[{"id":3,"person_id":null}]})", own)
                  .status,
              400);
    EXPECT_EQ(ask(Verb::Post, "_table/person", R"([{"name":"Q","letter":[{"text":"three"}]}])", own)
                  .status,
              400);
    EXPECT_THAT(letters(), HasSubstr(R"({"id":3,"person_id":2,"text":"three"}]})"));
    EXPECT_EQ(all("person", "id", "id"), R"({"resource":[{"id":1},{"id":2}]})");
}

}  // namespace
}  // namespace sluice::services::sql
