#include "services/sql/related/nested_plans.h"

#include "core/json_reader.h"
#include "services/sql/related/nested_read.h"

namespace sluice::services::sql {

std::vector<std::string> rows_of(const WrittenRows& written) {
    const std::string list = "[" + written.json + "]";
    std::vector<std::string> rows;
    JsonReader reader(list);
    reader.open();
    while (reader.next_item()) {
        rows.emplace_back(reader.raw());
    }
    return rows;
}

Input input_in(std::string_view row, const Column& column) {
    const std::string text = member_text(row, column.shown());
    return text.empty() ? Input{} : input_of(text);
}

std::string shown(const Table& table, const std::vector<const Column*>& by, const Record& record) {
    std::string text;
    for (const Column* column : by) {
        const Input* input = given(table, record, *column);
        text += (text.empty() ? "" : ",") + (input == nullptr ? std::string() : input->text);
    }
    return text;
}

Write refused(Error error) {
    Write write;
    write.refusal = std::move(error);
    return write;
}

Write required(Write write, std::string identifier) {
    write.identifier = std::move(identifier);
    return write;
}

Write change(const NestedTable& table,
             const std::vector<const Column*>& by,
             const Record& own,
             bool must_be_there) {
    Write write = by == table.keys()
                      ? table.change()->update(own)
                      : where(table, by, own, [&](Condition found) {
                            return required(table.change()->update_where(own, std::move(found)),
                                            shown(table.table(), by, own));
                        });
    if (!must_be_there) {
        write.identifier.reset();
    }
    return write;
}

Write look(const NestedTable& table,
           const WritePlanner& planner,
           const std::vector<const Column*>& by,
           const Record& own) {
    return where(table, by, own,
                 [&](Condition found) { return planner.update_where({}, std::move(found)); });
}

Record with_keys(const Table& table, Record own, std::string_view row) {
    for (const std::size_t key : table.keys) {
        own = with(table, own, table.columns[key], input_in(row, table.columns[key]));
    }
    return own;
}

PlanRecord insert_into(const NestedTable& table) {
    if (table.is_by_call(NestedTable::Use::Insert)) {
        return [&table](const Record& own) { return TableCall{Verb::Post, &table, own}; };
    }
    return [&table](const Record& own) { return table.insert()->insert(own); };
}

PlanRecord change_in(const NestedTable& table) {
    return [&table](const Record& own) {
        return TableCall{table.verb(NestedTable::Use::Change), &table, own};
    };
}

}  // namespace sluice::services::sql
