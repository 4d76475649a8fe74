#include "services/sql/statement.h"

#include <charconv>

namespace sluice::services::sql {
namespace {

std::string digits_of(double real) {
    char buffer[32];
    const auto [end, code] = std::to_chars(buffer, buffer + sizeof buffer, real);
    return code == std::errc() ? std::string(buffer, end) : std::string();
}

}  // namespace

Error too_large(std::size_t most_bytes) {
    constexpr std::size_t kKilo = 1024;
    const std::string size = most_bytes >= kKilo * kKilo
                                 ? std::to_string(most_bytes / kKilo / kKilo) + " MB"
                                 : std::to_string(most_bytes) + " bytes";
    return Error(ErrorKind::BadRequest, "The answer is larger than " + size +
                                            "; ask for fewer rows (limit) or fewer fields.");
}

void RowList::cell(const Cell& cell) {
    if (overflows(bytes_, sizeof(Value) + cell.text.size())) {
        return;
    }
    bytes_ += sizeof(Value) + cell.text.size();
    auto& row = rows_.back();
    switch (cell.form) {
        case Cell::Form::Null:
            row.add(Null{});
            return;
        case Cell::Form::Integer:
            row.add(cell.integer);
            return;
        case Cell::Form::Real:
            row.add(Number{digits_of(cell.real)});
            return;
        case Cell::Form::Text:
            row.add(std::string(cell.text));
            return;
        case Cell::Form::Bytes:
            row.add(Bytes{std::string(cell.text)});
            return;
    }
}

std::string text_of(const Value& value) {
    struct Reader {
        std::string operator()(const Null&) const { return {}; }
        std::string operator()(bool yes) const { return yes ? "true" : "false"; }
        std::string operator()(std::int64_t integer) const { return std::to_string(integer); }
        std::string operator()(const Number& number) const { return number.text; }
        std::string operator()(const std::string& text) const { return text; }
        std::string operator()(const Constant& constant) const { return std::string(constant.sql); }
        std::string operator()(const Bytes& bytes) const { return bytes.bytes; }
    };
    return std::visit(Reader{}, value);
}

std::int64_t integer_of(const Value& value, std::int64_t fallback) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
        return *integer;
    }
    if (const auto* yes = std::get_if<bool>(&value)) {
        return *yes ? 1 : 0;
    }
    const std::string text = text_of(value);
    if (text == "t" || text == "f") {  // how PostgreSQL spells booleans
        return text == "t" ? 1 : 0;
    }
    std::int64_t integer = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), integer);
    return code == std::errc() && end == text.data() + text.size() ? integer : fallback;
}

}  // namespace sluice::services::sql
