#pragma once
/// Rows of the system database as JSON records and back.

#include <limits>
#include <span>
#include <string_view>

#include "core/fields.h"
#include "core/json.h"
#include "core/result.h"
#include "services/system/row_filters.h"
#include "store/cells.h"
#include "store/sql_text.h"

namespace sluice::services::system {

/// What the API allows with one field, where that is not the default: writable, text of at most
/// 255 bytes.
struct FieldRule {
    std::string_view name;
    std::size_t max_bytes = 255;
    bool is_read_only = false;
};

const FieldRule& rule_of(std::span<const FieldRule> rules, std::string_view name);

json::value json_of_cell(const store::Value& cell, store::Form form);

/// Readers of one field of a record. Null counts as empty, false or unset.
/// Errors: BadRequest naming the field.
Result<std::string> read_text(const json::value& value, const FieldRule& rule);
Result<bool> read_flag(const json::value& value, std::string_view name);
Result<std::int64_t> read_integer(const json::value& value, std::string_view name);
Result<std::optional<store::Id>> read_id(const json::value& value, std::string_view name);
/// The sum of GET 1, POST 2, PUT 4, PATCH 8, DELETE 16.
Result<VerbSet> read_verbs(const json::value& value, std::string_view name);
/// Whether it is "OR", in any case; without a value it is "AND".
Result<bool> read_or_and(const json::value& value, std::string_view name);
Error number_out_of_range(std::string_view name);
/// A JSON object; an empty list or text counts as an empty one.
Result<std::string> read_object(const json::value& value, std::string_view name);

void add_stamps(json::object& record, const store::Stamps& stamps);

/// Booleans and lists need the member's type; everything else is as the database has it.
template <typename Row>
json::value json_of_member(const Row& row, const store::Column<Row>& column) {
    if (const auto* flag = std::get_if<bool Row::*>(&column.member)) {
        if (column.form == store::Form::OrAnd) {
            return row.*(*flag) ? "OR" : "AND";
        }
        return row.*(*flag);
    }
    if (const auto* filters = std::get_if<std::vector<RowFilter> Row::*>(&column.member)) {
        return json_of_cell(store::filters_to_json(row.*(*filters)), store::Form::Json);
    }
    return json_of_cell(store::cell_of(row, column), column.form);
}

/// Every field but the secret ones.
template <typename Row>
json::object to_record(const Row& row) {
    json::object record;
    for (const store::Column<Row>& column : store::Columns<Row>::all()) {
        if (column.form != store::Form::Secret) {
            record[column.name] = json_of_member(row, column);
        }
    }
    if constexpr (requires { row.stamps; }) {
        add_stamps(record, row.stamps);
    }
    return record;
}

template <typename Row>
std::vector<std::string_view> fields_of() {
    std::vector<std::string_view> fields;
    for (const store::Column<Row>& column : store::Columns<Row>::all()) {
        if (column.form != store::Form::Secret) {
            fields.push_back(column.name);
        }
    }
    if constexpr (requires(Row row) { row.stamps; }) {
        fields.insert(fields.end(), store::kStampColumns.begin(), store::kStampColumns.end());
    }
    return fields;
}

/// Sets one member from JSON.
template <typename Row>
struct MemberReader {
    Row& row;
    const store::Column<Row>& column;
    const json::value& value;
    const FieldRule& rule;

    template <typename T, typename Member>
    Status put(Result<T> read, Member member) const {
        if (!read) {
            return fail(std::move(read).error());
        }
        row.*member = std::move(*read);
        return {};
    }
    Status operator()(std::string Row::*member) const {
        return put(column.form == store::Form::Json ? read_object(value, column.name)
                                                    : read_text(value, rule),
                   member);
    }
    Status operator()(bool Row::*member) const {
        if (column.form == store::Form::OrAnd) {
            return put(read_or_and(value, column.name), member);
        }
        return put(read_flag(value, column.name), member);
    }
    Status operator()(std::int64_t Row::*member) const {
        return put(read_integer(value, column.name), member);
    }
    Status operator()(int Row::*member) const {
        SLUICE_TRY(const std::int64_t number, read_integer(value, column.name));
        if (number < std::numeric_limits<int>::min() || number > std::numeric_limits<int>::max()) {
            return fail(number_out_of_range(column.name));
        }
        row.*member = static_cast<int>(number);
        return {};
    }
    Status operator()(std::optional<store::Id> Row::*member) const {
        return put(read_id(value, column.name), member);
    }
    Status operator()(VerbSet Row::*member) const {
        return put(read_verbs(value, column.name), member);
    }
    Status operator()(std::vector<RowFilter> Row::*member) const {
        return put(read_filters(value), member);
    }
};

/// Writes the fields that `record` has into `row`. The key, secrets, read-only and unknown fields
/// are passed over; whether there are unknown ones is for refuse_unknown.
/// Errors: BadRequest naming the field.
template <typename Row>
Status apply_record(const json::object& record, Row& row, std::span<const FieldRule> rules) {
    for (const store::Column<Row>& column : store::Columns<Row>::all().subspan(1)) {
        const json::value* value = record.if_contains(column.name);
        const FieldRule& rule = rule_of(rules, column.name);
        if (value == nullptr || column.form == store::Form::Secret || rule.is_read_only) {
            continue;
        }
        const FieldRule named{column.name, rule.max_bytes, false};
        SLUICE_CHECK(std::visit(MemberReader<Row>{row, column, *value, named}, column.member));
    }
    return {};
}

}  // namespace sluice::services::system
