#pragma once
/// How one record inside of another is written: by a statement, or by a call to its table.

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "services/sql/related/nested_record.h"

namespace sluice::services::sql {

/// What a call to a table is to do with one record: its scripts run.
struct TableCall {
    Verb verb = Verb::Post;
    const NestedTable* table = nullptr;
    Record record;
};
using WriteOrCall = std::variant<Write, TableCall>;
using PlanRecord = std::function<WriteOrCall(const Record& own)>;

/// Whichever the table asks for. It must outlive the plan.
PlanRecord insert_into(const NestedTable& table);
/// By a call, which needs the key in the record.
PlanRecord change_in(const NestedTable& table);
/// By a statement, of the rows where `by` are as in `own`.
Write change(const NestedTable& table,
             const std::vector<const Column*>& by,
             const Record& own,
             bool must_be_there);
/// The rows that a change or removal by calls is about: their keys, as far as the role of
/// `planner` lets it.
Write look(const NestedTable& table,
           const WritePlanner& planner,
           const std::vector<const Column*>& by,
           const Record& own);

/// `own` as a record of its own in a call: with the key that was found for it.
Record with_keys(const Table& table, Record own, std::string_view row);

Write refused(Error error);
/// The record must be there.
Write required(Write write, std::string identifier);

/// The write that `plan` makes of the rows where `columns` are as in `record`.
template <class Plan>
Write where(const NestedTable& table,
            const std::vector<const Column*>& columns,
            const Record& record,
            Plan plan) {
    auto condition = equals_record(columns, table.table(), record);
    return condition ? plan(std::move(*condition)) : refused(std::move(condition).error());
}

/// What was written, row by row.
std::vector<std::string> rows_of(const WrittenRows& written);
/// A row's value, as a record would give it. Null where the row has none.
Input input_in(std::string_view row, const Column& column);
/// What a record is known by, for errors: "1,2".
std::string shown(const Table& table, const std::vector<const Column*>& by, const Record& record);

}  // namespace sluice::services::sql
