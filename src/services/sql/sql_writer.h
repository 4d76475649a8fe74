#pragma once
/// What statements are written with: words, names, conditions, and values that are bound as they
/// are written. Part of to_sql.cpp alone.

#include <algorithm>
#include <span>
#include <string>
#include <utility>

#include "core/fields.h"
#include "services/sql/dialect_parts.h"
#include "services/sql/functions/column_functions.h"
#include "services/sql/sql_words.h"
#include "services/sql/to_sql.h"

namespace sluice::services::sql {

/// Threads: one; a statement each.
class SqlWriter {
public:
    explicit SqlWriter(const Dialect& dialect) : dialect_(dialect), habits_(dialect.habits()) {
        sql_.text.reserve(256);
    }

    void text(std::string_view words) { sql_.text.append(words); }

    void bind(Value value, Kind kind) {
        if (const auto* constant = std::get_if<Constant>(&value)) {
            sql_.text.append(in_words_of(habits_, constant->sql));
            return;
        }
        if (auto* digits = std::get_if<std::string>(&value);
            digits != nullptr && kind == Kind::Decimal && habits_.binds_decimals) {
            value = Number{std::move(*digits)};
        }
        sql_.values.push_back(std::move(value));
        dialect_.placeholder(sql_.text, sql_.values.size(), kind);
    }

    /// A value of `column`; `kind` says what it is compared as, if it is.
    void bind(Value value, const Column& column, Kind kind) {
        const bool is_cast = casts_as_kept_ && !column.kept_as.empty();
        text(is_cast ? "CAST(" : "");
        const bool is_instant = column.keeps_offset && !habits_.instant.empty();
        const auto* moment = is_instant ? std::get_if<std::string>(&value) : nullptr;
        if (moment != nullptr && has_offset(trimmed(*moment))) {
            sql_.values.emplace_back(normal_moment(Kind::DateTime, trimmed(*moment)));
            text(habits_.instant);
        } else {
            bind(std::move(value), is_cast ? Kind::Any : kind);
        }
        if (is_cast) {
            text(" AS ");
            text(column.kept_as);
            text(")");
        }
    }

    void bind(const Value& value, const Column& column) { bind(value, column, column.kind); }

    void source(const ResultSource& source) {
        if (source.function.empty()) {
            source.is_plain ? name(*source.column) : shown(*source.column);
            return;
        }
        const bool is_sum = source.function == "SUM";
        const bool is_cast = habits_.narrows_sums && (is_sum || source.function == "AVG") &&
                             source.column != nullptr && source.column->kind == Kind::Integer;
        text(source.function);
        text(is_cast ? "(CAST(" : "(");
        if (source.column == nullptr) {
            text("*");
        } else {
            shown(*source.column);  // what a function hides is not to be told by MAX
        }
        text(!is_cast ? ")" : is_sum ? " AS BIGINT))" : " AS FLOAT))");
    }

    void sources(const std::vector<ResultSource>& sources) {
        for (std::size_t i = 0; i < sources.size(); ++i) {
            text(i == 0 ? "" : ", ");
            source(sources[i]);
        }
    }

    /// Within the rows of another table under the name that they have there: a column that is gone
    /// from that table must not be looked for in ours.
    void name(const Column& column) {
        text(column.is_virtual ? std::string_view() : std::string_view(prefix_));
        text(column.quoted);
    }

    /// The column as a read shows it.
    void shown(const Column& column) {
        const bool is_function = column.functions && !column.functions->select.empty();
        is_function ? text(column.functions->select) : name(column);
    }

    /// A value on its way into the column, through its function for that, if it has one.
    void written(const Assignment& assignment, std::vector<std::string> ColumnFunctions::*of_use) {
        const ColumnFunctions* functions = assignment.column->functions.get();
        if (functions == nullptr || (functions->*of_use).empty()) {
            bind(assignment.value, *assignment.column, Kind::Any);
            return;
        }
        bool is_first = true;
        for (const std::string& piece : functions->*of_use) {
            if (!std::exchange(is_first, false)) {
                bind(assignment.value, *assignment.column, Kind::Any);
            }
            text(piece);
        }
    }

    /// The database itself makes of a value what it made of it when it kept it.
    void cast_as_kept(bool is_on) { casts_as_kept_ = is_on; }

    void where(const Condition& where) {
        if (!where.is_always()) {
            text(" WHERE ");
            condition(where);
        }
    }

    void condition(const Condition& condition) {
        switch (condition.form) {
            case Condition::Form::Compare:
                compare(condition);
                return;
            case Condition::Form::And:
                chain(condition.parts, " AND ", "(1 = 1)");
                return;
            case Condition::Form::Or:
                chain(condition.parts, " OR ", "(1 = 0)");
                return;
            case Condition::Form::Nor:
                text("NOT ");
                chain(condition.parts, " OR ", "(1 = 0)");
                return;
            case Condition::Form::Xor:
                if (habits_.compares_truths || condition.parts.size() < 2) {
                    chain(condition.parts, " <> ", "(1 = 0)");
                } else {
                    parity(condition.parts);
                }
                return;
            case Condition::Form::Not:
                text("NOT (");
                this->condition(condition.parts.front());
                text(")");
                return;
            case Condition::Form::Linked:
                linked(condition, 0);
                return;
        }
    }

    const Habits& habits() const { return habits_; }

    void returning(const std::vector<ResultSource>& returns, const Condition* permitted) {
        if (habits_.returning == Returning::AtEnd) {
            text(" RETURNING ");
            results(returns, permitted);
        }
    }

    /// The same where it stands in the midst of the statement; `rows` are those before or after.
    void output(const Table& table,
                const std::vector<ResultSource>& returns,
                const Condition* permitted,
                std::string_view rows) {
        if (habits_.returning != Returning::Output) {
            return;
        }
        text(" OUTPUT ");
        const std::string outer = std::exchange(prefix_, std::string(rows));
        results(returns, permitted);
        prefix_ = outer;
        text(table.has_triggers ? " INTO @changed" : "");
    }

    /// Rows of a table with triggers come back by way of a variable. Before the statement:
    void declare_output(const Table& table,
                        const std::vector<ResultSource>& returns,
                        const Condition* permitted) {
        if (habits_.returning != Returning::Output || !table.has_triggers) {
            return;
        }
        text("DECLARE @changed TABLE (");
        for (std::size_t i = 0; i < std::max<std::size_t>(returns.size(), 1); ++i) {
            text((i == 0 ? "c" : ", c") + std::to_string(i) + " ");
            text(returns.empty() ? std::string_view("int") : kept_type(*returns[i].column));
        }
        text(permitted == nullptr ? "); " : ", permitted int); ");
    }
    /// And behind it:
    void select_output(const Table& table) {
        if (habits_.returning == Returning::Output && table.has_triggers) {
            text("; SELECT * FROM @changed");
        }
    }

    /// `returns` and the truth of `permitted`.
    void results(const std::vector<ResultSource>& returns, const Condition* permitted) {
        sources(returns);
        if (returns.empty()) {
            text("1");
        }
        if (permitted != nullptr) {
            text(", CASE WHEN ");
            condition(*permitted);
            text(" THEN 1 ELSE 0 END");
        }
    }

    void assignments(const std::vector<Assignment>& assignments) {
        for (std::size_t i = 0; i < assignments.size(); ++i) {
            text(i == 0 ? " SET " : ", ");
            text(assignments[i].column->quoted);
            text(" = ");
            written(assignments[i], &ColumnFunctions::update);
        }
    }

    Statement take() { return std::move(sql_); }

private:
    void chain(std::span<const Condition> parts, std::string_view word, std::string_view empty) {
        if (parts.empty()) {
            text(empty);
            return;
        }
        text("(");
        if (parts.size() > kLongestChain) {
            const std::size_t half = parts.size() / 2;
            chain(parts.first(half), word, empty);
            text(word);
            chain(parts.subspan(half), word, empty);
        } else {
            for (std::size_t i = 0; i < parts.size(); ++i) {
                text(i == 0 ? "" : word);
                const bool needs_brackets = parts[i].form == Condition::Form::Nor ||
                                            parts[i].form == Condition::Form::Not || word == " <> ";
                text(needs_brackets ? "(" : "");
                condition(parts[i]);
                text(needs_brackets ? ")" : "");
            }
        }
        text(")");
    }

    /// Whether an odd number of `parts` holds, where truths are no values. Unknown when one is; but
    /// deep within each other each would be written too often to ask, and unknown counts as false.
    void parity(std::span<const Condition> parts) {
        constexpr int kDeepest = 3;
        const bool asks_twice = ++xors_ <= kDeepest;
        text("((");
        for (std::size_t i = 0; i < parts.size(); ++i) {
            text(i == 0 ? "CASE WHEN (" : " + CASE WHEN (");
            condition(parts[i]);
            text(asks_twice ? ") THEN 1 WHEN NOT (" : ") THEN 1 ELSE 0 END");
            if (asks_twice) {
                condition(parts[i]);
                text(") THEN 0 END");
            }
        }
        text(") % 2 = 1)");
        --xors_;
    }

    /// A version of the row cannot be kept under its own type.
    static std::string_view kept_type(const Column& column) {
        return column.db_type == "timestamp" ? "binary(8)" : std::string_view(column.db_type);
    }

    /// Functions of columns know the table by its own name: under an alias beside another reading
    /// of the same table they would speak of the wrong row.
    void permitted_rows(const Link::Step& step) {
        if (step.permitted.is_always()) {
            text(step.table->quoted);
            return;
        }
        const std::string outer = std::exchange(prefix_, std::string());
        text("(SELECT * FROM ");
        text(step.table->quoted);
        text(" WHERE ");
        condition(step.permitted);
        text(")");
        prefix_ = outer;
    }

    /// True or false, never unknown, so that NOT means "there is none".
    void linked(const Condition& condition, std::size_t index) {
        const Link::Step& step = condition.link->steps[index];
        text("(");
        not_null(*step.from);
        name(*step.from);
        const std::string alias = "r" + std::to_string(++aliases_);
        const std::string outer = std::exchange(prefix_, alias + ".");
        text(" IN (SELECT ");
        name(*step.to);
        text(" FROM ");
        permitted_rows(step);
        text(" AS ");
        text(alias);
        text(" WHERE ");
        not_null(*step.to);
        if (index + 1 < condition.link->steps.size()) {
            linked(condition, index + 1);
        } else {
            this->condition(condition.parts.front());
        }
        prefix_ = outer;
        text("))");
    }

    void not_null(const Column& column) {
        if (column.allows_null) {
            name(column);
            text(" IS NOT NULL AND ");
        }
    }

    /// The column as filters see it.
    void compared(const Condition& compare) {
        const auto& functions = compare.column->functions;
        const bool is_function = !compare.is_plain && functions && !functions->filter.empty();
        is_function ? text(functions->filter) : name(*compare.column);
    }

    void pattern(const Condition& compare) {
        const bool is_plain = is_text(compare.column->kind);
        text(is_plain ? "" : "CAST(");
        compared(compare);
        if (is_plain) {
            text(" LIKE ");
        } else {
            text(" AS ");
            text(habits_.text_type);
            text(") LIKE ");
        }
        const auto* given = std::get_if<std::string>(&compare.values.front());
        bind(given != nullptr && habits_.patterns_have_sets ? Value(without_sets(*given))
                                                            : compare.values.front(),
             Kind::Text);
        text(" ESCAPE '\\'");
    }

    void list(const Condition& compare) {
        compared(compare);
        text(" IN (");
        for (std::size_t i = 0; i < compare.values.size(); ++i) {
            text(i == 0 ? "" : ", ");
            bind(compare.values[i], *compare.column);
            if (const auto* uuid = std::get_if<std::string>(&compare.values[i]);
                uuid != nullptr && compare.column->spells_uuids) {
                text(", ");
                bind(Value(in_capitals(*uuid)), *compare.column);
            }
        }
        text(")");
    }

    void compare(const Condition& compare) {
        const Column& column = *compare.column;
        if (compare.comparator == Comparator::IsNull) {
            compared(compare);
            text(compare.is_negated ? " IS NOT NULL" : " IS NULL");
            return;
        }
        const bool is_unequal_uuid =
            column.spells_uuids && compare.comparator == Comparator::NotEqual;
        const bool is_negated = compare.is_negated != is_unequal_uuid;
        text(is_negated ? "NOT (" : "");
        switch (column.spells_uuids ? in_each_spelling(compare.comparator) : compare.comparator) {
            case Comparator::In:
                list(compare);
                break;
            case Comparator::All: {
                for (std::size_t i = 0; i < compare.values.size(); ++i) {
                    text(i == 0 ? "(" : " AND ");
                    compared(compare);
                    text(" = ");
                    bind(compare.values[i], column);
                }
                text(")");
                break;
            }
            case Comparator::Like:
            case Comparator::StartsWith:
            case Comparator::EndsWith:
            case Comparator::Contains:
                pattern(compare);
                break;
            case Comparator::Between:
                compared(compare);
                text(" BETWEEN ");
                bind(compare.values[0], column);
                text(" AND ");
                bind(compare.values[1], column);
                break;
            default:
                compared(compare);
                text(operator_of(compare.comparator));
                bind(compare.values.front(), column);
        }
        text(is_negated ? ")" : "");
    }

    const Dialect& dialect_;
    const Habits habits_;
    bool casts_as_kept_ = false;
    Statement sql_;
    std::string prefix_;
    int aliases_ = 0;
    int xors_ = 0;
};

}  // namespace sluice::services::sql
