#include "services/sql/odbc/rows.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <sql.h>
#include <sqlext.h>
#include <sqlucode.h>

#include "core/fields.h"
#include "services/sql/odbc/wide_text.h"

namespace sluice::services::sql {
namespace {

constexpr std::size_t kPieceUnits = 4096;

bool is_wide(Fetch fetch) {
    return fetch == Fetch::Text;
}

short c_type_of(Fetch fetch) {
    switch (fetch) {
        case Fetch::Integer:
            return SQL_C_SBIGINT;
        case Fetch::Real:
            return SQL_C_DOUBLE;
        case Fetch::SingleReal:
            return SQL_C_FLOAT;
        case Fetch::Bytes:
            return SQL_C_BINARY;
        case Fetch::Text:
            return SQL_C_WCHAR;
        default:
            return SQL_C_CHAR;
    }
}

}  // namespace

Fetch fetch_of(int sql_type, bool is_unsigned) {
    switch (sql_type) {
        case SQL_BIT:
        case SQL_TINYINT:
        case SQL_SMALLINT:
        case SQL_INTEGER:
            return Fetch::Integer;
        case SQL_BIGINT:
            return is_unsigned ? Fetch::Digits : Fetch::Integer;
        case SQL_REAL:
            return Fetch::SingleReal;
        case SQL_FLOAT:
        case SQL_DOUBLE:
            return Fetch::Real;
        case SQL_DECIMAL:
        case SQL_NUMERIC:
            return Fetch::Digits;
        case SQL_DATE:
        case SQL_TIME:
        case SQL_TIMESTAMP:
        case SQL_TYPE_DATE:
        case SQL_TYPE_TIME:
        case SQL_TYPE_TIMESTAMP:
        case kSsTime:
        case kSsMomentWithOffset:
            return Fetch::Moment;
        case SQL_GUID:
            return Fetch::Uuid;
        case SQL_BINARY:
        case SQL_VARBINARY:
        case SQL_LONGVARBINARY:
            return Fetch::Bytes;
        default:
            return Fetch::Text;
    }
}

std::string tidy_moment(std::string_view text) {
    std::string out(text);
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (out.size() > 10 && out[10] == 'T') {
        out[10] = ' ';
    }
    const std::size_t point = out.find('.');
    if (point != std::string::npos && point > 0 && is_digit(out[point - 1])) {
        std::size_t end = point + 1;
        while (end < out.size() && is_digit(out[end])) {
            ++end;
        }
        std::size_t kept = end;
        while (kept > point + 1 && out[kept - 1] == '0') {
            --kept;
        }
        kept -= kept == point + 1 ? 1 : 0;
        out.erase(kept, end - kept);
    }
    const std::size_t last = out.rfind(' ');
    if (last != std::string::npos && last > 10 && last + 1 < out.size() &&
        (out[last + 1] == '+' || out[last + 1] == '-')) {
        out.erase(last, 1);
    }
    return out;
}

OdbcRows::OdbcRows(void* statement, short columns)
    : statement_(statement),
      columns_(static_cast<std::size_t>(std::max<short>(columns, 0))),
      piece_(kPieceUnits) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        std::array<SQLWCHAR, 256> name{};
        SQLSMALLINT length = 0;
        SQLSMALLINT type = 0;
        SQLULEN size = 0;
        SQLSMALLINT digits = 0;
        SQLSMALLINT nullable = 0;
        const auto number = static_cast<SQLUSMALLINT>(i + 1);
        const SQLRETURN code =
            SQLDescribeColW(statement_, number, name.data(), static_cast<SQLSMALLINT>(name.size()),
                            &length, &type, &size, &digits, &nullable);
        SQLLEN is_unsigned = SQL_FALSE;
        if (SQL_SUCCEEDED(code) && type == SQL_BIGINT) {
            SQLColAttributeW(statement_, number, SQL_DESC_UNSIGNED, nullptr, 0, nullptr,
                             &is_unsigned);
        }
        columns_[i].fetch =
            SQL_SUCCEEDED(code) ? fetch_of(type, is_unsigned == SQL_TRUE) : Fetch::Text;
    }
}

OdbcRows::Next OdbcRows::next(std::size_t most_bytes) {
    const SQLRETURN code = SQLFetch(statement_);
    if (code == SQL_NO_DATA) {
        return Next::End;
    }
    if (!SQL_SUCCEEDED(code)) {
        return Next::Failed;
    }
    room_ = most_bytes;
    is_too_large_ = false;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (!get(i)) {
            return is_too_large_ ? Next::TooLarge : Next::Failed;
        }
    }
    return Next::Row;
}

bool OdbcRows::get(std::size_t index) {
    Column& column = columns_[index];
    const auto number = static_cast<SQLUSMALLINT>(index + 1);
    SQLLEN length = 0;
    const auto fixed = [&](void* into, std::size_t size) {
        const SQLRETURN code = SQLGetData(statement_, number, c_type_of(column.fetch), into,
                                          static_cast<SQLLEN>(size), &length);
        column.is_null = length == SQL_NULL_DATA;
        return SQL_SUCCEEDED(code);
    };
    switch (column.fetch) {
        case Fetch::Integer:
            return fixed(&column.integer, sizeof column.integer);
        case Fetch::Real:
            return fixed(&column.real, sizeof column.real);
        case Fetch::SingleReal: {
            float single = 0;
            if (!fixed(&single, sizeof single)) {
                return false;
            }
            std::array<char, 40> buffer{};
            // The shortest digits that mean the same number of 4 bytes.
            const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), single);
            column.text.assign(buffer.data(), end.ptr);
            return true;
        }
        default:
            return get_pieces(index);
    }
}

void OdbcRows::append_piece(Column& column, std::size_t bytes) {
    if (is_wide(column.fetch)) {
        wide_.append(piece_.data(), bytes / sizeof(char16_t));
    } else {
        column.text.append(reinterpret_cast<const char*>(piece_.data()), bytes);
    }
}

bool OdbcRows::get_pieces(std::size_t index) {
    Column& column = columns_[index];
    column.text.clear();
    wide_.clear();
    const std::size_t room = piece_.size() * sizeof(char16_t);
    const std::size_t end_bytes = column.fetch == Fetch::Bytes ? 0
                                  : is_wide(column.fetch)      ? sizeof(char16_t)
                                                               : 1;
    while (true) {
        SQLLEN length = SQL_NO_TOTAL;
        const SQLRETURN code =
            SQLGetData(statement_, static_cast<SQLUSMALLINT>(index + 1), c_type_of(column.fetch),
                       piece_.data(), static_cast<SQLLEN>(room), &length);
        if (code == SQL_NO_DATA) {
            break;
        }
        column.is_null = length == SQL_NULL_DATA;
        if (!SQL_SUCCEEDED(code) || column.is_null) {
            return SQL_SUCCEEDED(code);
        }
        if (code == SQL_SUCCESS && length < 0) {
            return false;  // all of it, and no word of how much
        }
        const bool is_last = length >= 0 && static_cast<std::size_t>(length) <= room - end_bytes;
        const std::size_t got = is_last ? static_cast<std::size_t>(length) : room - end_bytes;
        if (got > room_) {
            is_too_large_ = true;
            return false;
        }
        room_ -= got;
        append_piece(column, got);
        if (is_last) {
            break;
        }
    }
    if (is_wide(column.fetch)) {
        append_narrow(column.text, wide_);
    } else if (column.fetch == Fetch::Moment) {
        column.text = tidy_moment(column.text);
    } else if (column.fetch == Fetch::Uuid) {
        column.text = lower_case(column.text);
    }
    return true;
}

void OdbcRows::hand_over(RowSink& sink) const {
    sink.start_row();
    for (const Column& column : columns_) {
        Cell cell;
        if (!column.is_null) {
            cell.form = column.fetch == Fetch::Integer ? Cell::Form::Integer
                        : column.fetch == Fetch::Real  ? Cell::Form::Real
                        : column.fetch == Fetch::Bytes ? Cell::Form::Bytes
                                                       : Cell::Form::Text;
            cell.integer = column.integer;
            cell.real = column.real;
            cell.text = column.text;
        }
        sink.cell(cell);
    }
    sink.end_row();
}

}  // namespace sluice::services::sql
