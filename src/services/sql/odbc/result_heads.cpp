#include "services/sql/odbc/result_heads.h"

#include <algorithm>
#include <array>

#include <sql.h>
#include <sqlext.h>
#include <sqlucode.h>

#include "services/sql/odbc/rows.h"
#include "services/sql/odbc/wide_text.h"

namespace sluice::services::sql {
namespace {

/// No database of ours has names of more.
constexpr std::size_t kMostNameUnits = 512;

}  // namespace

Kind kind_of_odbc(int sql_type) {
    switch (sql_type) {
        case SQL_BIT:
            return Kind::Boolean;
        case SQL_TYPE_DATE:
        case SQL_DATE:
            return Kind::Date;
        case SQL_TYPE_TIME:
        case SQL_TIME:
        case kSsTime:
            return Kind::Time;
        default:
            break;
    }
    switch (fetch_of(sql_type, false)) {
        case Fetch::Integer:
            return Kind::Integer;
        case Fetch::Real:
        case Fetch::SingleReal:
            return Kind::Real;
        case Fetch::Digits:
            return Kind::Decimal;
        case Fetch::Moment:
            return Kind::DateTime;
        case Fetch::Bytes:
            return Kind::Binary;
        case Fetch::Uuid:
            return Kind::Uuid;
        default:
            return Kind::Text;
    }
}

std::vector<ResultColumnHead> result_heads(void* statement, short columns) {
    std::vector<ResultColumnHead> heads;
    for (short i = 1; i <= columns; ++i) {
        std::array<char16_t, kMostNameUnits> name{};
        SQLSMALLINT length = 0;
        SQLSMALLINT type = 0;
        SQLULEN size = 0;
        SQLSMALLINT digits = 0;
        SQLSMALLINT nullable = 0;
        SQLDescribeColW(
            statement, static_cast<SQLUSMALLINT>(i), reinterpret_cast<SQLWCHAR*>(name.data()),
            static_cast<SQLSMALLINT>(name.size()), &length, &type, &size, &digits, &nullable);
        const auto* const end = std::find(name.begin(), name.end() - 1, u'\0');
        heads.push_back({narrow_of(std::u16string_view(name.begin(), end)), kind_of_odbc(type)});
    }
    return heads;
}

}  // namespace sluice::services::sql
