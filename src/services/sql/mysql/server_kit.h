#pragma once
/// The MySQL or MariaDB server that SLUICE_TEST_MYSQL names, for tests:
/// mysql://user:password@host:port/

#include <string>

#include "services/sql/mysql/settings.h"

namespace sluice::services::sql {

inline constexpr auto kNoMysql =
    "SKIPPED: set SLUICE_TEST_MYSQL to mysql://user:password@host:port/ to run this";

bool has_mysql();
/// Of the server, without a database.
MysqlSettings mysql_test_settings();
/// The same as a service's configuration.
std::string mysql_config(const std::string& database);
/// Several statements, past every part of ours.
/// Shape: the first value of the last result. Throws what the server says.
std::string execute_mysql(const std::string& sql, const std::string& database = "");

}  // namespace sluice::services::sql
