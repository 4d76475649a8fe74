#include "services/sql/odbc/report.h"

#include <algorithm>
#include <array>

#include <sql.h>
#include <sqlext.h>
#include <sqlucode.h>

#include "services/sql/odbc/wide_text.h"

namespace sluice::services::sql {
namespace {

constexpr std::size_t kMostUnits = 4096;
/// Records of one call that are looked at.
constexpr SQLSMALLINT kMostRecords = 16;

std::string text_of(const std::array<SQLWCHAR, kMostUnits>& units, SQLSMALLINT length) {
    std::u16string wide;
    const auto all = std::clamp<std::size_t>(length < 0 ? 0 : static_cast<std::size_t>(length), 0,
                                             units.size() - 1);
    for (std::size_t i = 0; i < all && units[i] != 0; ++i) {
        wide.push_back(static_cast<char16_t>(units[i]));
    }
    return narrow_of(wide);
}

/// "Changed database context to ...", and what only says that something was warned of.
bool is_remark(const OdbcReport& report) {
    return report.sqlstate.starts_with("01") || report.native == 5701 || report.native == 5703;
}

}  // namespace

std::string_view without_origin(std::string_view message) {
    while (message.starts_with('[')) {
        const std::size_t close = message.find(']');
        if (close == std::string_view::npos) {
            break;
        }
        message.remove_prefix(close + 1);
        while (message.starts_with(' ')) {
            message.remove_prefix(1);
        }
    }
    return message;
}

OdbcReport report_of(short handle_type, void* handle) {
    OdbcReport first;
    for (SQLSMALLINT record = 1; record <= kMostRecords; ++record) {
        std::array<SQLWCHAR, kMostUnits> state{};
        std::array<SQLWCHAR, kMostUnits> message{};
        SQLINTEGER native = 0;
        SQLSMALLINT length = 0;
        const SQLRETURN code =
            SQLGetDiagRecW(handle_type, handle, record, state.data(), &native, message.data(),
                           static_cast<SQLSMALLINT>(message.size()), &length);
        if (!SQL_SUCCEEDED(code)) {
            break;
        }
        OdbcReport report{text_of(state, 5), static_cast<int>(native), {}};
        report.message = without_origin(text_of(message, length));
        if (!is_remark(report)) {
            return report;
        }
        if (first.sqlstate.empty()) {
            first = std::move(report);
        }
    }
    return first;
}

}  // namespace sluice::services::sql
