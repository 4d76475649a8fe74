#pragma once
/// What PostgreSQL said -> the one Error.

#include <string>
#include <string_view>

#include "core/error.h"

struct pg_conn;
struct pg_result;

namespace sluice::services::sql {

/// The parts of an error report; empty where the server gave none.
struct PostgresReport {
    std::string sqlstate;
    std::string message;
    std::string detail;
    std::string table;
    std::string column;
    std::string constraint;
};

PostgresReport report_of(const pg_result* result);

/// Shape: names table, column or constraint where the server does; never SQL or values of others.
Error from_sqlstate(const PostgresReport& report);

/// Why a connection could not be made, in words that help whoever configures it. Hosts and users
/// only in the detail.
Error from_failed_connect(std::string_view message);

/// The server no longer knows the prepared statement, or it no longer fits its table: nothing was
/// run, preparing again helps.
bool is_stale_plan(std::string_view sqlstate, std::string_view message);

inline constexpr std::string_view kQueryCanceled = "57014";

/// The text of a call is ours, and fits what the catalogue says: what the server does not
/// understand stands inside of the routine.
bool is_inside_routine(std::string_view sqlstate);

}  // namespace sluice::services::sql
