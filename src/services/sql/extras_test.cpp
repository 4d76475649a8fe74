#include "services/sql/extras.h"

#include <gtest/gtest.h>

namespace sluice::services::sql {
namespace {

TableRef todo() {
    auto table = std::make_shared<Table>();
    table->name = "todo";
    for (const char* name : {"id", "title", "done"}) {
        Column column;
        column.name = name;
        column.quoted = "`" + std::string(name) + "`";
        finish(column);
        table->columns.push_back(std::move(column));
    }
    return table;
}

store::FieldExtraRow field(std::string name, std::string alias) {
    store::FieldExtraRow row;
    row.field = std::move(name);
    row.alias = std::move(alias);
    return row;
}

store::FieldExtraRow virtual_field(store::Id id, std::string name, std::string functions) {
    store::FieldExtraRow row = field(std::move(name), "");
    row.id = id;
    row.is_virtual = true;
    row.extra_type = "integer";
    row.db_function = std::move(functions);
    return row;
}

store::TableExtras kept_of(const std::vector<store::FieldExtraRow>& rows) {
    store::TableExtras kept;
    for (const store::FieldExtraRow& row : rows) {
        kept.fields[row.field] = row;
    }
    return kept;
}

TEST(Extras, AFieldIsFoundAndShownByItsAlias) {
    const auto table = with_extras(todo(), kept_of({field("title", "What")}));
    const Column* column = table->find("title");
    ASSERT_NE(column, nullptr);
    EXPECT_EQ(table->find("WHAT"), column);
    EXPECT_EQ(column->shown(), "What");
    EXPECT_EQ(column->json_key, ",\"What\":");
    EXPECT_EQ(table->find("id")->shown(), "id");
    EXPECT_EQ(todo()->find("What"), nullptr);
}

TEST(Extras, AnAliasRestsWhereTheTableHasSuchAField) {
    const auto table = with_extras(todo(), kept_of({field("title", "DONE")}));
    EXPECT_EQ(table->find("done")->name, "done");
    EXPECT_EQ(table->find("title")->shown(), "title");
    EXPECT_FALSE(table->has_aliases);
    const auto spelled = with_extras(todo(), kept_of({field("title", "Title")}));
    EXPECT_EQ(spelled->find("title")->shown(), "Title");
}

TEST(Extras, ATableKnowsItsAliasAndWhetherItFetchesRelations) {
    store::TableExtras kept;
    kept.table.emplace();
    kept.table->alias = "tasks";
    kept.relation_extras["contact_by_owner"].flatten = true;
    EXPECT_EQ(with_extras(todo(), kept)->shown(), "tasks");
    EXPECT_FALSE(with_extras(todo(), kept)->fetches_relations);
    kept.relation_extras["contact_by_owner"].always_fetch = true;
    EXPECT_TRUE(with_extras(todo(), kept)->fetches_relations);
}

TEST(Extras, VirtualFieldsStandLastInTheOrderOfTheirMaking) {
    const auto table = with_extras(
        todo(),
        kept_of({virtual_field(8, "twice", R"j([{"use":["SELECT"],"function":"id * 2"}])j"),
                 virtual_field(5, "match", R"j([{"use":["FILTER"],"function":"LOWER(title)"}])j"),
                 virtual_field(3, "DONE", R"j([{"use":["SELECT"],"function":"1"}])j")}));
    ASSERT_EQ(table->columns.size(), 5U) << "a field of the database's own counts";
    EXPECT_EQ(table->columns[3].name, "match");
    EXPECT_EQ(table->columns[3].quoted, "(LOWER(title))");
    const Column& twice = table->columns[4];
    EXPECT_EQ(twice.quoted, "(id * 2)");
    EXPECT_EQ(twice.kind, Kind::Integer);
    EXPECT_TRUE(twice.is_virtual);
    EXPECT_TRUE(twice.is_generated);
    EXPECT_FALSE(is_kept_from_clients(twice));
    EXPECT_TRUE(is_alike(*table, *todo())) << "the database knows nothing of them";
}

}  // namespace
}  // namespace sluice::services::sql
