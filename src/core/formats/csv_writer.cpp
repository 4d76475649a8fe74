#include "core/formats/csv_writer.h"

#include <algorithm>

#include "core/formats/csv_reader.h"
#include "core/formats/grown.h"

namespace sluice {
namespace {

using Type = JsonReader::Type;

constexpr std::string_view kWrapper = "resource";

}  // namespace

CsvWriter::CsvWriter(std::string_view json, bool is_error)
    : json_(json), is_error_(is_error), reader_(json) {}

CsvWriter::CsvWriter(std::string_view json, std::vector<std::string> header)
    : json_(json),
      is_error_(false),
      reader_(json),
      names_(std::move(header)),
      has_header_(true),
      continues_(true) {
    for (const std::string& name : names_) {
        columns_.emplace(name, columns_.size());
    }
}

bool CsvWriter::step(std::size_t bytes) {
    if (!has_begun_) {
        begin();
    }
    const std::size_t until = reader_.position() + bytes;
    while (!is_done_ && !has_failed_ && reader_.position() < until) {
        if (reader_.next_item()) {
            add_value(reader_);
            has_failed_ = has_failed_ || has_grown_wild(out_.size(), json_.size());
        } else {
            is_done_ = !starts_again();
        }
    }
    return !is_done_ && !has_failed_;
}

Result<std::string> CsvWriter::take() {
    if (has_failed_ || reader_.has_failed()) {
        return fail(ErrorKind::Internal, "The answer cannot be put into CSV.");
    }
    return std::move(out_);
}

/// To the first record.
void CsvWriter::begin() {
    has_begun_ = true;
    if (reader_.peek() == Type::Array) {
        reader_.open();
        return;
    }
    if (reader_.peek() == Type::Object) {
        if (enter(is_error_ ? "error" : kWrapper)) {
            return;
        }
        reader_ = JsonReader(json_);
        add_record(reader_);
    } else if (reader_.peek() == Type::String) {
        out_ = reader_.string();
    } else if (const std::string_view word = reader_.raw(); word != "null") {
        out_ = word;
    }
    is_done_ = true;
}

/// Whether the object has such a member; then its array is open, or its one record written.
bool CsvWriter::enter(std::string_view wrapper) {
    reader_.open();
    std::string key;
    while (reader_.next_key(key)) {
        const Type type = reader_.peek();
        if (key != wrapper || (type != Type::Array && type != Type::Object)) {
            reader_.raw();
        } else if (type == Type::Array) {
            reader_.open();
            return true;
        } else {
            add_record(reader_);
            is_done_ = true;
            return true;
        }
    }
    return false;
}

/// True when the pass over the records was for their keys alone.
bool CsvWriter::starts_again() {
    if (!gathers_ || reader_.has_failed()) {
        return false;
    }
    gathers_ = false;
    has_header_ = false;
    out_.clear();
    reader_ = JsonReader(json_);
    begin();
    write_header();
    return true;
}

void CsvWriter::add_value(JsonReader& reader) {
    if (reader.peek() == Type::Object) {
        add_record(reader);
        return;
    }
    // A list of values that are no records, as of `as_list`.
    cells_.assign(names_.size(), {});
    const std::size_t column = column_of(std::string(kWrapper), 0);
    if (column < cells_.size()) {
        cells_[column] = reader.raw();
    } else {
        reader.raw();
    }
    write_row();
}

void CsvWriter::add_record(JsonReader& reader) {
    cells_.assign(names_.size(), {});
    std::string key;
    std::size_t expected = 0;
    reader.open();
    while (reader.next_key(key)) {
        const std::string_view value = reader.raw();
        const std::size_t column = column_of(key, expected);
        expected = column + 1;
        if (column < cells_.size()) {
            cells_[column] = value;
        }
    }
    write_row();
}

/// Records nearly always have their keys in one order: `expected` is looked at first.
std::size_t CsvWriter::column_of(const std::string& key, std::size_t expected) {
    if (expected < names_.size() && names_[expected] == key) {
        return expected;
    }
    const auto [found, is_new] = columns_.try_emplace(key, names_.size());
    if (is_new) {
        names_.push_back(key);
        cells_.emplace_back();
        gathers_ = gathers_ || has_header_;
        has_failed_ = has_failed_ || continues_ || names_.size() > kMaxCsvColumns;
    }
    return found->second;
}

void CsvWriter::write_header() {
    has_header_ = true;
    for (std::size_t i = 0; i < names_.size(); ++i) {
        out_.append(i == 0 ? "" : ",");
        write_text(names_[i]);
    }
    out_.append(names_.empty() ? "" : "\n");
}

void CsvWriter::write_row() {
    if (gathers_ || reader_.has_failed()) {
        return;
    }
    if (!has_header_) {
        write_header();
    }
    if (names_.empty()) {
        return;
    }
    const std::size_t start = out_.size();
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        out_.append(i == 0 ? "" : ",");
        write_value(cells_[i]);
    }
    // An empty line is no record to whoever reads it.
    out_.append(out_.size() == start ? "\"\"\n" : "\n");
}

void CsvWriter::write_value(std::string_view json) {
    if (json.empty() || json == "null") {
        return;
    }
    if (json.front() == '"') {
        if (json.find('\\') == std::string_view::npos) {
            write_text(json.substr(1, json.size() - 2));
        } else {
            write_text(JsonReader(json).string());
        }
    } else if (json.front() == '{' || json.front() == '[') {
        write_text(json);
    } else {
        out_.append(json);
    }
}

void CsvWriter::write_text(std::string_view text) {
    // A mark of byte order that is data must not stand where readers drop one.
    const bool is_plain = !text.empty() &&
                          text.find_first_of(",\"\r\n") == std::string_view::npos &&
                          !text.starts_with("\xEF\xBB\xBF");
    if (is_plain) {
        out_.append(text);
        return;
    }
    out_.push_back('"');
    while (!text.empty()) {
        const std::size_t quote = std::min(text.find('"'), text.size() - 1);
        out_.append(text.substr(0, quote + 1));
        out_.append(text[quote] == '"' ? "\"" : "");
        text.remove_prefix(quote + 1);
    }
    out_.push_back('"');
}

}  // namespace sluice
