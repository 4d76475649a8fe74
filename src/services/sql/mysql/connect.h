#pragma once
/// Getting to a MySQL or MariaDB server, and asking it to stop what it does. Both block.

#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "services/sql/mysql/settings.h"

struct st_mysql;

namespace sluice::services::sql {

struct CloseMysql {
    void operator()(st_mysql* handle) const;
};
using MysqlHandle = std::unique_ptr<st_mysql, CloseMysql>;

/// A connection, and the statements that make its session what ours are.
struct MysqlLink {
    MysqlHandle handle;
    std::vector<std::string> set_up;
};

/// Blocks, for twice the timeout at most beside the look-up: libmariadb looks hosts up without its
/// non-blocking interface. What it gives is set up and ready for that interface. Shape:  text is
/// utf8mb4 both ways; a backslash is a character like any other; an UPDATE counts
///         the rows it found; no statement reads a file of this machine.
/// Errors: from_failed_connect.
Result<MysqlLink> connect_mysql(const MysqlSettings& settings, unsigned timeout_seconds);

MysqlFacts facts_of(st_mysql* handle, const MysqlSettings& settings);

/// Blocks. Ends the statement that the connection numbered `thread_id` runs, if any.
void kill_query(const MysqlSettings& settings, unsigned long thread_id);

/// The sql_mode of our sessions, made of the server's or the configured one.
std::string session_mode(std::string_view given, bool is_strict);

}  // namespace sluice::services::sql
