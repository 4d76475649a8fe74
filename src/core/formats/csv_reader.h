#pragma once
/// Reads CSV in one pass: a header row, then records. Bodies of requests, so all of it is hostile.
/// Source: RFC 4180; what it leaves open is decided in docs/reference/formats.md "CSV in".

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace sluice {

/// No table has more columns (SQLite 2,000, PostgreSQL 1,600).
inline constexpr std::size_t kMaxCsvColumns = 2'000;
/// Of one body: a million records of 10 fields. What a cell costs is more than its bytes.
inline constexpr std::size_t kMaxCsvCells = 10'000'000;

struct CsvCell {
    std::string text;
    /// Nothing at all stood there, not even quotes.
    bool is_null = false;
};

/// After a fault every call says "no more"; `finish` tells what was wrong. The text must outlive
/// the reader.
class CsvReader {
public:
    /// Reads the header.
    /// Errors: BadRequest for text that is no UTF-8, has no header, or one with a name that is
    ///         empty or stands twice.
    static Result<CsvReader> open(std::string_view text);

    const std::vector<std::string>& names() const { return names_; }
    /// The next record: one cell for each name. `cells` is used again.
    bool next(std::vector<CsvCell>& cells);
    /// Errors: BadRequest with the line of the first fault.
    Status finish() const;

private:
    explicit CsvReader(std::string_view text) : text_(text) {}

    bool read_row(std::vector<CsvCell>& cells);
    bool read_cell(CsvCell& cell);
    bool read_quoted(std::string& out);
    bool is_at_line_end() const;
    void skip_line_end();
    bool fit(std::vector<CsvCell>& cells);
    void fail_at(std::size_t line, std::string what);

    std::string_view text_;
    std::vector<std::string> names_;
    std::string fault_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
    /// Where the row that was read last began.
    std::size_t row_line_ = 1;
    std::size_t cells_read_ = 0;
};

/// `{"resource":[{"a":"1","b":null}]}`: values are texts, for whoever takes them to judge.
/// Errors: as of CsvReader; PayloadTooLarge where the JSON would be over 256 MB.
Result<std::string> json_of_csv(std::string_view text);

/// Whether it begins with a header of two names or more and goes on after it.
bool looks_like_csv(std::string_view text);

}  // namespace sluice
