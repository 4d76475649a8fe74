#include "core/formats/csv_reader.h"

#include <algorithm>

#include "core/fields.h"
#include "core/json.h"
#include "core/utf8.h"

namespace sluice {
namespace {

// A header of long names over rows of empty cells grows without end otherwise.
constexpr std::size_t kMaxJsonBytes = 256UL * 1024 * 1024;

constexpr std::string_view kMark = "\xEF\xBB\xBF";

bool is_blank(const std::vector<CsvCell>& cells) {
    return cells.size() == 1 && cells.front().is_null;
}

void drop_empty_end(std::vector<CsvCell>& cells, std::size_t keep) {
    while (cells.size() > keep && cells.back().is_null) {
        cells.pop_back();
    }
}

}  // namespace

Result<CsvReader> CsvReader::open(std::string_view text) {
    while (text.starts_with(kMark)) {  // as spreadsheets write it, some twice
        text.remove_prefix(kMark.size());
    }
    if (!is_utf8(text)) {
        return fail(ErrorKind::BadRequest, "The CSV is not UTF-8.");
    }
    CsvReader reader(text);
    std::vector<CsvCell> header;
    if (!reader.read_row(header)) {
        reader.fail_at(1, "there is no header row.");
        SLUICE_CHECK(reader.finish());
    }
    drop_empty_end(header, 1);
    for (const CsvCell& cell : header) {
        reader.names_.emplace_back(trimmed(cell.text));
        if (reader.names_.back().empty()) {
            return fail(ErrorKind::BadRequest, "Column " + std::to_string(reader.names_.size()) +
                                                   " of the CSV has no name in the header.");
        }
    }
    std::vector<std::string_view> sorted(reader.names_.begin(), reader.names_.end());
    std::ranges::sort(sorted);
    if (const auto twice = std::ranges::adjacent_find(sorted); twice != sorted.end()) {
        return fail(ErrorKind::BadRequest, "Field '" + std::string(*twice) + "' is given twice.");
    }
    return reader;
}

bool CsvReader::next(std::vector<CsvCell>& cells) {
    return read_row(cells) && fit(cells);
}

Status CsvReader::finish() const {
    return fault_.empty() ? Status() : fail(ErrorKind::BadRequest, fault_);
}

void CsvReader::fail_at(std::size_t line, std::string what) {
    if (fault_.empty()) {
        fault_ = "Line " + std::to_string(line) + " of the CSV: " + std::move(what);
    }
}

/// The next row that is not blank.
bool CsvReader::read_row(std::vector<CsvCell>& cells) {
    do {
        if (!fault_.empty() || at_ >= text_.size()) {
            return false;
        }
        row_line_ = line_;
        std::size_t count = 0;
        while (true) {
            if (count == cells.size()) {
                cells.emplace_back();
            }
            if (!read_cell(cells[count++])) {
                return false;
            }
            if (is_at_line_end()) {
                break;
            }
            ++at_;  // the comma
            if (count >= kMaxCsvColumns || ++cells_read_ > kMaxCsvCells) {
                fail_at(row_line_, count >= kMaxCsvColumns
                                       ? "a record may have at most " +
                                             std::to_string(kMaxCsvColumns) + " fields."
                                       : "a request may carry at most " +
                                             std::to_string(kMaxCsvCells) + " values.");
                return false;
            }
        }
        skip_line_end();
        cells.resize(count);
    } while (is_blank(cells));
    return true;
}

bool CsvReader::is_at_line_end() const {
    return at_ >= text_.size() || text_[at_] == '\n' || text_[at_] == '\r';
}

void CsvReader::skip_line_end() {
    if (at_ < text_.size()) {
        at_ += text_.substr(at_, 2) == "\r\n" ? 2 : 1;
        ++line_;
    }
}

/// Ends before a comma or the end of a line.
bool CsvReader::read_cell(CsvCell& cell) {
    cell.text.clear();
    cell.is_null = false;
    if (at_ < text_.size() && text_[at_] == '"') {
        return read_quoted(cell.text);
    }
    const std::size_t start = at_;
    while (!is_at_line_end() && text_[at_] != ',') {
        if (text_[at_] == '"') {
            fail_at(line_, "a value with a quote in it must stand in quotes.");
            return false;
        }
        ++at_;
    }
    cell.text.assign(text_.substr(start, at_ - start));
    cell.is_null = cell.text.empty();
    return true;
}

bool CsvReader::read_quoted(std::string& out) {
    const std::size_t began = line_;
    ++at_;
    while (true) {
        const std::size_t quote = text_.find('"', at_);
        if (quote == std::string_view::npos) {
            fail_at(began, "a quoted value does not end.");
            return false;
        }
        const std::string_view piece = text_.substr(at_, quote - at_);
        out.append(piece);
        line_ += static_cast<std::size_t>(std::ranges::count(piece, '\n'));
        at_ = quote + 1;
        if (at_ < text_.size() && text_[at_] == '"') {
            out.push_back('"');
            ++at_;
            continue;
        }
        if (!is_at_line_end() && text_[at_] != ',') {
            fail_at(line_, "a comma or the end of the line must follow a quoted value.");
            return false;
        }
        return true;
    }
}

/// Values that were left out at the end are null, as spreadsheets write them.
bool CsvReader::fit(std::vector<CsvCell>& cells) {
    drop_empty_end(cells, names_.size());
    if (cells.size() > names_.size()) {
        fail_at(row_line_, "there are " + std::to_string(cells.size()) +
                               " values, and the header has " + std::to_string(names_.size()) +
                               ".");
        return false;
    }
    while (cells.size() < names_.size()) {
        cells.push_back({{}, true});
    }
    cells_read_ += 1;
    return true;
}

Result<std::string> json_of_csv(std::string_view text) {
    SLUICE_TRY(CsvReader reader, CsvReader::open(text));
    std::vector<std::string> keys;
    for (const std::string& name : reader.names()) {
        keys.push_back((keys.empty() ? "{" : ",") + json_string(name) + ":");
    }
    std::string json = "{\"resource\":[";
    std::vector<CsvCell> cells;
    bool has_records = false;
    while (reader.next(cells)) {
        if (std::exchange(has_records, true)) {
            json.push_back(',');
        }
        for (std::size_t i = 0; i < keys.size(); ++i) {
            json.append(keys[i]);
            if (cells[i].is_null) {
                json.append("null");
            } else {
                append_json_string(json, cells[i].text);
            }
        }
        json.push_back('}');
        if (json.size() > kMaxJsonBytes) {
            return fail(ErrorKind::PayloadTooLarge, "The CSV is too large to be decoded at once.");
        }
    }
    SLUICE_CHECK(reader.finish());
    json.append("]}");
    return json;
}

bool looks_like_csv(std::string_view text) {
    const std::size_t end = text.find_first_of("\r\n");
    if (end == std::string_view::npos || trimmed(text.substr(end)).empty()) {
        return false;
    }
    const auto reader = CsvReader::open(text.substr(0, end));
    return reader && reader->names().size() > 1;
}

}  // namespace sluice
