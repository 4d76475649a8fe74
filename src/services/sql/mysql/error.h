#pragma once
/// What MySQL, MariaDB or libmariadb said -> the one Error.

#include <string>
#include <string_view>

#include "core/error.h"

struct st_mysql;
struct st_mysql_stmt;

namespace sluice::services::sql {

struct MysqlReport {
    unsigned code = 0;
    std::string sqlstate;
    std::string message;
};

MysqlReport report_of(st_mysql* handle);
MysqlReport report_of(st_mysql_stmt* statement);

/// Shape: names column, key or constraint where the server does; never SQL or values of others.
Error from_mysql(const MysqlReport& report);

/// Why a connection could not be made, in words that help whoever configures it. Hosts and users
/// only in the detail.
Error from_failed_connect(const MysqlReport& report);

/// The connection is of no more use: whether what was sent last has happened is not known.
bool is_lost(unsigned code);
/// The server has rolled the whole transaction back, not the statement alone.
bool ends_transaction(unsigned code);

}  // namespace sluice::services::sql
