#include "services/sql/mysql/row_guard.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

#include <mariadb/mysql.h>

namespace sluice::services::sql {
namespace {

using Row = std::span<const unsigned char>;
using ReadRow = int (*)(MYSQL_STMT*, unsigned char*, unsigned long);

enum class Measure {
    Fixed,   ///< of `bytes`
    Moment,  ///< as long as its first byte says
    Told,    ///< as long as the number before it says
};
struct Form {
    Measure measure;
    std::size_t bytes = 0;
};

std::optional<Form> form_of(enum_field_types type) {
    switch (type) {
        case MYSQL_TYPE_NULL:
            return Form{Measure::Fixed, 0};
        case MYSQL_TYPE_TINY:
            return Form{Measure::Fixed, 1};
        case MYSQL_TYPE_SHORT:
        case MYSQL_TYPE_YEAR:
            return Form{Measure::Fixed, 2};
        case MYSQL_TYPE_LONG:
        case MYSQL_TYPE_INT24:
        case MYSQL_TYPE_FLOAT:
            return Form{Measure::Fixed, 4};
        case MYSQL_TYPE_LONGLONG:
        case MYSQL_TYPE_DOUBLE:
            return Form{Measure::Fixed, 8};
        case MYSQL_TYPE_DATE:
        case MYSQL_TYPE_TIME:
        case MYSQL_TYPE_DATETIME:
        case MYSQL_TYPE_TIMESTAMP:
            return Form{Measure::Moment};
        case MYSQL_TYPE_DECIMAL:
        case MYSQL_TYPE_NEWDECIMAL:
        case MYSQL_TYPE_VARCHAR:
        case MYSQL_TYPE_BIT:
        case MYSQL_TYPE_JSON:
        case MYSQL_TYPE_ENUM:
        case MYSQL_TYPE_SET:
        case MYSQL_TYPE_TINY_BLOB:
        case MYSQL_TYPE_MEDIUM_BLOB:
        case MYSQL_TYPE_LONG_BLOB:
        case MYSQL_TYPE_BLOB:
        case MYSQL_TYPE_VAR_STRING:
        case MYSQL_TYPE_STRING:
        case MYSQL_TYPE_GEOMETRY:
            return Form{Measure::Told};
        default:
            return std::nullopt;
    }
}

/// Takes the number before a cell away. Empty when it is none, or is cut off.
std::optional<std::uint64_t> take_length(Row& rest) {
    if (rest.empty()) {
        return std::nullopt;
    }
    constexpr unsigned kPlain = 250;
    const unsigned first = rest.front();
    rest = rest.subspan(1);
    if (first <= kPlain) {
        return first;
    }
    const std::size_t bytes = first == 252 ? 2 : first == 253 ? 3 : first == 254 ? 8 : 0;
    if (bytes == 0 || rest.size() < bytes) {
        return std::nullopt;
    }
    std::uint64_t length = 0;
    for (std::size_t i = bytes; i-- > 0;) {
        length = (length << 8U) | rest[i];
    }
    rest = rest.subspan(bytes);
    return length;
}

bool take_cell(enum_field_types type, Row& rest) {
    const auto form = form_of(type);
    if (!form) {
        return false;
    }
    std::optional<std::uint64_t> length = form->bytes;
    if (form->measure != Measure::Fixed) {
        length = take_length(rest);
    }
    constexpr std::uint64_t kLongestMoment = 12;
    if (!length || *length > rest.size() ||
        (form->measure == Measure::Moment &&
         (*length > kLongestMoment || (*length > 0 && *length < 4)))) {
        return false;
    }
    rest = rest.subspan(static_cast<std::size_t>(*length));
    return true;
}

/// Of the library; the same for every connection.
st_mariadb_methods& methods() {
    static st_mariadb_methods all{};
    return all;
}
ReadRow& library_reads() {
    static ReadRow read = nullptr;
    return read;
}

int read_if_whole(MYSQL_STMT* statement, unsigned char* row, unsigned long length) {
    if (!holds_together({statement->fields, statement->field_count}, {row, length})) {
        return 1;
    }
    return library_reads()(statement, row, length);
}

/// Older versions do not say how long a row is.
template <typename Methods>
bool take_over(const Methods& given, Methods& ours) {
    if constexpr (std::is_same_v<decltype(given.db_stmt_fetch_to_bind), ReadRow>) {
        ours = given;
        library_reads() = given.db_stmt_fetch_to_bind;
        ours.db_stmt_fetch_to_bind = &read_if_whole;
        return true;
    }
    return false;
}

}  // namespace

bool holds_together(std::span<const st_mysql_field> fields, std::span<const unsigned char> row) {
    const std::size_t start = 1 + (fields.size() + 9) / 8;
    if (row.size() < start) {
        return false;
    }
    Row rest = row.subspan(start);
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const bool is_null = ((row[1 + (i + 2) / 8] >> ((i + 2) % 8)) & 1U) != 0;
        if (!is_null && !take_cell(fields[i].type, rest)) {
            return false;
        }
    }
    return true;
}

bool guard_rows(st_mysql* handle) {
    static const bool is_known =
        std::string_view(mysql_get_client_info()) == MARIADB_PACKAGE_VERSION &&
        take_over(*handle->methods, methods());
    if (is_known) {
        handle->methods = &methods();
    }
    return is_known;
}

}  // namespace sluice::services::sql
