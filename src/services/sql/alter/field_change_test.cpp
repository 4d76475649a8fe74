#include "services/sql/alter/field_change.h"

#include <gtest/gtest.h>

#include "services/sql/describe.h"

namespace sluice::services::sql {
namespace {

Table todo() {
    Table table;
    table.name = "todo";
    Column id;
    id.name = "id";
    id.kind = Kind::Integer;
    id.type = "id";
    id.db_type = "INTEGER";
    id.is_primary_key = id.is_auto_increment = id.is_unique = true;
    id.allows_null = false;
    Column title;
    title.name = "title";
    title.kind = Kind::Text;
    title.type = "string";
    title.db_type = "VARCHAR(30)";
    title.length = 30;
    title.default_text = "'new'";
    table.columns = {id, title};
    table.keys = {0};
    return table;
}

Result<FieldChange> change(const Table& table, std::string_view name, std::string_view said) {
    return read_field_change(table, *table.find(name),
                             parse_json(std::string(said), "test")->get_object());
}

std::string refusal(std::string_view name, std::string_view said) {
    const Table table = todo();
    const auto read = change(table, name, said);
    return read ? "nothing is refused" : read.error().message();
}

TEST(FieldChange, ADescriptionSentBackChangesNothing) {
    const Table table = todo();
    for (const Column& column : table.columns) {
        const auto read = change(table, column.name, field_json(column));
        ASSERT_TRUE(read) << read.error().message();
        EXPECT_TRUE(read->is_nothing()) << column.name;
    }
}

TEST(FieldChange, OnlyWhatIsSaidChanges) {
    const Table table = todo();
    const auto longer = change(table, "title", R"({"length":60})");
    ASSERT_TRUE(longer);
    EXPECT_TRUE(longer->has_new_type);
    EXPECT_EQ(longer->wanted.type, "string");
    EXPECT_EQ(*longer->wanted.length, 60);
    EXPECT_FALSE(longer->has_new_default);
    EXPECT_FALSE(longer->has_new_nullability);
    const auto text =
        change(table, "title", R"({"db_type":"TEXT","required":true,"default":null})");
    ASSERT_TRUE(text);
    EXPECT_EQ(text->wanted.type, "text");
    EXPECT_FALSE(text->wanted.length);
    EXPECT_TRUE(text->has_new_nullability);
    EXPECT_TRUE(text->has_new_default);
    EXPECT_TRUE(text->wanted.default_json.empty());
}

TEST(FieldChange, AnAliasIsNoMatterOfTheDatabase) {
    Table table = todo();
    const auto named = change(table, "title", R"({"alias":"what","db_function":[]})");
    ASSERT_TRUE(named) << named.error().message();
    EXPECT_TRUE(named->is_nothing());
    table.columns[1].alias = "what";
    const auto found = change(table, "title", R"({"name":"What"})");
    ASSERT_TRUE(found) << "it is the name that the field is called by";
    EXPECT_TRUE(found->is_nothing());
}

TEST(FieldChange, AReferenceIsTakenAwayByNamingNoTable) {
    Table table = todo();
    table.columns[1].foreign_key = ForeignKey{"other", "id", "NO ACTION", "CASCADE"};
    for (const char* said : {R"({"ref_table":null})", R"({"ref_table":"","ref_field":null})"}) {
        const auto read = change(table, "title", said);
        ASSERT_TRUE(read) << said << read.error().message();
        EXPECT_TRUE(read->drops_reference);
        EXPECT_FALSE(read->is_nothing());
    }
    EXPECT_FALSE(change(table, "title", R"({"ref_field":null})"));
    EXPECT_FALSE(change(table, "title", R"({"ref_table":null,"ref_on_delete":"SET NULL"})"));
    EXPECT_FALSE(change(table, "title", R"({"ref_table":"third"})"));
    EXPECT_FALSE(change(table, "title", R"({"ref_table":null,"name":"t"})"));
    const auto none = change(todo(), "title", R"({"ref_table":null})");
    ASSERT_TRUE(none);
    EXPECT_TRUE(none->is_nothing());
}

TEST(FieldChange, WhatCannotChangeIsNamed) {
    EXPECT_EQ(refusal("title", R"({"is_primary_key":true})"),
              "The 'is_primary_key' of field 'title' cannot be changed.");
    EXPECT_EQ(refusal("id", R"({"type":"string"})"), "The 'type' of field 'id' cannot be changed.");
    EXPECT_EQ(refusal("id", R"({"is_unique":false})"),
              "The 'is_unique' of field 'id' cannot be changed.");
    EXPECT_EQ(refusal("title", R"({"type":"id"})"),
              "The 'type' of field 'title' cannot be changed.");
    EXPECT_EQ(refusal("title", R"({"is_virtual":true})"),
              "The 'is_virtual' of field 'title' cannot be changed.");
    EXPECT_EQ(refusal("title", R"({"name":"t","length":5})"),
              "The field 'title' cannot be renamed and changed in one request.");
    EXPECT_EQ(refusal("title", R"({"colour":1})"),
              "Field 'title' has the unknown member 'colour'.");
}

TEST(FieldChange, NamesAndTypesOfHostileClientsAreRefused) {
    EXPECT_NE(refusal("title", R"({"name":"a\"; DROP TABLE todo; --"})").find("name must be"),
              std::string::npos);
    EXPECT_NE(refusal("title", R"({"db_type":"TEXT); DROP TABLE todo; --"})").find("unknown"),
              std::string::npos);
    EXPECT_NE(refusal("title", R"({"length":-1})").find("must be an integer from 1"),
              std::string::npos);
}

}  // namespace
}  // namespace sluice::services::sql
