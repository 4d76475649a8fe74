#pragma once
/// What differs between the databases that are reached through ODBC, besides their dialects. One
/// line for each in flavor.cpp.

#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "services/sql/odbc/placeholders.h"
#include "services/sql/odbc/report.h"
#include "services/sql/odbc/settings.h"
#include "services/sql/step_writer.h"

namespace sluice::services::sql {

struct OdbcFlavor {
    /// As configurations name it.
    std::string_view dialect;
    Placeholders placeholders = Placeholders::Marks;
    /// Names stand in `[ ]`.
    bool has_brackets = false;
    /// Its drivers know no braces in connection strings: what needs them cannot be given.
    bool lacks_braces = false;
    TransactionWords words;
    /// Run on each new connection.
    std::vector<std::string_view> set_up;
    /// SQL_ATTR_QUERY_TIMEOUT costs nothing, and ends a call that the network swallowed.
    bool has_query_timeout = false;
    /// As far as the settings go along.
    OdbcCursors cursors = OdbcCursors::None;
    /// A statement that is given up is read to its end by the driver, unless somebody stops it.
    bool reads_to_the_end = false;
    Error (*error_of)(const OdbcReport& report) = nullptr;
    /// A call of a routine was understood, and failed over what stands inside of it.
    bool (*is_inside_routine)(const OdbcReport& report) = nullptr;
    /// The database has rolled the whole transaction back, not the statement alone.
    bool (*ends_transaction)(const OdbcReport& report) = nullptr;
    /// A record that a new one refers to is not there, and the report does not say which.
    bool (*broke_nameless_reference)(const OdbcReport& report) = nullptr;
};

/// Null for a dialect that is none of ours.
const OdbcFlavor* find_flavor(std::string_view dialect);
/// "sqlserver, postgres, mysql, sqlite"
std::string flavor_names();

}  // namespace sluice::services::sql
