#include "services/sql/record_reader.h"

namespace sluice::services::sql {
namespace {

using Type = JsonReader::Type;

constexpr std::size_t kMaxHeldBytes = 384UL * 1024 * 1024;
/// Each record of CSV has all the names of the header, however short its line is: what a body comes
/// to is work, though it is not held. A million records of 20 fields fit.
constexpr std::size_t kMaxReadBytes = 2048UL * 1024 * 1024;

/// What a record takes, about.
std::size_t bytes_of(const Record& record) {
    std::size_t bytes = sizeof(Record);
    for (const auto& [name, input] : record) {
        bytes += sizeof(Record::Item) + name.size() + input.text.size();
    }
    return bytes;
}

Record record_of(const std::vector<std::string>& names, const std::vector<CsvCell>& cells) {
    std::vector<Record::Item> items;
    items.reserve(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        items.emplace_back(names[i],
                           cells[i].is_null ? Input{} : Input{Input::Form::Text, cells[i].text});
    }
    return Record(std::move(items));
}

}  // namespace

Result<bool> RecordReader::read_one(JsonReader& json, std::vector<Record>& records) {
    if (!json.next_item()) {
        return false;
    }
    if (json.peek() != Type::Object && json.peek() != Type::End) {
        return fail(ErrorKind::BadRequest,
                    "Record " + std::to_string(count_) + " of the request is not an object.");
    }
    SLUICE_TRY(auto record, read_record(json));
    records.push_back(std::move(record));
    return true;
}

Result<bool> RecordReader::read_one(CsvReader& csv, std::vector<Record>& records) {
    if (!csv.next(cells_)) {
        return false;
    }
    records.push_back(record_of(csv.names(), cells_));
    return true;
}

Result<bool> RecordReader::next(std::vector<Record>& records) {
    records.clear();
    auto* const json = std::get_if<JsonReader>(&text_);
    std::size_t bytes = 0;
    while (records.size() < kPortionRecords && bytes < kPortionBytes) {
        SLUICE_TRY(const bool has_one, json != nullptr
                                           ? read_one(*json, records)
                                           : read_one(std::get<CsvReader>(text_), records));
        if (!has_one) {
            return false;
        }
        bytes += bytes_of(records.back());
        ++count_;
    }
    bytes_ += bytes;
    if (bytes_ > kMaxReadBytes) {
        return fail(ErrorKind::PayloadTooLarge,
                    "The records are too large to be taken in one request; send them in several.");
    }
    return true;
}

Status read_records(RecordReader& reader, Body& body) {
    SLUICE_TRY(bool has_more, reader.next(body.records));
    if (!has_more) {
        return {};
    }
    auto rest = std::make_shared<const RecordReader>(reader);
    const std::size_t first = reader.count();
    std::vector<Record> passed;
    while (has_more) {
        SLUICE_TRY(has_more, reader.next(passed));
        if (reader.count() > kMaxRecords) {
            return fail(too_many_records(kMaxRecords));
        }
    }
    if (reader.count() > first) {
        body.rest = std::move(rest);
    }
    return {};
}

Result<Body> whole(const Body& body) {
    Body all = body;
    all.rest = nullptr;
    if (!body.rest) {
        return all;
    }
    RecordReader reader = *body.rest;
    std::vector<Record> portion;
    std::size_t bytes = 0;
    for (bool has_more = true; has_more;) {
        SLUICE_TRY(has_more, reader.next(portion));
        for (Record& record : portion) {
            bytes += bytes_of(record);
            all.records.push_back(std::move(record));
        }
        if (all.records.size() > kMaxHeld) {
            return fail(too_many_records(kMaxHeld));
        }
        if (bytes > kMaxHeldBytes) {
            return fail(ErrorKind::PayloadTooLarge,
                        "The records are too large to be taken at once; send them in several "
                        "requests.");
        }
    }
    return all;
}

}  // namespace sluice::services::sql
