#pragma once
/// What goes to a database: SQL text made of our own words and introspected names, and the values
/// bound to its placeholders. And what comes back.

#include <cstdint>
#include <limits>
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

/// Bytes of one answer, unless the service says otherwise.
inline constexpr std::size_t kMaxAnswerBytes = 64UL * 1024 * 1024;

/// Bytes that the rows of several statements share: those of one batch.
struct ByteBudget {
    std::size_t most = kMaxAnswerBytes;
    std::size_t held = 0;
    /// Of `held`: what came of statements that will not run again.
    std::size_t kept = 0;
};

/// Takes the rows of one statement, in order, and bytes of them up to a limit.
/// Threads: one at a time; a driver may call from a thread of its own while the caller waits.
class RowSink {
public:
    static constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

    explicit RowSink(std::size_t most_bytes = kNoLimit) : most_bytes_(most_bytes) {}
    virtual ~RowSink() = default;
    virtual void start_row() = 0;
    virtual void cell(const Cell& cell) = 0;
    virtual void end_row() = 0;
    /// Forgets what came so far: the statement runs again.
    virtual void reset() = 0;

    /// It takes no more: the driver stops the statement and answers `too_large`.
    bool is_full() const { return is_full_; }
    /// It would rather have the next row later: a cursor pauses.
    virtual bool has_enough() const { return false; }
    std::size_t most_bytes() const { return most_bytes_; }

protected:
    /// Whether `bytes` more than the `held` ones are too many; from then on the sink is full.
    bool overflows(std::size_t held, std::size_t bytes) {
        is_full_ = is_full_ || (bytes > most_bytes_ || held > most_bytes_ - bytes);
        return is_full_;
    }
    void start_again() { is_full_ = false; }

private:
    std::size_t most_bytes_;
    bool is_full_ = false;
};

/// A column of a result that no table describes, as the database tells of it.
struct ResultColumnHead {
    std::string name;
    Kind kind = Kind::Any;
};

/// Takes the results of one statement that may give several, one after the other.
/// Threads: as of RowSink.
class ResultSink : public RowSink {
public:
    using RowSink::RowSink;
    /// Its rows come next. Results without columns are not told of.
    virtual void start_result(const std::vector<ResultColumnHead>& columns) = 0;
};

/// The caller asked for more than one answer may hold.
Error too_large(std::size_t most_bytes);

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

    RowList() : RowSink(kMaxAnswerBytes) {}

    void start_row() override { rows_.emplace_back(); }
    void cell(const Cell& cell) override;
    void end_row() override {}
    void reset() override {
        rows_.clear();
        bytes_ = 0;
        start_again();
    }

    const std::vector<Row>& rows() const { return rows_; }

private:
    std::vector<Row> rows_;
    std::size_t bytes_ = 0;
};

/// Lenient readers of a kept value: numbers may have come as text.
std::string text_of(const Value& value);
std::int64_t integer_of(const Value& value, std::int64_t fallback = 0);

}  // namespace sluice::services::sql
