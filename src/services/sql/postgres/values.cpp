#include "services/sql/postgres/values.h"

#include <libpq-fe.h>

namespace sluice::services::sql {
namespace {

constexpr Oid kBytea = 17;

/// The numbers of the server's own types, which never change. Domains come as what they are made
/// of.
Kind kind_of(Oid type) {
    switch (type) {
        case 20:
        case 21:
        case 23:
        case 26:  // oid
            return Kind::Integer;
        case 700:
        case 701:
            return Kind::Real;
        case 1700:
            return Kind::Decimal;
        case 16:
            return Kind::Boolean;
        case 1082:
            return Kind::Date;
        case 1083:
        case 1266:
            return Kind::Time;
        case 1114:
        case 1184:
            return Kind::DateTime;
        case kBytea:
            return Kind::Binary;
        case 114:
        case 3802:
            return Kind::Json;
        case 2950:
            return Kind::Uuid;
        default:
            return Kind::Text;
    }
}

int hex_digit(char c) {
    return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

/// `\x00ff`, as bytea_output = hex writes it.
std::string from_hex(std::string_view text) {
    std::string bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 2; i + 1 < text.size(); i += 2) {
        bytes.push_back(static_cast<char>(hex_digit(text[i]) * 16 + hex_digit(text[i + 1])));
    }
    return bytes;
}

}  // namespace

PostgresParameters::PostgresParameters(const std::vector<Value>& values) {
    texts_.reserve(values.size());  // pointers into it must stay
    for (const Value& value : values) {
        add(value);
    }
}

void PostgresParameters::add(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) {
        push(text->c_str(), text->size(), 0);
    } else if (const auto* bytes = std::get_if<Bytes>(&value)) {
        push(bytes->bytes.c_str(), bytes->bytes.size(), 1);
    } else if (is_null(value)) {
        push(nullptr, 0, 0);
    } else {
        const std::string& spelled = texts_.emplace_back(text_of(value));
        push(spelled.c_str(), spelled.size(), 0);
    }
}

void PostgresParameters::push(const char* text, std::size_t size, int format) {
    pointers_.push_back(text);
    lengths_.push_back(static_cast<int>(size));
    formats_.push_back(format);
}

std::vector<ResultColumnHead> heads_of(const PGresult* result) {
    std::vector<ResultColumnHead> heads;
    for (int column = 0; column < PQnfields(result); ++column) {
        heads.push_back({PQfname(result, column), kind_of(PQftype(result, column))});
    }
    return heads;
}

void hand_over(const PGresult* result, RowSink& sink) {
    const int rows = PQntuples(result);
    const int columns = PQnfields(result);
    std::string bytes;
    for (int row = 0; row < rows; ++row) {
        sink.start_row();
        for (int column = 0; column < columns; ++column) {
            Cell cell;
            if (PQgetisnull(result, row, column) == 0) {
                cell.form = Cell::Form::Text;
                cell.text = {PQgetvalue(result, row, column),
                             static_cast<std::size_t>(PQgetlength(result, row, column))};
                if (PQftype(result, column) == kBytea) {
                    bytes = from_hex(cell.text);
                    cell.form = Cell::Form::Bytes;
                    cell.text = bytes;
                }
            }
            sink.cell(cell);
        }
        sink.end_row();
        if (sink.is_full()) {
            return;
        }
    }
}

}  // namespace sluice::services::sql
