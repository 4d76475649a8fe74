#include "services/system/event_doubt.h"

#include <gtest/gtest.h>

namespace sluice::services::system {
namespace {

std::string doubt(std::string_view name) {
    NamedDescription db;
    db.service = "db";
    db.description.routes = {{"", VerbSet(1), ""},
                             {"_table", VerbSet(1), ""},
                             {"_table/{table_name}", VerbSet(1 | 2), ""},
                             {"_table/{table_name}/{id}", VerbSet(1), ""}};
    db.values["table_name"] = {"todo", "shop.item"};
    NamedDescription files;
    files.service = "files";
    files.description.routes = {{"{file_path...}", VerbSet(1), ""}};
    return event_doubt(name, {db, files}).value_or("");
}

TEST(EventDoubt, HasNoneAboutEventsThatFire) {
    for (const char* name :
         {"db.get", "db._table.get.pre_process", "db._table.{table_name}.get.post_process",
          "db._table.todo.post", "db._table.TODO.post", "DB._table.todo.{id}.get.pre_process",
          "db._table.{table_name}.{id}.get", "db._table.shop.item.get", "files.a.txt.get",
          "files.{file_path}.get"}) {
        EXPECT_EQ(doubt(name), "") << name;
    }
}

TEST(EventDoubt, NamesWhatDoesNotFire) {
    for (const char* name :
         {"db._table.tod.get", "db._table.todo.gett", "db._table.todo.delete", "db._table.todo",
          "db._table.todo.1.get", "db._tables.todo.get", "db._table.{tabel_name}.get", "db"}) {
        EXPECT_NE(doubt(name).find("Service 'db' has no event"), std::string::npos) << name;
    }
    EXPECT_EQ(doubt("dbx._table.todo.get.pre_process"),
              "No service 'dbx' is in use: the script will not run until there is one.");
}

}  // namespace
}  // namespace sluice::services::system
