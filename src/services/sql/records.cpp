#include "services/sql/records.h"

#include <algorithm>
#include <utility>

#include "core/fields.h"
#include "services/sql/record_reader.h"

namespace sluice::services::sql {
namespace {

using Type = JsonReader::Type;

constexpr std::string_view kWhat = "request body";

Status check_width(const Record& record) {
    if (record.size() > kMaxFields) {
        return fail(ErrorKind::BadRequest,
                    "A record may have at most " + std::to_string(kMaxFields) + " fields.");
    }
    return {};
}

/// The items of the array that comes next.
Status read_list(JsonReader& reader, Body& body) {
    reader.open();
    RecordReader records(reader);
    SLUICE_CHECK(read_records(records, body));
    reader = records.json();
    body.form = Body::Form::List;
    return {};
}

Result<Body> read_object(JsonReader& reader) {
    Body body;
    body.form = Body::Form::Single;
    Record single;
    std::string key;
    bool has_resource = false;
    reader.open();
    while (reader.next_key(key)) {
        const Type type = reader.peek();
        if (key == "resource" && std::exchange(has_resource, true)) {
            return fail(given_twice(key));
        }
        if (key == "resource" && type == Type::Array) {
            SLUICE_CHECK(read_list(reader, body));
            continue;
        }
        if (key == "resource" && type == Type::Object) {
            SLUICE_TRY(auto record, read_record(reader));
            body.records.push_back(std::move(record));
            body.form = Body::Form::List;
            continue;
        }
        const std::string_view text = reader.raw();
        JsonReader again(text);
        if (!single.add(key, read_input(again))) {
            return fail(given_twice(key));
        }
        SLUICE_CHECK(check_width(single));
        body.members.emplace_back(std::move(key), std::string(text));
    }
    if (body.form == Body::Form::Single) {
        body.records.push_back(std::move(single));
    }
    return body;
}

}  // namespace

Result<Record> read_record(JsonReader& reader) {
    Record record;
    std::string key;
    reader.open();
    while (reader.next_key(key)) {
        Input input = read_input(reader);
        if (!record.add(key, std::move(input))) {
            return fail(given_twice(key));
        }
        SLUICE_CHECK(check_width(record));
    }
    return record;
}

Input read_input(JsonReader& reader) {
    switch (reader.peek()) {
        case Type::Object:
        case Type::Array:
            return {Input::Form::Json, std::string(reader.raw())};
        case Type::String:
            return {Input::Form::Text, reader.string()};
        case Type::Number:
            return {Input::Form::Number, std::string(reader.raw())};
        case Type::True:
            reader.raw();
            return {Input::Form::True, {}};
        case Type::False:
            reader.raw();
            return {Input::Form::False, {}};
        default:
            reader.raw();
            return {};
    }
}

Error given_twice(std::string_view field) {
    return Error(ErrorKind::BadRequest, "Field '" + std::string(field) + "' is given twice.");
}

Error too_many_records(std::size_t most) {
    return Error(ErrorKind::BadRequest,
                 "A request may carry at most " + std::to_string(most) + " records.");
}

namespace {

/// Looked through one by one: a body of records with thousands of keys each would take minutes.
constexpr std::size_t kFewItems = 32;

}  // namespace

bool Record::add(std::string key, Input input) {
    if (items_.size() < kFewItems) {
        if (std::ranges::find(items_, key, &Item::first) != items_.end()) {
            return false;
        }
    } else {
        if (keys_.empty()) {
            for (const Item& item : items_) {
                keys_.insert(item.first);
            }
        }
        if (!keys_.insert(key).second) {
            return false;
        }
    }
    items_.emplace_back(std::move(key), std::move(input));
    return true;
}

Input input_of(std::string_view json) {
    JsonReader reader(json);
    return read_input(reader);
}

Result<std::vector<Record>> read_nested_records(std::string_view json) {
    JsonReader reader(json);
    Body body;
    if (reader.peek() == Type::Array) {
        SLUICE_CHECK(read_list(reader, body));
        SLUICE_TRY(body, whole(body));
        return std::move(body.records);
    }
    SLUICE_TRY(auto record, read_record(reader));
    body.records.push_back(std::move(record));
    return std::move(body.records);
}

const Input* Record::find(std::string_view key) const {
    const auto exact = std::ranges::find(items_, key, &Item::first);
    if (exact != items_.end()) {
        return &exact->second;
    }
    const auto alike = std::ranges::find_if(
        items_, [key](const Item& item) { return equals_ignoring_case(item.first, key); });
    return alike == items_.end() ? nullptr : &alike->second;
}

const std::string* Body::find(std::string_view member) const {
    const auto found = std::ranges::find_if(
        members, [member](const auto& entry) { return entry.first == member; });
    return found == members.end() ? nullptr : &found->second;
}

Result<Body> read_body(std::string_view text) {
    JsonReader reader(text);
    Result<Body> body;
    switch (reader.peek()) {
        case Type::End:
            return body;
        case Type::Object:
            body = read_object(reader);
            break;
        case Type::Array:
            SLUICE_CHECK(read_list(reader, *body));
            break;
        default:
            reader.raw();
            SLUICE_CHECK(reader.finish(kWhat));
            return fail(ErrorKind::BadRequest,
                        "The request body must be a JSON object or a list of objects.");
    }
    if (body) {
        SLUICE_CHECK(reader.finish(kWhat));
    }
    return body;
}

}  // namespace sluice::services::sql
