#include "services/sql/odbc/parameters.h"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include <sql.h>
#include <sqlext.h>

#include "services/sql/odbc/wide_text.h"

namespace sluice::services::sql {
namespace {

constexpr std::size_t kMostDigits = 38;
/// What a database keeps in a row; longer values are of another type.
constexpr std::size_t kMostShort = 8000;
constexpr std::size_t kMostShortWide = 4000;

struct Sizes {
    std::size_t all = 0;
    std::size_t after_point = 0;
};

/// Of "-12.50": 4 and 2. Nothing for what has an exponent or too many digits.
std::optional<Sizes> sizes_of(std::string_view digits) {
    if (digits.find_first_of("eE") != std::string_view::npos) {
        return std::nullopt;
    }
    const std::size_t point = std::min(digits.find('.'), digits.size());
    const auto count = static_cast<std::size_t>(
        std::ranges::count_if(digits, [](char c) { return c >= '0' && c <= '9'; }));
    const Sizes sizes{count, point == digits.size() ? 0 : digits.size() - point - 1};
    return count == 0 || count > kMostDigits ? std::nullopt : std::optional(sizes);
}

void* mutable_data(const std::string& text) {
    return const_cast<char*>(text.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

}  // namespace

OdbcParameters::Bound OdbcParameters::number(const std::string& digits) {
    if (const auto sizes = sizes_of(digits)) {
        return {SQL_C_CHAR,           SQL_DECIMAL,
                sizes->all,           static_cast<short>(sizes->after_point),
                mutable_data(digits), static_cast<long>(digits.size())};
    }
    reals_.push_back(std::strtod(digits.c_str(), nullptr));
    return {SQL_C_DOUBLE, SQL_DOUBLE, 53, 0, &reals_.back(), sizeof(double)};
}

OdbcParameters::Bound OdbcParameters::of(const Value& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
        integers_.push_back(*integer);
        return {SQL_C_SBIGINT, SQL_BIGINT, 19, 0, &integers_.back(), sizeof(std::int64_t)};
    }
    if (const auto* truth = std::get_if<bool>(&value)) {
        truths_.push_back(*truth ? 1 : 0);
        return {SQL_C_BIT, SQL_BIT, 1, 0, &truths_.back(), 1};
    }
    if (const auto* digits = std::get_if<Number>(&value)) {
        return number(digits->text);
    }
    if (const auto* binary = std::get_if<Bytes>(&value)) {
        const std::size_t size = binary->bytes.size();
        return {SQL_C_BINARY,
                static_cast<short>(size > kMostShort ? SQL_LONGVARBINARY : SQL_VARBINARY),
                std::max(size, kMostShort),
                0,
                mutable_data(binary->bytes),
                static_cast<long>(size)};
    }
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) {  // NULL and constants stand in the text of the statement
        return {};
    }
    if (is_ascii(*text)) {
        return {SQL_C_CHAR,
                static_cast<short>(text->size() > kMostShort ? SQL_LONGVARCHAR : SQL_VARCHAR),
                std::max(text->size(), kMostShort),
                0,
                mutable_data(*text),
                static_cast<long>(text->size())};
    }
    wides_.push_back(wide_of(*text));
    std::u16string& wide = wides_.back();
    return {SQL_C_WCHAR,
            static_cast<short>(wide.size() > kMostShortWide ? SQL_WLONGVARCHAR : SQL_WVARCHAR),
            std::max(wide.size(), kMostShortWide),
            0,
            wide.data(),
            static_cast<long>(wide.size() * sizeof(char16_t))};
}

bool OdbcParameters::bind(void* statement) {
    for (std::size_t i = 0; i < values_.size(); ++i) {
        const Bound bound = of(values_[i]);
        lengths_.push_back(bound.bytes);
        const SQLRETURN code = SQLBindParameter(
            statement, static_cast<SQLUSMALLINT>(i + 1), SQL_PARAM_INPUT, bound.c_type,
            bound.sql_type, bound.size, bound.digits, bound.data, bound.bytes, &lengths_.back());
        if (bound.data == nullptr || !SQL_SUCCEEDED(code)) {
            return false;
        }
    }
    return true;
}

}  // namespace sluice::services::sql
