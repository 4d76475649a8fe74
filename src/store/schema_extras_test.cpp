#include "store/schema_extras.h"

#include <gtest/gtest.h>

#include "store/testing.h"

namespace sluice::store {
namespace {

class SchemaExtrasTest : public ::testing::Test {
protected:
    SchemaExtrasTest() : store_(*Store::open("sqlite:" + folder_.file("x.sqlite"))) {
        // No name of those that a new store has.
        service_ = store_
                       ->write_now([](Tables& tables) {
                           return tables.services.insert(testing::service_named("other"));
                       })
                       ->id;
    }

    FieldExtraRow field(std::string name, std::string label) const {
        FieldExtraRow row;
        row.service_id = service_;
        row.table = "todo";
        row.field = std::move(name);
        row.label = std::move(label);
        return row;
    }
    VirtualRelationRow relation(std::string name) const {
        VirtualRelationRow row;
        row.service_id = service_;
        row.table = "todo";
        row.name = std::move(name);
        row.type = "belongs_to";
        row.field = "owner";
        row.ref_table = "contact";
        row.ref_field = "id";
        return row;
    }
    template <typename Work>
    void write(Work work) {
        const Status done =
            store_->write_now([&work](Tables& tables) -> Status { return work(tables); });
        ASSERT_TRUE(done) << done.error().message() << done.error().detail();
    }
    SchemaExtrasRef kept() const {
        const auto snapshot = store_->snapshot();
        const auto found = snapshot->schema_extras.find(service_);
        return found == snapshot->schema_extras.end() ? nullptr : found->second;
    }

    testing::TempFolder folder_;
    std::unique_ptr<Store> store_;
    Id service_ = 0;
};

TEST_F(SchemaExtrasTest, AreInTheSnapshotOnceTheyAreKept) {
    EXPECT_EQ(kept(), nullptr);
    write([this](Tables& t) { return save_field_extra(t, field("title", "Titel")); });
    ASSERT_NE(kept(), nullptr);
    EXPECT_EQ(kept()->at("todo").fields.at("title").label, "Titel");
}

TEST_F(SchemaExtrasTest, OneThatSaysNothingIsNotKept) {
    write([this](Tables& t) { return save_field_extra(t, field("title", "Titel")); });
    write([this](Tables& t) { return save_field_extra(t, field("title", "")); });
    EXPECT_EQ(kept(), nullptr);
}

TEST_F(SchemaExtrasTest, FollowAFieldThatIsRenamed) {
    write([this](Tables& t) { return save_field_extra(t, field("owner", "Wer")); });
    write([this](Tables& t) { return save_virtual_relation(t, relation("mine")); });
    write([this](Tables& t) { return rename_field(t, service_, "todo", "owner", "who"); });
    EXPECT_EQ(kept()->at("todo").fields.at("who").label, "Wer");
    EXPECT_EQ(kept()->at("todo").relations.front().field, "who");
}

TEST_F(SchemaExtrasTest, WhatNamesTheRecordsFollowsItsFieldAndGoesWithIt) {
    TableExtraRow row;
    row.service_id = service_;
    row.table = "todo";
    row.name_field = "title";
    write([&row](Tables& t) { return save_table_extra(t, row); });
    write([this](Tables& t) { return rename_field(t, service_, "todo", "title", "what"); });
    EXPECT_EQ(kept()->at("todo").table->name_field, "what");
    write([this](Tables& t) { return forget_field(t, service_, "other", "what"); });
    EXPECT_EQ(kept()->at("todo").table->name_field, "what");
    write([this](Tables& t) { return forget_field(t, service_, "todo", "what"); });
    EXPECT_EQ(kept(), nullptr);
}

TEST_F(SchemaExtrasTest, GoWithTheirFieldAndTable) {
    write([this](Tables& t) { return save_field_extra(t, field("owner", "Wer")); });
    write([this](Tables& t) { return save_virtual_relation(t, relation("mine")); });
    write([this](Tables& t) { return forget_field(t, service_, "todo", "owner"); });
    EXPECT_EQ(kept(), nullptr);
    write([this](Tables& t) { return save_virtual_relation(t, relation("mine")); });
    write([this](Tables& t) { return forget_table(t, service_, "contact"); });
    EXPECT_EQ(kept(), nullptr) << "it led to a table that is gone";
}

TEST_F(SchemaExtrasTest, GoWithTheirService) {
    write([this](Tables& t) { return save_field_extra(t, field("title", "Titel")); });
    write([this](Tables& t) -> Status {
        SLUICE_TRY(const auto row, t.services.find(service_));
        return t.services.remove(*row);
    });
    EXPECT_EQ(kept(), nullptr);
}

TEST_F(SchemaExtrasTest, AnAliasLeadsToItsTable) {
    TableExtraRow row;
    row.service_id = service_;
    row.table = "todo";
    row.alias = "Tasks";
    const auto aliases = [this] {
        const auto snapshot = store_->snapshot();
        const auto found = snapshot->table_aliases.find(service_);
        return found == snapshot->table_aliases.end() ? TextMap<std::string>() : found->second;
    };
    write([&row](Tables& t) { return save_table_extra(t, row); });
    ASSERT_TRUE(aliases().contains("tasks"));
    EXPECT_EQ(aliases().at("tasks"), "todo");
    row.table = "with/slash";
    row.alias = "slashed";
    write([&row](Tables& t) { return save_table_extra(t, row); });
    EXPECT_FALSE(aliases().contains("slashed"));
    write([this](Tables& t) { return forget_table(t, service_, "todo"); });
    EXPECT_TRUE(aliases().empty());
}

TEST_F(SchemaExtrasTest, WhatIsKeptOfARelationFollowsItsField) {
    RelationExtraRow row;
    row.service_id = service_;
    row.table = "todo";
    row.relation = "contact_by_owner";
    row.type = "belongs_to";
    row.alias = "holder";
    RelationExtraRow back = row;
    back.table = "contact";
    back.relation = "todo_by_owner";
    back.type = "has_many";
    back.alias = "things";
    RelationExtraRow other = back;
    other.table = "todo";
    other.relation = "note_by_owner";
    write([&](Tables& t) -> Status {
        SLUICE_CHECK(save_relation_extra(t, row));
        SLUICE_CHECK(save_relation_extra(t, back));
        return save_relation_extra(t, other);
    });
    write([this](Tables& t) { return rename_field(t, service_, "todo", "owner", "keeper"); });
    EXPECT_EQ(kept()->at("todo").relation_extras.at("contact_by_keeper").alias, "holder");
    EXPECT_EQ(kept()->at("contact").relation_extras.at("todo_by_keeper").alias, "things");
    EXPECT_TRUE(kept()->at("todo").relation_extras.contains("note_by_owner"));
    write([this](Tables& t) { return forget_table(t, service_, "todo"); });
    EXPECT_EQ(kept(), nullptr);
}

TEST_F(SchemaExtrasTest, ARelationIsRemovedByName) {
    write([this](Tables& t) { return save_virtual_relation(t, relation("Mine")); });
    write([this](Tables& t) -> Status {
        SLUICE_TRY(const bool was_there, remove_virtual_relation(t, service_, "todo", "mine"));
        EXPECT_TRUE(was_there);
        SLUICE_TRY(const bool is_there, remove_virtual_relation(t, service_, "todo", "mine"));
        EXPECT_FALSE(is_there);
        return {};
    });
    EXPECT_EQ(kept(), nullptr);
}

}  // namespace
}  // namespace sluice::store
