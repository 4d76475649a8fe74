#include "services/sql/to_sql.h"

#include <span>
#include <utility>

#include "core/fields.h"

namespace sluice::services::sql {
namespace {

/// Longer chains of AND and OR are written as a tree: SQLite refuses expressions 1,000 deep.
constexpr std::size_t kLongestChain = 100;

std::string_view operator_of(Comparator comparator) {
    switch (comparator) {
        case Comparator::NotEqual:
            return " <> ";
        case Comparator::Greater:
            return " > ";
        case Comparator::GreaterOrEqual:
            return " >= ";
        case Comparator::Less:
            return " < ";
        case Comparator::LessOrEqual:
            return " <= ";
        default:
            return " = ";
    }
}

/// A text that may be spelled in two ways is equal to what is one of them.
Comparator in_each_spelling(Comparator comparator) {
    const bool is_equality = comparator == Comparator::Equal || comparator == Comparator::NotEqual;
    return is_equality ? Comparator::In : comparator;
}

std::string in_capitals(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return text;
}

bool is_text(Kind kind) {
    return kind == Kind::Text;
}

class Writer {
public:
    explicit Writer(const Dialect& dialect) : dialect_(dialect), habits_(dialect.habits()) {
        sql_.text.reserve(256);
    }

    void text(std::string_view words) { sql_.text.append(words); }

    void bind(Value value, Kind kind) {
        if (const auto* constant = std::get_if<Constant>(&value)) {
            sql_.text.append(constant->sql);
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
            text(source.column->quoted);
            return;
        }
        text(source.function);
        text("(");
        text(source.column == nullptr ? "*" : std::string_view(source.column->quoted));
        text(")");
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
        text(prefix_);
        text(column.quoted);
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
                chain(condition.parts, " <> ", "(1 = 0)");
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
        text(" RETURNING ");
        results(returns, permitted);
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
            bind(assignments[i].value, *assignments[i].column, Kind::Any);
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
        text(step.table->quoted);
        text(" AS ");
        text(alias);
        text(" WHERE ");
        not_null(*step.to);
        if (!step.permitted.is_always()) {
            this->condition(step.permitted);
            text(" AND ");
        }
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

    void pattern(const Condition& compare) {
        const bool is_plain = is_text(compare.column->kind);
        text(is_plain ? "" : "CAST(");
        name(*compare.column);
        if (is_plain) {
            text(" LIKE ");
        } else {
            text(" AS ");
            text(habits_.text_type);
            text(") LIKE ");
        }
        bind(compare.values.front(), Kind::Text);
        text(" ESCAPE '\\'");
    }

    void list(const Condition& compare) {
        name(*compare.column);
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
            name(column);
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
                    name(column);
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
                name(column);
                text(" BETWEEN ");
                bind(compare.values[0], column);
                text(" AND ");
                bind(compare.values[1], column);
                break;
            default:
                name(column);
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
};

void write_groups(Writer& writer, const Select& select) {
    for (std::size_t i = 0; i < select.group.size(); ++i) {
        writer.text(i == 0 ? " GROUP BY " : ", ");
        writer.text(select.group[i]->quoted);
    }
    if (!select.having.is_always()) {
        writer.text(" HAVING ");
        writer.condition(select.having);
    }
}

}  // namespace

Statement to_sql(const Dialect& dialect, const Select& select, std::int64_t rows) {
    Writer writer(dialect);
    writer.text("SELECT ");
    writer.sources(select.sources);
    writer.text(" FROM ");
    writer.text(select.table->quoted);
    writer.where(select.where);
    write_groups(writer, select);
    for (std::size_t i = 0; i < select.order.size(); ++i) {
        const OrderBy& term = select.order[i];
        writer.text(i == 0 ? " ORDER BY " : ", ");
        if (term.nulls_first && !writer.habits().places_nulls) {
            writer.text(term.column->quoted);
            writer.text(*term.nulls_first ? " IS NULL DESC, " : " IS NULL, ");
        }
        writer.text(term.column->quoted);
        writer.text(term.descends ? " DESC" : "");
        if (term.nulls_first && writer.habits().places_nulls) {
            writer.text(*term.nulls_first ? " NULLS FIRST" : " NULLS LAST");
        }
    }
    writer.text(" LIMIT ");
    writer.bind(Value(rows), Kind::Integer);
    if (select.offset > 0) {
        writer.text(" OFFSET ");
        writer.bind(Value(select.offset), Kind::Integer);
    }
    return writer.take();
}

Statement to_count_sql(const Dialect& dialect, const Select& select) {
    Writer writer(dialect);
    writer.text(select.group.empty() ? "SELECT COUNT(*) FROM "
                                     : "SELECT COUNT(*) FROM (SELECT 1 FROM ");
    writer.text(select.table->quoted);
    writer.where(select.where);
    write_groups(writer, select);
    writer.text(select.group.empty() ? "" : ") AS grouped");
    return writer.take();
}

Statement to_sql(const Dialect& dialect, const Insert& insert) {
    Writer writer(dialect);
    writer.text("INSERT INTO ");
    writer.text(insert.table->quoted);
    for (std::size_t i = 0; i < insert.assignments.size(); ++i) {
        writer.text(i == 0 ? " (" : ", ");
        writer.text(insert.assignments[i].column->quoted);
    }
    writer.text(insert.assignments.empty() ? " DEFAULT VALUES" : ") VALUES (");
    for (std::size_t i = 0; i < insert.assignments.size(); ++i) {
        writer.text(i == 0 ? "" : ", ");
        writer.bind(insert.assignments[i].value, *insert.assignments[i].column, Kind::Any);
    }
    writer.text(insert.assignments.empty() ? "" : ")");
    if (writer.habits().returns_inserted) {
        writer.returning(insert.returns, insert.permitted);
    }
    return writer.take();
}

Statement to_sql(const Dialect& dialect, const Update& update) {
    Writer writer(dialect);
    writer.text("UPDATE ");
    writer.text(update.table->quoted);
    writer.assignments(update.assignments);
    writer.where(update.where);
    if (writer.habits().returns_updated) {
        writer.returning(update.returns, update.permitted);
    }
    return writer.take();
}

Statement to_sql(const Dialect& dialect, const Delete& removal) {
    Writer writer(dialect);
    writer.text("DELETE FROM ");
    writer.text(removal.table->quoted);
    writer.where(removal.where);
    if (!removal.returns_nothing && writer.habits().returns_deleted) {
        writer.returning(removal.returns, nullptr);
    }
    return writer.take();
}

Statement to_sql(const Dialect& dialect, const Look& look) {
    Writer writer(dialect);
    writer.text("SELECT ");
    writer.results(look.sources, look.permitted);
    writer.text(" FROM ");
    writer.text(look.table->quoted);
    writer.cast_as_kept(look.is_after_write);
    writer.where(look.where);
    writer.text(look.is_first_only ? " LIMIT 1" : "");
    writer.text(look.locks ? " FOR UPDATE" : "");
    return writer.take();
}

}  // namespace sluice::services::sql
