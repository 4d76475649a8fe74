#include "services/sql/routines/results.h"

#include <algorithm>
#include <unordered_set>

#include "core/json.h"
#include "services/sql/routines/recast.h"
#include "services/sql/rows_writer.h"

namespace sluice::services::sql {
namespace {

/// Two columns of one name would be one member: the later ones are numbered.
std::string unlike(const std::string& name, std::unordered_set<std::string>& names) {
    std::string own = name;
    for (std::size_t number = 2; !names.insert(own).second; ++number) {
        own = name + "_" + std::to_string(number);
    }
    return own;
}

}  // namespace

void RoutineResults::start_result(const std::vector<ResultColumnHead>& columns) {
    if (is_full()) {
        return;
    }
    if (results_.size() >= kMaxResults) {
        has_too_many_ = true;
        overflows(most_bytes(), 1);
        drop_all();
        return;
    }
    held_ += results_.empty() ? 0 : results_.back().rows.size();
    results_.emplace_back();
    columns_.clear();
    std::unordered_set<std::string> names;
    for (const ResultColumnHead& head : columns) {
        const std::string name = unlike(head.name, names);
        Column column{"," + json_string(name) + ":", head.kind, head.kind};
        const auto wanted =
            std::ranges::find(options_.schema, name, &decltype(options_.schema)::value_type::first);
        if (wanted != options_.schema.end()) {
            column.shown = wanted->second;
        }
        columns_.push_back(std::move(column));
    }
}

void RoutineResults::start_row() {
    next_ = 0;
    if (!is_full() && !results_.empty() && results_.back().count > 0) {
        results_.back().rows.push_back(',');
    }
}

void RoutineResults::cell(const Cell& cell) {
    if (is_full() || results_.empty() || next_ >= columns_.size()) {
        return;
    }
    RoutineResult& result = results_.back();
    const std::size_t index = next_++;
    const Column& column = columns_[index];
    if (overflows(held_ + result.rows.size(), cell.text.size() + column.json_key.size())) {
        drop_all();
        return;
    }
    if (index == 0 && !result.first && options_.returns) {
        Kind kind = *options_.returns;
        const Cell shown = recast(cell, column.kind, kind, scratch_);
        append_cell(result.first.emplace(), kind, shown);
    }
    if (form_ == Rows::Values && index > 0) {
        return;
    }
    if (form_ == Rows::Records) {
        append_key(result.rows, column.json_key, index == 0);
    }
    Kind kind = column.shown;
    const Cell shown =
        column.shown == column.kind ? cell : recast(cell, column.kind, kind, scratch_);
    append_cell(result.rows, kind, shown);
}

void RoutineResults::end_row() {
    if (is_full() || results_.empty()) {
        return;
    }
    RoutineResult& result = results_.back();
    if (form_ == Rows::Records) {
        result.rows.append(next_ == 0 ? "{}" : "}");
    }
    ++result.count;
    if (overflows(held_ + result.rows.size(), 0)) {
        drop_all();
    }
}

/// Nobody gets them.
void RoutineResults::drop_all() {
    results_.clear();
    results_.shrink_to_fit();
    held_ = 0;
}

void RoutineResults::reset() {
    drop_all();
    has_too_many_ = false;
    start_again();
}

}  // namespace sluice::services::sql
