#pragma once
/// Makes CSV of an answer's JSON, in one pass over its text: numbers keep their digits.
/// Source: docs/reference/formats.md "CSV out".

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/json_reader.h"
#include "core/result.h"

namespace sluice {

/// Shape:   records are those of the array `resource`, of a bare array, the object `error` of an
///          error, or the object itself; what stands beside `resource` is left out. The header has
///          the keys of the first record, then those that later ones add. Lines end with LF.
/// Threads: one. The JSON must outlive the writer.
class CsvWriter {
public:
    /// `is_error`: the records are under `error`.
    CsvWriter(std::string_view json, bool is_error);
    /// Goes on with the records of `json`, an array, under a header that was written before. What
    /// follows the array is not looked at.
    /// Errors: besides, Internal for a record that has another key.
    CsvWriter(std::string_view json, std::vector<std::string> header);

    /// Goes on for about this many bytes of JSON. False when there is no more.
    bool step(std::size_t bytes);
    /// Errors: Internal for what is no JSON, or would be too large.
    Result<std::string> take();
    const std::vector<std::string>& header() const { return names_; }

private:
    void begin();
    bool enter(std::string_view wrapper);
    void add_value(JsonReader& reader);
    void add_record(JsonReader& reader);
    std::size_t column_of(const std::string& key, std::size_t expected);
    void write_header();
    void write_row();
    void write_value(std::string_view json);
    void write_text(std::string_view text);
    bool starts_again();

    std::string_view json_;
    bool is_error_;
    JsonReader reader_;
    std::string out_;
    std::vector<std::string> names_;
    std::unordered_map<std::string, std::size_t> columns_;
    /// Of the record at hand: JSON values, empty for what it lacks.
    std::vector<std::string_view> cells_;
    bool has_begun_ = false;
    bool has_header_ = false;
    /// The header is not ours to write.
    bool continues_ = false;
    /// A later record has a key that the header, which is written, lacks: nothing more is written,
    /// the keys of the rest are gathered, and all begins again.
    bool gathers_ = false;
    bool is_done_ = false;
    bool has_failed_ = false;
};

}  // namespace sluice
