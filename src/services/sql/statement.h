#pragma once
/// What goes to a database: SQL text made of our own words and introspected names, and the values
/// bound to its placeholders. And what comes back.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "services/sql/value.h"

namespace sluice::services::sql {

struct Statement {
    std::string text;
    std::vector<Value> values;
};

/// One cell as a driver hands it over. `text` lives until the call returns.
struct Cell {
    /// `Text` also carries numbers and booleans of databases that answer in text.
    enum class Form { Null, Integer, Real, Text, Bytes };
    Form form = Form::Null;
    std::int64_t integer = 0;
    double real = 0;
    std::string_view text;
};

/// Takes the rows of one statement, in order.
/// Threads: one at a time; a driver may call from a thread of its own while the caller waits.
class RowSink {
public:
    virtual ~RowSink() = default;
    virtual void start_row() = 0;
    virtual void cell(const Cell& cell) = 0;
    virtual void end_row() = 0;
    /// Forgets what came so far: the statement runs again.
    virtual void reset() = 0;
};

/// Rows kept as values, for the server's own use (introspection, keys).
class RowList : public RowSink {
public:
    /// A database may answer with fewer columns than it was asked for: those are null.
    class Row {
    public:
        const Value& operator[](std::size_t column) const {
            static const Value kNone = Null{};
            return column < values_.size() ? values_[column] : kNone;
        }
        const Value& front() const { return (*this)[0]; }
        void add(Value value) { values_.push_back(std::move(value)); }

    private:
        std::vector<Value> values_;
    };

    void start_row() override { rows_.emplace_back(); }
    void cell(const Cell& cell) override;
    void end_row() override {}
    void reset() override { rows_.clear(); }

    const std::vector<Row>& rows() const { return rows_; }

private:
    std::vector<Row> rows_;
};

/// Lenient readers of a kept value: numbers may have come as text.
std::string text_of(const Value& value);
std::int64_t integer_of(const Value& value, std::int64_t fallback = 0);

}  // namespace sluice::services::sql
