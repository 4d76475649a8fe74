#include "services/sql/keyed_rows.h"

#include "core/json.h"

namespace sluice::services::sql {

void KeyedRows::Row::add(std::string_view name, std::string_view value) {
    json.push_back(json.empty() ? '{' : ',');
    append_json_string(json, name);
    json.append(":").append(value);
}

void KeyedRows::start_row() {
    rows_.emplace_back();
    next_ = 0;
}

void KeyedRows::end_row() {
    // A database may answer with fewer columns than it was asked for.
    Row& row = rows_.back();
    row.keys.resize(shape_.columns.size() - fields_, "null");
    bytes_ += sizeof(Row) + row.json.size();
    for (const std::string& key : row.keys) {
        bytes_ += sizeof(std::string) + key.size();
    }
}

void KeyedRows::reset() {
    rows_.clear();
    bytes_ = 0;
    start_again();
}

void KeyedRows::cell(const Cell& cell) {
    if (next_ == shape_.columns.size()) {
        return;
    }
    if (overflows(bytes_ + rows_.back().json.size(), cell.text.size())) {
        rows_.resize(1);  // nobody gets them
        return;
    }
    Row& row = rows_.back();
    const ResultColumn& column = shape_.columns[next_];
    if (next_ < fields_) {
        append_key(row.json, column.json_key, next_ == 0);
        append_cell(row.json, column.kind, cell);
    } else {
        append_cell(row.keys.emplace_back(), column.kind, cell);
    }
    ++next_;
}

std::string list_of(const std::vector<KeyedRows::Row>& rows) {
    std::string out = "{\"resource\":[";
    for (const KeyedRows::Row& row : rows) {
        out.append(&row == &rows.front() ? "" : ",").append(row.closed());
    }
    return out + "]";
}

}  // namespace sluice::services::sql
