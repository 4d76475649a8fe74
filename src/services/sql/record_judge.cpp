#include "services/sql/record_judge.h"

#include <algorithm>

#include "services/sql/convert.h"
#include "services/sql/extras.h"

namespace sluice::services::sql {
namespace {

constexpr std::chrono::seconds kMostSpent{2};

/// What the record says of each column of the table; null where it says nothing.
std::vector<const Input*> given_in(const Table& table, const Record& record) {
    std::vector<const Input*> given(table.columns.size());
    for (const auto& [name, input] : record) {
        if (const Column* column = table.find(name)) {
            given[static_cast<std::size_t>(column - table.columns.data())] = &input;
        }
    }
    return given;
}

/// An expression may stand for NULL.
bool says_null(const Input& input) {
    if (input.form != Input::Form::Json) {
        return input.form == Input::Form::Null;
    }
    const auto expression = expression_of(input.text);
    return expression && known_expression(*expression) == "NULL";
}

}  // namespace

RecordJudge::RecordJudge(TableRef table, std::vector<const Column*> keys)
    : keys_(std::move(keys)), spent_(std::make_shared<Clock::duration>()) {
    const bool has_rules = std::ranges::any_of(
        table->columns, [](const Column& column) { return column.extras && column.extras->rules; });
    table_ = has_rules ? std::move(table) : nullptr;
}

Result<std::vector<const Column*>> RecordJudge::left_out(const Record& record,
                                                         WritePurpose purpose) const {
    if (!table_) {
        return std::vector<const Column*>();
    }
    if (*spent_ > kMostSpent) {
        return fail(ErrorKind::BadRequest,
                    "The validation of the records takes too long: send fewer of them.");
    }
    const auto begun = Clock::now();
    auto columns = judged(record, purpose);
    *spent_ += Clock::now() - begun;
    return columns;
}

Result<std::vector<const Column*>> RecordJudge::judged(const Record& record,
                                                       WritePurpose purpose) const {
    std::vector<const Column*> left_out;
    const std::vector<const Input*> given = given_in(*table_, record);
    const Input null;
    for (std::size_t i = 0; i < given.size(); ++i) {
        const Column& column = table_->columns[i];
        if (!column.extras || !column.extras->rules) {
            continue;
        }
        const bool is_given = given[i] != nullptr;
        const bool is_named_elsewhere =
            purpose == WritePurpose::Upsert && std::ranges::find(keys_, &column) != keys_.end();
        if (!is_given && (column.default_text || column.is_auto_increment || is_named_elsewhere)) {
            continue;
        }
        // What a change may not say, it may not say of a record that it makes either; what a new
        // record must say, it must say then.
        const bool is_insert =
            purpose == WritePurpose::Insert || (purpose == WritePurpose::Upsert && !is_given);
        const Input* const input = is_given && says_null(*given[i]) ? &null : given[i];
        SLUICE_TRY(const auto verdict, column.extras->rules->judge(input, is_insert));
        if (verdict == Validation::Verdict::LeavesOut) {
            left_out.push_back(&column);
        }
    }
    return left_out;
}

}  // namespace sluice::services::sql
