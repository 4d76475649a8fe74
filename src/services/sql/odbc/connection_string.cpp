#include "services/sql/odbc/connection_string.h"

#include <algorithm>
#include <array>

#include <odbcinst.h>

#include "core/fields.h"
#include "services/sql/odbc/flavor.h"

namespace sluice::services::sql {
namespace {

constexpr std::size_t kMostDriverBytes = 16UL * 1024;

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

std::string odbc_value(std::string_view value) {
    const bool is_plain = value.find_first_of("[]{}(),;?*=!@") == std::string_view::npos &&
                          (value.empty() || (value.front() != ' ' && value.back() != ' '));
    if (is_plain) {
        return std::string(value);
    }
    std::string out = "{";
    for (const char c : value) {
        out.append(c == '}' ? 2 : 1, c);
    }
    return out + "}";
}

std::string connection_string(const OdbcSettings& settings) {
    const bool is_bare = settings.flavor != nullptr && settings.flavor->lacks_braces;
    std::string out = "DRIVER={" + settings.driver + "};";
    for (const auto& [keyword, value] : settings.keywords) {
        out.append(keyword).append("=");
        out.append(is_bare ? value : odbc_value(value)).append(";");
    }
    return out;
}

bool is_driver_name(std::string_view name) {
    return !name.empty() && name.size() <= 100 && name != "ODBC" &&
           std::ranges::all_of(name, [](char c) {
               return is_letter_or_digit(c) ||
                      std::string_view(" _-.()").find(c) != std::string_view::npos;
           });
}

bool is_free_keyword(std::string_view keyword) {
    // What chooses code to load or a configuration of others, or writes files of the driver's.
    static constexpr std::array<std::string_view, 28> kTaken{
        "driver", "dsn", "filedsn", "savefile", "pwd", "password", "uid", "user", "username",
        "server", "servername", "port", "database", "dumpfile", "loadext", "pluginlib",
        "plugin_dir", "initstmt", "connsettings", "tracefile", "trace", "debug", "commlog",
        "logdir", "pqopt",
        // The short names that PostgreSQL's driver has for some of them.
        "a6", "b2", "b3"};
    return !keyword.empty() && keyword.size() <= 60 &&
           std::ranges::all_of(
               keyword, [](char c) { return is_letter_or_digit(c) || c == '_' || c == ' '; }) &&
           keyword.front() != ' ' && keyword.back() != ' ' &&
           std::ranges::none_of(kTaken, [keyword](std::string_view taken) {
               return equals_ignoring_case(taken, keyword);
           });
}

bool is_driver_of_sqlite(std::string_view driver) {
    const std::string name(driver);
    std::array<char, 1024> library{};
    SQLGetPrivateProfileString(name.c_str(), "Driver", "", library.data(),
                               static_cast<int>(library.size() - 1), "odbcinst.ini");
    const auto is_it = [](std::string_view text) {
        return lower_case(text).find("sqlite") != std::string::npos;
    };
    return is_it(name) || is_it(library.data());
}

std::vector<std::string> registered_drivers() {
    std::string buffer(kMostDriverBytes, '\0');
    WORD size = 0;
    std::vector<std::string> drivers;
    if (SQLGetInstalledDrivers(buffer.data(), static_cast<WORD>(buffer.size() - 1), &size) == 0) {
        return drivers;
    }
    const std::string_view names(buffer.data(), std::min<std::size_t>(size, buffer.size()));
    for (std::size_t at = 0; at < names.size() && names[at] != '\0';) {
        const std::size_t end = std::min(names.find('\0', at), names.size());
        drivers.emplace_back(names.substr(at, end - at));
        at = end + 1;
    }
    return drivers;
}

}  // namespace sluice::services::sql
