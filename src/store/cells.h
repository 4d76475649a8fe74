#pragma once
/// Members of a row as values of the database and back.

#include <string>

#include "store/column.h"
#include "store/database.h"

namespace sluice::store {

template <typename Row>
Value cell_of(const Row& row, const Column<Row>& column) {
    struct Read {
        const Row& row;
        Form form;
        Value operator()(std::string Row::*member) const {
            if (form == Form::Nullable && (row.*member).empty()) {
                return std::monostate{};
            }
            return row.*member;
        }
        Value operator()(bool Row::*member) const { return row.*member; }
        Value operator()(std::int64_t Row::*member) const { return row.*member; }
        Value operator()(int Row::*member) const { return std::int64_t{row.*member}; }
        Value operator()(std::optional<Id> Row::*member) const {
            return (row.*member) ? Value(*(row.*member)) : Value(std::monostate{});
        }
        Value operator()(VerbSet Row::*member) const { return std::int64_t{(row.*member).bits()}; }
        Value operator()(std::vector<RowFilter> Row::*member) const {
            return (row.*member).empty() ? Value(std::monostate{})
                                         : Value(filters_to_json(row.*member));
        }
    };
    return std::visit(Read{row, column.form}, column.member);
}

template <typename Row>
void set_cell(Row& row, const Column<Row>& column, const Value& value) {
    struct Write {
        Row& row;
        const Value& value;
        void operator()(std::string Row::*member) const { row.*member = text_of(value); }
        void operator()(bool Row::*member) const { row.*member = boolean_of(value); }
        void operator()(std::int64_t Row::*member) const { row.*member = integer_of(value); }
        void operator()(int Row::*member) const {
            row.*member = static_cast<int>(integer_of(value));
        }
        void operator()(std::optional<Id> Row::*member) const {
            row.*member = std::holds_alternative<std::monostate>(value)
                              ? std::nullopt
                              : std::optional<Id>(integer_of(value));
        }
        void operator()(VerbSet Row::*member) const {
            row.*member = VerbSet(static_cast<std::uint32_t>(integer_of(value)));
        }
        void operator()(std::vector<RowFilter> Row::*member) const {
            // Only what filters_to_json wrote stands here.
            auto filters = filters_from_json(text_of(value));
            row.*member = filters ? std::move(*filters) : std::vector<RowFilter>{};
        }
    };
    std::visit(Write{row, value}, column.member);
}

}  // namespace sluice::store
