#include "services/sql/mysql/server_kit.h"

#include <cstdlib>
#include <stdexcept>
#include <string_view>

#include <mariadb/mysql.h>

#include "core/json.h"

namespace sluice::services::sql {
namespace {

std::string_view url() {
    const char* set = std::getenv("SLUICE_TEST_MYSQL");  // NOLINT(concurrency-mt-unsafe)
    return set == nullptr ? "" : set;
}

std::string until(std::string_view& rest, char end) {
    const std::size_t at = std::min(rest.find(end), rest.size());
    std::string part(rest.substr(0, at));
    rest.remove_prefix(std::min(at + 1, rest.size()));
    for (std::size_t i = part.find("%20"); i != std::string::npos; i = part.find("%20")) {
        part.replace(i, 3, " ");
    }
    return part;
}

}  // namespace

bool has_mysql() {
    return !url().empty();
}

MysqlSettings mysql_test_settings() {
    std::string_view rest = url();
    rest.remove_prefix(std::min(rest.size(), std::string_view("mysql://").size()));
    MysqlSettings settings;
    settings.username = until(rest, ':');
    settings.password = until(rest, '@');
    settings.host = until(rest, ':');
    settings.port = static_cast<unsigned>(std::stoul("0" + until(rest, '/')));
    return settings;
}

std::string mysql_config(const std::string& database) {
    const MysqlSettings settings = mysql_test_settings();
    return json::serialize(json::object{{"host", settings.host},
                                        {"port", settings.port},
                                        {"username", settings.username},
                                        {"password", settings.password},
                                        {"database", database}});
}

std::string execute_mysql(const std::string& sql, const std::string& database) {
    const MysqlSettings settings = mysql_test_settings();
    MYSQL* handle = mysql_init(nullptr);
    const unsigned protocol = MYSQL_PROTOCOL_TCP;
    mysql_optionsv(handle, MYSQL_OPT_PROTOCOL, &protocol);
    mysql_optionsv(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    std::string first;
    bool is_done =
        mysql_real_connect(handle, settings.host.c_str(), settings.username.c_str(),
                           settings.password.c_str(), database.empty() ? nullptr : database.c_str(),
                           settings.port, nullptr, CLIENT_MULTI_STATEMENTS) != nullptr &&
        mysql_real_query(handle, sql.data(), sql.size()) == 0;
    while (is_done) {
        if (MYSQL_RES* rows = mysql_store_result(handle)) {
            const MYSQL_ROW row = mysql_fetch_row(rows);
            first = row != nullptr && row[0] != nullptr ? row[0] : "";
            mysql_free_result(rows);
        }
        const int next = mysql_next_result(handle);
        if (next != 0) {
            is_done = next < 0;
            break;
        }
    }
    const std::string said = mysql_error(handle);
    mysql_close(handle);
    if (!is_done) {
        throw std::runtime_error(said);
    }
    return first;
}

}  // namespace sluice::services::sql
