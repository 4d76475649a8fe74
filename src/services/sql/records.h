#pragma once
/// The body of a table request: records and the options beside them.
/// Numbers keep their digits; nothing goes through a double.

#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/json_reader.h"
#include "core/result.h"

namespace sluice::services::sql {

/// No call carries more records: they are written in portions, and what bounds them is the size of
/// the body and of the answer.
inline constexpr std::size_t kMaxRecords = 1'000'000;
/// Where all of them are needed at once.
inline constexpr std::size_t kMaxHeld = 100'000;
/// No table has more columns (SQLite 2,000, PostgreSQL 1,600).
inline constexpr std::size_t kMaxFields = 2'000;

/// One value of a record.
struct Input {
    enum class Form {
        Null,
        True,
        False,
        Number,  ///< `text` is the digits as they came
        Text,    ///< `text` is decoded
        Json,    ///< `text` is an object or array as it came
    };
    Form form = Form::Null;
    std::string text;
};

/// The next value, whatever it is.
Input read_input(JsonReader& reader);

/// Shape: keys are unique, by their exact spelling.
class Record {
public:
    using Item = std::pair<std::string, Input>;

    Record() = default;
    /// Of keys that are known to be unique.
    explicit Record(std::vector<Item> items) : items_(std::move(items)) {}

    /// False when there is such a key already: nothing is changed then.
    bool add(std::string key, Input input);
    /// By exact key first, then ignoring case. Null when there is none.
    const Input* find(std::string_view key) const;
    bool empty() const { return items_.empty(); }
    std::size_t size() const { return items_.size(); }
    auto begin() const { return items_.begin(); }
    auto end() const { return items_.end(); }

private:
    std::vector<Item> items_;
    /// Of records with many items only.
    std::unordered_set<std::string> keys_;
};

class RecordReader;

struct Body {
    enum class Form {
        Empty,
        List,    ///< a bare array, or an array under `resource`
        Single,  ///< a bare object
    };
    Form form = Form::Empty;
    /// The first of them where there is a `rest`.
    std::vector<Record> records;
    /// Records that follow, to be read in portions (record_reader.h). Null: none do.
    std::shared_ptr<const RecordReader> rest;
    /// What `rest` reads, where that is not the request's own text.
    std::shared_ptr<const std::string> text;
    /// The members beside `resource`, or of the bare object; each as JSON text.
    std::vector<std::pair<std::string, std::string>> members;

    /// Null when there is none.
    const std::string* find(std::string_view member) const;
};

/// What a key is refused with that stands in an object a second time: who checks the body before
/// us, a script or a proxy, may look at the other one.
Error given_twice(std::string_view field);

/// What a body of more than `most` is refused with.
Error too_many_records(std::size_t most);

/// The object that comes next.
/// Errors: BadRequest for one that has too many fields or one twice. What is wrong with the text
///         ends it; the reader tells.
Result<Record> read_record(JsonReader& reader);

/// Shape:  `text` must outlive the body.
/// Errors: BadRequest for what is no JSON, or neither object nor list of objects, names something
///         twice or has too many records.
Result<Body> read_body(std::string_view text);

/// One JSON value as a member of a record has it; `json` is well formed.
Input input_of(std::string_view json);

/// Records inside of a record: a list of objects, or one alone. `json` is well formed.
/// Errors: BadRequest, as of `read_body`.
Result<std::vector<Record>> read_nested_records(std::string_view json);

}  // namespace sluice::services::sql
