#pragma once
/// Reads the records of a body a portion at a time: a body may have many more than are held at
/// once.

#include <memory>
#include <variant>
#include <vector>

#include "core/formats/csv_reader.h"
#include "core/json_reader.h"
#include "services/sql/records.h"

namespace sluice::services::sql {

/// A portion ends with the record that reaches either.
inline constexpr std::size_t kPortionRecords = 1000;
inline constexpr std::size_t kPortionBytes = 4UL * 1024 * 1024;

/// Shape:   a copy goes on where the original stood. The text must outlive both.
/// Threads: one at a time.
class RecordReader {
public:
    /// `json` stands behind the opening bracket of the list.
    explicit RecordReader(JsonReader json) : text_(json) {}
    explicit RecordReader(CsvReader csv) : text_(std::move(csv)) {}

    /// The next portion, in place of what `records` holds. False: there are no more.
    /// Errors: BadRequest for an item that is no object, has too many fields or one twice;
    ///         PayloadTooLarge when all so far come to 2 GB. What is wrong with the text ends the
    ///         list; its own reader tells.
    Result<bool> next(std::vector<Record>& records);
    /// Records read so far.
    std::size_t count() const { return count_; }
    /// Behind the list, once there are no more.
    const JsonReader& json() const { return std::get<JsonReader>(text_); }
    const CsvReader& csv() const { return std::get<CsvReader>(text_); }

private:
    Result<bool> read_one(JsonReader& json, std::vector<Record>& records);
    Result<bool> read_one(CsvReader& csv, std::vector<Record>& records);

    std::variant<JsonReader, CsvReader> text_;
    std::vector<CsvCell> cells_;
    std::size_t count_ = 0;
    /// What they came to, those that are no longer held too.
    std::size_t bytes_ = 0;
};

/// The records of a list into `body`: the first portion; the rest is looked through and can be read
/// again, so that what is wrong with any of them is told before one is written.
/// Errors: as of RecordReader; BadRequest for more than kMaxRecords.
Status read_records(RecordReader& reader, Body& body);

/// `body` with all its records at once, for what cannot do with portions.
/// Errors: BadRequest for more than kMaxHeld, PayloadTooLarge for more than 384 MB of them.
Result<Body> whole(const Body& body);

}  // namespace sluice::services::sql
