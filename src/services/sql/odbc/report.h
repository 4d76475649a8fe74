#pragma once
/// What a driver, or the driver manager, says of a call that did not go as wished.

#include <string>
#include <string_view>

namespace sluice::services::sql {

struct OdbcReport {
    std::string sqlstate;
    /// The database's own number; 0 where there is none.
    int native = 0;
    /// Without the names of driver and manager in brackets before it.
    std::string message;
};

/// Shape: the first report that is none of a mere change of settings; all empty when there is none.
OdbcReport report_of(short handle_type, void* handle);

/// "[FreeTDS][SQL Server]Login failed" -> "Login failed"
std::string_view without_origin(std::string_view message);

}  // namespace sluice::services::sql
